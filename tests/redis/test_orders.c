/* SPDX-License-Identifier: MIT
 *
 * Stories of one store, its server and somebody else, in orders that no real network can be asked for: what is held
 * while something else is acknowledged, done and never acknowledged, broken off between two commands of one trip, said
 * twice, said by a server that has become another.
 */
#include <stdio.h>
#include <string.h>

#include "faked.h"
#include "suites.h"

enum { TIMEOUT_MS = 10000, LEEWAY_MS = 1000 /* of a busy machine */ };

static void start(void) { faked_start(TIMEOUT_MS); }

/* Another client instead of that of start(). */
static void open_anew(int64_t timeout_ms) {
    client_close(&client);
    faked_open(&client, timeout_ms);
    await_answer(&client);
}

/* A read that somebody else makes meanwhile. */
struct reading {
    pthread_t thread;
    enum t87s_status status;
    enum t87s_store_state state;
    struct t87s_store_birth birth;
};

static void *read_meanwhile(void *arg) {
    struct reading *reading = arg;
    reading->status = client_read(&client, "k", "users/7", &reading->state, &reading->birth);
    return NULL;
}

static void begin_reading(struct reading *reading) {
    ck_assert_int_eq(pthread_create(&reading->thread, NULL, read_meanwhile, reading), 0);
}

static void end_reading(struct reading *reading) {
    pthread_join(reading->thread, NULL);
    ck_assert_int_eq(reading->status, T87S_OK);
}

/* ---- held ---- */

/* It asks for the entry first: what happens behind that is seen, whichever of the other commands it comes before. */
START_TEST(what_is_acknowledged_between_the_entry_and_its_tags_outdates_it)
{
    struct reading reading;
    must_write(&direct, "k", "users/7");
    struct fake_rule *held = fake_add(&fake, (struct fake_rule){.what = "ZMSCORE", .deed = FAKE_HOLD_BACK});
    begin_reading(&reading);
    fake_await(&fake, held, 1);
    must_invalidate(&direct, "users/7");
    fake_let_go(&fake, held);
    end_reading(&reading);
    ck_assert_int_eq(reading.state, T87S_STORE_OUTDATED);
    ck_assert_int_eq(client_write(&client, "k", "users/7", &reading.birth), T87S_OK);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID); /* its birth is after that */
}
END_TEST

START_TEST(a_birth_that_comes_late_is_from_before_what_was_acknowledged_meanwhile)
{
    struct reading reading;
    must_write(&direct, "k", "users/7");
    struct fake_rule *held = fake_add(&fake, (struct fake_rule){.what = "WAIT", .deed = FAKE_HOLD});
    begin_reading(&reading);
    fake_await(&fake, held, 1);
    must_invalidate(&direct, "users/7");
    fake_let_go(&fake, held);
    end_reading(&reading);
    ck_assert_int_eq(reading.state, T87S_STORE_VALID); /* so it was when it asked */
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
    ck_assert_int_eq(client_write(&client, "k", "users/7", &reading.birth), T87S_OK);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
}
END_TEST

/* Two connections of one process: what one of them holds keeps nobody on the other waiting. */
START_TEST(a_later_call_over_another_connection_may_be_answered_first)
{
    struct reading reading;
    must_write(&direct, "k", "users/7");
    struct fake_rule *held = fake_add(&fake, (struct fake_rule){.what = "WAIT", .deed = FAKE_HOLD});
    begin_reading(&reading);
    fake_await(&fake, held, 1);
    must_invalidate(&client, "users/7");
    fake_let_go(&fake, held);
    end_reading(&reading);
    ck_assert_int_eq(reading.state, T87S_STORE_VALID);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
}
END_TEST

/* ---- done and not acknowledged ---- */

/* The next command with a script about this is done, and no word of it comes back. */
static struct fake_rule lose_ack_of(const char *what) {
    return (struct fake_rule){.what = "EVAL", .with = what, .deed = FAKE_SAY_AFTER};
}

START_TEST(a_write_that_was_not_acknowledged_can_be_done_again)
{
    open_anew(500);
    const struct t87s_store_birth birth = must_bear(&direct);
    struct fake_rule *lost = fake_add(&fake, lose_ack_of(":e:k"));
    ck_assert_int_eq(client_write(&client, "k", "users/7", &birth), T87S_E_TIMEOUT);
    ck_assert_int_eq(fake_met(&fake, lost), 1);
    ck_assert_int_eq(must_read(&direct, "k", "users/7"), T87S_STORE_VALID);
    await_answer(&client);
    ck_assert_int_eq(client_write(&client, "k", "users/7", &birth), T87S_OK);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
    ck_assert_int_le(client.longest_ms, client.deadline_ms + LEEWAY_MS);
}
END_TEST

