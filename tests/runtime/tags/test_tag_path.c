/* SPDX-License-Identifier: MIT */
/* Tags made from segments, their bytes, and how they are printed. */
#include "tag_path.h"

#include "suites.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define MAKE(out, ...)                                                                               \
    t87s_tag_make((out), sizeof((struct t87s_segment[]){__VA_ARGS__}) / sizeof(struct t87s_segment), \
                  (struct t87s_segment[]){__VA_ARGS__})

static const unsigned char uuid[16] = {0x12, 0x3e, 0x45, 0x67, 0xe8, 0x9b, 0x12, 0xd3,
                                       0xa4, 0x56, 0x42, 0x66, 0x14, 0x17, 0x40, 0x00};

static bool same(const struct t87s_tag *a, const struct t87s_tag *b) {
    return a->size == b->size && memcmp(a->path, b->path, a->size) == 0;
}

static void expect_format(const struct t87s_tag *tag, const char *expected) {
    char text[8000];
    ck_assert_int_eq(t87s_tag_format(tag, text, sizeof text), (int)strlen(expected));
    ck_assert_str_eq(text, expected);
}

START_TEST(each_kind_of_segment_has_its_bytes)
{
    struct t87s_tag tag;
    ck_assert_int_eq(MAKE(&tag, T87S_STATIC("ab"), T87S_WILD_STR("c\0d", 3), T87S_WILD_U64(0x0102030405060708),
                          T87S_WILD_I64(-2), T87S_WILD_UUID(uuid)),
                     T87S_OK);
    static const unsigned char expected[] = "s\002ab"
                                            "t\003c\0d"
                                            "u\x08\x07\x06\x05\x04\x03\x02\x01"
                                            "i\xfe\xff\xff\xff\xff\xff\xff\xff"
                                            "b\x12\x3e\x45\x67\xe8\x9b\x12\xd3\xa4\x56\x42\x66\x14\x17\x40";
    ck_assert_uint_eq(tag.size, sizeof expected); /* the literal's own NUL is the last byte of the uuid */
    ck_assert_mem_eq(tag.path, expected, sizeof expected);
    ck_assert(t87s__tag_path_valid(tag.path, tag.size));
}
END_TEST

START_TEST(a_text_has_1_to_255_bytes)
{
    char text[257];
    memset(text, 'x', 256);
    text[256] = '\0';
    static const struct {
        size_t size;
        enum t87s_status status;
    } rows[] = {{0, T87S_E_INVALID}, {1, T87S_OK}, {255, T87S_OK}, {256, T87S_E_INVALID}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct t87s_tag tag;
        ck_assert_int_eq(MAKE(&tag, T87S_WILD_STR(text, rows[i].size)), rows[i].status);
        ck_assert_uint_eq(tag.size, rows[i].status == T87S_OK ? rows[i].size + 2 : 0);
        ck_assert_int_eq(MAKE(&tag, T87S_STATIC(text + 256 - rows[i].size)), rows[i].status);
        ck_assert_uint_eq(tag.size, rows[i].status == T87S_OK ? rows[i].size + 2 : 0);
    }
}
END_TEST

START_TEST(a_tag_has_1_to_16_segments)
{
    struct t87s_segment segments[17];
    for (int i = 0; i < 17; i++)
        segments[i] = T87S_WILD_U64((uint64_t)i);
    struct t87s_tag tag;
    ck_assert_int_eq(t87s_tag_make(&tag, 0, segments), T87S_E_INVALID);
    ck_assert_uint_eq(tag.size, 0);
    ck_assert_int_eq(t87s_tag_make(&tag, 1, segments), T87S_OK);
    ck_assert_int_eq(t87s_tag_make(&tag, 16, segments), T87S_OK);
    ck_assert_uint_eq(tag.size, 16 * 9);
    ck_assert_int_eq(t87s_tag_make(&tag, 17, segments), T87S_E_INVALID);
    ck_assert_uint_eq(tag.size, 0);
    ck_assert_int_eq(t87s_tag_make(&tag, SIZE_MAX, segments), T87S_E_INVALID);
}
END_TEST

START_TEST(eight_long_texts_fit_beside_eight_statics_and_sixteen_do_not)
{
    char text[256], name[65];
    memset(text, 't', 255);
    memset(name, 'n', 64);
    text[255] = name[64] = '\0';
    struct t87s_segment segments[16];
    for (int i = 0; i < 16; i++)
        segments[i] = i % 2 ? T87S_WILD_STR(text, 255) : T87S_STATIC(name);
    struct t87s_tag tag;
    ck_assert_int_eq(t87s_tag_make(&tag, 16, segments), T87S_OK);
    ck_assert_uint_eq(tag.size, 8 * 257 + 8 * 66);
    ck_assert_int_eq(t87s_tag_format(&tag, NULL, 0), 8 * 255 + 8 * 64 + 15);

    for (int i = 0; i < 16; i++)
        segments[i] = T87S_WILD_STR(text, 255);
    ck_assert_int_eq(t87s_tag_make(&tag, 16, segments), T87S_E_INVALID);
    ck_assert_uint_eq(tag.size, 0);

    segments[10] = T87S_WILD_STR(text, sizeof tag.path - 10 * 257 - 2); /* to the last byte */
    ck_assert_int_eq(t87s_tag_make(&tag, 11, segments), T87S_OK);
    ck_assert_uint_eq(tag.size, sizeof tag.path);
    segments[10].size++;
    ck_assert_int_eq(t87s_tag_make(&tag, 11, segments), T87S_E_INVALID);
}
END_TEST

