/* SPDX-License-Identifier: MIT */
/* libt87s as an application meets it: through the wrappers that t87sc generates. A row is put in by asking for it, the
 * fetch makes it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../contender.h"
#include "../ours.h"

enum t87s_status bench_fetch_get_user(void *app, uint64_t user_id, struct row *out) {
    (void)app;
    *out = row_of(user_id);
    return T87S_OK;
}

enum t87s_status bench_fetch_get_member(void *app, uint64_t member_id, struct row *out) {
    return bench_fetch_get_user(app, member_id, out);
}

enum t87s_status bench_fetch_get_other(void *app, uint64_t other_id, struct row *out) {
    return bench_fetch_get_user(app, other_id, out);
}

void ours_require(enum t87s_status status) {
    if (status == T87S_OK)
        return;
    fprintf(stderr, "bench: libt87s: %s\n", t87s_strstatus(status));
    exit(1);
}

struct bench_cache *ours_open_bytes(size_t capacity_bytes) {
    const struct t87s_options options = {.capacity_bytes = capacity_bytes};
    struct bench_cache *cache;
    ours_require(bench_open(&options, NULL, &cache));
    return cache;
}

struct t87s_stats ours_stats(struct bench_cache *cache) {
    struct t87s_stats stats;
    t87s_stats(bench_primitives(cache), &stats);
    return stats;
}

static void ours_insert(void *self, uint64_t first, size_t n) {
    struct row row;
    for (uint64_t id = first; id < first + n; id++)
        ours_require(bench_get_user(self, id, &row));
}

/* For rows that are put in like this. */
static size_t capacity_for(size_t rows, void (*insert)(void *self, uint64_t first, size_t n)) {
    struct bench_cache *cache = ours_open_bytes((size_t)1 << 40);
    const size_t empty = ours_stats(cache).bytes_used, sample = rows < 100000 ? rows : 100000;
    insert(cache, 0, sample);
    const size_t full = ours_stats(cache).bytes_used;
    bench_close(cache);
    return empty + (size_t)((double)(full - empty) * (double)rows / (double)sample);
}

size_t ours_capacity_for(size_t rows) { return capacity_for(rows, ours_insert); }

static void *ours_open(size_t room) { return ours_open_bytes(ours_capacity_for(room)); }

static inline bool ours_get(void *self, uint64_t id, struct row *out) {
    return bench_get_user(self, id, out) == T87S_OK;
}

T87S_BENCH_LOOP(ours_hits, ours_get)

static void ours_close(void *self) { bench_close(self); }

const struct contender ours = {
    .name = "t87s",
    .open = ours_open,
    .insert = ours_insert,
    .hits = {ours_hits_used, ours_hits_stream},
    .close = ours_close,
    .evicts = true,
};

/* ---- all rows under one tag ---- */

static void member_insert(void *self, uint64_t first, size_t n) {
    struct row row;
    for (uint64_t id = first; id < first + n; id++)
        ours_require(bench_get_member(self, id, &row));
}

static void *member_open(size_t room) { return ours_open_bytes(capacity_for(room, member_insert)); }

static inline bool member_get(void *self, uint64_t id, struct row *out) {
    return bench_get_member(self, id, out) == T87S_OK;
}

T87S_BENCH_LOOP(member_hits, member_get)

const struct contender ours_member = {
    .name = "t87s, one tag for all",
    .open = member_open,
    .insert = member_insert,
    .hits = {member_hits_used, member_hits_stream},
    .close = ours_close,
    .evicts = true,
};

/* ---- put in by hand: a token, then a set under the tag that all share ---- */

static void set_insert(void *self, uint64_t first, size_t n) {
    struct t87s_cache *cache = bench_primitives(self);
    const struct bench_tag users = bench_tag_users_all();
    struct t87s_tag tag = {.size = users.size};
    memcpy(tag.path, users.path, users.size);
    for (uint64_t id = first; id < first + n; id++) {
        const struct row_key key = row_key_of(id);
        const struct row row = row_of(id);
        const struct t87s_set_options options = {.tags = &tag, .n_tags = 1, .token = t87s_token(cache)};
        ours_require(t87s_set(cache, &key, sizeof key, &row, sizeof row, &options));
    }
}

static void *set_open(size_t room) { return ours_open_bytes(capacity_for(room, set_insert)); }

const struct contender ours_set = {
    .name = "t87s_set",
    .open = set_open,
    .insert = set_insert,
    .close = ours_close,
    .evicts = true,
};
