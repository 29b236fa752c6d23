/* SPDX-License-Identifier: MIT
 *
 * Tags shared with a process of the TypeScript original over one Redis: what either invalidates is outdated for both,
 * under the names and in the values that the original knows, whatever else stands there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client.h"
#include "original.h"
#include "redis_server.h"
#include "scene.h"
#include "suites.h"

enum { SKEW_MS = 1000, LEEWAY_MS = 5000 /* of a busy machine */ };

static struct redis_server server;
static struct client client, other;
static struct original original;

static struct t87s_redis_options options(bool near_off) {
    return (struct t87s_redis_options){
        .uri = server.uri, .prefix = "app", .near_off = near_off, .timeout_ms = 5000, .share_with_typescript = true};
}

static void start(void) {
    server.own_clock = true;
    redis_server_start(&server, NULL);
    client_open(&client, options(true));
    client_open(&other, options(true));
    original_open(&original, server.socket, "app");
}

static void stop(void) {
    original_close(&original);
    client_close(&other);
    client_close(&client);
    redis_server_stop(&server);
}

static void tell(const char *command, const char *expected) {
    ck_assert_str_eq(redis_server_tell(&server, command).text, expected);
}

static int64_t real_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void expect_value(const char *name, const char *expected) {
    const char *value = original_value(&original, name);
    ck_assert_str_eq(value ? value : "(nothing)", expected);
}

static void expect_state(const char *key, const char *tag, enum t87s_store_state state) {
    ck_assert_int_eq(must_read(&client, key, tag), state);
}

/* The birth that a query gets that goes on with a fetch. */
static struct t87s_store_birth birth_of(struct client *of, const char *key, const char *tag) {
    struct t87s_store_birth birth;
    ck_assert_int_eq(client_read(of, key, tag, NULL, &birth), T87S_OK);
    return birth;
}

static void fetch(struct client *by, const char *key, const char *tag) {
    const struct t87s_store_birth birth = birth_of(by, key, tag);
    ck_assert_int_eq(client_write(by, key, tag, &birth), T87S_OK);
}

/* ---- from here to there ---- */

START_TEST(what_is_invalidated_here_is_written_there)
{
    const int64_t before = real_ms();
    must_invalidate(&client, "users/7");
    ck_assert_int_eq(client_invalidate(&client, "posts/=a:b\\", T87S_EXACT), T87S_OK);
    const int64_t after = real_ms();
    static const char *const names[] = {"users:7", "posts:a\\:b\\\\:__exact__"};
    for (int i = 0; i < 2; i++) {
        const char *value = original_value(&original, names[i]);
        char *end;
        ck_assert_msg(value, "%s", names[i]);
        const int64_t ms = strtoll(value, &end, 10);
        ck_assert_str_eq(end, "c");
        ck_assert_int_ge(ms, before + SKEW_MS);
        ck_assert_int_le(ms, after + SKEW_MS);
    }
    expect_value("users", "(nothing)");
    expect_value("users:7:__exact__", "(nothing)");
    expect_value("posts:a\\:b\\\\", "(nothing)");
    tell("TTL app:t:users:7", ":-1");
}
END_TEST