START_TEST(a_write_that_is_done_again_too_late_brings_nothing_back)
{
    open_anew(500);
    const struct t87s_store_birth birth = must_bear(&direct);
    fake_add(&fake, lose_ack_of(":e:k"));
    ck_assert_int_eq(client_write(&client, "k", "users/7", &birth), T87S_E_TIMEOUT);
    must_invalidate(&direct, "users");
    await_answer(&client);
    ck_assert_int_eq(client_write(&client, "k", "users/7", &birth), T87S_OK);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
    must_write(&direct, "k", "users/7");
    ck_assert_int_eq(client_write(&client, "k", "users/7", &birth), T87S_OK); /* and takes no younger one's place */
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
}
END_TEST

START_TEST(an_invalidation_that_was_not_acknowledged_is_done_and_not_told_as_done)
{
    open_anew(500);
    must_write(&direct, "k", "users/7");
    fake_add(&fake, lose_ack_of("users"));
    ck_assert_int_eq(client_invalidate(&client, "users/7", 0), T87S_E_TIMEOUT);
    ck_assert_int_eq(must_read(&direct, "k", "users/7"), T87S_STORE_OUTDATED);
    must_write(&direct, "k", "users/7");
    await_answer(&client);
    must_invalidate(&client, "users/7"); /* once more does no harm but to what came between */
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
}
END_TEST

/* The answers to what was given up still come: they are nobody else's. */
START_TEST(an_answer_that_comes_after_its_deadline_is_not_taken_for_the_next_one)
{
    must_write(&direct, "k", "users/7");
    struct fake_rule *held = fake_add(&fake, (struct fake_rule){.what = "GET", .with = ":e:k", .deed = FAKE_HOLD});
    client.deadline_ms = 100; /* less than the store's own: the connection is not given up yet */
    ck_assert_int_eq(client_read(&client, "k", "users/7", NULL, NULL), T87S_E_TIMEOUT);
    client.deadline_ms = 10000;
    fake_await(&fake, held, 1);
    fake_let_go(&fake, held);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(must_read(&client, "other", "users/7"), T87S_STORE_ABSENT);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
}
END_TEST

/* ---- broken off ---- */

static const char *const pipelines[] = {"read", "set", "invalidate", "remove"};

static enum t87s_status run_pipeline(int i) {
    switch (i) {
    case 0:
        return client_read(&client, "k", "users/7", NULL, NULL);
    case 1:
        return client_set(&client, "k", "users/7", &(struct t87s_store_birth){{0}});
    case 2:
        return client_invalidate(&client, "users/7", 0);
    default:
        return client.store->remove(client.store, client.scope, "k", 1, client.deadline_ms);
    }
}

/* How many commands it is; what the store's own thread asks now and then may have been counted, too. */
static int commands_of(int i) {
    int least = 100;
    for (int j = 0; j < 3; j++) {
        fake_forget_all(&fake);
        struct fake_rule *counts = fake_add(&fake, (struct fake_rule){.times = -1});
        ck_assert_int_eq(run_pipeline(i), T87S_OK);
        least = fake_met(&fake, counts) < least ? fake_met(&fake, counts) : least;
    }
    fake_forget_all(&fake);
    return least;
}

/* Before it is done or after, by an end or a reset. False: it has ended a connection on which something else was. */
static bool break_off(int i, int place, int way) {
    must_write(&direct, "k", "users/7");
    fake_add(&fake, (struct fake_rule){.skip = place, .deed = way & 1 ? FAKE_END : FAKE_CUT, .resets = way & 2});
    const int64_t begun = now_ms();
    const enum t87s_status status = run_pipeline(i);
    ck_assert_int_lt(now_ms() - begun, client.deadline_ms / 2);
    fake_forget_all(&fake);
    await_answer(&client);
    ck_assert(status == T87S_E_STORE || status == T87S_OK);
    return status == T87S_E_STORE;
}

START_TEST(a_connection_that_ends_between_two_commands_of_a_trip_fails_it_at_once)
{
    const int places = commands_of(_i);
    for (int place = 0; place < places; place++) {
        for (int way = 0; way < 4; way++) {
            for (int tries = 0; !break_off(_i, place, way); tries++)
                ck_assert_msg(tries < 10, "%s at %d", pipelines[_i], place);
            ck_assert_int_eq(run_pipeline(_i), T87S_OK);
            if (_i > 1)
                ck_assert_int_ne(must_read(&direct, "k", "users/7"), T87S_STORE_VALID);
        }
    }
}
END_TEST

