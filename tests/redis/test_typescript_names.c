/* SPDX-License-Identifier: MIT
 *
 * Tags as the TypeScript original names them, there and back: no server.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "typescript.h"

static const unsigned char uuid[16] = {0x12, 0x3e, 0x45, 0x67, 0xe8, 0x9b, 0x12, 0xd3,
                                       0xa4, 0x56, 0x42, 0x66, 0x14, 0x17, 0x40, 0xff};

static struct t87s_tag tag_from(size_t n, const struct t87s_segment *segments) {
    struct t87s_tag tag;
    ck_assert_int_eq(t87s_tag_make(&tag, n, segments), T87S_OK);
    return tag;
}

#define TAG(...)                                                                               \
    tag_from(sizeof((const struct t87s_segment[]){__VA_ARGS__}) / sizeof(struct t87s_segment), \
             (const struct t87s_segment[]){__VA_ARGS__})

static struct t87s__typescript_names names_of(const struct t87s_tag *tag) {
    struct t87s__typescript_names names;
    t87s__typescript_names((struct t87s_store_tag){tag->path, tag->size}, &names);
    return names;
}

/* The names, a blank between. */
static void expect_names(struct t87s_tag tag, const char *expected) {
    const struct t87s__typescript_names names = names_of(&tag);
    char text[512] = "";
    for (unsigned i = 0; i < names.n; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.*s", i ? " " : "", (int)names.ends[i],
                 names.text);
    ck_assert_str_eq(text, expected);
}

START_TEST(a_tag_has_the_names_of_its_prefixes_and_of_itself_alone)
{
    expect_names(TAG(T87S_STATIC("config")), "config config:__exact__");
    expect_names(TAG(T87S_STATIC("users"), T87S_WILD_U64(42), T87S_STATIC("posts")),
                 "users users:42 users:42:posts users:42:posts:__exact__");
    expect_names(TAG(T87S_WILD_U64(UINT64_MAX), T87S_WILD_I64(INT64_MIN)),
                 "18446744073709551615 18446744073709551615:-9223372036854775808 "
                 "18446744073709551615:-9223372036854775808:__exact__");
    expect_names(TAG(T87S_WILD_UUID(uuid)),
                 "123e4567-e89b-12d3-a456-4266141740ff 123e4567-e89b-12d3-a456-4266141740ff:__exact__");
}
END_TEST

START_TEST(what_stands_between_segments_is_escaped_in_them)
{
    expect_names(TAG(T87S_STATIC("users"), T87S_WILD_STR("a:b", 3)), "users users:a\\:b users:a\\:b:__exact__");
    expect_names(TAG(T87S_STATIC("users, a:b")), "users, a\\:b users, a\\:b:__exact__");
    expect_names(TAG(T87S_WILD_STR("\\", 1), T87S_WILD_STR(":", 1)), "\\\\ \\\\:\\: \\\\:\\::__exact__");
    expect_names(TAG(T87S_STATIC("r\xc3\xa9sum\xc3\xa9"), T87S_WILD_STR("__exact__", 9)),
                 "r\xc3\xa9sum\xc3\xa9 r\xc3\xa9sum\xc3\xa9:__exact__ r\xc3\xa9sum\xc3\xa9:__exact__:__exact__");
}
END_TEST

START_TEST(what_is_no_tag_has_no_name)
{
    struct t87s__typescript_names names;
    t87s__typescript_names((struct t87s_store_tag){(const unsigned char *)"x", 1}, &names);
    ck_assert_uint_eq(names.n, 0);
}
END_TEST

START_TEST(the_longest_tag_has_a_name)
{
    static unsigned char path[T87S_MAX_SEGMENTS * (2 + T87S_MAX_TEXT)];
    memset(path, ':', sizeof path);
    for (size_t i = 0; i < T87S_MAX_SEGMENTS; i++)
        memcpy(path + i * (2 + T87S_MAX_TEXT), "t\xff", 2);
    struct t87s__typescript_names names;
    t87s__typescript_names((struct t87s_store_tag){path, sizeof path}, &names);
    ck_assert_uint_eq(names.n, T87S_MAX_SEGMENTS + 1);
    ck_assert_uint_eq(names.ends[T87S_MAX_SEGMENTS], T87S_MAX_SEGMENTS * (2 * T87S_MAX_TEXT + 1) + 9);
}
END_TEST

/* ---- and back ---- */

enum { MOST_TOLD = 256, ROUNDS = 1500 };

static struct told {
    struct t87s_tag tag;
    unsigned flags;
} told[MOST_TOLD];
static size_t n_told;

