/* SPDX-License-Identifier: MIT */
/* A contender keeps rows under 16-byte keys and copies them out again. Each has a file in contenders/.
 *
 * Its loop over many hits is its own, so that nobody pays for a call through a pointer per hit and what a header can
 * inline is inlined: T87S_BENCH_LOOP makes it from one look-up. */
#ifndef T87S_BENCH_CONTENDER_H
#define T87S_BENCH_CONTENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* USED: which row comes next hangs on the last one, as with a caller that uses what it asked for. STREAM: the order is
 * known beforehand, so the processor works on several hits at once; that helps those most who do least. */
enum hit_order { HITS_USED, HITS_STREAM, HIT_ORDERS };

struct contender {
    const char *name;
    /* An empty one with room for `room` rows, and no more if it evicts. */
    void *(*open)(size_t room);
    /* Puts the rows first, first + 1, ... in. One thread at a time. */
    void (*insert)(void *self, uint64_t first, size_t n);
    /* Copies n rows out; returns how many were not there or not right. Many threads at a time. */
    size_t (*hits[HIT_ORDERS])(void *self, const uint32_t *ids, size_t n);
    void (*close)(void *self);
    /* NULL, or around the hits of a thread. */
    void (*thread_begin)(void);
    void (*thread_end)(void);
    bool evicts;
};

extern const struct contender bare_table, ours, ours_member, ours_set;
#ifdef BENCH_GLIB
extern const struct contender glib_lru;
#endif
#ifdef BENCH_CK
extern const struct contender ck_table;
#endif
#ifdef BENCH_URCU
extern const struct contender urcu_table;
#endif
#ifdef BENCH_ROCKSDB
extern const struct contender rocksdb_clock, rocksdb_lru;
#endif

/* The compiler may neither leave out a copy nor move it out of the loop. */
#define T87S_BENCH_USE(object) __asm__ volatile("" : : "r"(&(object)) : "memory")

/* The hits of a contender, in both orders; `get` is bool get(void *self, uint64_t id, struct row *out). `carry` is 0
 * when the last row was right, which the processor cannot know before it has it. */
#define T87S_BENCH_LOOP(name, get)                                                                                   \
    static inline __attribute__((always_inline))                                                                     \
    size_t name##_loop(void *self, const uint32_t *ids, size_t n, bool used) {                                       \
        size_t wrong = 0;                                                                                            \
        uint64_t carry = 0;                                                                                          \
        for (size_t i = 0; i < n; i++) {                                                                             \
            const uint64_t id = ids[i] ^ carry;                                                                      \
            struct row row;                                                                                          \
            const bool there = get(self, id, &row);                                                                  \
            T87S_BENCH_USE(row);                                                                                     \
            if (used && there)                                                                                       \
                carry = row.words[0] ^ row.words[7];                                                                 \
            wrong += (size_t)(!there || row.words[0] != id);                                                         \
        }                                                                                                            \
        return wrong;                                                                                                \
    }                                                                                                                \
    static size_t name##_used(void *self, const uint32_t *ids, size_t n) { return name##_loop(self, ids, n, true); } \
    static size_t name##_stream(void *self, const uint32_t *ids, size_t n) { return name##_loop(self, ids, n, false); }

static inline struct row row_of(uint64_t id) {
    struct row row = {{id, 1, 2, 3, 4, 5, 6, id}};
    return row;
}

static inline struct row_key row_key_of(uint64_t id) {
    struct row_key key = {UINT64_C(0x9e3779b97f4a7c15), id};
    return key;
}

/* malloc that ends the bench instead of failing. */
void *bench_take(size_t size);

#ifdef __cplusplus
}
#endif

#endif