START_TEST(what_stands_there_never_becomes_less)
{
    static const char *const rows[][2] = {
        {"8888888888888", "8888888888888c"},
        {"8888888888888c", "8888888888888c"},
        {"8888888888888 and more", "8888888888888c"},
        {"9007199254740993", "9007199254740991c"}, /* the greatest time that is a whole number there */
        {"123456789012345678901234567890", "9007199254740991c"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        original_put(&original, "users", rows[i][0]);
        must_invalidate(&client, "users");
        expect_value("users", rows[i][1]);
    }
    static const char *const no_times[] = {"1", "0c", "-5", "c", "some text", ""};
    for (size_t i = 0; i < sizeof no_times / sizeof *no_times; i++) {
        const int64_t before = real_ms();
        original_put(&original, "users", no_times[i]);
        must_invalidate(&client, "users");
        ck_assert_int_ge(strtoll(original_value(&original, "users"), NULL, 10), before + SKEW_MS);
    }
}
END_TEST

static const int64_t skews_ms[] = {0, SKEW_MS, -SKEW_MS};

START_TEST(what_is_invalidated_here_is_outdated_there_if_clocks_differ_as_far_as_they_may)
{
    original.ahead_ms = skews_ms[_i];
    original_keep(&original, "user", SEGMENTS("users", "7"));
    original_keep(&original, "posts", SEGMENTS("users", "7", "posts"));
    ck_assert(original_serves(&original, "user", SEGMENTS("users", "7")));
    ck_assert_int_eq(client_invalidate(&client, "users/7", T87S_EXACT), T87S_OK);
    ck_assert(!original_serves(&original, "user", SEGMENTS("users", "7")));
    ck_assert(original_serves(&original, "posts", SEGMENTS("users", "7", "posts")));
    must_invalidate(&client, "users");
    ck_assert(!original_serves(&original, "posts", SEGMENTS("users", "7", "posts")));
    original.ahead_ms = 2 * SKEW_MS + LEEWAY_MS; /* later */
    original_keep(&original, "user", SEGMENTS("users", "7"));
    ck_assert(original_serves(&original, "user", SEGMENTS("users", "7")));
}
END_TEST

START_TEST(a_soft_one_is_one_there)
{
    original_keep(&original, "user", SEGMENTS("users", "7"));
    ck_assert_int_eq(client_invalidate(&client, "users/7", T87S_SOFT), T87S_OK);
    ck_assert(!original_serves(&original, "user", SEGMENTS("users", "7")));
}
END_TEST

START_TEST(many_at_once_are_all_written)
{
    struct t87s_tag tags[100];
    struct t87s_store_tag list[100];
    char name[24];
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "users/%d", i);
        tags[i] = tag_of(name);
        list[i] = (struct t87s_store_tag){tags[i].path, tags[i].size};
    }
    ck_assert_int_eq(client.store->invalidate(client.store, client.scope, list, 100, 0, 5000), T87S_OK);
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "users:%d", i);
        ck_assert_ptr_nonnull(original_value(&original, name));
    }
}
END_TEST

/* ---- from there to here ---- */

static const int64_t wrong_ms[] = {0, SKEW_MS, -SKEW_MS, 3600000, -3600000};

START_TEST(what_is_invalidated_there_is_outdated_here_whatever_the_clock_there_says)
{
    original.ahead_ms = wrong_ms[_i];
    fetch(&client, "user", "users/7");
    fetch(&client, "posts", "users/7/posts");
    fetch(&client, "eight", "users/8");
    original_invalidate(&original, SEGMENTS("users", "7"));
    expect_state("user", "users/7", T87S_STORE_OUTDATED);
    expect_state("posts", "users/7/posts", T87S_STORE_OUTDATED);
    expect_state("eight", "users/8", T87S_STORE_VALID);
    ck_assert_int_eq(must_read(&other, "user", "users/7"), T87S_STORE_OUTDATED);
    fetch(&client, "user", "users/7");
    fetch(&client, "posts", "users/7/posts");
    expect_state("user", "users/7", T87S_STORE_VALID);
    original_invalidate(&original, SEGMENTS("users")); /* all of them */
    expect_state("user", "users/7", T87S_STORE_OUTDATED);
    ck_assert_int_eq(must_read(&other, "eight", "users/8"), T87S_STORE_OUTDATED);
}
END_TEST

START_TEST(exactly_one_tag_is_outdated_here)
{
    fetch(&client, "user", "users/7");
    fetch(&client, "posts", "users/7/posts");
    original_invalidate_exactly(&original, SEGMENTS("users", "7"));
    expect_state("posts", "users/7/posts", T87S_STORE_VALID);
    expect_state("user", "users/7", T87S_STORE_OUTDATED);
    fetch(&client, "user", "users/7");
    expect_state("user", "users/7", T87S_STORE_VALID);
}
END_TEST

