/* SPDX-License-Identifier: MIT
 *
 * usage: history [OPERATIONS [SEED [THREADS]]]
 *
 * Threads do everything that can be done to a cache, at random, and write down what they saw; when they are through,
 * checker.c judges the history. In rounds, each with a cache of its own and one of the settings below, so that memory
 * stays flat however long the run is. Random numbers come from the seed, interleavings from the machine: a seed makes
 * the load come again, not the race.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "payload.h"
#include "recorder.h"

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

enum { ROUND = SLOW ? 20000 : 50000, ROUNDS = 5, MOST_THREADS = 16, PINS = 6, MOST_NESTED = 2 };
static const enum t87s_status fetch_failed = T87S_E_USER;

struct setting {
    const char *name;
    struct world world;
    size_t capacity;
    int64_t ttl, grace, negative, timeout; /* ticks: a call takes two to ten of them */
    double verify_fraction;
    unsigned refresh_threads;
    unsigned invalidate, write; /* percent of the calls: invalidations; set, delete and now and then clear */
    bool calm;                  /* as in history.h */
};

static const struct setting settings[ROUNDS] = {
    {"hot", {{2, 3, 2, 3}, 24}, 1 << 20, 20000, 10000, 5000, 4000, 0.02, 2, 20, 10, false},
    {"wide", {{4, 32, 2, 16}, 1500}, 280 << 10, 40000, 20000, 5000, 20000, 0, 1, 15, 20, false},
    {"calm", {{3, 8, 2, 8}, 200}, 64 << 20, INT64_MAX / 4, T87S_NONE, 0, INT64_MAX / 4, 0, 1, 4, 0, true},
    {"slow source", {{2, 6, 2, 6}, 60}, 400 << 10, 2000, 1000, 1000, 600, 0.1, 3, 10, 10, false},
    {"writers", {{3, 8, 2, 16}, 40}, 1 << 20, 50000, 10000, 5000, 5000, 0, 1, 25, 50, false},
};

struct run {
    const struct setting *setting;
    struct recorder recorder;
    struct t87s_cache *cache;
    _Atomic(unsigned) alien; /* statuses and values that no call may give */
};

struct worker {
    struct run *run;
    struct recorder_pad pad;
    pthread_t thread;
    size_t calls;
    uint64_t random;
    unsigned nested; /* fetches this thread is inside of */
    /* as if the source had been read back then: drawn between two ticks, for the next set with a token */
    struct t87s_token token;
    uint64_t before_token, after_token;
    struct t87s_value pins[PINS];
    uint64_t seen[T87S_NEGATIVE + 1]; /* by outcome */
    uint64_t refused, failed;         /* deadlocks and timeouts; fetches */
};

static _Thread_local struct worker *self; /* NULL on the cache's own threads */

static unsigned pick(struct worker *worker, unsigned bound) {
    worker->random ^= worker->random << 13;
    worker->random ^= worker->random >> 7;
    worker->random ^= worker->random << 17;
    return (unsigned)(worker->random >> 32) % bound;
}

static void alien(struct run *run, const char *what, uint32_t key, int status) {
    if (atomic_fetch_add(&run->alien, 1) < 5)
        fprintf(stderr, "%s: key %u, status %d\n", what, key, status);
}

/* ---- the source ---- */

struct asked {
    struct run *run;
    uint64_t begin;
    uint32_t key;
};

static void query(struct worker *worker, uint32_t key);

/* Until those who wait have lost their patience, but not for ever. */
static void dawdle(struct run *run) {
    uint64_t until = recorder_tick(&run->recorder) + 4 * (uint64_t)run->setting->timeout;
    for (int i = 0; i < 30 && recorder_tick(&run->recorder) < until; i++)
        nanosleep(&(struct timespec){0, 200 * 1000}, NULL);
}

static enum t87s_status fetch(void *arg, struct t87s_buffer *out) {
    const struct asked *asked = arg;
    struct run *run = asked->run;
    uint32_t number = recorder_fetch(&run->recorder);
    bool calm = run->setting->calm;
    struct payload payload;
    run->recorder.fetches[number] = (struct history_fetch){
        .asked = self ? asked->begin : 0, .begin = recorder_tick(&run->recorder), .key = asked->key};
    unsigned mood = self ? pick(self, 100) : number % 100;
    if (mood < 20)
        sched_yield();
    else if (mood < 22)
        nanosleep(&(struct timespec){0, 50 * 1000}, NULL);
    else if (mood == 22 && !calm)
        dawdle(run);
    else if (mood < 30 && self && self->nested < MOST_NESTED) {
        uint32_t n_keys = run->setting->world.n_keys; /* rings are refused, so they are there unless it shall be calm */
        uint32_t other = calm ? asked->key + 1 : pick(self, n_keys);
        self->nested++;
        if (other < n_keys)
            query(self, other);
        self->nested--;
    } else if (mood < 34 && !calm) {
        return fetch_failed;
    } else if (mood < 42 && !calm) {
        return T87S_NOT_FOUND;
    }
    return t87s_buffer_append(out, &payload, payload_make(&payload, number, asked->key));
}

