/* SPDX-License-Identifier: MIT
 *
 * usage: processes [--cluster] [--only ROUND] [OPERATIONS [SEED]]
 *
 * Two to four processes with one Redis between them, or a cluster (member.h), judged window by window (judge.h): to the
 * letter where nothing is near, within the bound of staleness where something is. In some rounds there is trouble
 * (trouble.h).
 */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "judge.h"
#include "member.h"
#include "redis_cluster.h"
#include "redis_server.h"
#include "trouble.h"

enum { DEFAULT = 1000000, QUICK = 60000, MOST_OF_TURN = 1000000, WINDOW = 24000, STALENESS_MS = 200 };

struct round {
    struct scenery scenery;
    unsigned trouble; /* of enum trouble_kind */
    unsigned share;   /* of the operations, in percent */
    size_t window;
};

#define HOT .world = {{2, 3, 2, 3}, 24}
#define WIDE .world = {{3, 8, 2, 8}, 200}
#define WHO(processes_, threads_) .processes = processes_, .threads = threads_
#define DOES(invalidate_, write_, climb_) .invalidate = invalidate_, .write = write_, .climb = climb_

static const struct round rounds[] = {
    {{.name = "strict, hot", HOT, .near_off = true, WHO(2, 3), DOES(40, 60, 4), .grace_ms = 10000}, 0, 8, WINDOW},
    {{.name = "strict, wide", WIDE, .near_off = true, WHO(4, 2), DOES(20, 20, 4), .grace_ms = T87S_NONE},
     STALLS,
     8,
     WINDOW},
    {{.name = "strict, gone",
      HOT,
      .near_off = true,
      WHO(3, 2),
      DOES(20, 30, 4),
      .grace_ms = T87S_NONE,
      .ttl_ms = 30,
      .finds_nothing = true},
     0,
     6,
     6000},
    {{.name = "strict, faults",
      HOT,
      .near_off = true,
      WHO(3, 2),
      DOES(40, 40, 4),
      .grace_ms = 10000,
      .timeout_ms = 60,
      .pause_us = 800},
     FAULTS,
     2,
     2000},
    {{.name = "near, hot", HOT, WHO(2, 4), DOES(6, 6, 4), .grace_ms = 10000}, STALLS, 16, WINDOW},
    {{.name = "near, wide", WIDE, WHO(4, 2), DOES(6, 5, 8), .grace_ms = 10000}, 0, 18, WINDOW},
    {{.name = "near, hits", .world = {{3, 4, 3, 4}, 60}, WHO(3, 3), DOES(2, 1, 8), .grace_ms = T87S_NONE},
     STALLS,
     30,
     WINDOW},
    {{.name = "near, gone", HOT, WHO(3, 2), DOES(6, 6, 4), .grace_ms = 60, .ttl_ms = 60, .finds_nothing = true},
     STALLS,
     6,
     6000},
    {{.name = "near, faults", HOT, WHO(3, 2), DOES(10, 10, 4), .grace_ms = 10000, .timeout_ms = 60, .pause_us = 800},
     FAULTS | STALLS,
     3,
     3000},
    {{.name = "near, kills", HOT, WHO(3, 2), DOES(10, 10, 4), .grace_ms = 10000}, KILLS, 3, 3000},
};
enum { ROUNDS = sizeof rounds / sizeof *rounds };

static const char *self; /* this program's path */

static _Noreturn void give_up(const char *what) {
    fprintf(stderr, "%s\n", what);
    exit(EXIT_FAILURE);
}

/* ---- children ---- */

static pid_t start(int file, unsigned number) {
    char file_text[16], number_text[16];
    snprintf(file_text, sizeof file_text, "%d", file);
    snprintf(number_text, sizeof number_text, "%u", number);
    const pid_t process = fork();
    if (process < 0)
        give_up("no process");
    if (process)
        return process;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execl(self, self, "--member", file_text, number_text, (char *)NULL);
    _exit(127);
}

static int be_member(char **argv) {
    struct board *board = board_map(atoi(argv[2]));
    prctl(PR_SET_TIMERSLACK, 1UL); /* who sleeps a moment shall not sleep fifty */
    return board ? member_live(board, (unsigned)atoi(argv[3])) : EXIT_FAILURE;
}

/* False: one of them has ended, and not by the trouble that there was. */
static bool wait_for_all(struct trouble *trouble) {
    struct board *board = trouble->board;
    bool once = trouble->kinds;
    while (once || !board_all_arrived(board)) {
        if (once || trouble->kinds & FAULTS)
            trouble_make(trouble);
        once = false;
        board_pause();
        for (unsigned i = 0; i < board->scenery.processes; i++)
            if (waitpid(trouble->children[i], NULL, WNOHANG) != 0)
                return false;
    }
    return true;
}

