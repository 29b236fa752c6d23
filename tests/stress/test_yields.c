/* SPDX-License-Identifier: MIT
 *
 * Orders inside one call, staged at the labels of runtime/base/yield.h: a thread stops between two steps of a write,
 * and what others do there is judged when the write has returned.
 */
#include "scene.h"
#include "suites.h"
#include "yield.h"

static struct t87s_tag tag;

struct write {
    struct scene *scene;
    void (*make)(struct scene *scene);
    pthread_t thread;
};

static void *make_it(void *arg) {
    struct write *write = arg;
    write->make(write->scene);
    return NULL;
}

static void delete_it(struct scene *scene) { ck_assert_int_eq(t87s_delete(scene->cache, "key", 3), T87S_OK); }

static void clear_all(struct scene *scene) { ck_assert_int_eq(t87s_clear(scene->cache), T87S_OK); }

static void invalidate_it(struct scene *scene) { invalidate(scene, "users/7", 0); }

static void invalidate_softly(struct scene *scene) { invalidate(scene, "users/7", T87S_SOFT); }

static void begin(struct scene *scene) {
    tag = tag_of("users/7");
    scene_init(scene);
    scene_open(scene);
}

/* Starts a write, which stops at the label. */
static void stop_at(struct write *write, struct scene *scene, void (*make)(struct scene *scene), const char *label) {
    *write = (struct write){.scene = scene, .make = make};
    t87s__yield_hold(label);
    ck_assert_int_eq(pthread_create(&write->thread, NULL, make_it, write), 0);
    t87s__yield_await();
}

static void let_go_on(struct write *write) {
    t87s__yield_release();
    ck_assert_int_eq(pthread_join(write->thread, NULL), 0);
}

/* A fetch reads its source, then the write begins and stops, then the fetch ends and its answer may be kept; once the
 * write has returned nobody may be given that answer. */
static void a_fetch_ends_inside(void (*make)(struct scene *scene), const char *label) {
    struct scene scene;
    struct gate gate;
    struct actor a;
    struct write write;
    struct source old = {.text = "old", .gate = &gate}, young = {.text = "young"};
    begin(&scene);
    gate_init(&gate);
    struct t87s_query slow = query_of("key", &old, &tag), query = query_of("key", &young, &tag);
    actor_start(&a, "A", &scene, &slow);
    gate_await(&gate, 1);
    stop_at(&write, &scene, make, label);
    gate_open(&gate);
    EXPECT_ANSWER(actor_join(&a), "old", T87S_FETCHED, T87S_REASON_ABSENT);
    let_go_on(&write);
    ck_assert_str_eq(ask(&scene, &query).text, "young");
    ck_assert_int_eq(atomic_load(&young.fetches), 1);
    scene_close(&scene);
}

START_TEST(an_answer_kept_in_the_middle_of_a_delete_is_gone_after_it)
{
    a_fetch_ends_inside(delete_it, "outdate: stamp drawn, nothing marked");
    a_fetch_ends_inside(delete_it, "outdate: floor raised, entry in the table");
    a_fetch_ends_inside(delete_it, "outdate: entry taken out");
}
END_TEST

START_TEST(an_answer_kept_in_the_middle_of_a_clear_is_gone_after_it)
{
    a_fetch_ends_inside(clear_all, "clear: stamp drawn, nothing marked");
    a_fetch_ends_inside(clear_all, "clear: floor raised, entries in the table");
}
END_TEST

START_TEST(an_answer_kept_in_the_middle_of_an_invalidation_is_out_of_date_after_it)
{
    a_fetch_ends_inside(invalidate_it, "invalidate: stamp drawn, nothing marked");
    a_fetch_ends_inside(invalidate_it, "invalidate: marked");
    a_fetch_ends_inside(invalidate_softly, "invalidate: stamp drawn, nothing marked");
}
END_TEST

/* The other way round: what was fetched after a write had drawn its stamp is younger, and no reason to fetch again. */
static void a_fetch_begins_inside(void (*make)(struct scene *scene), const char *label) {
    struct scene scene;
    struct write write;
    struct source source = {.text = "text"};
    begin(&scene);
    struct t87s_query query = query_of("key", &source, &tag);
    stop_at(&write, &scene, make, label);
    EXPECT_ANSWER(ask(&scene, &query), "text", T87S_FETCHED, T87S_REASON_ABSENT);
    let_go_on(&write);
    EXPECT_ANSWER(ask(&scene, &query), "text", T87S_FRESH, T87S_REASON_NONE);
    ck_assert_int_eq(atomic_load(&source.fetches), 1);
    scene_close(&scene);
}

START_TEST(what_is_fetched_in_the_middle_of_a_write_is_not_fetched_again_after_it)
{
    a_fetch_begins_inside(delete_it, "outdate: stamp drawn, nothing marked");
    a_fetch_begins_inside(clear_all, "clear: stamp drawn, nothing marked");
    a_fetch_begins_inside(clear_all, "clear: floor raised, entries in the table");
    a_fetch_begins_inside(invalidate_it, "invalidate: stamp drawn, nothing marked");
}
END_TEST

/* Between the first look of a query and the lock under which it would begin to fetch. */
START_TEST(what_others_fetch_after_the_first_look_is_not_fetched_again)
{
    struct scene scene;
    struct actor a;
    struct source source = {.text = "text"};
    begin(&scene);
    struct t87s_query query = query_of("key", &source, &tag);
    t87s__yield_hold("flights: not locked yet");
    actor_start(&a, "A", &scene, &query);
    t87s__yield_await();
    EXPECT_ANSWER(ask(&scene, &query), "text", T87S_FETCHED, T87S_REASON_ABSENT);
    t87s__yield_release();
    EXPECT_ANSWER(actor_join(&a), "text", T87S_FRESH, T87S_REASON_NONE);
    ck_assert_int_eq(atomic_load(&source.fetches), 1);
    scene_close(&scene);
}
END_TEST

/* The flight has ended and its entry waits for its place: others wait for it or fetch, but are answered in any case. */
START_TEST(an_invalidation_between_a_fetch_and_the_table_is_seen)
{
    struct scene scene;
    struct actor a;
    struct source old = {.text = "old"}, young = {.text = "young"};
    begin(&scene);
    struct t87s_query first = query_of("key", &old, &tag), query = query_of("key", &young, &tag);
    t87s__yield_hold("keep: judged, not in the table");
    actor_start(&a, "A", &scene, &first);
    t87s__yield_await();
    invalidate(&scene, "users/7", 0);
    EXPECT_ANSWER(ask(&scene, &query), "young", T87S_FETCHED, T87S_REASON_ABSENT);
    t87s__yield_release();
    EXPECT_ANSWER(actor_join(&a), "old", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(ask(&scene, &query), "young", T87S_FRESH, T87S_REASON_NONE);
    scene_close(&scene);
}
END_TEST

int main(void) {
    return run_suites(suite_of("steps inside one call", an_answer_kept_in_the_middle_of_a_delete_is_gone_after_it,
                               an_answer_kept_in_the_middle_of_a_clear_is_gone_after_it,
                               an_answer_kept_in_the_middle_of_an_invalidation_is_out_of_date_after_it,
                               what_is_fetched_in_the_middle_of_a_write_is_not_fetched_again_after_it,
                               what_others_fetch_after_the_first_look_is_not_fetched_again,
                               an_invalidation_between_a_fetch_and_the_table_is_seen, NULL),
                      NULL);
}
