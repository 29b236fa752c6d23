/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "positions.h"
#include "suites.h"

/* Two lines with a clef, of four bytes and two units, one that is empty, and one that a carriage return ends. */
static const char text[] = "a\xF0\x9D\x84\x9E\xC3\xB6z\r\n\nq\rend";

static struct positions positions;

static void expect_at(size_t offset, uint32_t line, uint32_t character) {
    struct position position = position_at(&positions, offset);
    ck_assert_msg(position.line == line && position.character == character, "%zu: %u:%u", offset, position.line,
                  position.character);
}

static void expect_offset(uint32_t line, uint32_t character, size_t offset) {
    ck_assert_uint_eq(position_offset(&positions, (struct position){line, character}), offset);
}

START_TEST(units_are_those_that_were_agreed_on)
{
    positions_init(&positions, text, strlen(text), UNIT_UTF16);
    expect_at(5, 0, 3);
    expect_at(7, 0, 4);
    expect_offset(0, 3, 5);
    expect_offset(0, 2, 1); /* between the two units of the clef */
    positions_init(&positions, text, strlen(text), UNIT_UTF8);
    expect_at(5, 0, 5);
    expect_at(7, 0, 7);
    expect_offset(0, 5, 5);
    expect_offset(0, 3, 1);
}
END_TEST

START_TEST(lines_end_in_three_ways)
{
    positions_init(&positions, text, strlen(text), UNIT_UTF16);
    expect_at(8, 0, 5);
    expect_at(9, 0, 5); /* between \r and \n */
    expect_at(10, 1, 0);
    expect_at(11, 2, 0);
    expect_at(12, 2, 1);
    expect_at(13, 3, 0);
    expect_at(16, 3, 3);
    expect_offset(1, 0, 10);
    expect_offset(2, 1, 12);
    expect_offset(3, 2, 15);
}
END_TEST

START_TEST(what_is_beyond_is_the_end)
{
    positions_init(&positions, text, strlen(text), UNIT_UTF16);
    expect_offset(0, 99, 8);
    expect_offset(1, 99, 10);
    expect_offset(3, UINT32_MAX, 16);
    expect_offset(4, 0, 16);
    expect_offset(UINT32_MAX, UINT32_MAX, 16);
    expect_offset(0, 0, 0);
    expect_at(99, 3, 3);
    positions_init(&positions, "", 0, UNIT_UTF16);
    expect_at(0, 0, 0);
    expect_offset(7, 7, 0);
}
END_TEST

START_TEST(any_order_gives_the_same)
{
    struct position forward[sizeof text];
    positions_init(&positions, text, strlen(text), UNIT_UTF16);
    for (size_t i = 0; i < sizeof text; i++)
        forward[i] = position_at(&positions, i);
    for (size_t i = 0; i < sizeof text; i++) {
        for (size_t j = 0; j < sizeof text; j++) {
            expect_at(i, forward[i].line, forward[i].character);
            expect_at(j, forward[j].line, forward[j].character);
            size_t there = position_offset(&positions, forward[i]);
            expect_at(there, forward[i].line, forward[i].character);
        }
    }
}
END_TEST

int main(void) {
    return run_suites(suite_of("positions", units_are_those_that_were_agreed_on, lines_end_in_three_ways,
                               what_is_beyond_is_the_end, any_order_gives_the_same, NULL),
                      NULL);
}