/* ---- calls ---- */

/* Keeps the value pinned for a while, in the place of one that is given back. */
static void hold(struct worker *worker, struct t87s_value *value, uint32_t key) {
    struct t87s_value *place = &worker->pins[pick(worker, PINS)];
    uint32_t fetch;
    if (place->data && !payload_is_whole(place, &fetch))
        alien(worker->run, "a pinned value changed", key, 0);
    t87s_value_release(place);
    *place = *value;
}

static void note(struct worker *worker, const struct history_answer *answer, struct t87s_value *value) {
    struct history_answer noted = *answer;
    if (value && !payload_is_whole(value, &noted.fetch)) {
        alien(worker->run, "a broken value", answer->key, 0);
        return;
    }
    worker->seen[answer->outcome]++;
    *recorder_answer(&worker->pad) = noted;
    if (value)
        hold(worker, value, answer->key);
}

static void query(struct worker *worker, uint32_t key) {
    struct run *run = worker->run;
    const struct setting *setting = run->setting;
    unsigned numbers[WORLD_TAGS_PER_KEY];
    struct t87s_tag tags[WORLD_TAGS_PER_KEY];
    size_t n_tags = world_tags_of_key(&setting->world, key, numbers);
    for (size_t i = 0; i < n_tags; i++)
        world_make_tag(&setting->world, numbers[i], &tags[i]);
    struct t87s_value value;
    struct t87s_entries entries;
    struct history_answer answer = {.begin = recorder_tick(&run->recorder), .key = key};
    struct asked asked = {run, answer.begin, key};
    struct t87s_query question = {.key = &key,
                                  .key_len = sizeof key,
                                  .tags = tags,
                                  .n_tags = n_tags,
                                  .fetch = fetch,
                                  .fetch_arg = &asked,
                                  .fetch_arg_size = sizeof asked,
                                  .ttl_ms = setting->ttl,
                                  .grace_ms = setting->grace,
                                  .negative_ms = setting->negative,
                                  .timeout_ms = setting->timeout};
    enum t87s_status status = t87s_query(run->cache, &question, &value, &entries);
    answer.end = recorder_tick(&run->recorder);
    answer.outcome = entries.before.outcome;
    answer.reason = entries.before.reason;
    bool from_entry = answer.outcome == T87S_FRESH || answer.outcome == T87S_STALE || answer.outcome == T87S_NEGATIVE;
    answer.created = from_entry ? (uint64_t)entries.before.created_ms : 0;
    if (status == T87S_OK)
        note(worker, &answer, &value);
    else if (status == T87S_NOT_FOUND && answer.outcome == T87S_NEGATIVE)
        note(worker, &answer, NULL);
    else if (status == fetch_failed || status == T87S_NOT_FOUND)
        worker->failed++; /* of its own or of the flight it joined: there is no value to judge */
    else if ((status == T87S_E_DEADLOCK || status == T87S_E_TIMEOUT) && !setting->calm)
        worker->refused++;
    else
        alien(run, "a query", key, (int)status);
}

static void get(struct worker *worker, uint32_t key) {
    struct run *run = worker->run;
    struct t87s_value value;
    struct history_answer answer = {.begin = recorder_tick(&run->recorder), .key = key, .outcome = T87S_FRESH};
    enum t87s_status status = t87s_get(run->cache, &key, sizeof key, &value);
    answer.end = recorder_tick(&run->recorder);
    if (status == T87S_OK)
        note(worker, &answer, &value);
    else if (status != T87S_MISS && status != T87S_NOT_FOUND)
        alien(run, "a get", key, (int)status);
}

static void draw_token(struct worker *worker) {
    worker->before_token = recorder_tick(&worker->run->recorder);
    worker->token = t87s_token(worker->run->cache);
    worker->after_token = recorder_tick(&worker->run->recorder);
}