/* ---- a round ---- */

struct sums {
    struct judge_sums judged;
    struct board_sums said;
    size_t broken, windows;
    unsigned faults, kills;
};

static void set_calls(struct board *board, size_t window, size_t left) {
    const unsigned threads = board->scenery.processes * board->scenery.threads;
    const size_t calls = (left < window ? left : window) / threads;
    board->calls = calls < MOST_CALLS ? calls : MOST_CALLS;
}

static void end(struct board *board, pid_t *children, struct sums *sums) {
    for (unsigned i = 0; i < board->scenery.processes; i++) {
        int status;
        if (waitpid(children[i], &status, 0) == children[i] && (!WIFEXITED(status) || WEXITSTATUS(status)))
            sums->broken++;
        const struct board_sums *said = &board->sums[i];
        sums->said.queries += said->queries;
        sums->said.near_hits += said->near_hits;
        sums->said.store_hits += said->store_hits;
        sums->said.stale += said->stale;
        sums->said.fetches += said->fetches;
        sums->said.failed += said->failed;
        sums->said.nothing += said->nothing;
        sums->said.expired += said->expired;
        sums->said.made_good += said->made_good;
    }
}

static void play(const struct round *round, const struct redis_server *server, size_t operations, uint64_t seed,
                 struct sums *sums) {
    const int file = board_make();
    struct board *board = file < 0 ? NULL : board_map(file);
    pid_t children[MOST_PROCESSES] = {0};
    struct proxy proxy;
    struct trouble trouble = {.kinds = round->trouble,
                              .board = board,
                              .server = server,
                              .proxy = &proxy,
                              .children = children,
                              .start = start,
                              .file = file,
                              .random = seed};
    if (!board)
        give_up("no memory for a board");
    if (round->trouble & FAULTS)
        proxy_open(&proxy, server->folder, server->socket);
    board->scenery = round->scenery;
    board->staleness_ms = STALENESS_MS;
    board->seed = seed;
    snprintf(board->uri, sizeof board->uri, "%s", round->trouble & FAULTS ? proxy.uri : server->uri);
    snprintf(board->name, sizeof board->name, "r%llu", (unsigned long long)seed);
    set_calls(board, round->window, operations);
    struct judge *judge = judge_open(board, stderr);
    if (!judge)
        give_up("no memory for a judge");
    for (unsigned i = 0; i < board->scenery.processes; i++)
        children[i] = start(file, i);
    const unsigned threads = board->scenery.processes * board->scenery.threads;
    for (size_t done = 0; board->calls; board_go_on(board)) {
        if (!wait_for_all(&trouble)) {
            fputs("a process has ended in the middle\n", stderr);
            for (unsigned i = 0; i < board->scenery.processes; i++)
                kill(children[i], SIGKILL);
            sums->broken++;
            break;
        }
        done += board->calls * threads;
        sums->windows++;
        sums->broken += judge_window(judge);
        set_calls(board, round->window, sums->broken || done >= operations ? 0 : operations - done);
    }
    end(board, children, sums);
    sums->broken += atomic_load(&board->alien);
    sums->judged = judge_sums(judge);
    sums->faults = trouble.faults;
    sums->kills = trouble.kills;
    if (round->trouble & FAULTS)
        proxy_close(&proxy);
    judge_close(judge);
    board_unmap(board);
    close(file);
}

/* A history in which nothing was found says nothing; NULL: this one says something. */
static const char *missing(const struct round *round, const struct sums *sums) {
    const struct board_sums *said = &sums->said;
    if (!said->store_hits)
        return "no hits";
    if (round->scenery.near_off && said->near_hits)
        return "hits from nearby";
    if (round->trouble & FAULTS) /* then there are fewer hits */
        return sums->judged.partial && said->made_good ? NULL : "nothing was partial, or nothing was made good";
    if (round->scenery.finds_nothing) /* what expires in the store is not told from what was never there */
        return said->nothing && (said->expired || round->scenery.near_off) ? NULL : "nothing gone, or nothing expired";
    if (round->trouble & KILLS)
        return sums->kills ? NULL : "nobody was killed";
    return round->scenery.near_off || said->near_hits * 2 > said->queries ? NULL : "less than half were near hits";
}

