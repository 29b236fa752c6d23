/* SPDX-License-Identifier: MIT
 *
 * Connections that end after any byte of any answer, by an end or a reset, in each kind of call, in a greeting, and in
 * what is told to who listens. The call fails at once, what it may have done is at least not told as done before it
 * was, and the next one works.
 */
#include "faked.h"
#include "suites.h"

enum { TIMEOUT_MS = 10000 };
enum { CLOSELY = 24, STEP = 7 }; /* each byte of the first ones, then some */

static struct fake_rule *cut;

static void start(void) { faked_start(TIMEOUT_MS); }

static const char *const calls[] = {"read", "write", "set", "birth", "invalidate", "remove", "clear"};
enum { CALLS = sizeof calls / sizeof *calls, OUTDATES_FROM = 4 };

static enum t87s_status call(int which) {
    static const struct t87s_store_birth now = {{0}};
    struct t87s_store_birth birth;
    switch (which) {
    case 0:
        return client_read(&client, "k", "users/7", NULL, NULL);
    case 1:
        return client_write(&client, "k", "users/7", &now);
    case 2:
        return client_set(&client, "k", "users/7", &now);
    case 3:
        return client_birth(&client, &birth);
    case 4:
        return client_invalidate(&client, "users/7", 0);
    case 5:
        return client.store->remove(client.store, client.scope, "k", 1, client.deadline_ms);
    default:
        return client.store->clear(client.store, client.scope, client.deadline_ms);
    }
}

static size_t next(size_t at) { return at < CLOSELY ? at + 1 : at + STEP; }

/* A cut in this answer, after so many bytes; false: it is not that long, or there is no such answer. */
static bool cut_call(int which, int place, size_t at) {
    must_write(&direct, "k", "users/7");
    cut = fake_add(&fake, (struct fake_rule){.skip = place, .deed = FAKE_CUT, .at = at, .resets = at & 1});
    const int64_t begun = now_ms();
    const enum t87s_status status = call(which);
    const bool was_cut = fake_met(&fake, cut) && at < cut->size;
    ck_assert_int_lt(now_ms() - begun, client.deadline_ms / 2);
    fake_forget_all(&fake);
    ck_assert_msg(status == T87S_OK || status == T87S_E_STORE, "%s: %d", calls[which], (int)status);
    if (status == T87S_OK && which >= OUTDATES_FROM)
        ck_assert_int_ne(must_read(&direct, "k", "users/7"), T87S_STORE_VALID);
    await_answer(&client);
    return was_cut;
}

START_TEST(a_call_fails_at_once_whatever_byte_was_the_last)
{
    int cuts = 0;
    for (int place = 0; place < 12; place++) {
        for (size_t at = 0; at < 400 && cut_call(_i, place, at); at = next(at))
            cuts++;
    }
    ck_assert_int_gt(cuts, 3);
    ck_assert_int_eq(call(_i), T87S_OK);
}
END_TEST

START_TEST(a_connection_that_ends_in_its_greeting_is_made_anew)
{
    for (int place = 0; place < 6; place++) {
        for (size_t at = 0; at<200; at += at> 3 ? 14 : 1) {
            client_close(&client);
            faked_open(&client, TIMEOUT_MS);
            fake_add(&fake, (struct fake_rule){.skip = place, .deed = FAKE_CUT, .at = at, .resets = at & 1});
            const enum t87s_status status = call(0);
            ck_assert(status == T87S_OK || status == T87S_E_STORE);
            fake_forget_all(&fake);
        }
    }
    await_answer(&client);
    ck_assert_int_eq(call(0), T87S_OK);
}
END_TEST

static const char *const heard[] = {"subscribe", "pong", "message"};

START_TEST(who_listens_says_so_whatever_byte_it_heard_last)
{
    client_close(&client);
    client_open(&client,
                (struct t87s_redis_options){.uri = fake.uri, .timeout_ms = TIMEOUT_MS, .near_staleness_ms = 90});
    for (size_t at = 0; at < 64; at += 3) {
        await_vouch(&client);
        const unsigned before = lost_so_far(&client);
        cut = fake_add(&fake, (struct fake_rule){.what = heard[_i], .deed = FAKE_CUT, .at = at, .resets = at & 1});
        if (_i == 0)
            fake_hang_up(&fake);
        else
            must_invalidate(&direct, "users/7");
        fake_await(&fake, cut, 1);
        await_lost(&client, before);
        fake_forget_all(&fake);
    }
    await_vouch(&client);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("connections that end after any byte");
    TCase *tests = case_of(suite, "cuts", start, faked_stop, 60);
    tcase_add_loop_test(tests, a_call_fails_at_once_whatever_byte_was_the_last, 0, CALLS);
    tcase_add_test(tests, a_connection_that_ends_in_its_greeting_is_made_anew);
    tcase_add_loop_test(tests, who_listens_says_so_whatever_byte_it_heard_last, 0, 3);
    return run_suites(suite, NULL);
}