static void hear(void *arg, const struct t87s_store_tag *tags, size_t n, unsigned flags) {
    ck_assert_ptr_eq(arg, told);
    ck_assert_uint_eq(n, 1);
    ck_assert_uint_lt(n_told, MOST_TOLD);
    told[n_told].tag.size = (uint16_t)tags->size;
    memcpy(told[n_told].tag.path, tags->path, tags->size);
    told[n_told++].flags = flags;
}

static void tell(const char *name, size_t size) {
    const struct t87s_store_listener listener = {.arg = told, .invalidated = hear};
    n_told = 0;
    t87s__typescript_tell(&listener, name, size);
}

/* Whether the tag was told itself, with these flags. */
static bool was_told(struct t87s_tag tag, unsigned flags) {
    for (size_t i = 0; i < n_told; i++)
        if (told[i].flags == flags && told[i].tag.size == tag.size && !memcmp(told[i].tag.path, tag.path, tag.size))
            return true;
    return false;
}

/* Or something above it. */
static bool is_covered(const struct t87s_tag *tag, unsigned flags) {
    for (size_t i = 0; i < n_told; i++) {
        const struct t87s_tag *by = &told[i].tag;
        const bool whole = by->size == tag->size && (told[i].flags == flags || told[i].flags == 0);
        if (by->size <= tag->size && !memcmp(by->path, tag->path, by->size) && (whole || told[i].flags == 0))
            return true;
    }
    return false;
}

static void tell_text(const char *name) { tell(name, strlen(name)); }

START_TEST(a_name_is_told_as_all_tags_that_are_called_so)
{
    tell_text("users");
    ck_assert_uint_eq(n_told, 2);
    ck_assert(was_told(TAG(T87S_STATIC("users")), 0) && was_told(TAG(T87S_WILD_STR("users", 5)), 0));
    tell_text("users:42");
    ck_assert_uint_eq(n_told, 8);
    ck_assert(was_told(TAG(T87S_STATIC("users"), T87S_WILD_U64(42)), 0));
    ck_assert(was_told(TAG(T87S_STATIC("users"), T87S_WILD_I64(42)), 0));
    ck_assert(was_told(TAG(T87S_STATIC("users"), T87S_WILD_STR("42", 2)), 0));
    tell_text("007");
    ck_assert_uint_eq(n_told, 2);
    tell_text("-7");
    ck_assert_uint_eq(n_told, 3);
    tell_text("18446744073709551616"); /* more than there are */
    ck_assert_uint_eq(n_told, 2);
    tell_text("123e4567-e89b-12d3-a456-4266141740ff");
    ck_assert_uint_eq(n_told, 3);
    ck_assert(was_told(TAG(T87S_WILD_UUID(uuid)), 0));
    tell_text("123e4567-e89b-12d3-a456-4266141740fg");
    ck_assert_uint_eq(n_told, 2);
}
END_TEST

START_TEST(exactly_is_told_as_such_and_as_a_segment)
{
    tell_text("users:__exact__");
    ck_assert(was_told(TAG(T87S_STATIC("users")), T87S_EXACT));
    ck_assert(was_told(TAG(T87S_STATIC("users"), T87S_WILD_STR("__exact__", 9)), 0));
    ck_assert(!was_told(TAG(T87S_STATIC("users")), 0));
    tell_text("__exact__");
    ck_assert(was_told(TAG(T87S_STATIC("__exact__")), 0));
    ck_assert_uint_eq(n_told, 2);
}
END_TEST

START_TEST(what_no_tag_is_called_is_told_to_nobody)
{
    static const char *const names[] = {"",    ":",    "users:", ":users",          "a::b",
                                        "a\\", "a\\b", "a:\\x",  "users::__exact__"};
    char name[2 * T87S_MAX_TEXT];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        tell_text(names[i]);
        ck_assert_msg(n_told == 0, "%s", names[i]);
    }
    memset(name, 'a', sizeof name);
    tell(name, T87S_MAX_TEXT + 1);
    ck_assert_uint_eq(n_told, 0);
    for (size_t i = 1; i < 64; i += 2)
        name[i] = ':';
    tell(name, 2 * T87S_MAX_SEGMENTS + 1); /* a segment too many */
    ck_assert_uint_eq(n_told, 0);
    tell(name, 2 * T87S_MAX_SEGMENTS - 1);
    ck_assert_uint_gt(n_told, 0);
}
END_TEST

