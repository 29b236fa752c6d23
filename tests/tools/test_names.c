/* SPDX-License-Identifier: MIT
 *
 * From the bytes of a key to what it is called; and what is shown of bytes that anybody may have written.
 */
#include "names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clean.h"
#include "compiled.h"
#include "suites.h"

static struct compiled compiled;
static struct names names;
static struct arena arena;

static void make_names(void *arg) {
    (void)arg;
    names_init(&names, &arena, &compiled.plan);
}

static void setup(void) {
    char path[512];
    snprintf(path, sizeof path, "%s/tests/tools/world.tags", getenv("T87S_SOURCE_ROOT"));
    ck_assert_int_eq(compile_schema(&(struct load_options){.path = path}, &compiled), LOAD_OK);
    arena_init(&arena);
    ck_assert(arena_run(&arena, make_names, NULL));
}

static void teardown(void) {
    arena_free(&arena);
    compiled_free(&compiled);
}

/* ---- keys ---- */

struct reading {
    const unsigned char *bytes;
    size_t size;
    struct key_name key;
};

static void read_now(void *arg) {
    struct reading *reading = arg;
    names_read(&names, &arena, reading->bytes, reading->size, &reading->key);
}

/* A copy of just that size, so that a sanitizer sees who reads on. */
static struct key_name read_key(const void *bytes, size_t size) {
    unsigned char *copy = malloc(size ? size : 1);
    memcpy(copy, bytes, size);
    struct reading reading = {copy, size, {.kind = KEY_BROKEN}};
    ck_assert(arena_run(&arena, read_now, &reading));
    free(copy);
    return reading.key;
}

struct naming {
    struct t87s_store_tag tag;
    const char *name;
};

static void name_now(void *arg) {
    struct naming *naming = arg;
    naming->name = names_of_tag(&arena, naming->tag);
}

static const char *name_tag(struct t87s_store_tag tag) {
    struct naming naming = {tag, NULL};
    ck_assert(arena_run(&arena, name_now, &naming));
    return naming.name;
}

/* 'g', the fingerprint of a query, then these bytes. */
static size_t generated(unsigned char *out, const char *query, const void *arguments, size_t size) {
    size_t index = 0;
    while (strcmp(compiled.loaded.model->queries[index].name, query) != 0)
        index++;
    out[0] = 'g';
    memcpy(out + 1, &compiled.plan.fingerprints[index], 8);
    memcpy(out + 9, arguments, size);
    return 9 + size;
}

START_TEST(a_key_of_the_schema_has_its_name_arguments_and_tags)
{
    unsigned char bytes[64], arguments[16] = {0};
    const uint64_t user = 42;
    memcpy(arguments, &user, 8);
    memcpy(arguments + 8, "\3abc\0\1", 6);
    const struct key_name key = read_key(bytes, generated(bytes, "get_post", arguments, 14));
    ck_assert_int_eq(key.kind, KEY_OF_QUERY);
    ck_assert_str_eq(key.text, "get_post(42, \"abc\", true)");
    ck_assert_uint_eq(key.n_arguments, 3);
    ck_assert_str_eq(key.arguments[0].name, "user_id");
    ck_assert_str_eq(key.arguments[0].text, "42");
    ck_assert(key.arguments[0].is_number && !key.arguments[1].is_number && key.arguments[2].is_bool);
    ck_assert_str_eq(key.arguments[1].text, "abc");
    ck_assert_uint_eq(key.n_tags, 1);
    ck_assert_str_eq(name_tag(key.tags[0]), "users/42/posts/abc");
}
END_TEST

START_TEST(a_key_that_is_cut_or_too_long_is_broken)
{
    unsigned char bytes[64], arguments[15] = {7, 0, 0, 0, 0, 0, 0, 0, 3, 'a', 'b', 'c', 0, 1, 1};
    const size_t whole = generated(bytes, "get_post", arguments, 14);
    for (size_t size = 0; size < whole; size++)
        ck_assert_int_eq(read_key(bytes, size).kind, KEY_BROKEN);
    ck_assert_int_eq(read_key(bytes, whole).kind, KEY_OF_QUERY);
    ck_assert_int_eq(read_key(bytes, generated(bytes, "get_post", arguments, 15)).kind, KEY_BROKEN);
}
END_TEST