START_TEST(what_was_seen_here_means_the_same_there)
{
    char before[32], seen[40];
    original_invalidate(&original, SEGMENTS("users", "7"));
    tell("EXPIRE app:t:users:7 1000", ":1");
    snprintf(before, sizeof before, "%s", original_value(&original, "users:7"));
    fetch(&client, "user", "users/7");
    snprintf(seen, sizeof seen, "%sc", before);
    expect_value("users:7", seen);
    tell("PERSIST app:t:users:7", ":1"); /* it had kept its expiry */
    expect_state("user", "users/7", T87S_STORE_VALID);
}
END_TEST

START_TEST(a_fetch_that_began_before_is_outdated)
{
    const struct t87s_store_birth early = birth_of(&client, "user", "users/7");
    original_invalidate(&original, SEGMENTS("users", "7"));
    const struct t87s_store_birth late = birth_of(&other, "user", "users/7");
    ck_assert_int_eq(client_write(&client, "user", "users/7", &early), T87S_OK);
    expect_state("user", "users/7", T87S_STORE_OUTDATED);
    ck_assert_int_eq(client_write(&other, "user", "users/7", &late), T87S_OK);
    expect_state("user", "users/7", T87S_STORE_VALID);
}
END_TEST

START_TEST(what_is_set_is_kept_though_something_was_invalidated_long_ago)
{
    static const struct t87s_store_birth now;
    original_invalidate(&original, SEGMENTS("users"));
    ck_assert_int_eq(client_set(&client, "user", "users/7", &now), T87S_OK);
    expect_state("user", "users/7", T87S_STORE_VALID);
}
END_TEST

/* A number and its digits are the same there. Whoever sees it first must not hide it from the other. */
START_TEST(tags_that_are_called_the_same_are_the_same_there)
{
    fetch(&client, "number", "users/7");
    fetch(&client, "text", "users/=7");
    original_invalidate(&original, SEGMENTS("users", "7"));
    expect_state("number", "users/7", T87S_STORE_OUTDATED);
    expect_state("text", "users/=7", T87S_STORE_OUTDATED);
    fetch(&client, "text", "users/=:\\");
    original_invalidate(&original, SEGMENTS("users", ":\\"));
    expect_state("text", "users/=:\\", T87S_STORE_OUTDATED);
}
END_TEST

START_TEST(all_caches_over_the_store_see_it)
{
    struct client third;
    client_open_as(&third, options(true), "another");
    fetch(&client, "user", "users/7");
    fetch(&third, "user", "users/7");
    original_invalidate(&original, SEGMENTS("users"));
    expect_state("user", "users/7", T87S_STORE_OUTDATED);
    ck_assert_int_eq(must_read(&third, "user", "users/7"), T87S_STORE_OUTDATED);
    fetch(&third, "user", "users/7");
    original_invalidate(&original, SEGMENTS("users"));
    must_invalidate(&client, "users"); /* over it, and nobody has read it */
    ck_assert_int_eq(must_read(&third, "user", "users/7"), T87S_STORE_OUTDATED);
    client_close(&third);
}
END_TEST

START_TEST(a_soft_one_does_not_hide_one_of_theirs)
{
    fetch(&client, "user", "users/7");
    original_invalidate(&original, SEGMENTS("users", "7"));
    ck_assert_int_eq(client_invalidate(&other, "users/7", T87S_SOFT), T87S_OK);
    expect_state("user", "users/7", T87S_STORE_OUTDATED);
}
END_TEST

/* ---- what else may stand there ---- */

START_TEST(what_is_no_time_is_an_invalidation_once)
{
    static const char *const values[] = {"", "c", "text", "-1", "1.5c", "12cc", "123456789012345678901234567890"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        fetch(&client, "user", "users/7");
        expect_state("user", "users/7", T87S_STORE_VALID);
        original_put(&original, "users:7", values[i]);
        ck_assert_msg(must_read(&client, "user", "users/7") == T87S_STORE_OUTDATED, "%s", values[i]);
    }
    fetch(&client, "user", "users/7");
    expect_state("user", "users/7", T87S_STORE_VALID);
    expect_value("users:7", "123456789012345678901234567890c");
}
END_TEST

