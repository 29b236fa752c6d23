/* SPDX-License-Identifier: MIT
 *
 * A server that answers something else than it should, at every place where it answers: all types of replies, errors of
 * all kinds, lengths that cannot be, halves of something. Whatever it is, no call takes longer than its deadline, none
 * reports as done what was not, nothing outdated is valid, and when the server is itself again all is well.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faked.h"
#include "suites.h"

enum {
    TIMEOUT_MS = 40,
    LEEWAY_MS = 400 /* of a busy machine; nothing here is so slow but what hangs */
};

#define FOUR(x) x x x x
/* As many as a bucket is asked for one tag of two segments. */
#define THIRTEEN(x) FOUR(x) FOUR(x) FOUR(x) x

/* What no place expects. */
static const char *const odd[] = {
    "+OK\r\n",
    "+\r\n",
    "-ERR odd\r\n",
    "-\r\n",
    "-LOADING Redis is loading the dataset in memory\r\n",
    "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n",
    "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n",
    "-READONLY You can't write against a read only replica.\r\n",
    "-NOAUTH Authentication required.\r\n",
    "-NOPERM this user has no permissions to run the command\r\n",
    "-MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.\r\n",
    "-NOREPLICAS Not enough good replicas to write.\r\n",
    "-MOVED 3999 127.0.0.1:1\r\n",
    "-ASK 3999 127.0.0.1:1\r\n",
    "-CLUSTERDOWN The cluster is down\r\n",
    "-TRYAGAIN Multiple keys request during rehashing of slot\r\n",
    "-NOSCRIPT No matching script. Please use EVAL.\r\n",
    "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n",
    "-UNKILLABLE\r\n",
    "-EXECABORT\r\n",
    ":2\r\n",
    ":-1\r\n",
    ":9223372036854775807\r\n",
    "$-1\r\n",
    "$0\r\n\r\n",
    "$3\r\nodd\r\n",
    "$40\r\n0123456789012345678901234567890123456789\r\n",
    "*-1\r\n",
    "*0\r\n",
    "*1\r\n:1\r\n",
    "*2\r\n:1\r\n:2\r\n",
    "*2\r\n$-1\r\n$-1\r\n",
    "*2\r\n+1\r\n+2\r\n",
    "*2\r\n$2\r\n-1\r\n$1\r\nx\r\n",
    "*3\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n1\r\n",
    "*13\r\n" THIRTEEN(":1\r\n"),
    "*13\r\n" THIRTEEN("$-1\r\n"),
    "*13\r\n" THIRTEEN("*0\r\n"),
    "*13\r\n" THIRTEEN("-ERR\r\n"),
    "*1\r\n*1\r\n*1\r\n:1\r\n",
    THIRTEEN("*1\r\n") ":1\r\n",
    "*2000000000\r\n",
    "*1025\r\n",
    "*-2\r\n",
    "*x\r\n",
    "$-2\r\n",
    "$x\r\n",
    "$99999999999999999999\r\n",
    ":x\r\n",
    ":99999999999999999999\r\n",
    "_\r\n",
    "#t\r\n",
    ",1.5\r\n",
    "(123\r\n",
    "%1\r\n+a\r\n+b\r\n",
    "~1\r\n:1\r\n",
    ">2\r\n+a\r\n+b\r\n",
    "hello\r\n",
    "\r\n",
    "HTTP/1.1 400 Bad Request\r\n\r\n",
};
/* What leaves them waiting: the rest never comes. */
static const char *const halves[] = {
    NULL, "$10\r\nabc", "*2\r\n:1\r\n", "$536870912\r\n", "*13\r\n$1\r\n", "-ERR",
};
enum { ODD = sizeof odd / sizeof *odd, HALVES = sizeof halves / sizeof *halves };

static const char *answer_of(int i) { return i < ODD ? odd[i] : halves[i - ODD]; }

static void start(void) { faked_start(TIMEOUT_MS); }

/* ---- operations ---- */

static enum t87s_store_state seen; /* by the last read */

static enum t87s_status do_read(void) { return client_read(&client, "k", "users/7", &seen, NULL); }

static enum t87s_status do_write(void) {
    const struct t87s_store_birth birth = must_bear(&direct);
    return client_write(&client, "k", "users/7", &birth);
}

static enum t87s_status do_set(void) { return client_set(&client, "k", "users/7", &(struct t87s_store_birth){{0}}); }

