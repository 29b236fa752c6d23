/* SPDX-License-Identifier: MIT
 *
 * usage: history [OPERATIONS [SEED [THREADS [ROUND [shared]]]]]
 *
 * Random load on a cache (load.h), judged window by window (history.h). In rounds of ROUND operations, each with a
 * cache of its own and another setting (settings.h); memory stays flat however long a round or the run is. Random
 * numbers come from the seed, interleavings from the machine: a seed makes the load come again, not the race.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include "load.h"
#include "quarantine.h"
#include "simple_store.h"

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define SLOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SLOW 1
#endif
#endif
#ifndef SLOW
#define SLOW 0
#endif

enum {
    WINDOW = 25000,
    ROUND = SLOW ? 2 * WINDOW : 10 * WINDOW,
    DEFAULT = SLOW ? ROUND * SETTINGS : 10000000,
    REMEMBERED = 1 << 20
};

/* Of a run. */
struct sums {
    uint64_t seen[T87S_NEGATIVE + 1], refused, failed, events, evictions, takeovers;
    size_t answers, broken;
};

/* All there is to say about a window; the workers wait meanwhile. */
static void judge(struct load *load, struct load_worker *workers, unsigned n, struct history_checker *checker,
                  struct sums *sums) {
    struct recorder_pad *pads[LOAD_MOST_THREADS];
    struct history window;
    for (unsigned i = 0; i < n; i++)
        pads[i] = &workers[i].pad;
    recorder_collect(&load->recorder, pads, n, &window);
    sums->answers += window.n_answers;
    sums->events += window.n_events;
    sums->broken += history_check(checker, &window);
}

/* Windows until the operations are done. */
static void run(struct load *load, struct load_worker *workers, unsigned n, size_t operations,
                struct history_checker *checker, struct sums *sums) {
    for (size_t done = 0; done < operations;) {
        pthread_barrier_wait(&load->meet);
        done += load->calls * n;
        judge(load, workers, n, checker, sums);
        size_t left = operations - (done < operations ? done : operations);
        load->calls = left && !sums->broken ? ((left < WINDOW ? left : WINDOW) + n - 1) / n : 0;
        done = load->calls ? done : operations;
        pthread_barrier_wait(&load->meet);
    }
}

static struct load_worker *start(struct load *load, uint64_t seed, unsigned n) {
    struct load_worker *workers = calloc(n, sizeof *workers);
    for (unsigned i = 0; workers && i < n; i++) {
        struct load_worker *worker = &workers[i];
        worker->load = load;
        worker->cache = load->caches[i % load->setting->caches];
        worker->random = (seed + i + 1) * UINT64_C(0x9e3779b97f4a7c15) | 1;
        if (pthread_create(&worker->thread, NULL, load_work, worker)) {
            fputs("no thread for the load\n", stderr);
            exit(EXIT_FAILURE);
        }
    }
    return workers;
}

