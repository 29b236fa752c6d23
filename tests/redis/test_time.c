/* SPDX-License-Identifier: MIT
 *
 * How old an entry is, by the clock of its server, which is asked now and then and may be set.
 */
#include <time.h>

#include "client.h"
#include "fake_redis.h"
#include "redis_server.h"
#include "suites.h"

enum { LANES = 2, TIMEOUT_MS = 10000 /* that no read fails */ };

static struct redis_server server;
static struct fake_redis fake;
static struct client client, other;

static void start(void) {
    server.own_clock = true;
    redis_server_start(&server, NULL);
    fake_start(&fake, server.socket);
    client_open(&client, (struct t87s_redis_options){.uri = fake.uri, .timeout_ms = TIMEOUT_MS, .near_off = true});
    client_open(&other, (struct t87s_redis_options){.uri = server.uri, .timeout_ms = TIMEOUT_MS, .near_off = true});
}

static void stop(void) {
    client_close(&other);
    client_close(&client);
    fake_stop(&fake);
    redis_server_stop(&server);
}

START_TEST(the_time_is_asked_over_each_new_connection_and_then_now_and_then)
{
    enum { READS = 400 };
    struct fake_rule *asked = fake_add(&fake, (struct fake_rule){.what = "TIME", .times = -1});
    const int64_t begun = now_ms();
    must_write(&client, "k", "users/7");
    for (int i = 0; i < READS; i++)
        ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
    const int seconds = (int)((now_ms() - begun) / 1000);
    ck_assert_int_ge(fake_met(&fake, asked), LANES);
    /* Its heartbeat asks, too, more often at first. */
    ck_assert_int_le(fake_met(&fake, asked), (LANES + 1) * (seconds + 1) + 10);
}
END_TEST

static int64_t now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t age_ms(void) {
    const struct t87s_segment segments[] = {T87S_STATIC("users"), T87S_WILD_U64(7)};
    struct t87s_tag tag;
    ck_assert_int_eq(t87s_tag_make(&tag, 2, segments), T87S_OK);
    const struct t87s_store_tag list = {tag.path, tag.size};
    const struct t87s_store_query query = {"k", 1, &list, 1, client.deadline_ms};
    struct t87s_buffer value = {.size = 0};
    struct t87s_store_answer answer = {.value = &value};
    ck_assert_int_eq(client.store->read(client.store, client.scope, &query, &answer), T87S_OK);
    t87s_buffer_release(&value);
    ck_assert_int_eq(answer.state, T87S_STORE_VALID);
    return answer.age_ms;
}

START_TEST(whenever_the_time_was_asked_an_entry_is_as_old_as_it_is)
{
    enum { LATE_MS = 100, ROUNDED_MS = 2 };
    int64_t before, after = 0;
    const int64_t begun = now_us();
    must_write(&client, "k", "users/7");
    const int64_t written = now_us();
    do {
        before = now_us();
        const int64_t age = age_ms();
        after = now_us();
        ck_assert_int_ge(age, (before - written) / 1000 - ROUNDED_MS);
        ck_assert_int_le(age, (after - begun) / 1000 + LATE_MS + ROUNDED_MS);
    } while (after - written < 2200000); /* so it was asked three times over each lane */
}
END_TEST

START_TEST(a_step_of_the_clock_is_noticed_within_a_second)
{
    must_write(&client, "k", "users/7");
    await_answer(&client);
    int64_t age = age_ms();
    redis_server_set_clock(&server, 100);
    const int64_t begun = now_ms();
    while (age < 100000) {
        const int64_t asked = now_ms();
        age = age_ms();
        ck_assert(age >= 100000 || asked <= begun + 1001);
    }
    ck_assert_int_lt(age, 100000 + 60000);
}
END_TEST

START_TEST(what_is_written_after_a_step_of_the_clock_is_missed_once_over_each_lane)
{
    await_answer(&client);
    for (int step = 1; step <= 3; step++) {
        redis_server_set_clock(&server, step * 3600);
        must_write(&other, "k", "users/7");
        int missed = 0;
        for (int i = 0; i < 6; i++)
            missed += must_read(&client, "k", "users/7") != T87S_STORE_VALID;
        ck_assert_int_le(missed, 2);
        ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("how old an entry is");
    TCase *tests = case_of(suite, "time", start, stop, 60);
    tcase_add_test(tests, the_time_is_asked_over_each_new_connection_and_then_now_and_then);
    tcase_add_test(tests, whenever_the_time_was_asked_an_entry_is_as_old_as_it_is);
    tcase_add_test(tests, a_step_of_the_clock_is_noticed_within_a_second);
    tcase_add_test(tests, what_is_written_after_a_step_of_the_clock_is_missed_once_over_each_lane);
    return run_suites(suite, NULL);
}