START_TEST(what_is_no_text_is_in_nobodys_way)
{
    fetch(&client, "user", "users/7");
    tell("RPUSH app:t:users:7 x", ":1");
    expect_state("user", "users/7", T87S_STORE_VALID);
    must_invalidate(&client, "users/7");
    expect_state("user", "users/7", T87S_STORE_OUTDATED);
    ck_assert_ptr_nonnull(original_value(&original, "users:7"));
}
END_TEST

START_TEST(what_was_flushed_is_outdated)
{
    const struct t87s_store_birth early = birth_of(&client, "user", "users/7");
    original_invalidate(&original, SEGMENTS("users", "7"));
    tell("FLUSHALL", "+OK");
    ck_assert_int_eq(client_write(&client, "user", "users/7", &early), T87S_OK);
    expect_state("user", "users/7", T87S_STORE_OUTDATED);
    fetch(&client, "user", "users/7");
    expect_state("user", "users/7", T87S_STORE_VALID);
}
END_TEST

START_TEST(if_their_bucket_is_gone_everything_is_outdated)
{
    fetch(&client, "user", "users/7");
    fetch(&client, "posts", "users/7/posts");
    tell("DEL app:%typescript:t:{0}", ":1");
    expect_state("user", "users/7", T87S_STORE_OUTDATED);
    fetch(&other, "user", "users/7");
    expect_state("user", "users/7", T87S_STORE_VALID);
    expect_state("posts", "users/7/posts", T87S_STORE_OUTDATED); /* though there is a bucket again */
}
END_TEST

START_TEST(what_cannot_be_told_there_for_want_of_memory_is_outdated_here_and_told_later)
{
    original_keep(&original, "user", SEGMENTS("users", "7"));
    fetch(&client, "user", "users/7");
    tell("CONFIG SET maxmemory 1", "+OK");
    ck_assert_int_eq(client_invalidate(&client, "users/7", 0), T87S_E_STORE); /* so it is tried again */
    ck_assert_int_ne(must_read(&other, "user", "users/7"), T87S_STORE_VALID);
    tell("CONFIG SET maxmemory 0", "+OK");
    must_invalidate(&client, "users/7");
    ck_assert(!original_serves(&original, "user", SEGMENTS("users", "7")));
}
END_TEST

START_TEST(a_server_whose_clock_is_set_back_hides_nothing)
{
    redis_server_set_clock(&server, 3600);
    fetch(&client, "user", "users/7");
    redis_server_set_clock(&server, -3600);
    expect_state("posts", "users/7/posts", T87S_STORE_ABSENT);
    fetch(&client, "posts", "users/7/posts");
    original_invalidate(&original, SEGMENTS("users", "7"));
    expect_state("posts", "users/7/posts", T87S_STORE_OUTDATED);
    ck_assert_int_ne(must_read(&client, "user", "users/7"), T87S_STORE_VALID);
}
END_TEST

/* ---- at random ---- */

enum { KEYS = 4, TAGS = 7, STEPS = 3000 };

static const char *const tags[TAGS] = {"a", "a/1", "a/2", "a/1/b", "a/1/b/1", "c", "c/1"};
static const char *const *const tags_there[TAGS] = {
    SEGMENTS("a"), SEGMENTS("a", "1"), SEGMENTS("a", "2"), SEGMENTS("a", "1", "b"), SEGMENTS("a", "1", "b", "1"),
    SEGMENTS("c"), SEGMENTS("c", "1")};

static bool covers(int tag, bool exactly, int of_key) {
    const char *path = tags[of_key + 2];
    const size_t size = strlen(tags[tag]);
    return exactly ? !strcmp(tags[tag], path)
                   : !strncmp(tags[tag], path, size) && (path[size] == '\0' || path[size] == '/');
}