START_TEST(what_could_be_too_much_is_told_from_above)
{
    tell_text("1:2:3:4:5:6:7");
    ck_assert_uint_eq(n_told, 64);
    ck_assert(was_told(TAG(T87S_STATIC("1"), T87S_WILD_U64(2), T87S_WILD_I64(3)), 0));
    tell_text("1:2:3:4:5:6:7:__exact__");
    ck_assert(was_told(TAG(T87S_STATIC("1"), T87S_WILD_U64(2), T87S_WILD_I64(3)), 0));
    static char name[T87S_MAX_SEGMENTS * (T87S_MAX_TEXT + 1)]; /* longer than a tag */
    memset(name, 'a', sizeof name);
    for (size_t i = T87S_MAX_TEXT; i < sizeof name; i += T87S_MAX_TEXT + 1)
        name[i] = ':';
    tell(name, sizeof name - 1);
    ck_assert_uint_gt(n_told, 0);
}
END_TEST

/* ---- any tag ---- */

static struct t87s_tag random_tag(void) {
    static const char *const texts[] = {":", "\\", "__exact__", "7", "-7", "a:b", "\xc3\xa9", "\xff\xfe", "users"};
    static char bytes[T87S_MAX_SEGMENTS][T87S_MAX_TEXT];
    struct t87s_segment segments[T87S_MAX_SEGMENTS];
    const size_t n = 1 + (size_t)rand() % (rand() % 8 ? 4 : T87S_MAX_SEGMENTS);
    for (size_t i = 0; i < n; i++) {
        const char *text = texts[(size_t)rand() % (sizeof texts / sizeof *texts)];
        const size_t size = 1 + (size_t)rand() % (rand() % 8 ? 5 : 100);
        for (size_t k = 0; k < size; k++)
            bytes[i][k] = (char)(rand() % 3 ? ":\\a0"[rand() % 4] : rand());
        const struct t87s_segment any[] = {
            T87S_STATIC(text),
            T87S_WILD_STR(text, strlen(text)),
            T87S_WILD_STR(bytes[i], size),
            T87S_WILD_U64((uint64_t)rand() << (rand() % 40)),
            T87S_WILD_I64(-(int64_t)rand()),
            T87S_WILD_UUID(uuid),
        };
        segments[i] = any[rand() % 6];
    }
    return tag_from(n, segments);
}

START_TEST(whatever_a_tag_is_called_tells_of_it)
{
    srand(87);
    for (int round = 0; round < ROUNDS; round++) {
        const struct t87s_tag tag = random_tag();
        const struct t87s__typescript_names names = names_of(&tag);
        tell(names.text, names.ends[names.n - 2]);
        ck_assert(is_covered(&tag, 0));
        tell(names.text, names.ends[names.n - 1]);
        ck_assert(is_covered(&tag, T87S_EXACT));
    }
}
END_TEST

/* Of all that is told, the whole of it is called so: nothing else is made outdated. */
START_TEST(whatever_is_told_is_called_so)
{
    srand(78);
    for (int round = 0; round < ROUNDS; round++) {
        const struct t87s_tag tag = random_tag();
        const struct t87s__typescript_names names = names_of(&tag);
        tell(names.text, names.ends[names.n - 2]);
        for (size_t i = 0; i < n_told; i++) {
            const struct t87s__typescript_names again = names_of(&told[i].tag);
            const unsigned last = again.n - 1 - !(told[i].flags & T87S_EXACT);
            ck_assert_uint_le(again.ends[last], names.ends[names.n - 2]);
            ck_assert_mem_eq(again.text, names.text, again.ends[last]);
            ck_assert(again.ends[last] == names.ends[names.n - 2] || n_told > 12); /* from above */
        }
    }
}
END_TEST

int main(void) {
    Suite *back = suite_create("and back");
    TCase *names = tcase_create("names");
    tcase_set_timeout(names, 60);
    tcase_add_test(names, a_name_is_told_as_all_tags_that_are_called_so);
    tcase_add_test(names, exactly_is_told_as_such_and_as_a_segment);
    tcase_add_test(names, what_no_tag_is_called_is_told_to_nobody);
    tcase_add_test(names, what_could_be_too_much_is_told_from_above);
    tcase_add_test(names, whatever_a_tag_is_called_tells_of_it);
    tcase_add_test(names, whatever_is_told_is_called_so);
    suite_add_tcase(back, names);
    return run_suites(suite_of("names of tags in TypeScript", a_tag_has_the_names_of_its_prefixes_and_of_itself_alone,
                               what_stands_between_segments_is_escaped_in_them, what_is_no_tag_has_no_name,
                               the_longest_tag_has_a_name, NULL),
                      back, NULL);
}