static enum t87s_status do_ordered_set(void) {
    const struct t87s_store_birth birth = must_bear(&direct);
    return client_set(&client, "k", "users/7", &birth);
}

static enum t87s_status do_birth(void) { return client_birth(&client, &(struct t87s_store_birth){{0}}); }

static enum t87s_status do_invalidate(void) { return client_invalidate(&client, "users/7", 0); }

static enum t87s_status do_remove(void) {
    return client.store->remove(client.store, client.scope, "k", 1, client.deadline_ms);
}

static enum t87s_status do_clear(void) { return client.store->clear(client.store, client.scope, client.deadline_ms); }

static const struct operation {
    const char *name;
    enum t87s_status (*call)(void);
    bool outdates; /* when it is T87S_OK, nothing from before is valid */
} operations[] = {
    {"read", do_read, false},    {"write", do_write, false},
    {"set", do_set, false},      {"ordered set", do_ordered_set, false},
    {"birth", do_birth, false},  {"invalidate", do_invalidate, true},
    {"remove", do_remove, true}, {"clear", do_clear, true},
};
enum { OPERATIONS = sizeof operations / sizeof *operations };

/* How many commands it sends when all is well. */
static int commands_of(const struct operation *operation) {
    struct fake_rule *counts;
    must_write(&direct, "k", "users/7");
    do {
        await_answer(&client);
        fake_forget_all(&fake);
        counts = fake_add(&fake, (struct fake_rule){.times = -1});
    } while (operation->call() != T87S_OK);
    fake_forget_all(&fake);
    ck_assert_int_gt(fake_met(&fake, counts), 0);
    return fake_met(&fake, counts);
}

static void recover(const char *name, const char *answer) {
    for (int i = 0; do_write() != T87S_OK || do_read() != T87S_OK || seen != T87S_STORE_VALID; i++) {
        ck_assert_msg(i < 500, "%s after %s does not come back", name, answer);
        await_answer(&client);
    }
    await_answer(&client);
}

/* At one place an answer of another kind, and the command is not done. */
static void try_at(const struct operation *operation, int place, const char *answer) {
    client.longest_ms = 0;
    struct fake_rule *says = fake_add(&fake, (struct fake_rule){.skip = place, .deed = FAKE_SAY, .text = answer});
    const enum t87s_status status = operation->call();
    fake_forget_all(&fake);
    ck_assert_int_le(client.longest_ms, TIMEOUT_MS + LEEWAY_MS);
    if (operation->outdates && status == T87S_OK && fake_met(&fake, says))
        ck_assert_msg(must_read(&direct, "k", "users/7") != T87S_STORE_VALID, "%s: done, says %s at %d",
                      operation->name, answer, place);
    recover(operation->name, answer ? answer : "silence");
}

START_TEST(nothing_but_its_own_answer_says_that_it_is_done)
{
    const struct operation *operation = &operations[_i];
    const int places = commands_of(operation);
    recover(operation->name, "nothing");
    for (int place = 0; place < places; place++) {
        for (int i = 0; i < ODD; i++)
            try_at(operation, place, odd[i]);
        try_at(operation, place, halves[(place + _i) % HALVES]);
    }
}
END_TEST

static void read_outdated(int place, const char *answer) {
    must_write(&direct, "k", "users/7");
    must_invalidate(&direct, "users/7");
    await_answer(&client);
    fake_add(&fake, (struct fake_rule){.skip = place, .deed = FAKE_SAY_AFTER, .text = answer});
    const enum t87s_status status = do_read();
    fake_forget_all(&fake);
    if (status == T87S_OK)
        ck_assert_msg(seen == T87S_STORE_ABSENT || seen == T87S_STORE_OUTDATED, "%s at %d", answer ? answer : "silence",
                      place);
}

START_TEST(nothing_it_answers_makes_what_is_outdated_valid)
{
    const struct operation *read = &operations[0];
    const int places = commands_of(read);
    for (int place = 0; place < places; place++) {
        for (int i = 0; i < ODD; i++)
            read_outdated(place, odd[i]);
        read_outdated(place, halves[place % HALVES]);
    }
    recover("read", "all");
}
END_TEST

