/* SPDX-License-Identifier: MIT */
/* The memory tier when it is full. */
#include "scene.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

enum { CAPACITY = 256 * 1024, VALUE = 1000 };

static void set_one(struct scene *scene, const char *prefix, int i) {
    static const char value[VALUE];
    char key[32];
    snprintf(key, sizeof key, "%s:%d", prefix, i);
    ck_assert_int_eq(t87s_set(scene->cache, key, strlen(key), value, VALUE, NULL), T87S_OK);
}

static bool has(struct scene *scene, const char *prefix, int i) {
    char key[32];
    struct t87s_value value;
    snprintf(key, sizeof key, "%s:%d", prefix, i);
    bool there = t87s_get(scene->cache, key, strlen(key), &value) == T87S_OK;
    t87s_value_release(&value);
    return there;
}

static void open_small(struct scene *scene) {
    scene_init(scene);
    scene->options.capacity_bytes = CAPACITY;
    scene->options.tracer = NULL;
    scene_open(scene);
}

START_TEST(when_full_the_least_valuable_leave)
{
    struct scene scene;
    int left = 0, youngest_left = 0;
    open_small(&scene);
    for (int i = 0; i < 1000; i++) {
        set_one(&scene, "key", i);
        ck_assert_uint_le(scene_stats(&scene).bytes_used, CAPACITY);
    }
    for (int i = 0; i < 1000; i++) {
        bool there = has(&scene, "key", i);
        left += there;
        youngest_left += there && i >= 1000 - 50;
    }
    ck_assert_int_lt(left, CAPACITY / VALUE);
    ck_assert_int_gt(left, 50);
    ck_assert_int_eq(youngest_left, 50); /* of entries nobody reads, the oldest go first */
    ck_assert_uint_eq(scene_stats(&scene).evictions, 1000 - (uint64_t)left);
    scene_close(&scene);
}
END_TEST

START_TEST(a_read_keeps_an_entry_alive)
{
    struct scene scene;
    enum { HOT = 10 };
    open_small(&scene);
    for (int i = 0; i < HOT; i++)
        set_one(&scene, "hot", i);
    for (int i = 0; i < 5000; i++) {
        set_one(&scene, "cold", i);
        if (i % 20 == 0)
            for (int k = 0; k < HOT; k++)
                ck_assert_msg(has(&scene, "hot", k), "hot:%d left after %d", k, i);
    }
    ck_assert(!has(&scene, "cold", 0));
    scene_close(&scene);
}
END_TEST

START_TEST(an_expired_entry_leaves_before_one_that_is_fresh)
{
    struct scene scene;
    static const char value[VALUE];
    struct t87s_set_options brief = {.ttl_ms = 10}, lasting = {.ttl_ms = 3600000};
    char key[32];
    open_small(&scene);
    for (int i = 0; i < 60; i++) {
        snprintf(key, sizeof key, "%s:%d", i % 2 ? "brief" : "lasting", i);
        ck_assert_int_eq(t87s_set(scene.cache, key, strlen(key), value, VALUE, i % 2 ? &brief : &lasting), T87S_OK);
    }
    fake_clock_advance(&scene.clock, 10);
    for (int i = 0; i < 60; i += 2) /* one read each, so that they get their second round */
        ck_assert(has(&scene, "lasting", i));
    for (int i = 0; scene_stats(&scene).evictions < 30; i++)
        set_one(&scene, "new", i);
    for (int i = 0; i < 60; i += 2)
        ck_assert(has(&scene, "lasting", i));
    scene_close(&scene);
}
END_TEST

int main(void) {
    return run_suites(suite_of("the memory tier", when_full_the_least_valuable_leave, a_read_keeps_an_entry_alive,
                               an_expired_entry_leaves_before_one_that_is_fresh, NULL),
                      NULL);
}