START_TEST(what_is_missing_or_of_no_kind_is_refused)
{
    struct t87s_tag tag;
    struct t87s_segment good = T87S_STATIC("a");
    ck_assert_int_eq(t87s_tag_make(NULL, 1, &good), T87S_E_INVALID);
    ck_assert_int_eq(t87s_tag_make(&tag, 1, NULL), T87S_E_INVALID);
    struct t87s_segment strange = {.kind = (enum t87s_segment_kind)99, .text = "a", .size = 1};
    const struct t87s_segment bad[] = {T87S_STATIC(NULL), T87S_WILD_STR(NULL, 1), T87S_WILD_UUID(NULL), strange,
                                       T87S_STATIC("")};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tag.size = 5;
        ck_assert_int_eq(MAKE(&tag, T87S_STATIC("before"), bad[i]), T87S_E_INVALID);
        ck_assert_uint_eq(tag.size, 0);
        ck_assert_int_eq(t87s_tag_format(&tag, NULL, 0), -1);
    }
    ck_assert_int_eq(t87s_tag_format(NULL, NULL, 0), -1);
}
END_TEST

START_TEST(segments_of_one_text_or_number_but_two_kinds_differ)
{
    struct t87s_tag tags[5];
    static const unsigned char five[16] = {5};
    ck_assert_int_eq(MAKE(&tags[0], T87S_STATIC("5")), T87S_OK);
    ck_assert_int_eq(MAKE(&tags[1], T87S_WILD_STR("5", 1)), T87S_OK);
    ck_assert_int_eq(MAKE(&tags[2], T87S_WILD_U64(5)), T87S_OK);
    ck_assert_int_eq(MAKE(&tags[3], T87S_WILD_I64(5)), T87S_OK);
    ck_assert_int_eq(MAKE(&tags[4], T87S_WILD_UUID(five)), T87S_OK);
    for (int a = 0; a < 5; a++)
        for (int b = 0; b < a; b++)
            ck_assert(!same(&tags[a], &tags[b]));
    for (int i = 0; i < 4; i++)
        expect_format(&tags[i], "5");
}
END_TEST

START_TEST(no_text_collides_with_another_path)
{
    struct t87s_tag tags[7];
    ck_assert_int_eq(MAKE(&tags[0], T87S_STATIC("users"), T87S_WILD_STR("a/b:c\\d", 7)), T87S_OK);
    ck_assert_int_eq(MAKE(&tags[1], T87S_STATIC("users"), T87S_WILD_STR("a", 1), T87S_WILD_STR("b:c\\d", 5)), T87S_OK);
    ck_assert_int_eq(MAKE(&tags[2], T87S_STATIC("users"), T87S_WILD_STR("a", 1), T87S_STATIC("b:c\\d")), T87S_OK);
    ck_assert_int_eq(MAKE(&tags[3], T87S_STATIC("users/a"), T87S_WILD_STR("b:c\\d", 5)), T87S_OK);
    ck_assert_int_eq(MAKE(&tags[4], T87S_STATIC("users"), T87S_WILD_STR("a%2Fb:c\\d", 9)), T87S_OK);
    ck_assert_int_eq(MAKE(&tags[5], T87S_STATIC("users"), T87S_WILD_STR("t\001a", 3)), T87S_OK);
    ck_assert_int_eq(MAKE(&tags[6], T87S_STATIC("users"), T87S_WILD_STR("exact", 5)), T87S_OK);
    for (int a = 0; a < 7; a++)
        for (int b = 0; b < a; b++)
            ck_assert(!same(&tags[a], &tags[b]));
    expect_format(&tags[0], "users/a%2Fb:c\\d");
    expect_format(&tags[4], "users/a%252Fb:c\\d"); /* prints apart, too */
    expect_format(&tags[5], "users/t%01a");
}
END_TEST

