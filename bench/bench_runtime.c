/* SPDX-License-Identifier: MIT */
/* The price of the runtime's calls, in one thread and in two: 16-byte keys, 64-byte values, one tag two segments deep,
 * keys drawn evenly. Each figure is the median of the rounds. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <t87s/t87s.h>

enum { ENTRIES = 10000, CALLS = 200000, ROUNDS = 7, MAX_THREADS = 2 };

struct key {
    uint64_t kind, id;
};

static double now_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void require(enum t87s_status status) {
    if (status == T87S_OK)
        return;
    fprintf(stderr, "bench-runtime: %s\n", t87s_strstatus(status));
    exit(1);
}

static enum t87s_status fetch(void *arg, struct t87s_buffer *out) {
    const uint64_t row[8] = {*(const uint64_t *)arg};
    return t87s_buffer_append(out, row, sizeof row);
}

static struct t87s_tag tag_of(uint64_t id) {
    struct t87s_tag tag;
    const struct t87s_segment path[] = {T87S_STATIC("rows"), T87S_WILD_U64(id)};
    require(t87s_tag_make(&tag, 2, path));
    return tag;
}

/* ----------------------------------------------------------------------------------------- what is measured ---- */

/* Everything a call needs, made beforehand. */
struct bench {
    struct t87s_cache *cache;
    struct key keys[ENTRIES];
    struct t87s_tag tags[ENTRIES];
};

static void call_query(struct bench *bench, uint64_t id) {
    struct t87s_query query = {.key = &bench->keys[id],
                               .key_len = sizeof bench->keys[id],
                               .tags = &bench->tags[id],
                               .n_tags = 1,
                               .fetch = fetch,
                               .fetch_arg = &bench->keys[id].id,
                               .ttl_ms = 3600000};
    struct t87s_value value;
    require(t87s_query(bench->cache, &query, &value, NULL));
    t87s_value_release(&value);
}

static void call_get(struct bench *bench, uint64_t id) {
    struct t87s_value value;
    require(t87s_get(bench->cache, &bench->keys[id], sizeof bench->keys[id], &value));
    t87s_value_release(&value);
}

static void call_invalidate(struct bench *bench, uint64_t id) {
    require(t87s_invalidate(bench->cache, &bench->tags[id], 1, 0));
}

static void call_miss(struct bench *bench, uint64_t id) {
    call_invalidate(bench, id);
    call_query(bench, id);
}

struct runner {
    struct bench *bench;
    void (*call)(struct bench *bench, uint64_t id);
    uint64_t seed;
    pthread_t thread;
};

static void *run(void *arg) {
    struct runner *runner = arg;
    uint64_t x = runner->seed;
    for (int i = 0; i < CALLS; i++) {
        x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        runner->call(runner->bench, (x >> 33) % ENTRIES);
    }
    return NULL;
}

static int compare(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Nanoseconds of a call as one thread sees it while `threads` do the same. */
static double measure(struct bench *bench, void (*call)(struct bench *, uint64_t), int threads) {
    double rounds[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        struct runner runners[MAX_THREADS];
        double start = now_s();
        for (int i = 0; i < threads; i++) {
            runners[i] = (struct runner){.bench = bench, .call = call, .seed = (uint64_t)(round * MAX_THREADS + i + 1)};
            if (pthread_create(&runners[i].thread, NULL, run, &runners[i]) != 0)
                exit(1);
        }
        for (int i = 0; i < threads; i++)
            pthread_join(runners[i].thread, NULL);
        rounds[round] = (now_s() - start) * 1e9 / CALLS;
    }
    qsort(rounds, ROUNDS, sizeof rounds[0], compare);
    return rounds[ROUNDS / 2];
}

int main(void) {
    static struct bench bench;
    require(t87s_open(NULL, &bench.cache));
    for (uint64_t id = 0; id < ENTRIES; id++) {
        bench.keys[id] = (struct key){.kind = 1, .id = id};
        bench.tags[id] = tag_of(id);
        call_query(&bench, id);
    }

    static const struct {
        const char *name;
        void (*call)(struct bench *, uint64_t);
    } rows[] = {
        {"t87s_query, a hit", call_query},
        {"t87s_get, a hit", call_get},
        {"t87s_invalidate and the query that fetches", call_miss},
        {"t87s_invalidate", call_invalidate}, /* last: it leaves nothing fresh */
    };
    printf("libt87s, %d entries, median of %d rounds of %d calls a thread\n\n", ENTRIES, ROUNDS, CALLS);
    printf("%-46s %12s %12s\n", "ns a call", "1 thread", "2 threads");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double one = measure(&bench, rows[i].call, 1);
        printf("%-46s %12.0f %12.0f\n", rows[i].name, one, measure(&bench, rows[i].call, 2));
    }
    t87s_close(bench.cache);
    return 0;
}
