/* SPDX-License-Identifier: MIT
 *
 * What a store makes of what sentinels say. There are two servers, "a" and "b", both of which take themselves for the
 * master all the time, and three sentinels that say what the test wants.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "fake_redis.h"
#include "lateness.h"
#include "redis_server.h"
#include "scene.h"
#include "suites.h"

enum { SENTINELS = 3, TIMEOUT_MS = 1000, BOUND_MS = 300, LEEWAY_MS = 500 };

static struct redis_server a, b;
static struct fake_redis sentinels[SENTINELS];
static char a_said[64], b_said[64], uri[256];

static void start_server(struct redis_server *server, char *said) {
    char port[16];
    snprintf(port, sizeof port, "%d", free_port());
    redis_server_start(server, (const char *const[]){"--port", port, "--bind", "127.0.0.1", NULL});
    sprintf(said, "*2\r\n$9\r\n127.0.0.1\r\n$5\r\n%s\r\n", port);
}

/* From now on this is what a sentinel says, to whatever it is asked; NULL: nothing at all. */
static struct fake_rule *says(int sentinel, const char *text) {
    fake_forget_all(&sentinels[sentinel]);
    return fake_add(&sentinels[sentinel],
                    (struct fake_rule){.what = "SENTINEL", .times = -1, .deed = FAKE_SAY, .text = text});
}

static void say(const char *first, const char *second, const char *third) {
    says(0, first);
    says(1, second);
    says(2, third);
}

static void start(void) {
    start_server(&a, a_said);
    start_server(&b, b_said);
    for (int i = 0; i < SENTINELS; i++)
        fake_start(&sentinels[i], a.socket);
    snprintf(uri, sizeof uri, "%s?master=blog,%s,%s", sentinels[0].uri, sentinels[1].uri, sentinels[2].uri);
    say(a_said, a_said, a_said);
}

static void stop(void) {
    for (int i = 0; i < SENTINELS; i++)
        fake_stop(&sentinels[i]);
    redis_server_stop(&a);
    redis_server_stop(&b);
}

static void open_strict(struct client *client) {
    client_open(client, (struct t87s_redis_options){
                            .uri = uri, .near_off = true, .timeout_ms = TIMEOUT_MS, .near_staleness_ms = BOUND_MS});
}

static bool has_entry(const struct redis_server *server) {
    return !strcmp(redis_server_tell(server, "EXISTS t87s:test:e:k").text, ":1");
}

/* ---- most of them ---- */

START_TEST(the_master_is_the_one_that_most_of_them_name)
{
    struct client client;
    say(a_said, b_said, b_said);
    open_strict(&client);
    must_write(&client, "k", "users/7");
    ck_assert(has_entry(&b));
    ck_assert(!has_entry(&a));
    client_close(&client);
}
END_TEST

static const char nil[] = "*-1\r\n";

START_TEST(without_most_of_them_there_is_no_store_until_there_are)
{
    struct client client;
    const char *const third[] = {nil, NULL, "-ERR no\r\n"};
    say(a_said, b_said, third[_i]);
    open_strict(&client);
    for (int i = 0; i < 20; i++)
        ck_assert_int_ne(client_read(&client, "k", "users/7", NULL, NULL), T87S_OK);
    ck_assert_int_ne(client_invalidate(&client, "users/7", 0), T87S_OK);
    ck_assert_int_le(client.longest_ms, TIMEOUT_MS + LEEWAY_MS);
    says(0, b_said);
    await_answer(&client);
    must_write(&client, "k", "users/7");
    ck_assert(has_entry(&b));
    client_close(&client);
}
END_TEST

START_TEST(one_that_says_nothing_keeps_nobody_waiting)
{
    struct client client;
    says(_i, NULL);
    open_strict(&client);
    for (int i = 0; i < 20; i++)
        must_invalidate(&client, "users/7");
    ck_assert_int_lt(client.longest_ms, TIMEOUT_MS);
    client_close(&client);
}
END_TEST

START_TEST(when_none_says_anything_it_costs_a_timeout_now_and_then_not_one_a_call)
{
    struct client client;
    int calls = 0;
    say(NULL, NULL, NULL);
    client_open(&client, (struct t87s_redis_options){.uri = uri, .near_off = true, .timeout_ms = 50});
    for (const int64_t until = now_ms() - lateness_ms() + 1000; now_ms() - lateness_ms() < until; calls++)
        ck_assert_int_ne(client_read(&client, "k", "users/7", NULL, NULL), T87S_OK);
    ck_assert_int_gt(calls, 100);
    client_close(&client);
}
END_TEST