static void play(const struct setting *setting, size_t operations, uint64_t seed, unsigned n, struct sums *sums) {
    struct load load = {.setting = setting, .calls = ((operations < WINDOW ? operations : WINDOW) + n - 1) / n};
    struct history_rules rules = {.world = setting->world,
                                  .ttl = setting->ttl,
                                  .grace = setting->grace > 0 ? setting->grace : 0,
                                  .negative = setting->negative,
                                  .calm = setting->calm};
    struct t87s_options options = {.capacity_bytes = setting->capacity,
                                   .verify_fraction = setting->verify_fraction,
                                   .refresh_threads = setting->refresh_threads,
                                   .clock = &load.recorder.clock};
    struct quarantine *quarantine = malloc(sizeof *quarantine);
    if (quarantine) {
        quarantine_open(quarantine);
        if (!SLOW) /* the sanitizers have one of their own */
            options.allocator = &quarantine->allocator;
    }
    size_t most = load_most_fetches(load.calls * n) * 2;
    recorder_open(&load.recorder, most > REMEMBERED ? most : REMEMBERED);
    if (setting->caches > 1) {
        struct simple_store *store = simple_store_open(&load.recorder.clock);
        options.store = simple_store_base(store);
        options.store->near_off = setting->near_off;
        simple_store_tell(store, !setting->near_off);
    }
    struct history_checker *checker = history_checker_open(&rules, stderr);
    if (!quarantine || !checker || pthread_barrier_init(&load.meet, NULL, n + 1) || !load_open(&load, &options)) {
        fputs("no memory for a round\n", stderr);
        exit(EXIT_FAILURE);
    }
    struct load_worker *workers = start(&load, seed, n);
    if (!workers)
        exit(EXIT_FAILURE);
    run(&load, workers, n, operations, checker, sums);
    for (unsigned i = 0; i < n; i++)
        pthread_join(workers[i].thread, NULL);
    for (unsigned i = 0; i < setting->caches; i++) {
        struct t87s_stats stats;
        t87s_stats(load.caches[i], &stats);
        sums->evictions += stats.evictions;
        sums->takeovers += stats.takeovers;
    }
    load_close(&load);
    t87s_store_close(options.store);
    for (unsigned i = 0; i < n; i++) {
        struct load_worker *worker = &workers[i];
        load_release(worker); /* pins outlive the cache */
        for (int outcome = 0; outcome <= T87S_NEGATIVE; outcome++)
            sums->seen[outcome] += worker->seen[outcome];
        sums->refused += worker->refused;
        sums->failed += worker->failed;
        recorder_drop(&worker->pad);
    }
    const size_t touched = quarantine_close(quarantine);
    if (touched)
        fprintf(stderr, "%zu blocks were written to after they had been given back\n", touched);
    free(quarantine);
    sums->broken += atomic_load(&load.alien) + touched;
    free(workers);
    history_checker_close(checker);
    pthread_barrier_destroy(&load.meet);
    recorder_close(&load.recorder);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void print(const char *name, const struct sums *sums) {
    printf("%-11s %8zu answers (%llu fresh, %llu stale, %llu fetched, %llu joined, %llu negative), %llu refused, %llu "
           "failed, %llu events, %llu evictions, %llu takeovers, %zu broken",
           name, sums->answers, (unsigned long long)sums->seen[T87S_FRESH], (unsigned long long)sums->seen[T87S_STALE],
           (unsigned long long)sums->seen[T87S_FETCHED], (unsigned long long)sums->seen[T87S_JOINED],
           (unsigned long long)sums->seen[T87S_NEGATIVE], (unsigned long long)sums->refused,
           (unsigned long long)sums->failed, (unsigned long long)sums->events, (unsigned long long)sums->evictions,
           (unsigned long long)sums->takeovers, sums->broken);
}

static void add(struct sums *sums, const struct sums *more) {
    for (int outcome = 0; outcome <= T87S_NEGATIVE; outcome++)
        sums->seen[outcome] += more->seen[outcome];
    sums->refused += more->refused;
    sums->failed += more->failed;
    sums->events += more->events;
    sums->evictions += more->evictions;
    sums->takeovers += more->takeovers;
    sums->answers += more->answers;
    sums->broken += more->broken;
}

static unsigned long long argument(int argc, char **argv, int i, unsigned long long otherwise) {
    return argc > i ? strtoull(argv[i], NULL, 10) : otherwise;
}

/* What the settings over a store leave out. */
static bool without_shared(int outcome) { return outcome == T87S_STALE || outcome == T87S_NEGATIVE; }

int main(int argc, char **argv) {
    size_t operations = argument(argc, argv, 1, DEFAULT), round_size = argument(argc, argv, 4, ROUND);
    uint64_t seed = argument(argc, argv, 2, 87);
    unsigned threads = (unsigned)argument(argc, argv, 3, 0);
    const bool shared = argc > 5 && !strcmp(argv[5], "shared");
    if (!operations || !round_size || threads > LOAD_MOST_THREADS || (argc > 5 && !shared)) {
        fprintf(stderr, "usage: history [OPERATIONS [SEED [THREADS, at most %d [ROUND [shared]]]]]\n",
                LOAD_MOST_THREADS);
        return EXIT_FAILURE;
    }
    prctl(PR_SET_TIMERSLACK, 1UL); /* threads inherit it: who sleeps a moment shall not sleep fifty */
    struct sums all = {.broken = 0};
    size_t done = 0;
    for (unsigned round = 0; done < operations && !all.broken; round++) {
        const uint64_t round_seed = seed + round * 1000u;
        struct setting setting = shared ? shared_setting_of_round(round, round_seed)
                                        : setting_of_round(round + (unsigned)(seed % SETTINGS), round_seed);
        struct sums sums = {.broken = 0};
        size_t left = operations - done, size = left < round_size ? left : round_size;
        double began = seconds();
        play(&setting, size, seed + round * 1000u, threads ? threads : 4 + (round * 3) % 5, &sums);
        print(setting.name, &sums);
        printf(", %.1f s\n", seconds() - began);
        fflush(stdout);
        add(&all, &sums);
        done += size;
    }
    for (int outcome = 0; outcome <= T87S_NEGATIVE && done >= DEFAULT; outcome++)
        if (!all.seen[outcome] && !all.broken &&
            !(shared && without_shared(outcome))) { /* a history without it says nothing about it */
            fprintf(stderr, "nobody was answered with outcome %d\n", outcome);
            all.broken = 1;
        }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    print("all", &all);
    printf("\n%zu operations from seed %llu: %zu broken, %ld MB of memory\n", done, (unsigned long long)seed,
           all.broken, usage.ru_maxrss / 1024);
    return all.broken ? EXIT_FAILURE : EXIT_SUCCESS;
}
