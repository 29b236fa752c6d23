/* SPDX-License-Identifier: MIT
 *
 * Processes over one Redis, or a cluster, that miss the same answer at once: how many of them fetch it. They are
 * processes, not threads; what they count lies in memory that they share, and each of them waits there until all are
 * ready.
 */
#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <t87s/redis.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "cluster_places.h"
#include "redis_cluster.h"
#include "scene.h"
#include "suites.h"

enum { PROCESSES = 4, ROUNDS = 8, FETCH_MS = 40, LEASE_MS = 20000, DEAD_LEASE_MS = 300 };

struct board {
    pthread_barrier_t ready;
    atomic_int fetches[ROUNDS];
    atomic_int wrong;
    atomic_bool dies; /* the first who fetches */
};

static struct redis_server server;
static struct redis_cluster cluster;
static const char *uri;
static char keys[ROUNDS][24];
static struct board *board;

static void set_board(void) {
    pthread_barrierattr_t attributes;
    board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(board, MAP_FAILED);
    pthread_barrierattr_init(&attributes);
    pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(&board->ready, &attributes, PROCESSES);
    for (int round = 0; round < ROUNDS; round++)
        snprintf(keys[round], sizeof keys[round], "k%d", round);
}

static void start(void) {
    redis_server_start(&server, NULL);
    uri = server.uri;
    set_board();
}

static void stop(void) {
    munmap(board, sizeof *board);
    redis_server_stop(&server);
}

static void begin_cluster(void) { redis_cluster_start(&cluster, CLUSTER_STAYS_MS); }

static void end_cluster(void) { redis_cluster_stop(&cluster); }

static void start_over_cluster(void) {
    for (int i = 0; i < CLUSTER_MASTERS; i++)
        ck_assert_str_eq(redis_server_tell(&cluster.nodes[i], "FLUSHALL").text, "+OK");
    uri = cluster.uri;
    set_board();
}

static void stop_over_cluster(void) { munmap(board, sizeof *board); }

static enum t87s_status fetch(void *round, struct t87s_buffer *out) {
    atomic_fetch_add(&board->fetches[*(int *)round], 1);
    if (atomic_exchange(&board->dies, false))
        raise(SIGKILL);
    nanosleep(&(struct timespec){.tv_nsec = FETCH_MS * 1000000L}, NULL);
    return t87s_buffer_append(out, "Ada", 3);
}

/* Until it can reach all servers: a fetch whose birth lacks a server's part holds a lease that is nobody's. */
static void reach_all(struct t87s_cache *cache) {
    struct t87s_tag tags[CLUSTER_MASTERS];
    for (int i = 0; i < CLUSTER_MASTERS; i++)
        tags[i] = tag_of(tag_at(i, 0).name);
    for (int reached = 0, turns = 0; reached < 4; reached++) { /* more than there are lanes */
        if (t87s_invalidate(cache, tags, CLUSTER_MASTERS, 0) == T87S_OK)
            continue;
        reached = -1;
        if (++turns == 1000)
            _exit(3);
        sleep_ms(10);
    }
}

/* One of the processes: asks for the answer of each round when all others do. */
static void ask_all(int rounds, int64_t fleet_ms, bool near_off) {
    struct t87s_store *store;
    struct t87s_cache *cache;
    const struct t87s_redis_options redis = {.uri = uri, .timeout_ms = 10000, .near_off = near_off};
    if (t87s_redis_open(&redis, &store) != T87S_OK)
        _exit(2);
    const struct t87s_options options = {.store = store, .prefix = "test"}; /* as cluster_places.h */
    if (t87s_open(&options, &cache) != T87S_OK)
        _exit(2);
    reach_all(cache);
    for (int round = 0; round < rounds; round++) {
        struct t87s_tag tag = tag_of("users/7");
        struct t87s_value value;
        const struct t87s_query query = {.key = keys[round],
                                         .key_len = strlen(keys[round]),
                                         .tags = &tag,
                                         .n_tags = 1,
                                         .fetch = fetch,
                                         .fetch_arg = &round,
                                         .ttl_ms = 600000,
                                         .fleet_ms = fleet_ms};
        pthread_barrier_wait(&board->ready);
        if (t87s_query(cache, &query, &value, NULL) != T87S_OK || value.size != 3 || memcmp(value.data, "Ada", 3) != 0)
            atomic_fetch_add(&board->wrong, 1);
        t87s_value_release(&value);
    }
    t87s_close(cache);
    t87s_store_close(store);
    _exit(0);
}

