/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "lines.h"
#include "suites.h"

static struct source second = {.path = "second"}, first = {.path = "first", .next = &second};
static const struct source_list sources = {.first = &first, .last = &second, .n = 2};
static struct line_finder finder;

static void setup(const char *first_bytes, const char *second_bytes) {
    first.bytes = first_bytes;
    first.size = strlen(first_bytes);
    second.bytes = second_bytes;
    second.size = strlen(second_bytes);
    line_finder_init(&finder, &sources);
}

/* From the place on there are these bytes on its line. */
static void expect(const struct source *source, uint32_t line, uint32_t column, const char *rest) {
    ck_assert(line_seek(&finder, source->path, line, column));
    ck_assert_uint_eq((size_t)(finder.limit - finder.cursor), strlen(rest));
    ck_assert(!memcmp(finder.cursor, rest, strlen(rest)));
}

START_TEST(places_are_found_in_any_order_and_file)
{
    setup("ab\ncde\n\nf", "xy\r\nz");
    expect(&first, 1, 2, "b");
    expect(&first, 1, 1, "ab");
    expect(&first, 4, 1, "f");
    expect(&first, 2, 3, "e");
    expect(&second, 2, 1, "z");
    expect(&second, 1, 1, "xy");
    expect(&first, 3, 1, "");
}
END_TEST

START_TEST(a_column_is_a_code_point_and_a_byte_order_mark_is_none)
{
    setup("\xEF\xBB\xBF\xC3\xB6\xFFz\nnext", "");
    expect(&first, 1, 1, "\xC3\xB6\xFFz");
    expect(&first, 1, 2, "\xFFz");
    expect(&first, 1, 3, "z");
    expect(&first, 2, 2, "ext");
    expect(&second, 1, 1, "");
}
END_TEST

START_TEST(beyond_the_line_is_its_end_and_beyond_the_file_is_nothing)
{
    setup("ab\ncd\n", "");
    expect(&first, 1, 9, "");
    ck_assert_uint_eq(finder.column, 3);
    expect(&first, 3, 1, "");
    ck_assert(!line_seek(&finder, first.path, 4, 1));
    ck_assert(!line_seek(&finder, first.path, 0, 1));
    ck_assert(!line_seek(&finder, "elsewhere", 1, 1));
    expect(&first, 2, 1, "cd");
}
END_TEST

static uint32_t end_of(uint32_t line, uint32_t column, uint32_t span) {
    return line_end_column(&finder, (struct place){first.path, line, column}, span);
}

START_TEST(an_end_is_on_the_line)
{
    setup("a\xC3\xB6z\nq", "");
    ck_assert_uint_eq(end_of(1, 2, 1), 3);
    ck_assert_uint_eq(end_of(1, 2, 100), 4);
    ck_assert_uint_eq(end_of(1, 4, 1), 4);
    ck_assert_uint_eq(end_of(1, 9, 1), 9);
    ck_assert_uint_eq(end_of(1, 1, 2), 3);
    ck_assert_uint_eq(end_of(7, 5, 2), 5);
}
END_TEST

int main(void) {
    return run_suites(suite_of("lines", places_are_found_in_any_order_and_file,
                               a_column_is_a_code_point_and_a_byte_order_mark_is_none,
                               beyond_the_line_is_its_end_and_beyond_the_file_is_nothing, an_end_is_on_the_line, NULL),
                      NULL);
}