/* The time is not asked by every read, but by the first one over a connection. */
START_TEST(nothing_it_answers_about_the_time_makes_what_is_outdated_valid_or_harms_what_follows)
{
    must_write(&direct, "k", "users/7");
    must_invalidate(&direct, "users/7");
    for (int i = 0; i < ODD + HALVES; i++) {
        struct fake_rule *says =
            fake_add(&fake, (struct fake_rule){.what = "TIME", .times = -1, .deed = FAKE_SAY, .text = answer_of(i)});
        fake_hang_up(&fake);
        client.longest_ms = 0;
        for (int tries = 0; !fake_met(&fake, says); tries++) {
            ck_assert_int_lt(tries, 10000);
            if (do_read() == T87S_OK)
                ck_assert_int_eq(seen, T87S_STORE_OUTDATED);
        }
        ck_assert_int_le(client.longest_ms, TIMEOUT_MS + LEEWAY_MS);
        fake_forget_all(&fake);
        await_answer(&client);
    }
    recover("read", "all");
}
END_TEST

/* ---- connections ---- */

static void greet_with(int place, const char *answer) {
    client_close(&client);
    client_open(&client, (struct t87s_redis_options){.uri = fake.uri, .timeout_ms = TIMEOUT_MS, .near_off = true});
    fake_add(&fake, (struct fake_rule){.skip = place, .deed = FAKE_SAY, .text = answer});
    const enum t87s_status status = do_read();
    fake_forget_all(&fake);
    ck_assert_int_le(client.longest_ms, TIMEOUT_MS + LEEWAY_MS);
    if (status == T87S_OK)
        ck_assert_int_ne(seen, T87S_STORE_VALID);
}

START_TEST(whatever_a_greeting_gets_for_an_answer_it_comes_in_time_and_gives_nothing_outdated)
{
    must_write(&direct, "k", "users/7");
    must_invalidate(&direct, "users/7");
    client_close(&client);
    struct fake_rule *counts = fake_add(&fake, (struct fake_rule){.times = -1});
    client_open(&client, (struct t87s_redis_options){.uri = fake.uri, .timeout_ms = 5000, .near_off = true});
    ck_assert_int_eq(do_read(), T87S_OK);
    fake_forget_all(&fake);
    ck_assert_int_gt(fake_met(&fake, counts), 4);
    for (int place = 0; place < fake_met(&fake, counts); place++) {
        for (int i = 0; i < ODD; i++)
            greet_with(place, odd[i]);
        greet_with(place, halves[place % HALVES]);
    }
    recover("greeting", "all");
}
END_TEST

START_TEST(who_listens_vouches_for_nothing_that_it_was_not_told_as_it_should_be)
{
    static const char *const places[] = {"subscribe", "pong", "message"};
    for (int place = 0; place < 3; place++) {
        for (int i = 0; i < ODD + HALVES; i++) {
            if (i % 3 != place && answer_of(i)) /* some at each place, silence at all */
                continue;
            struct client near;
            struct fake_rule *says = fake_add(
                &fake,
                (struct fake_rule){.what = places[place], .times = -1, .deed = FAKE_SAY_AFTER, .text = answer_of(i)});
            client_open(&near, (struct t87s_redis_options){.uri = fake.uri, .near_staleness_ms = 60});
            if (place == 2) {
                await_vouch(&near);
                const unsigned before = lost_so_far(&near);
                must_invalidate(&direct, "users/7");
                fake_await(&fake, says, 1);
                await_lost(&near, before);
            } else {
                fake_await(&fake, says, 1);
                pthread_mutex_lock(&near.lock);
                ck_assert_int_eq(near.vouched_until, 0);
                pthread_mutex_unlock(&near.lock);
            }
            fake_forget_all(&fake);
            await_vouch(&near);
            client_close(&near);
        }
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("a server that answers something else");
    TCase *tests = case_of(suite, "answers", start, faked_stop, 60);
    tcase_add_loop_test(tests, nothing_but_its_own_answer_says_that_it_is_done, 0, OPERATIONS);
    tcase_add_test(tests, nothing_it_answers_makes_what_is_outdated_valid);
    tcase_add_test(tests, nothing_it_answers_about_the_time_makes_what_is_outdated_valid_or_harms_what_follows);
    tcase_add_test(tests, whatever_a_greeting_gets_for_an_answer_it_comes_in_time_and_gives_nothing_outdated);
    tcase_add_test(tests, who_listens_vouches_for_nothing_that_it_was_not_told_as_it_should_be);
    return run_suites(suite, NULL);
}
