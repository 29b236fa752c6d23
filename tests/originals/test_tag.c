/* SPDX-License-Identifier: MIT */
/* Tags, as the originals test them. */
#include "scene.h"
#include "suites.h"

#include <string.h>

static struct t87s_tag users(const char *id) {
    const struct t87s_segment segments[] = {T87S_STATIC("users"), T87S_WILD_STR(id, strlen(id))};
    struct t87s_tag tag;
    ck_assert_int_eq(t87s_tag_make(&tag, 2, segments), T87S_OK);
    return tag;
}

START_TEST(a_tag_is_made_from_segments)
{
    struct t87s_segment segments[T87S_MAX_SEGMENTS + 1];
    struct t87s_tag tag;
    char text[200];
    for (size_t i = 0; i < T87S_MAX_SEGMENTS + 1; i++)
        segments[i] = T87S_STATIC("seg");
    for (size_t n = 1; n <= T87S_MAX_SEGMENTS; n++) {
        ck_assert_int_eq(t87s_tag_make(&tag, n, segments), T87S_OK);
        ck_assert_int_eq(t87s_tag_format(&tag, text, sizeof text), (int)(4 * n - 1));
    }
    ck_assert_int_eq(t87s_tag_make(&tag, 0, segments), T87S_E_INVALID);
    ck_assert_int_eq(t87s_tag_make(&tag, T87S_MAX_SEGMENTS + 1, segments), T87S_E_INVALID);
    ck_assert_uint_eq(tag.size, 0);
}
END_TEST

START_TEST(a_tag_prints_its_path)
{
    const struct t87s_segment segments[] = {T87S_STATIC("users"), T87S_WILD_U64(42), T87S_STATIC("posts"),
                                            T87S_WILD_STR("p1", 2), T87S_WILD_I64(-7)};
    struct t87s_tag tag;
    char text[64];
    ck_assert_int_eq(t87s_tag_make(&tag, 5, segments), T87S_OK);
    ck_assert_int_eq(t87s_tag_format(&tag, text, sizeof text), 20);
    ck_assert_str_eq(text, "users/42/posts/p1/-7");
    ck_assert_int_eq(t87s_tag_format(&tag, text, 6), 20); /* snprintf's rules */
    ck_assert_str_eq(text, "users");
    ck_assert_int_eq(t87s_tag_format(&tag, NULL, 0), 20);
}
END_TEST

START_TEST(a_tag_does_not_change_with_what_it_was_made_from)
{
    char id[] = "u1", text[32];
    struct t87s_tag tag = users(id);
    id[1] = '2';
    t87s_tag_format(&tag, text, sizeof text);
    ck_assert_str_eq(text, "users/u1");
    struct t87s_tag copy = tag; /* by value: the copy is a tag of its own */
    tag = users(id);
    t87s_tag_format(&copy, text, sizeof text);
    ck_assert_str_eq(text, "users/u1");
}
END_TEST

START_TEST(a_tag_equals_its_twin_and_no_other)
{
    struct t87s_tag one = users("u1"), twin = users("u1"), other = users("u2");
    ck_assert_uint_eq(one.size, twin.size);
    ck_assert_mem_eq(one.path, twin.path, one.size);
    ck_assert(other.size != one.size || memcmp(one.path, other.path, one.size) != 0);
}
END_TEST

START_TEST(a_tag_finds_what_its_twin_marks)
{
    struct scene scene;
    struct source source = {.text = "value"};
    struct t87s_tag one = users("u1"), twin = users("u1");
    struct t87s_query query = query_of("key", &source, &one);
    scene_init(&scene);
    scene_open(&scene);
    ask(&scene, &query);
    ck_assert_int_eq(t87s_invalidate(scene.cache, &twin, 1, 0), T87S_OK);
    ck_assert_int_eq(get(&scene, "key").status, T87S_MISS);
    scene_close(&scene);
}
END_TEST

int main(void) {
    return run_suites(suite_of("tag", a_tag_is_made_from_segments, a_tag_prints_its_path,
                               a_tag_does_not_change_with_what_it_was_made_from, a_tag_equals_its_twin_and_no_other,
                               a_tag_finds_what_its_twin_marks, NULL),
                      NULL);
}