static void set(struct worker *worker, uint32_t key) {
    struct run *run = worker->run;
    const struct setting *setting = run->setting;
    unsigned numbers[WORLD_TAGS_PER_KEY];
    struct t87s_tag tags[WORLD_TAGS_PER_KEY];
    struct payload payload;
    struct t87s_set_options options = {.tags = tags, .ttl_ms = setting->ttl, .grace_ms = setting->grace};
    options.n_tags = world_tags_of_key(&setting->world, key, numbers);
    for (size_t i = 0; i < options.n_tags; i++)
        world_make_tag(&setting->world, numbers[i], &tags[i]);
    uint32_t number = recorder_fetch(&run->recorder);
    size_t size = payload_make(&payload, number, key);
    struct history_fetch brought = {.asked = recorder_tick(&run->recorder), .key = key, .is_set = true};
    bool with_token = pick(worker, 2);
    if (with_token) {
        options.token = worker->token;
        brought.asked = worker->before_token;
        brought.begin = worker->after_token;
    }
    enum t87s_status status = t87s_set(run->cache, &key, sizeof key, &payload, size, &options);
    uint64_t end = recorder_tick(&run->recorder);
    if (!with_token)
        brought.begin = end;
    run->recorder.fetches[number] = brought;
    if (status != T87S_OK)
        alien(run, "a set", key, (int)status);
    *recorder_event(&worker->pad) =
        (struct history_event){.begin = brought.asked, .end = end, .scope = HISTORY_KEY, .target = key};
    if (with_token)
        draw_token(worker);
}

static void forget(struct worker *worker, uint32_t key, enum history_scope scope) {
    struct run *run = worker->run;
    struct history_event event = {.begin = recorder_tick(&run->recorder), .scope = scope, .target = key};
    enum t87s_status status = scope == HISTORY_KEY ? t87s_delete(run->cache, &key, sizeof key) : t87s_clear(run->cache);
    event.end = recorder_tick(&run->recorder);
    if (status != T87S_OK)
        alien(run, "a delete or a clear", key, (int)status);
    *recorder_event(&worker->pad) = event;
}

/* One of a key's tags, or what stands above it. */
static void invalidate(struct worker *worker, uint32_t key) {
    struct run *run = worker->run;
    const struct world *world = &run->setting->world;
    unsigned numbers[WORLD_TAGS_PER_KEY];
    int tag = (int)numbers[pick(worker, world_tags_of_key(world, key, numbers))];
    while (world_parent(world, (unsigned)tag) >= 0 && pick(worker, 4) == 0)
        tag = world_parent(world, (unsigned)tag);
    struct t87s_tag path;
    world_make_tag(world, (unsigned)tag, &path);
    struct history_event event = {.scope = HISTORY_TAG, .target = (uint32_t)tag};
    event.flags = (pick(worker, 3) == 0 ? T87S_SOFT : 0) | (pick(worker, 4) == 0 ? T87S_EXACT : 0);
    event.begin = recorder_tick(&run->recorder);
    enum t87s_status status = t87s_invalidate(run->cache, &path, 1, event.flags);
    event.end = recorder_tick(&run->recorder);
    if (status != T87S_OK)
        alien(run, "an invalidation", key, (int)status);
    *recorder_event(&worker->pad) = event;
}

static void *work(void *arg) {
    struct worker *worker = arg;
    const struct setting *setting = worker->run->setting;
    self = worker;
    draw_token(worker);
    for (size_t i = 0; i < worker->calls; i++) {
        unsigned n_keys = setting->world.n_keys, kind = pick(worker, 100);
        uint32_t key = pick(worker, pick(worker, 2) ? n_keys : n_keys / 8 + 1); /* some are asked for more */
        if (kind < setting->invalidate)
            invalidate(worker, key);
        else if ((kind -= setting->invalidate) < setting->write)
            pick(worker, 3)     ? set(worker, key)
            : pick(worker, 100) ? forget(worker, key, HISTORY_KEY)
                                : forget(worker, key, HISTORY_ALL);
        else if (pick(worker, 8) == 0)
            get(worker, key);
        else
            query(worker, key);
    }
    return NULL;
}

/* ---- rounds ---- */