static void run(int rounds, int64_t fleet_ms, bool near_off, int dead) {
    pid_t processes[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        processes[i] = fork();
        ck_assert_int_ge(processes[i], 0);
        if (processes[i] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            ask_all(rounds, fleet_ms, near_off);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status;
        ck_assert_int_eq(waitpid(processes[i], &status, 0), processes[i]);
        dead -= WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    }
    ck_assert_int_eq(dead, 0);
    ck_assert_int_eq(board->wrong, 0);
}

static int sum(void) {
    int fetches = 0;
    for (int round = 0; round < ROUNDS; round++)
        fetches += board->fetches[round];
    return fetches;
}

START_TEST(with_fleet_one_of_all_processes_fetches)
{
    run(ROUNDS, LEASE_MS, _i, 0);
    for (int round = 0; round < ROUNDS; round++)
        ck_assert_int_eq(board->fetches[round], 1);
    ck_assert_str_eq(redis_server_tell(&server, "KEYS *:l:*").text, "*0");
    printf("%d fetches in %d rounds of %d processes\n", sum(), ROUNDS, PROCESSES);
}
END_TEST

START_TEST(without_it_most_of_them_do)
{
    run(ROUNDS, 0, false, 0);
    ck_assert_int_gt(sum(), ROUNDS);
    printf("%d fetches in %d rounds of %d processes\n", sum(), ROUNDS, PROCESSES);
}
END_TEST

START_TEST(when_the_one_is_killed_another_fetches)
{
    board->dies = true;
    run(1, DEAD_LEASE_MS, true, 1);
    ck_assert_int_ge(board->fetches[0], 2); /* and others that have waited long enough by then */
}
END_TEST

START_TEST(a_hit_asks_for_no_lease)
{
    struct client client;
    struct scene scene;
    struct source source = {.text = "Ada"};
    struct t87s_tag user = tag_of("users/7");
    client_open(&client, (struct t87s_redis_options){.uri = server.uri, .timeout_ms = 10000, .near_off = true});
    scene_init(&scene);
    scene.options.store = client.store;
    scene_open(&scene);
    struct t87s_query query = query_of("user:7", &source, &user);
    query.fleet_ms = LEASE_MS;
    await_answer(&client);
    ask(&scene, &query);
    char stats[8192];
    redis_server_tell(&server, "CONFIG RESETSTAT");
    EXPECT_ANSWER(ask(&scene, &query), "Ada", T87S_FRESH, T87S_REASON_ABSENT);
    redis_server_ask(&server, "INFO commandstats", stats, sizeof stats);
    ck_assert_ptr_nonnull(strstr(stats, "cmdstat_get:calls=1,"));
    ck_assert_ptr_null(strstr(stats, "cmdstat_evalsha"));
    scene_close(&scene);
    client_close(&client);
}
END_TEST

/* ---- over a cluster ---- */

static void run_over_cluster(bool together) {
    for (int round = 0; round < ROUNDS; round++)
        memcpy(keys[round], key_and_lease(together, (unsigned)round).name, sizeof keys[round]);
    run(ROUNDS, LEASE_MS, true, 0);
    for (int i = 0; i < CLUSTER_MASTERS; i++)
        ck_assert_str_eq(redis_server_tell(&cluster.nodes[i], "KEYS *:l:*").text, "*0");
    printf("%d fetches in %d rounds of %d processes over a cluster\n", sum(), ROUNDS, PROCESSES);
}

START_TEST(one_fetches_over_a_cluster_where_the_lease_lies_with_the_entry)
{
    run_over_cluster(true);
    for (int round = 0; round < ROUNDS; round++)
        ck_assert_int_eq(board->fetches[round], 1);
}
END_TEST

/* Who asks while the entry is written may see that the lease is free, and not yet the entry. */
START_TEST(two_at_most_where_it_lies_elsewhere)
{
    run_over_cluster(false);
    for (int round = 0; round < ROUNDS; round++) {
        ck_assert_int_ge(board->fetches[round], 1);
        ck_assert_int_le(board->fetches[round], 2);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("which process fetches, over Redis");
    TCase *herds = case_of(suite, "herds", start, stop, 60);
    tcase_add_loop_test(herds, with_fleet_one_of_all_processes_fetches, 0, 2);
    tcase_add_test(herds, without_it_most_of_them_do);
    tcase_add_test(herds, when_the_one_is_killed_another_fetches);
    tcase_add_test(herds, a_hit_asks_for_no_lease);
    TCase *clustered = case_of(suite, "over a cluster", start_over_cluster, stop_over_cluster, 60);
    tcase_add_unchecked_fixture(clustered, begin_cluster, end_cluster);
    tcase_add_test(clustered, one_fetches_over_a_cluster_where_the_lease_lies_with_the_entry);
    tcase_add_test(clustered, two_at_most_where_it_lies_elsewhere);
    tcase_add_test(clustered, when_the_one_is_killed_another_fetches);
    return run_suites(suite, NULL);
}