START_TEST(more_answers_than_were_asked_for_are_no_answers)
{
    static const char *const more[] = {"+OK\r\n", "$1\r\n1\r\n", ":1\r\n", "*0\r\n", "*2\r\n$1\r\n1\r\n$1\r\n1\r\n"};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        must_write(&direct, "k", "users/7");
        must_invalidate(&direct, "users/7");
        fake_add(&fake, (struct fake_rule){.what = "WAIT", .times = -1, .deed = FAKE_SAY_MORE, .text = more[i]});
        for (int j = 0; j < 8; j++) {
            enum t87s_store_state state;
            if (client_read(&client, "k", "users/7", &state, NULL) == T87S_OK)
                ck_assert_int_eq(state, T87S_STORE_OUTDATED);
        }
        fake_forget_all(&fake);
        await_answer(&client);
        must_write(&client, "k", "users/7");
        ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
    }
}
END_TEST

START_TEST(a_server_that_accepts_and_never_answers_costs_a_deadline_now_and_then)
{
    int timeouts = 0, calls = 0;
    client_close(&client);
    client_open(&client, (struct t87s_redis_options){.uri = fake.uri, .timeout_ms = 50});
    fake_add(&fake, (struct fake_rule){.what = "connect", .times = -1, .deed = FAKE_SAY});
    fake_hang_up(&fake);
    const int64_t begun = now_ms();
    while (now_ms() < begun + 1000) {
        const enum t87s_status status = client_read(&client, "k", "users/7", NULL, NULL);
        ck_assert_int_ne(status, T87S_OK);
        timeouts += status == T87S_E_TIMEOUT;
        calls++;
    }
    ck_assert_int_le(timeouts, 16); /* of two lanes that wait twice as long each time */
    ck_assert_int_gt(calls, 10 * timeouts);
    ck_assert_int_le(client.longest_ms, client.deadline_ms + LEEWAY_MS);
    fake_forget_all(&fake);
    await_answer(&client);
    await_vouch(&client);
}
END_TEST

/* ---- refused ---- */

START_TEST(a_script_that_nobody_knows_even_in_full_fails_the_call)
{
    must_write(&direct, "k", "users/7");
    struct fake_rule *twice = fake_add(
        &fake,
        (struct fake_rule){.what = "EVAL", .times = 2, .deed = FAKE_SAY, .text = "-NOSCRIPT No matching script.\r\n"});
    ck_assert_int_eq(client_invalidate(&client, "users/7", 0), T87S_E_STORE);
    ck_assert_int_eq(fake_met(&fake, twice), 2);
    must_invalidate(&client, "users/7");
    fake_forget_all(&fake);
    must_write(&direct, "k", "users/7");
    struct fake_rule *once = fake_add(
        &fake, (struct fake_rule){.what = "EVALSHA", .deed = FAKE_SAY, .text = "-NOSCRIPT No matching script.\r\n"});
    must_invalidate(&client, "users/7");
    ck_assert_int_eq(fake_met(&fake, once), 1);
    ck_assert_int_eq(must_read(&direct, "k", "users/7"), T87S_STORE_OUTDATED);
}
END_TEST

static const char *const refusals[] = {
    "-LOADING Redis is loading the dataset in memory\r\n",
    "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n",
    "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n",
    "-NOAUTH Authentication required.\r\n",
    "-NOPERM this user has no permissions to run the 'evalsha' command\r\n",
    "-MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.\r\n",
    "-NOREPLICAS Not enough good replicas to write.\r\n",
    "-READONLY You can't write against a read only replica.\r\n",
    "-MOVED 3999 127.0.0.1:1\r\n",
};

START_TEST(what_a_server_refuses_is_not_done_and_not_hidden)
{
    enum t87s_store_state state;
    const struct t87s_store_birth birth = must_bear(&direct);
    struct t87s_store_birth another;
    must_write(&direct, "k", "users/7");
    fake_add(&fake, (struct fake_rule){.times = -1, .deed = FAKE_SAY, .text = refusals[_i]});
    for (int i = 0; i < 4; i++) {
        ck_assert_int_ne(client_read(&client, "k", "users/7", &state, NULL), T87S_OK);
        ck_assert_int_ne(client_write(&client, "k", "users/7", &birth), T87S_OK);
        ck_assert_int_ne(client_birth(&client, &another), T87S_OK);
        ck_assert_int_ne(client_invalidate(&client, "users/7", 0), T87S_OK);
    }
    ck_assert_int_lt(client.longest_ms, client.deadline_ms / 2); /* nobody waits for what was said */
    fake_forget_all(&fake);
    ck_assert_int_eq(must_read(&direct, "k", "users/7"), T87S_STORE_VALID);
    await_answer(&client);
    must_invalidate(&client, "users/7");
}
END_TEST

static const char full[] = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

