/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "arena.h"
#include "suites.h"
#include "text.h"

START_TEST(text_grows_by_every_kind_of_append)
{
    struct text text;
    text_init(&text);
    ck_assert_str_eq(text_string(&text), "");
    text_append(&text, "a");
    text_append_bytes(&text, "bcd", 2);
    text_append_char(&text, 'd');
    text_append_repeated(&text, '.', 300);
    text_printf(&text, "%d-%s", 42, "x");
    ck_assert_uint_eq(text.size, 4 + 300 + 4);
    ck_assert(!strncmp(text_string(&text), "abcd...", 7));
    ck_assert_str_eq(text.data + text.size - 5, ".42-x");
    ck_assert(!text.failed);
    text_free(&text);
}
END_TEST

START_TEST(a_printed_piece_may_be_longer_than_any_buffer)
{
    struct arena arena;
    arena_init(&arena);
    struct text text;
    text_init_in(&text, &arena);
    text_printf(&text, "%5000d|", 7);
    ck_assert_uint_eq(text.size, 5001);
    ck_assert_str_eq(text.data + 4999, "7|");
    arena_free(&arena);
}
END_TEST

START_TEST(a_failure_sticks)
{
    struct text text;
    text_init(&text);
    text_append(&text, "kept");
    text_append_repeated(&text, 'x', (size_t)-1 / 2);
    ck_assert(text.failed);
    text_append(&text, "more");
    ck_assert_str_eq(text_string(&text), "");
    ck_assert_uint_eq(text.size, 4);
    text_free(&text);
}
END_TEST

/* How many bytes make one code point or one bad sequence, and which. */
static void expect_step(const char *bytes, size_t size, size_t step, long expected) {
    const unsigned char *start = (const unsigned char *)bytes;
    long code = 0;
    ck_assert_uint_eq((size_t)(text_next_code_point(start, start + size, &code) - start), step);
    ck_assert_int_eq(code, expected);
}

START_TEST(good_sequences_are_one_code_point)
{
    expect_step("a", 1, 1, 'a');
    expect_step("\0", 1, 1, 0);
    expect_step("\xC3\xB6", 2, 2, 0xF6);
    expect_step("\xE2\x82\xAC", 3, 3, 0x20AC);
    expect_step("\xF0\x9F\x98\x80", 4, 4, 0x1F600);
    expect_step("\xF4\x8F\xBF\xBF", 4, 4, 0x10FFFF);
}
END_TEST

START_TEST(bad_sequences_are_one_step_and_bad)
{
    expect_step("\x80", 1, 1, TEXT_BAD);             /* a lone continuation */
    expect_step("\xC3", 1, 1, TEXT_BAD);             /* cut off */
    expect_step("\xC3(", 2, 1, TEXT_BAD);            /* no continuation */
    expect_step("\xC0\xAF", 2, 1, TEXT_BAD);         /* an overlong slash */
    expect_step("\xE0\x80\xAF", 3, 1, TEXT_BAD);     /* the same in three */
    expect_step("\xE2\x82(", 3, 2, TEXT_BAD);        /* two of three */
    expect_step("\xED\xA0\x80", 3, 1, TEXT_BAD);     /* a surrogate */
    expect_step("\xF4\x90\x80\x80", 4, 1, TEXT_BAD); /* above the last */
    expect_step("\xF5\x80\x80\x80", 4, 1, TEXT_BAD); /* a lead that none has */
    expect_step("\xFF", 1, 1, TEXT_BAD);
}
END_TEST

START_TEST(bidirectional_controls_are_known)
{
    ck_assert(text_is_bidi_control(0x202E) && text_is_bidi_control(0x2066) && text_is_bidi_control(0x061C));
    ck_assert(!text_is_bidi_control('a') && !text_is_bidi_control(0x202F) && !text_is_bidi_control(0x05D0));
}
END_TEST

int main(void) {
    return run_suites(suite_of("text that grows", text_grows_by_every_kind_of_append,
                               a_printed_piece_may_be_longer_than_any_buffer, a_failure_sticks, NULL),
                      suite_of("code points", good_sequences_are_one_code_point, bad_sequences_are_one_step_and_bad,
                               bidirectional_controls_are_known, NULL),
                      NULL);
}
