/* SPDX-License-Identifier: MIT
 *
 * Reads what was counted: for the whole cache, for each query, and as text.
 */
#include "cache.h"
#include "openmetrics.h"
#include "tier.h"

static uint64_t bytes(struct t87s_cache *cache, enum t87s__memory_kind kind) {
    return atomic_load_explicit(&cache->memory->bytes[kind], memory_order_relaxed);
}

/* How long what is near may be served from now on. */
static uint64_t vouched_ms(struct t87s_cache *cache) {
    const int64_t until = atomic_load_explicit(&cache->near_until_ms, memory_order_relaxed);
    const int64_t now = t87s__time_exact(&cache->time);
    return cache->near_off || until <= now ? 0 : (uint64_t)until - (uint64_t)now;
}

static void read_store(struct t87s_cache *cache, struct t87s_stats *out) {
    struct t87s__tier_counts counts;
    if (!cache->tier)
        return;
    t87s__tier_read_counts(cache->tier, &counts);
    out->store_reads = counts.reads;
    out->store_hits = counts.hits;
    out->store_stale_hits = counts.stale_hits;
    out->store_read_errors = counts.read_errors;
    out->store_writes = counts.writes;
    out->store_write_errors = counts.write_errors;
    out->store_mark_errors = counts.mark_errors;
    out->store_pending = counts.pending;
    out->store_absent = counts.absent;
    out->store_outdated = counts.outdated;
    out->store_timeouts = counts.timeouts;
    out->store_heard = atomic_load_explicit(&cache->heard, memory_order_relaxed);
    out->store_losses = atomic_load_explicit(&cache->losses, memory_order_relaxed);
    out->store_bound_ms = (uint64_t)cache->bound_ms;
    out->store_vouched_ms = vouched_ms(cache);
    out->store_advice = t87s__advice_read(t87s__tier_advice(cache->tier), NULL, 0);
}

void t87s__stats_now(struct t87s_cache *cache, struct t87s_stats *out) {
    memset(out, 0, sizeof *out);
    t87s__counters_read(&cache->counters, out);
    t87s__query_counters_sum(&cache->queries, out);
    out->entries = t87s__entry_table_count(cache->table);
    out->tag_nodes = t87s__tag_tree_nodes(cache->tree);
    out->flights = t87s__flights_count(cache->flights);
    out->bytes_entries = bytes(cache, MEMORY_ENTRIES);
    out->bytes_retired = bytes(cache, MEMORY_RETIRED);
    out->bytes_pinned = bytes(cache, MEMORY_PINNED);
    out->bytes_table = bytes(cache, MEMORY_TABLE);
    out->bytes_tags = bytes(cache, MEMORY_TAGS);
    out->bytes_flights = bytes(cache, MEMORY_FLIGHTS);
    out->bytes_other = bytes(cache, MEMORY_OTHER);
    out->bytes_used = out->bytes_entries + out->bytes_retired + out->bytes_pinned + out->bytes_table + out->bytes_tags +
                      out->bytes_flights + out->bytes_other;
    out->capacity_bytes = cache->capacity_bytes;
    read_store(cache, out);
}

void t87s_stats(struct t87s_cache *cache, struct t87s_stats *out) {
    if (!out)
        return;
    if (!cache) {
        memset(out, 0, sizeof *out);
        return;
    }
    if (t87s__retired_bytes(cache->retired))
        t87s__keep_relieve(cache); /* so that the gauges are of what is there, not of what is leaving */
    t87s__stats_now(cache, out);
}

size_t t87s_stats_advice(struct t87s_cache *cache, struct t87s_advice *out, size_t room) {
    return cache && cache->tier ? t87s__advice_read(t87s__tier_advice(cache->tier), out, out ? room : 0) : 0;
}

static size_t read_queries(const struct t87s_cache *cache, struct t87s_query_stats *out, size_t room) {
    size_t rows = (size_t)cache->n_queries + 1;
    const char *name = cache->query_names;
    for (size_t row = 0; row < rows && row < room; row++) {
        t87s__query_counters_read(&cache->queries, row, &out[row]);
        if (row < cache->n_queries) {
            out[row].name = name;
            name += strlen(name) + 1;
        } else {
            out[row].name = "(by hand)";
        }
    }
    return rows;
}

size_t t87s_stats_queries(struct t87s_cache *cache, struct t87s_query_stats *out, size_t room) {
    return cache ? read_queries(cache, out, out ? room : 0) : 0;
}

enum t87s_status t87s_stats_openmetrics(struct t87s_cache *cache, struct t87s_buffer *out) {
    if (!cache || !out)
        return T87S_E_INVALID;
    struct t87s_stats stats;
    t87s_stats(cache, &stats); /* before the rows take memory of the cache */
    size_t n = read_queries(cache, NULL, 0), size = n * sizeof(struct t87s_query_stats);
    struct t87s_query_stats *queries = t87s__memory_take(cache->memory, MEMORY_OTHER, size);
    if (!queries)
        return T87S_E_NOMEM;
    read_queries(cache, queries, n);
    struct t87s_advice advice[T87S__MOST_ADVICE];
    const size_t n_advice = t87s_stats_advice(cache, advice, T87S__MOST_ADVICE);
    enum t87s_status status = t87s__openmetrics_write(cache->prefix, &stats, queries, n, advice, n_advice, out);
    t87s__memory_give(cache->memory, MEMORY_OTHER, queries, size);
    return status;
}