/* In order, with nothing at once: so an entry is valid exactly when nothing has outdated it since its birth. */
START_TEST(whoever_invalidates_what_is_valid_and_what_not_is_known_to_the_step)
{
    struct {
        int born, outdated; /* the steps */
        bool there;
    } entries[KEYS] = {{.born = 0}};
    int n_valid = 0, n_outdated = 0;
    srand(87);
    for (int step = 1; step <= STEPS; step++) {
        struct client *by = rand() % 2 ? &client : &other;
        const int key = rand() % KEYS, tag = rand() % TAGS, what = rand() % 10;
        const char name[] = {(char)('0' + key), '\0'};
        if (what < 7) {
            struct t87s_store_birth birth;
            enum t87s_store_state state;
            ck_assert_int_eq(client_read(by, name, tags[key + 2], &state, &birth), T87S_OK);
            ck_assert_int_eq(state, !entries[key].there                         ? T87S_STORE_ABSENT
                                    : entries[key].born > entries[key].outdated ? T87S_STORE_VALID
                                                                                : T87S_STORE_OUTDATED);
            n_valid += state == T87S_STORE_VALID;
            n_outdated += state == T87S_STORE_OUTDATED;
            if (state == T87S_STORE_VALID || rand() % 2)
                continue;
            ck_assert_int_eq(client_write(by, name, tags[key + 2], &birth), T87S_OK);
            entries[key].there = true;
            entries[key].born = step;
            continue;
        }
        const bool exactly = rand() % 3 == 0;
        if (what == 7)
            ck_assert_int_eq(client_invalidate(by, tags[tag], exactly ? T87S_EXACT : 0), T87S_OK);
        else if (exactly)
            original_invalidate_exactly(&original, tags_there[tag]);
        else
            original_invalidate(&original, tags_there[tag]);
        original.ahead_ms = rand() % 20000 - 10000;
        for (int i = 0; i < KEYS; i++)
            if (covers(tag, exactly, i))
                entries[i].outdated = step;
    }
    ck_assert_int_gt(n_valid, STEPS / 20);
    ck_assert_int_gt(n_outdated, STEPS / 20);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("tags shared with TypeScript");
    TCase *stories = case_of(suite, "over one server", start, stop, 60);
    tcase_add_test(stories, what_is_invalidated_here_is_written_there);
    tcase_add_test(stories, what_stands_there_never_becomes_less);
    tcase_add_loop_test(stories, what_is_invalidated_here_is_outdated_there_if_clocks_differ_as_far_as_they_may, 0,
                        sizeof skews_ms / sizeof *skews_ms);
    tcase_add_test(stories, a_soft_one_is_one_there);
    tcase_add_test(stories, many_at_once_are_all_written);
    tcase_add_loop_test(stories, what_is_invalidated_there_is_outdated_here_whatever_the_clock_there_says, 0,
                        sizeof wrong_ms / sizeof *wrong_ms);
    tcase_add_test(stories, exactly_one_tag_is_outdated_here);
    tcase_add_test(stories, what_was_seen_here_means_the_same_there);
    tcase_add_test(stories, a_fetch_that_began_before_is_outdated);
    tcase_add_test(stories, what_is_set_is_kept_though_something_was_invalidated_long_ago);
    tcase_add_test(stories, tags_that_are_called_the_same_are_the_same_there);
    tcase_add_test(stories, all_caches_over_the_store_see_it);
    tcase_add_test(stories, a_soft_one_does_not_hide_one_of_theirs);
    tcase_add_test(stories, what_is_no_time_is_an_invalidation_once);
    tcase_add_test(stories, what_is_no_text_is_in_nobodys_way);
    tcase_add_test(stories, what_was_flushed_is_outdated);
    tcase_add_test(stories, if_their_bucket_is_gone_everything_is_outdated);
    tcase_add_test(stories, what_cannot_be_told_there_for_want_of_memory_is_outdated_here_and_told_later);
    tcase_add_test(stories, a_server_whose_clock_is_set_back_hides_nothing);
    tcase_add_test(stories, whoever_invalidates_what_is_valid_and_what_not_is_known_to_the_step);
    return run_suites(suite, NULL);
}