START_TEST(arguments_that_are_no_values_are_broken)
{
    unsigned char bytes[64];
    const uint32_t asia = 2, nowhere = 3;
    ck_assert_str_eq(read_key(bytes, generated(bytes, "get_price", &asia, 4)).text, "get_price(asia)");
    ck_assert_int_eq(read_key(bytes, generated(bytes, "get_price", &nowhere, 4)).kind, KEY_BROKEN);
    static const unsigned char wrong[][14] = {
        {7, 0, 0, 0, 0, 0, 0, 0, 3, 'a', 'b', 'c', 0, 2},   /* a bool of 2 */
        {7, 0, 0, 0, 0, 0, 0, 0, 3, 'a', 'b', 'c', 'd', 1}, /* no NUL behind the text */
        {7, 0, 0, 0, 0, 0, 0, 0, 3, 'a', 0, 'c', 0, 1},     /* one inside */
        {7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0},         /* an empty text */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_int_eq(read_key(bytes, generated(bytes, "get_post", wrong[i], 14)).kind, KEY_BROKEN);
}
END_TEST

START_TEST(other_keys_are_shown_for_what_they_are)
{
    const struct key_name by_hand = read_key("hpage:\"1\"\n", 10), others = read_key("g\1\0\0\0\0\0\0\0x", 10);
    ck_assert_int_eq(by_hand.kind, KEY_BY_HAND);
    ck_assert_str_eq(by_hand.text, "\"page:\\\"1\\\"\\x0a\"");
    ck_assert_int_eq(others.kind, KEY_OF_OTHERS);
    ck_assert_str_eq(others.text, "0000000000000001(...)");
    ck_assert_int_eq(read_key("z", 1).kind, KEY_BROKEN);
    ck_assert_int_eq(read_key("h", 1).kind, KEY_BROKEN);
    ck_assert_int_eq(read_key("", 0).kind, KEY_BROKEN);
}
END_TEST

/* ---- text ---- */

static const char *cleaned(const char *bytes, size_t size) {
    static struct text text;
    text_free(&text);
    text_init(&text);
    clean_append(&text, bytes, size);
    return text_string(&text);
}

START_TEST(nothing_that_a_terminal_would_obey_is_shown)
{
    ck_assert_str_eq(cleaned("plain \xc3\xa4 \xe2\x82\xac", 12), "plain \xc3\xa4 \xe2\x82\xac");
    ck_assert_str_eq(cleaned("\x1b[2J\x7f\0\n", 7), "\\x1b[2J\\x7f\\x00\\x0a");
    ck_assert_str_eq(cleaned("\xff\xc3", 2), "\\xff\\xc3");
    ck_assert_str_eq(cleaned("\xc2\x9b", 2), "\\xc2\\x9b");          /* CSI of eight bits */
    ck_assert_str_eq(cleaned("\xe2\x80\xae", 3), "\\xe2\\x80\\xae"); /* turns the text around */
    ck_assert_str_eq(cleaned("a\\b", 3), "a\\\\b");
}
END_TEST

/* ---- tags ---- */

static void count_tag(void *arg, struct t87s_store_tag tag) {
    char *all = arg;
    snprintf(all + strlen(all), 100 - strlen(all), "%s ", names_of_tag(&arena, tag));
}

static void list_static_tags(void *all) { names_static_tags(&names, &arena, count_tag, all); }

START_TEST(tags_without_arguments_are_known_beforehand)
{
    char all[100] = "";
    ck_assert(arena_run(&arena, list_static_tags, all));
    ck_assert_str_eq(all, "users prices files shifts config ");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("names of what lies in a store");
    TCase *tests = tcase_create("tests");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_key_of_the_schema_has_its_name_arguments_and_tags);
    tcase_add_test(tests, a_key_that_is_cut_or_too_long_is_broken);
    tcase_add_test(tests, arguments_that_are_no_values_are_broken);
    tcase_add_test(tests, other_keys_are_shown_for_what_they_are);
    tcase_add_test(tests, nothing_that_a_terminal_would_obey_is_shown);
    tcase_add_test(tests, tags_without_arguments_are_known_beforehand);
    suite_add_tcase(suite, tests);
    return run_suites(suite, NULL);
}
