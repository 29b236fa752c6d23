/* SPDX-License-Identifier: MIT */
#include "cache.h"

static uint64_t bytes(struct t87s_cache *cache, enum t87s__memory_kind kind) {
    return atomic_load_explicit(&cache->memory->bytes[kind], memory_order_relaxed);
}

void t87s_stats(struct t87s_cache *cache, struct t87s_stats *out) {
    if (!out)
        return;
    memset(out, 0, sizeof *out);
    if (!cache)
        return;
    t87s__counters_read(&cache->counters, out);
    out->entries = t87s__entry_table_count(cache->table);
    out->tag_nodes = t87s__tag_tree_nodes(cache->tree);
    out->flights = t87s__flights_count(cache->flights);
    out->bytes_entries = bytes(cache, MEMORY_ENTRIES);
    out->bytes_pinned = bytes(cache, MEMORY_PINNED);
    out->bytes_table = bytes(cache, MEMORY_TABLE);
    out->bytes_tags = bytes(cache, MEMORY_TAGS);
    out->bytes_flights = bytes(cache, MEMORY_FLIGHTS);
    out->bytes_other = bytes(cache, MEMORY_OTHER);
    out->bytes_used = out->bytes_entries + out->bytes_pinned + out->bytes_table + out->bytes_tags + out->bytes_flights +
                      out->bytes_other;
    out->capacity_bytes = cache->capacity_bytes;
}