/* After a restart, or a rest that something on the way did not like. */
START_TEST(sentinels_whose_connections_were_lost_are_asked_over_others_at_once)
{
    struct client client;
    open_strict(&client);
    must_invalidate(&client, "users/7");
    for (int i = 0; i < SENTINELS; i++)
        fake_add(&sentinels[i], (struct fake_rule){.what = "SENTINEL", .deed = FAKE_END});
    must_invalidate(&client, "users/7");
    client_close(&client);
}
END_TEST

/* ---- two masters ---- */

START_TEST(an_invalidation_counts_only_where_most_still_name_its_server_after_it)
{
    struct client client, other;
    open_strict(&client);
    must_write(&client, "k", "users/7");
    await_answer(&client); /* over both lanes: one that is down would go to b at once */
    say(a_said, b_said, b_said);
    open_strict(&other);
    must_write(&other, "k", "users/7");
    ck_assert_int_ne(client_invalidate(&client, "users/7", 0), T87S_OK); /* done at a, where it is of no use */
    ck_assert_int_eq(must_read(&other, "k", "users/7"), T87S_STORE_VALID);
    must_invalidate(&client, "users/7");
    ck_assert_int_eq(must_read(&other, "k", "users/7"), T87S_STORE_OUTDATED);
    client_close(&other);
    client_close(&client);
}
END_TEST

START_TEST(a_removal_a_clear_and_a_set_count_no_more_than_that)
{
    struct client client;
    open_strict(&client);
    must_write(&client, "k", "users/7");
    const struct t87s_store_birth birth = must_bear(&client), now = {{0}};
    const char *const names[] = {a_said, b_said};
    for (int i = 0; i < 4; i++) {
        await_answer(&client); /* over both lanes: one that is down would go to the new one at once */
        say(names[(i + 1) % 2], names[(i + 1) % 2], NULL);
        const enum t87s_status status = i == 0   ? client.store->remove(client.store, client.scope, "k", 1, TIMEOUT_MS)
                                        : i == 1 ? client.store->clear(client.store, client.scope, TIMEOUT_MS)
                                        : i == 2 ? client_set(&client, "k", "users/7", &birth)
                                                 : client_set(&client, "k", "users/7", &now);
        ck_assert_msg(status != T87S_OK, "%d", i);
        must_invalidate(&client, "users/7"); /* at the other one */
    }
    client_close(&client);
}
END_TEST