static size_t play(const struct setting *setting, size_t calls, uint64_t seed, unsigned n_threads, uint64_t *seen) {
    struct run run = {.setting = setting};
    struct worker *workers = calloc(n_threads, sizeof *workers);
    struct recorder_pad *pads[MOST_THREADS];
    struct history history = {.world = setting->world,
                              .ttl = setting->ttl,
                              .grace = setting->grace > 0 ? setting->grace : 0,
                              .negative = setting->negative,
                              .calm = setting->calm};
    struct t87s_options options = {.capacity_bytes = setting->capacity,
                                   .verify_fraction = setting->verify_fraction,
                                   .refresh_threads = setting->refresh_threads,
                                   .clock = &run.recorder.clock};
    /* A call leads at most to a fetch, those nested in it, and one in the background. */
    recorder_open(&run.recorder, (calls + n_threads) * (2 + MOST_NESTED * 2));
    if (!workers || t87s_open(&options, &run.cache) != T87S_OK) {
        free(workers);
        recorder_close(&run.recorder);
        return 1;
    }
    unsigned started = 0;
    for (; started < n_threads; started++) {
        struct worker *worker = &workers[started];
        *worker = (struct worker){.run = &run, .calls = calls / n_threads + 1};
        worker->random = (seed + started + 1) * UINT64_C(0x9e3779b97f4a7c15) | 1;
        pads[started] = &worker->pad;
        if (pthread_create(&worker->thread, NULL, work, worker))
            break;
    }
    for (unsigned i = 0; i < started; i++)
        pthread_join(workers[i].thread, NULL);
    struct t87s_stats stats;
    t87s_stats(run.cache, &stats);
    t87s_close(run.cache);
    uint64_t refused = 0, failed = 0, by_outcome[T87S_NEGATIVE + 1] = {0};
    for (unsigned i = 0; i < started; i++) {
        for (int pin = 0; pin < PINS; pin++) { /* they outlive the cache */
            uint32_t number;
            if (workers[i].pins[pin].data && !payload_is_whole(&workers[i].pins[pin], &number))
                alien(&run, "a pinned value changed", 0, 0);
            t87s_value_release(&workers[i].pins[pin]);
        }
        for (int outcome = 0; outcome <= T87S_NEGATIVE; outcome++)
            by_outcome[outcome] += workers[i].seen[outcome];
        refused += workers[i].refused;
        failed += workers[i].failed;
    }
    recorder_collect(&run.recorder, pads, started, &history);
    size_t broken = history_check(&history, stderr) + atomic_load(&run.alien) + (started < n_threads);
    printf("%-11s %u threads: %7zu answers (%llu fresh, %llu stale, %llu fetched, %llu joined, %llu negative), %llu "
           "refused, %llu failed, %zu events, %llu evictions, %llu takeovers, %zu broken\n",
           setting->name, started, history.n_answers, (unsigned long long)by_outcome[T87S_FRESH],
           (unsigned long long)by_outcome[T87S_STALE], (unsigned long long)by_outcome[T87S_FETCHED],
           (unsigned long long)by_outcome[T87S_JOINED], (unsigned long long)by_outcome[T87S_NEGATIVE],
           (unsigned long long)refused, (unsigned long long)failed, history.n_events,
           (unsigned long long)stats.evictions, (unsigned long long)stats.takeovers, broken);
    for (int outcome = 0; outcome <= T87S_NEGATIVE; outcome++)
        seen[outcome] += by_outcome[outcome];
    recorder_free_history(&history);
    recorder_close(&run.recorder);
    free(workers);
    return broken;
}

int main(int argc, char **argv) {
    size_t calls = argc > 1 ? strtoull(argv[1], NULL, 10) : (size_t)ROUND * ROUNDS;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 87;
    unsigned n_threads = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
    uint64_t seen[T87S_NEGATIVE + 1] = {0};
    size_t broken = 0, done = 0;
    if (!calls || n_threads > MOST_THREADS) {
        fprintf(stderr, "usage: history [OPERATIONS [SEED [THREADS, at most %d]]]\n", MOST_THREADS);
        return EXIT_FAILURE;
    }
    for (unsigned round = 0; done < calls && !broken; round++, done += ROUND)
        broken += play(&settings[round % ROUNDS], ROUND, seed + round * 1000u,
                       n_threads ? n_threads : 4 + (round * 3) % 5, seen);
    for (int outcome = 0; outcome <= T87S_NEGATIVE && done >= (size_t)ROUND * ROUNDS; outcome++)
        if (!seen[outcome] && !broken) { /* a history without it says nothing about it */
            fprintf(stderr, "nobody was answered with outcome %d\n", outcome);
            broken = 1;
        }
    printf("%zu operations from seed %llu: %zu broken\n", done, (unsigned long long)seed, broken);
    return broken ? EXIT_FAILURE : EXIT_SUCCESS;
}
