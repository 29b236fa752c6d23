/* SPDX-License-Identifier: MIT
 *
 * Calls the user's fetch, with no lock held (law 5), and holds what it brought.
 */
#include <stdlib.h>

#include "cache.h"
#include "clock.h"
#include "probes.h"
#include "random.h"
#include "shared.h"

/* The buffer's memory is the cache's, counted; when that has nothing, malloc's, so that the query is still answered
 * (law 6). At most two blocks live at once, while the buffer grows. */
static void *allocate(void *arg, size_t size) {
    struct t87s__fetched *fetched = arg;
    void *block = t87s__memory_take(fetched->memory, MEMORY_OTHER, size);
    if (!block && (block = malloc(size)))
        fetched->spilled[fetched->spilled[0] ? 1 : 0] = block;
    return block;
}

static void release(void *arg, void *block, size_t size) {
    struct t87s__fetched *fetched = arg;
    for (int i = 0; i < 2; i++) {
        if (fetched->spilled[i] != block)
            continue;
        fetched->spilled[i] = NULL;
        free(block);
        return;
    }
    t87s__memory_give(fetched->memory, MEMORY_OTHER, block, size);
}

static enum t87s_status call(struct t87s_cache *cache, const struct t87s__source *source, const struct t87s__key *key,
                             void *fixed_out, struct t87s__fetched *fetched) {
    if (!source->gen)
        return source->fetch(source->fetch_arg, &fetched->buffer);
    if (!source->gen->value_size)
        return source->kind->fetch(source->gen, cache->app, key->bytes, &fetched->buffer);
    if (fixed_out) {
        memset(fixed_out, 0, source->gen->value_size); /* so that equal answers have equal bytes, padding too */
        return source->kind->fetch(source->gen, cache->app, key->bytes, fixed_out);
    }
    static const unsigned char zeroes[64]; /* in the background: the buffer is the value, and zeroed as that is */
    for (size_t left = source->gen->value_size; left;) {
        size_t piece = left < sizeof zeroes ? left : sizeof zeroes;
        if (t87s_buffer_append(&fetched->buffer, zeroes, piece) != T87S_OK)
            return T87S_E_NOMEM;
        left -= piece;
    }
    return source->kind->fetch(source->gen, cache->app, key->bytes, fetched->buffer.data);
}

void t87s__fetched_init(struct t87s_cache *cache, struct t87s__fetched *fetched) {
    memset(fetched, 0, sizeof *fetched);
    fetched->memory = cache->memory;
    fetched->plug = (struct t87s_allocator){allocate, release, fetched};
    fetched->buffer.allocator = &fetched->plug;
}

static int64_t jittered(int64_t ttl_ms, unsigned percent) {
    if (ttl_ms <= 0 || !percent)
        return ttl_ms;
    int64_t most = ttl_ms / 100 * percent + ttl_ms % 100 * percent / 100;
    return ttl_ms - (int64_t)t87s__random_below((uint64_t)most + 1);
}

static void ask_source(struct t87s_cache *cache, const struct t87s__fetching *fetching, uint64_t began_ns,
                       struct t87s__fetched *fetched) {
    const struct t87s__source *source = fetching->source;
    void *fixed_out = fetching->fixed_out;
    t87s__count_query(&cache->queries, source->row, COUNT_fetches);
    T87S__PROBE2(fetch__begin, fetching->key->hash, source->row);
    fetched->status = call(cache, source, fetching->key, fixed_out, fetched);
    uint64_t ended_ns;
    fetched->ended_ms = t87s__time_exact_ns(&cache->time, &ended_ns);
    const uint64_t took_ns = ended_ns - began_ns;
    T87S__PROBE4(fetch__end, fetching->key->hash, source->row, fetched->status, took_ns);
    t87s__count_fetch_ns(&cache->queries, source->row, took_ns);
    bool in_place = fixed_out != NULL;
    fetched->value = in_place ? fixed_out : fetched->buffer.data;
    fetched->size = in_place ? source->gen->value_size : fetched->buffer.size;
    fetched->ttl_ms =
        fetched->status == T87S_NOT_FOUND ? source->negative_ms : jittered(source->ttl_ms, source->jitter_percent);
    if (fetched->status == T87S_NOT_FOUND)
        t87s__count_query(&cache->queries, source->row, COUNT_fetches_not_found);
    else if (fetched->status != T87S_OK)
        t87s__count_query(&cache->queries, source->row, COUNT_fetch_errors);
}

/* The store has had nothing: whoever's turn it is asks the source, and tells the store what that said. */
static enum t87s__shared_turn ask_in_turn(struct t87s_cache *cache, const struct t87s__fetching *fetching,
                                          struct t87s__fetched *fetched) {
    const enum t87s__shared_turn turn = t87s__shared_take_turn(cache, fetching, fetched);
    if (turn != TURN_OURS)
        return turn;
    ask_source(cache, fetching, t87s__clock_ns(), fetched); /* the store took its time */
    t87s__shared_write(cache, fetching->shared, fetching->source, fetched);
    t87s__shared_end_turn(cache, fetching->shared); /* where there was nothing to write */
    return turn;
}

void t87s__fetch(struct t87s_cache *cache, const struct t87s__fetching *fetching, struct t87s__fetched *fetched) {
    t87s__fetched_init(cache, fetched);
    if (__builtin_expect(!fetching->shared, 1)) {
        ask_source(cache, fetching, fetching->began_ns, fetched);
        return;
    }
    const bool stored =
        t87s__shared_read(cache, fetching->shared, fetching->source, (enum t87s__shared_use)fetching->use, fetched);
    const enum t87s__shared_turn turn = stored ? TURN_OVER : ask_in_turn(cache, fetching, fetched);
    if (turn == TURN_THEIRS) {
        fetched->passed = true;
        fetched->status = T87S_MISS;
    }
    if (turn == TURN_OVER && fetching->fixed_out && fetched->status == T87S_OK) {
        memcpy(fetching->fixed_out, fetched->value, fetched->size);
        fetched->value = fetching->fixed_out;
    }
}

void t87s__fetched_drop(struct t87s__fetched *fetched) {
    t87s_buffer_release(&fetched->buffer);
    fetched->buffer.allocator = &fetched->plug;
}

void t87s__fetched_release(struct t87s__fetched *fetched) { t87s_buffer_release(&fetched->buffer); }
