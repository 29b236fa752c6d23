/* SPDX-License-Identifier: MIT
 *
 * usage: processes [OPERATIONS [SEED]]
 *
 * Two to four processes with one Redis between them (member.h), judged window by window (judge.h): to the letter where
 * nothing is near, within the bound of staleness where something is. In some rounds a process is stopped now and then,
 * for longer than the bound, too, so that it goes on with what it believed then.
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
#include "redis_server.h"

enum { DEFAULT = 1000000, QUICK = 60000, MOST_OF_TURN = 1000000, WINDOW = 24000, STALENESS_MS = 200 };

struct round {
    struct scenery scenery;
    bool stalls;
    unsigned share; /* of the operations, in percent */
};

static const struct round rounds[] = {
    {{"strict, hot", {{2, 3, 2, 3}, 24}, true, 2, 3, 40, 60, 4, 10000}, false, 10},
    {{"strict, wide", {{3, 8, 2, 8}, 200}, true, 4, 2, 20, 20, 4, T87S_NONE}, true, 10},
    {{"near, hot", {{2, 3, 2, 3}, 24}, false, 2, 4, 6, 6, 4, 10000}, true, 20},
    {{"near, wide", {{3, 8, 2, 8}, 200}, false, 4, 2, 6, 5, 8, 10000}, false, 20},
    {{"near, hits", {{3, 4, 3, 4}, 60}, false, 3, 3, 2, 1, 8, T87S_NONE}, true, 40},
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

/* Stops one of them for up to twice the bound. */
static void stall(const struct scenery *scenery, const pid_t *children, uint64_t *random) {
    *random = *random * UINT64_C(6364136223846793005) + 1442695040888963407;
    const pid_t child = children[(*random >> 40) % scenery->processes];
    kill(child, SIGSTOP);
    nanosleep(&(struct timespec){.tv_nsec = (long)(*random >> 33) % (2 * STALENESS_MS * 1000000L)}, NULL);
    kill(child, SIGCONT);
}

/* False: one of them has ended. */
static bool wait_for_all(struct board *board, const pid_t *children) {
    while (!board_all_arrived(board)) {
        board_pause();
        for (unsigned i = 0; i < board->scenery.processes; i++)
            if (waitpid(children[i], NULL, WNOHANG) != 0)
                return false;
    }
    return true;
}

/* ---- a round ---- */

struct sums {
    struct judge_sums judged;
    struct board_sums said;
    size_t broken, windows;
};

static void set_calls(struct board *board, size_t left) {
    const unsigned threads = board->scenery.processes * board->scenery.threads;
    const size_t calls = (left < WINDOW ? left : WINDOW) / threads;
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
    }
}

static void play(const struct round *round, const struct redis_server *server, size_t operations, uint64_t seed,
                 struct sums *sums) {
    const int file = board_make();
    struct board *board = file < 0 ? NULL : board_map(file);
    pid_t children[MOST_PROCESSES] = {0};
    uint64_t random = seed;
    if (!board)
        give_up("no memory for a board");
    board->scenery = round->scenery;
    board->staleness_ms = STALENESS_MS;
    board->seed = seed;
    snprintf(board->uri, sizeof board->uri, "%s", server->uri);
    snprintf(board->name, sizeof board->name, "r%llu", (unsigned long long)seed);
    set_calls(board, operations);
    struct judge *judge = judge_open(board, stderr);
    if (!judge)
        give_up("no memory for a judge");
    for (unsigned i = 0; i < board->scenery.processes; i++)
        children[i] = start(file, i);
    const unsigned threads = board->scenery.processes * board->scenery.threads;
    for (size_t done = 0; board->calls; board_go_on(board)) {
        if (round->stalls)
            stall(&board->scenery, children, &random);
        if (!wait_for_all(board, children)) {
            fputs("a process has ended in the middle\n", stderr);
            for (unsigned i = 0; i < board->scenery.processes; i++)
                kill(children[i], SIGKILL);
            sums->broken++;
            break;
        }
        done += board->calls * threads;
        sums->windows++;
        sums->broken += judge_window(judge);
        set_calls(board, sums->broken || done >= operations ? 0 : operations - done);
    }
    end(board, children, sums);
    sums->broken += atomic_load(&board->alien);
    sums->judged = judge_sums(judge);
    judge_close(judge);
    board_unmap(board);
    close(file);
}

/* A history in which nothing was found says nothing. */
static void expect_life(const struct round *round, struct sums *sums) {
    const struct board_sums *said = &sums->said;
    const bool alive = round->scenery.near_off ? said->store_hits > 0 && !said->near_hits
                                               : said->store_hits > 0 && said->near_hits * 2 > said->queries;
    if (alive || sums->broken || sums->windows < 4)
        return;
    fprintf(stderr, "%s: %s\n", round->scenery.name,
            round->scenery.near_off ? "no hits, or some from nearby" : "less than half were near hits");
    sums->broken++;
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void print(const struct scenery *scenery, const struct sums *sums, double took) {
    printf(
        "%-12s %u processes, %zu answers (%llu near, %llu store, %llu stale, %llu fetched, %llu failed), %zu events, "
        "%zu partial, %zu late, %zu broken, %.1f s\n",
        scenery->name, scenery->processes, sums->judged.answers, (unsigned long long)sums->said.near_hits,
        (unsigned long long)sums->said.store_hits, (unsigned long long)sums->said.stale,
        (unsigned long long)sums->said.fetches, (unsigned long long)sums->said.failed, sums->judged.events,
        sums->judged.partial, sums->judged.late, sums->broken, took);
    fflush(stdout);
}

/* All kinds of rounds once, in their shares. */
static size_t play_all(const struct redis_server *server, size_t operations, uint64_t seed) {
    size_t broken = 0;
    for (unsigned i = 0; i < ROUNDS && !broken; i++) {
        struct sums sums = {.broken = 0};
        const double began = seconds();
        play(&rounds[i], server, operations * rounds[i].share / 100, seed * 100 + i, &sums);
        print(&rounds[i].scenery, &sums, seconds() - began);
        expect_life(&rounds[i], &sums);
        broken += sums.broken;
    }
    return broken;
}

static size_t all_operations;
static uint64_t first_seed;

START_TEST(the_law_holds_over_processes)
{
    size_t done = 0;
    for (uint64_t turn = 0; done < all_operations; turn++) {
        const size_t left = all_operations - done, size = left < MOST_OF_TURN ? left : MOST_OF_TURN;
        struct redis_server server = {.config = NULL};
        redis_server_start(&server, NULL);
        const size_t broken = play_all(&server, size, first_seed + turn);
        redis_server_stop(&server);
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
    all_operations = argc > 1 ? strtoull(argv[1], NULL, 10) : getenv("T87S_QUICK") ? QUICK : DEFAULT;
    first_seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 87;
    if (!self || !all_operations)
        give_up("usage: processes [OPERATIONS [SEED]]");
    printf("%zu operations from seed %llu\n", all_operations, (unsigned long long)first_seed);
    return run_the_test();
}