START_TEST(where_memory_is_full_a_bucket_that_goes_says_what_the_mark_would_have_said)
{
    must_write(&direct, "k", "users/7");
    struct fake_rule *refuses =
        fake_add(&fake, (struct fake_rule){.what = "EVAL", .times = -1, .deed = FAKE_SAY, .text = full});
    must_invalidate(&client, "users/7");
    ck_assert_int_ge(fake_met(&fake, refuses), 1);
    ck_assert_int_eq(must_read(&direct, "k", "users/7"), T87S_STORE_OUTDATED);
}
END_TEST

START_TEST(and_where_even_that_is_refused_nothing_is_told_as_done)
{
    must_write(&direct, "k", "users/7");
    fake_add(&fake, (struct fake_rule){.what = "EVAL", .times = -1, .deed = FAKE_SAY, .text = full});
    fake_add(&fake, (struct fake_rule){.what = "DEL", .times = -1, .deed = FAKE_SAY, .text = full});
    ck_assert_int_eq(client_invalidate(&client, "users/7", 0), T87S_E_STORE);
    ck_assert_int_eq(must_read(&direct, "k", "users/7"), T87S_STORE_VALID);
}
END_TEST

/* ---- two histories ---- */

/* A second connection to what is another server by its own account, with the same data, as after a change that the
 * first one has not noticed. Nobody profits, and nothing is believed that one of them may not know. */
START_TEST(two_connections_that_see_different_histories_never_agree_on_what_is_outdated)
{
    static char info[256];
    static const char other[] = "# Server\r\nrun_id:0123456789012345678901234567890123456789\r\n";
    struct fake_rule lies = {.what = "INFO", .with = "server", .times = -1, .deed = FAKE_SAY, .text = info};
    snprintf(info, sizeof info, "$%zu\r\n%s\r\n", sizeof other - 1, other);
    lies.since = fake_opened(&fake) + 2; /* the first of the next two says the truth */
    struct fake_rule *counted = fake_add(&fake, lies);
    open_anew(TIMEOUT_MS);
    ck_assert_int_ge(fake_met(&fake, counted), 1);
    for (int i = 0; i < 40; i++) {
        must_write(i % 3 ? &client : &direct, "k", "users/7");
        must_invalidate(i % 5 ? &client : &direct, "users/7");
        for (int lane = 0; lane < 2; lane++)
            ck_assert_int_ne(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
        ck_assert_int_ne(must_read(&direct, "k", "users/7"), T87S_STORE_VALID);
    }
    fake_forget_all(&fake);
    fake_hang_up(&fake);
    await_answer(&client);
    must_write(&client, "k", "users/7");
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("orders between a store and its server");
    TCase *held = case_of(suite, "held", start, faked_stop, 30);
    tcase_add_test(held, what_is_acknowledged_between_the_entry_and_its_tags_outdates_it);
    tcase_add_test(held, a_birth_that_comes_late_is_from_before_what_was_acknowledged_meanwhile);
    tcase_add_test(held, a_later_call_over_another_connection_may_be_answered_first);
    TCase *lost = case_of(suite, "not acknowledged", start, faked_stop, 30);
    tcase_add_test(lost, a_write_that_was_not_acknowledged_can_be_done_again);
    tcase_add_test(lost, a_write_that_is_done_again_too_late_brings_nothing_back);
    tcase_add_test(lost, an_invalidation_that_was_not_acknowledged_is_done_and_not_told_as_done);
    tcase_add_test(lost, an_answer_that_comes_after_its_deadline_is_not_taken_for_the_next_one);
    TCase *broken = case_of(suite, "broken off", start, faked_stop, 30);
    tcase_add_loop_test(broken, a_connection_that_ends_between_two_commands_of_a_trip_fails_it_at_once, 0, 4);
    tcase_add_test(broken, more_answers_than_were_asked_for_are_no_answers);
    tcase_add_test(broken, a_server_that_accepts_and_never_answers_costs_a_deadline_now_and_then);
    TCase *refused = case_of(suite, "refused", start, faked_stop, 30);
    tcase_add_test(refused, a_script_that_nobody_knows_even_in_full_fails_the_call);
    tcase_add_loop_test(refused, what_a_server_refuses_is_not_done_and_not_hidden, 0,
                        sizeof refusals / sizeof *refusals);
    tcase_add_test(refused, where_memory_is_full_a_bucket_that_goes_says_what_the_mark_would_have_said);
    tcase_add_test(refused, and_where_even_that_is_refused_nothing_is_told_as_done);
    TCase *histories = case_of(suite, "histories", start, faked_stop, 30);
    tcase_add_test(histories, two_connections_that_see_different_histories_never_agree_on_what_is_outdated);
    return run_suites(suite, NULL);
}