static void expect_life(const struct round *round, struct sums *sums) {
    const char *what = missing(round, sums);
    if (!what || sums->broken || sums->windows < 4)
        return;
    fprintf(stderr, "%s: %s\n", round->scenery.name, what);
    sums->broken++;
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void print(const struct scenery *scenery, const struct sums *sums, double took) {
    printf("%-14s %u processes, %zu answers (%llu near, %llu store, %llu stale, %llu not there, %llu expired, %llu "
           "fetched, "
           "%llu failed), %zu events, %zu partial, %llu made good, %zu late, %u faults, %u kills, %zu broken, %.1f s\n",
           scenery->name, scenery->processes, sums->judged.answers, (unsigned long long)sums->said.near_hits,
           (unsigned long long)sums->said.store_hits, (unsigned long long)sums->said.stale,
           (unsigned long long)sums->said.nothing, (unsigned long long)sums->said.expired,
           (unsigned long long)sums->said.fetches, (unsigned long long)sums->said.failed, sums->judged.events,
           sums->judged.partial, (unsigned long long)sums->said.made_good, sums->judged.late, sums->faults, sums->kills,
           sums->broken, took);
    fflush(stdout);
}

static size_t all_operations;
static uint64_t first_seed;
static bool over_cluster;
static const char *only; /* the name of a round; NULL: all of them, each with its share */

/* What stands for all of it, to whom it is enough to know a URI. */
static void start_redis(struct redis_server *server, struct redis_cluster *cluster) {
    if (!over_cluster) {
        redis_server_start(server, NULL);
        return;
    }
    redis_cluster_start(cluster, CLUSTER_STAYS_MS);
    snprintf(server->uri, sizeof server->uri, "%s", cluster->uri);
}

static void stop_redis(struct redis_server *server, struct redis_cluster *cluster) {
    if (over_cluster)
        redis_cluster_stop(cluster);
    else
        redis_server_stop(server);
}

static bool is_played(const struct round *round) {
    if (over_cluster && round->trouble & FAULTS) /* which are on the way to one server */
        return false;
    return !only || !strcmp(only, round->scenery.name);
}

static bool any_is_played(void) {
    for (unsigned i = 0; i < ROUNDS; i++)
        if (is_played(&rounds[i]))
            return true;
    return false;
}

/* All kinds of rounds once, in their shares. */
static size_t play_all(const struct redis_server *server, size_t operations, uint64_t seed) {
    size_t broken = 0;
    for (unsigned i = 0; i < ROUNDS && !broken; i++) {
        struct sums sums = {.broken = 0};
        const double began = seconds();
        if (!is_played(&rounds[i]))
            continue;
        play(&rounds[i], server, only ? operations : operations * rounds[i].share / 100, seed * 100 + i, &sums);
        print(&rounds[i].scenery, &sums, seconds() - began);
        expect_life(&rounds[i], &sums);
        broken += sums.broken;
    }
    return broken;
}

START_TEST(the_law_holds_over_processes)
{
    size_t done = 0;
    for (uint64_t turn = 0; done < all_operations; turn++) {
        const size_t left = all_operations - done, size = left < MOST_OF_TURN ? left : MOST_OF_TURN;
        struct redis_server server = {.config = NULL};
        struct redis_cluster cluster = {.uri = ""};
        start_redis(&server, &cluster);
        const size_t broken = play_all(&server, size, first_seed + turn);
        stop_redis(&server, &cluster);
        ck_assert_uint_eq(broken, 0);
        done += size;
    }
}
END_TEST

/* Not by run_suites(): it takes as long as it takes, and its processes shall be its own. */
static int run_the_test(void) {
    Suite *suite = suite_create("processes");
    TCase *history = tcase_create("history");
    tcase_set_timeout(history, 0);
    tcase_add_test(history, the_law_holds_over_processes);
    suite_add_tcase(suite, history);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv) {
    static char path[4096];
    self = realpath("/proc/self/exe", path);
    if (self && argc == 4 && !strcmp(argv[1], "--member"))
        return be_member(argv);
    over_cluster = argc > 1 && !strcmp(argv[1], "--cluster");
    argc -= over_cluster;
    argv += over_cluster;
    if (argc > 2 && !strcmp(argv[1], "--only")) {
        only = argv[2];
        argc -= 2;
        argv += 2;
    }
    all_operations = argc > 1 ? strtoull(argv[1], NULL, 10) : getenv("T87S_QUICK") ? QUICK : DEFAULT;
    first_seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 87;
    if (!self || !all_operations || !any_is_played())
        give_up("usage: processes [--cluster] [--only ROUND] [OPERATIONS [SEED]]");
    printf("%zu operations from seed %llu\n", all_operations, (unsigned long long)first_seed);
    return run_the_test();
}