START_TEST(a_tag_prints_as_people_read_it)
{
    struct t87s_tag tag;
    ck_assert_int_eq(MAKE(&tag, T87S_STATIC("users"), T87S_WILD_U64(42), T87S_STATIC("posts"), T87S_WILD_U64(7)),
                     T87S_OK);
    expect_format(&tag, "users/42/posts/7");
    ck_assert_int_eq(MAKE(&tag, T87S_WILD_U64(0), T87S_WILD_U64(UINT64_MAX)), T87S_OK);
    expect_format(&tag, "0/18446744073709551615");
    ck_assert_int_eq(MAKE(&tag, T87S_WILD_I64(-1), T87S_WILD_I64(INT64_MIN), T87S_WILD_I64(INT64_MAX)), T87S_OK);
    expect_format(&tag, "-1/-9223372036854775808/9223372036854775807");
    ck_assert_int_eq(MAKE(&tag, T87S_STATIC("doc"), T87S_WILD_UUID(uuid)), T87S_OK);
    expect_format(&tag, "doc/123e4567-e89b-12d3-a456-426614174000");
    ck_assert_int_eq(MAKE(&tag, T87S_WILD_STR("/%\0\x1f \x7e\x7f\x80\xc3\xa9", 10)), T87S_OK);
    expect_format(&tag, "%2F%25%00%1F \x7e%7F\x80\xc3\xa9");
}
END_TEST

START_TEST(a_tag_is_cut_by_the_rules_of_snprintf)
{
    struct t87s_tag tag;
    ck_assert_int_eq(MAKE(&tag, T87S_STATIC("a"), T87S_WILD_STR("/b", 2)), T87S_OK);
    static const char full[] = "a/%2Fb";
    for (size_t size = 0; size <= sizeof full + 1; size++) {
        char text[16];
        memset(text, '#', sizeof text);
        ck_assert_int_eq(t87s_tag_format(&tag, size ? text : NULL, size), (int)sizeof full - 1);
        size_t stored = size > sizeof full ? sizeof full : size;
        if (stored) {
            ck_assert_mem_eq(text, full, stored - 1);
            ck_assert_int_eq(text[stored - 1], '\0');
        }
        ck_assert_int_eq(text[stored], '#'); /* not a byte behind what was given */
    }
}
END_TEST

START_TEST(bytes_are_a_path_only_if_they_are_whole_segments)
{
    static const struct {
        const char *bytes;
        size_t size;
        bool valid;
    } rows[] = {
        {"", 0, false},
        {"s\001a", 3, true},
        {"s\001a", 2, false},
        {"s", 1, false},
        {"s\000a", 3, false},
        {"t\001a", 3, true},
        {"t\002a", 3, false},
        {"s\001at\001b", 6, true},
        {"s\001at\001b", 5, false},
        {"s\001ax", 4, false},
        {"u12345678", 9, true},
        {"u1234567", 8, false},
        {"i12345678", 9, true},
        {"i1234567", 8, false},
        {"b1234567890123456", 17, true},
        {"b123456789012345", 16, false},
        {"x\001a", 3, false},
        {"\000\001a", 3, false},
        {"S\001a", 3, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const unsigned char *bytes = (const unsigned char *)rows[i].bytes;
        ck_assert_msg(t87s__tag_path_valid(bytes, rows[i].size) == rows[i].valid, "row %zu", i);
        char text[64];
        ck_assert_int_eq(t87s__tag_path_format(bytes, rows[i].size, text, sizeof text) >= 0, rows[i].valid);
    }
    unsigned char deep[17 * 9] = {0};
    for (int i = 0; i < 17; i++)
        deep[i * 9] = 'u';
    ck_assert(t87s__tag_path_valid(deep, 16 * 9));
    ck_assert(!t87s__tag_path_valid(deep, 17 * 9));
}
END_TEST

START_TEST(any_bytes_are_looked_at_within_their_bounds)
{
    static const char alphabet[] = "stuib\000\001\002\010\377";
    srand(87);
    for (int round = 0; round < 20000; round++) {
        size_t size = (size_t)rand() % 40;
        unsigned char *bytes = malloc(size + (size == 0)); /* exact, so that ASan sees a byte too far */
        ck_assert_ptr_nonnull(bytes);
        for (size_t i = 0; i < size; i++)
            bytes[i] = (unsigned char)alphabet[(size_t)rand() % (sizeof alphabet - 1)];
        bool valid = t87s__tag_path_valid(bytes, size);
        size_t at = 0, length;
        while ((length = t87s__tag_path_segment(bytes, size, at)) != 0)
            at += length;
        ck_assert_uint_le(at, size);
        ck_assert(valid == (size > 0 && at == size)); /* 40 bytes are at most 13 segments */
        free(bytes);
    }
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("tags are made and printed", each_kind_of_segment_has_its_bytes, a_text_has_1_to_255_bytes,
                 a_tag_has_1_to_16_segments, eight_long_texts_fit_beside_eight_statics_and_sixteen_do_not,
                 what_is_missing_or_of_no_kind_is_refused, segments_of_one_text_or_number_but_two_kinds_differ,
                 no_text_collides_with_another_path, a_tag_prints_as_people_read_it,
                 a_tag_is_cut_by_the_rules_of_snprintf, bytes_are_a_path_only_if_they_are_whole_segments,
                 any_bytes_are_looked_at_within_their_bounds, NULL),
        NULL);
}