START_TEST(what_is_read_at_a_master_of_before_is_older_by_the_bound_at_most)
{
    struct client client, other;
    int valid = 0;
    open_strict(&client);
    must_write(&client, "k", "users/7");
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
    const int64_t late_ms = lateness_ms();
    say(b_said, b_said, b_said);
    open_strict(&other);
    must_invalidate(&other, "users/7");
    const int64_t returned = now_ms();
    for (;; valid++) {
        enum t87s_store_state state;
        const int64_t begun = now_ms();
        if (client_read(&client, "k", "users/7", &state, NULL) != T87S_OK || state != T87S_STORE_VALID)
            break;
        ck_assert_int_le(begun, returned + BOUND_MS);
    }
    ck_assert(valid || lateness_ms() - late_ms > BOUND_MS / 4); /* or this shows nothing */
    await_answer(&client);
    ck_assert_int_ne(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
    client_close(&other);
    client_close(&client);
}
END_TEST

START_TEST(reads_ask_sentinels_now_and_then_not_each_time)
{
    struct client client;
    struct fake_rule *rule = says(0, a_said);
    open_strict(&client);
    must_write(&client, "k", "users/7");
    const int64_t begun = now_ms();
    int met = fake_met(&sentinels[0], rule);
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
    met = fake_met(&sentinels[0], rule) - met;
    ck_assert_int_le(met, (now_ms() - begun) / BOUND_MS + 2);
    client_close(&client);
}
END_TEST

START_TEST(nobody_vouches_for_what_is_near_once_there_is_another_master)
{
    struct client client, other;
    client_open(&client, (struct t87s_redis_options){.uri = uri, .timeout_ms = TIMEOUT_MS});
    await_vouch(&client);
    const unsigned before = lost_so_far(&client);
    const int64_t named = now_ms();
    say(b_said, b_said, b_said);
    await_lost(&client, before);
    await_vouch(&client);
    pthread_mutex_lock(&client.lock);
    ck_assert_int_gt(client.vouched_until, named); /* by b */
    pthread_mutex_unlock(&client.lock);
    open_strict(&other);
    invalidate_until_heard(&other, "users/7", &client);
    client_close(&other);
    client_close(&client);
}
END_TEST

START_TEST(nobody_vouches_for_what_is_near_without_most_of_them)
{
    struct client client;
    client_open(&client, (struct t87s_redis_options){.uri = uri, .timeout_ms = TIMEOUT_MS});
    await_vouch(&client);
    say(a_said, NULL, nil);
    await_no_vouch(&client);
    say(a_said, a_said, nil);
    await_vouch(&client);
    client_close(&client);
}
END_TEST

/* ---- what they say ---- */

static const char two_masters[] = "*2\r\n*2\r\n$4\r\nname\r\n$4\r\nblog\r\n*2\r\n$4\r\nname\r\n$4\r\nshop\r\n";
static const char one_master[] = "*1\r\n*4\r\n$4\r\nname\r\n$4\r\nblog\r\n$2\r\nip\r\n$9\r\n127.0.0.1\r\n";

static const char *const nonsense[] = {
    "+OK\r\n",
    ":1\r\n",
    "$9\r\n127.0.0.1\r\n",
    "*0\r\n",
    "*1\r\n$9\r\n127.0.0.1\r\n",
    "*2\r\n$9\r\n127.0.0.1\r\n$1\r\n0\r\n",
    "*2\r\n$9\r\n127.0.0.1\r\n$5\r\n65536\r\n",
    "*2\r\n$9\r\n127.0.0.1\r\n$1\r\nx\r\n",
    "*2\r\n$9\r\n127.0.0.1\r\n:6379\r\n",
    "*2\r\n$0\r\n\r\n$4\r\n6379\r\n",
    "*2\r\n$3\r\na\0b\r\n$4\r\n6379\r\n",
    "*-1\r\n*-1\r\n",
    "HTTP/1.1 400 Bad Request\r\n\r\n",
    "-ERR unknown command\r\n",
    two_masters,
};

START_TEST(one_that_talks_nonsense_is_of_no_matter_and_two_are_no_majority)
{
    struct client client;
    says(0, nonsense[_i]);
    open_strict(&client);
    for (int i = 0; i < 5; i++)
        must_invalidate(&client, "users/7");
    client_close(&client);
    says(1, nonsense[_i]);
    open_strict(&client);
    for (int i = 0; i < 5; i++)
        ck_assert_int_ne(client_read(&client, "k", "users/7", NULL, NULL), T87S_OK);
    says(0, a_said);
    await_answer(&client);
    client_close(&client);
}
END_TEST

START_TEST(where_they_watch_one_master_it_need_not_be_named)
{
    struct client client;
    snprintf(uri, sizeof uri, "%s,%s,%s", sentinels[0].uri, sentinels[1].uri, sentinels[2].uri);
    for (int i = 0; i < SENTINELS; i++) {
        fake_add(&sentinels[i],
                 (struct fake_rule){
                     .what = "SENTINEL", .with = "MASTERS", .times = -1, .deed = FAKE_SAY, .text = one_master});
        fake_add(&sentinels[i],
                 (struct fake_rule){
                     .what = "INFO", .times = -1, .deed = FAKE_SAY, .text = "$23\r\n\r\nredis_mode:sentinel\r\n\r\n"});
    }
    open_strict(&client);
    must_write(&client, "k", "users/7");
    ck_assert(has_entry(&a));
    client_close(&client);
}
END_TEST

START_TEST(a_password_is_told_only_if_it_is_wanted)
{
    struct client client;
    char with_password[300];
    snprintf(with_password, sizeof with_password, "redis://:secret@%s", uri + strlen("redis://"));
    redis_server_tell(&a, "CONFIG SET requirepass secret");
    struct fake_rule *told[SENTINELS];
    for (int i = 0; i < SENTINELS; i++) {
        told[i] = fake_add(&sentinels[i],
                           (struct fake_rule){.what = "AUTH", .times = -1, .deed = FAKE_SAY, .text = "+OK\r\n"});
        if (i > 0)
            fake_add(&sentinels[i], (struct fake_rule){.what = "SENTINEL",
                                                       .deed = FAKE_SAY,
                                                       .text = i == 1 ? "-NOAUTH Authentication required.\r\n"
                                                                      : "-NOPERM this user has no permissions\r\n"});
    }
    client_open(&client, (struct t87s_redis_options){.uri = with_password, .near_off = true, .timeout_ms = TIMEOUT_MS});
    for (int i = 0; i < 5; i++)
        must_invalidate(&client, "users/7");
    says(0, NULL);
    must_invalidate(&client, "users/7"); /* by the other two */
    ck_assert_int_eq(fake_met(&sentinels[1], told[1]), 1);
    ck_assert_int_eq(fake_met(&sentinels[2], told[2]), 1);
    client_close(&client);
}
END_TEST

START_TEST(a_user_is_advised_of_what_hinders_them)
{
    static const struct {
        const char *said, *advice;
    } rows[] = {
        {nil, "watches no master of that name: check ?master="},
        {NULL, "does not answer in time"},
        {"-ERR unknown command\r\n", "does not speak as a sentinel"},
        {"-NOAUTH Authentication required.\r\n", "refuses the password"},
    };
    struct t87s_store *store;
    struct scene scene;
    say(rows[_i].said, rows[_i].said, rows[_i].said);
    const struct t87s_redis_options options = {.uri = uri};
    ck_assert_int_eq(t87s_redis_open(&options, &store), T87S_OK);
    scene_init(&scene);
    scene.options.store = store;
    scene_open(&scene);
    struct source source = {.text = "Ada"};
    const struct t87s_tag user = tag_of("users/7");
    const struct t87s_query query = query_of("user:7", &source, &user);
    EXPECT_ANSWER(ask(&scene, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    while (!trace_count(&scene.trace, "store advice sentinel: The sentinels agree on no master. One ") ||
           !trace_count(&scene.trace, rows[_i].advice))
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    scene_close(&scene);
    t87s_store_close(store);
}
END_TEST

/* ---- fork ---- */

START_TEST(a_child_asks_over_connections_of_its_own)
{
    struct client client;
    open_strict(&client);
    must_invalidate(&client, "users/7");
    const pid_t child = fork();
    for (int i = 0; i < 20; i++) /* replies would go to the wrong one */
        must_invalidate(&client, "users/7");
    if (!child)
        _exit(0);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    must_invalidate(&client, "users/7");
    client_close(&client);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("what sentinels say");
    TCase *tests = case_of(suite, "any", start, stop, 60);
    tcase_add_test(tests, the_master_is_the_one_that_most_of_them_name);
    tcase_add_loop_test(tests, without_most_of_them_there_is_no_store_until_there_are, 0, 3);
    tcase_add_loop_test(tests, one_that_says_nothing_keeps_nobody_waiting, 0, SENTINELS);
    tcase_add_test(tests, when_none_says_anything_it_costs_a_timeout_now_and_then_not_one_a_call);
    tcase_add_test(tests, sentinels_whose_connections_were_lost_are_asked_over_others_at_once);
    tcase_add_test(tests, an_invalidation_counts_only_where_most_still_name_its_server_after_it);
    tcase_add_test(tests, a_removal_a_clear_and_a_set_count_no_more_than_that);
    tcase_add_test(tests, what_is_read_at_a_master_of_before_is_older_by_the_bound_at_most);
    tcase_add_test(tests, reads_ask_sentinels_now_and_then_not_each_time);
    tcase_add_test(tests, nobody_vouches_for_what_is_near_once_there_is_another_master);
    tcase_add_test(tests, nobody_vouches_for_what_is_near_without_most_of_them);
    tcase_add_loop_test(tests, one_that_talks_nonsense_is_of_no_matter_and_two_are_no_majority, 0,
                        sizeof nonsense / sizeof *nonsense);
    tcase_add_test(tests, where_they_watch_one_master_it_need_not_be_named);
    tcase_add_test(tests, a_password_is_told_only_if_it_is_wanted);
    tcase_add_loop_test(tests, a_user_is_advised_of_what_hinders_them, 0, 4);
    tcase_add_test(tests, a_child_asks_over_connections_of_its_own);
    return run_suites(suite, NULL);
}
