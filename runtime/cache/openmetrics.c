/* SPDX-License-Identifier: MIT
 *
 * A table says which field is which sample; fields that differ in one label are a family, and a family stands together:
 *
 *     # TYPE t87s_misses counter
 *     # HELP t87s_misses ...
 *     t87s_misses_total{cache="t87s",query="get_user",reason="absent"} 3
 */
#include "openmetrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum type { COUNTER, GAUGE, GAUGE_BYTES, GAUGE_MS };

struct metric {
    enum type type;
    const char *family;       /* without t87s_ */
    const char *help;         /* NULL: one more of the family above */
    const char *label, *text; /* NULL: none */
    size_t offset;            /* of an uint64_t */
};

#define QUERY(field) offsetof(struct t87s_query_stats, field)
static const struct metric query_metrics[] = {
    {COUNTER, "answers", "Answers without a fetch of their own.", "outcome", "fresh", QUERY(fresh_hits)},
    {COUNTER, "answers", NULL, "outcome", "negative", QUERY(negative_hits)},
    {COUNTER, "answers", NULL, "outcome", "stale", QUERY(stale_serves)},
    {COUNTER, "answers", NULL, "outcome", "joined", QUERY(joins)},
    {COUNTER, "misses", "Why a fresh hit was not to be had.", "reason", "absent", QUERY(absent)},
    {COUNTER, "misses", NULL, "reason", "expired", QUERY(expired)},
    {COUNTER, "misses", NULL, "reason", "invalidated", QUERY(invalidated)},
    {COUNTER, "misses", NULL, "reason", "evicted", QUERY(evicted_before)},
    {COUNTER, "misses", NULL, "reason", "version", QUERY(other_version)},
    {COUNTER, "fetches", "Fetches begun, in the background too.", NULL, NULL, QUERY(fetches)},
    {COUNTER, "fetch_errors", "Fetches that failed.", NULL, NULL, QUERY(fetch_errors)},
    {COUNTER, "fetches_not_found", "Fetches that found nothing.", NULL, NULL, QUERY(fetches_not_found)},
    {COUNTER, "refreshes", "Stale answers fetched again in the background.", NULL, NULL, QUERY(refreshes)},
    {COUNTER, "refresh_errors", "Background fetches that failed.", NULL, NULL, QUERY(refresh_errors)},
    {COUNTER, "verified", "Fresh answers compared with the source.", NULL, NULL, QUERY(verified)},
    {COUNTER, "found_wrong", "Fresh answers that the source contradicted.", NULL, NULL, QUERY(found_wrong)},
    {COUNTER, "repaired", "Wrong answers replaced or removed.", NULL, NULL, QUERY(repaired)},
    {COUNTER, "evictions", "Answers that left for the capacity.", NULL, NULL, QUERY(evictions)},
};

#define CACHE(field) offsetof(struct t87s_stats, field)
static const struct metric cache_metrics[] = {
    {COUNTER, "timeouts", "Waits given up.", NULL, NULL, CACHE(timeouts)},
    {COUNTER, "deadlocks", "Fetches that would have waited for themselves.", NULL, NULL, CACHE(deadlocks)},
    {COUNTER, "takeovers", "Fetches that outlived their timeout.", NULL, NULL, CACHE(takeovers)},
    {COUNTER, "gets", "Gets and peeks.", "outcome", "hit", CACHE(get_hits)},
    {COUNTER, "gets", NULL, "outcome", "miss", CACHE(get_misses)},
    {COUNTER, "refreshes_dropped", "Refreshes the queue had no place for.", NULL, NULL, CACHE(refreshes_dropped)},
    {COUNTER, "refreshes_inline", "Refreshes made by a caller.", NULL, NULL, CACHE(refreshes_inline)},
    {COUNTER, "thread_failures", "Threads that could not be started.", NULL, NULL, CACHE(thread_failures)},
    {COUNTER, "sets", "Values set by hand.", NULL, NULL, CACHE(sets)},
    {COUNTER, "deletes", "Keys deleted.", NULL, NULL, CACHE(deletes)},
    {COUNTER, "clears", "Times all was removed.", NULL, NULL, CACHE(clears)},
    {COUNTER, "invalidations", "Tags invalidated.", NULL, NULL, CACHE(invalidations)},
    {COUNTER, "invalidations_unknown", "Of these, tags that no answer had.", NULL, NULL, CACHE(invalidations_unknown)},
    {COUNTER, "kept", "Answers kept.", NULL, NULL, CACHE(kept)},
    {COUNTER, "not_kept", "Answers not kept.", "reason", "outdated", CACHE(not_kept_outdated)},
    {COUNTER, "not_kept", NULL, "reason", "too_large", CACHE(not_kept_too_large)},
    {COUNTER, "not_kept", NULL, "reason", "no_memory", CACHE(not_kept_no_memory)},
    {COUNTER, "expirations", "Answers removed because their time was over.", NULL, NULL, CACHE(expirations)},
    {COUNTER, "store_reads", "Reads of the shared tier.", NULL, NULL, CACHE(store_reads)},
    {COUNTER, "store_hits", "Of these, answered.", "freshness", "fresh", CACHE(store_hits)},
    {COUNTER, "store_hits", NULL, "freshness", "stale", CACHE(store_stale_hits)},
    {COUNTER, "store_misses", "Of these, not to be served.", "reason", "absent", CACHE(store_absent)},
    {COUNTER, "store_misses", NULL, "reason", "outdated", CACHE(store_outdated)},
    {COUNTER, "store_writes", "Writes to the shared tier.", NULL, NULL, CACHE(store_writes)},
    {COUNTER, "store_errors", "Calls that the shared tier failed.", "call", "read", CACHE(store_read_errors)},
    {COUNTER, "store_errors", NULL, "call", "write", CACHE(store_write_errors)},
    {COUNTER, "store_errors", NULL, "call", "mark", CACHE(store_mark_errors)},
    {COUNTER, "store_timeouts", "Of these and of births, for want of time.", NULL, NULL, CACHE(store_timeouts)},
    {COUNTER, "store_heard", "Changes that the shared tier told of.", NULL, NULL, CACHE(store_heard)},
    {COUNTER, "store_losses", "Times that some may have been missed.", NULL, NULL, CACHE(store_losses)},
    {GAUGE_MS, "store_bound_seconds", "How late an invalidation elsewhere may be.", NULL, NULL, CACHE(store_bound_ms)},
    {GAUGE_MS, "store_vouched_seconds", "How long what is kept may be served.", NULL, NULL, CACHE(store_vouched_ms)},
    {COUNTER, "leases", "Fetches made for all processes.", NULL, NULL, CACHE(leases)},
    {COUNTER, "lease_waits", "Waits for what another process fetches.", NULL, NULL, CACHE(lease_waits)},
    {COUNTER, "lease_timeouts", "Of these, in vain.", NULL, NULL, CACHE(lease_timeouts)},
    {COUNTER, "lease_passes", "Refreshes left to another process.", NULL, NULL, CACHE(lease_passes)},
    {GAUGE, "store_pending", "Invalidations that the shared tier has not taken yet.", NULL, NULL, CACHE(store_pending)},
    {GAUGE, "entries", "Answers in the cache.", NULL, NULL, CACHE(entries)},
    {GAUGE, "tag_nodes", "Tags in the cache, with all prefixes.", NULL, NULL, CACHE(tag_nodes)},
    {GAUGE, "flights", "Fetches under way that can be joined.", NULL, NULL, CACHE(flights)},
    {GAUGE_BYTES, "memory_bytes", "Memory of the cache.", "kind", "entries", CACHE(bytes_entries)},
    {GAUGE_BYTES, "memory_bytes", NULL, "kind", "pinned", CACHE(bytes_pinned)},
    {GAUGE_BYTES, "memory_bytes", NULL, "kind", "retired", CACHE(bytes_retired)},
    {GAUGE_BYTES, "memory_bytes", NULL, "kind", "table", CACHE(bytes_table)},
    {GAUGE_BYTES, "memory_bytes", NULL, "kind", "tags", CACHE(bytes_tags)},
    {GAUGE_BYTES, "memory_bytes", NULL, "kind", "flights", CACHE(bytes_flights)},
    {GAUGE_BYTES, "memory_bytes", NULL, "kind", "other", CACHE(bytes_other)},
    {GAUGE_BYTES, "capacity_bytes", "What the memory is kept below.", NULL, NULL, CACHE(capacity_bytes)},
};

/* The bounds as OpenMetrics wants numbers written. */
static const char *const bounds[T87S_FETCH_BUCKETS] = {
    "1e-05", "2e-05", "5e-05", "0.0001", "0.0002", "0.0005", "0.001", "0.002", "0.005", "0.01", "0.02",
    "0.05",  "0.1",   "0.2",   "0.5",    "1.0",    "2.0",    "5.0",   "10.0",  "30.0",  "60.0", "+Inf"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The text as it grows; after a failure it stays as it is. */
struct text {
    struct t87s_buffer *out;
    const char *cache_name;
    enum t87s_status status;
};

static void add_bytes(struct text *text, const char *bytes, size_t size) {
    if (text->status == T87S_OK)
        text->status = t87s_buffer_append(text->out, bytes, size);
}

static void add(struct text *text, const char *more) { add_bytes(text, more, strlen(more)); }

static void add_number(struct text *text, uint64_t number) {
    char digits[24];
    add_bytes(text, digits, (size_t)snprintf(digits, sizeof digits, "%" PRIu64, number));
}

static void add_ms_as_seconds(struct text *text, uint64_t ms) {
    char digits[32];
    add_bytes(text, digits, (size_t)snprintf(digits, sizeof digits, "%" PRIu64 ".%03" PRIu64, ms / 1000, ms % 1000));
}

static void add_escaped(struct text *text, const char *value) {
    for (size_t plain; *value; value += plain + 1) {
        plain = strcspn(value, "\\\"\n");
        add_bytes(text, value, plain);
        if (!value[plain])
            return;
        add(text, value[plain] == '\n' ? "\\n" : value[plain] == '"' ? "\\\"" : "\\\\");
    }
}

static void add_label(struct text *text, const char *before, const char *label, const char *value) {
    add(text, before);
    add(text, label);
    add(text, "=\"");
    add_escaped(text, value);
    add(text, "\"");
}

static void describe(struct text *text, const char *family, const char *type, const char *unit, const char *help) {
    const char *const lines[][2] = {{"# TYPE t87s_", type}, {"# UNIT t87s_", unit}, {"# HELP t87s_", help}};
    for (size_t i = 0; i < COUNT(lines); i++) {
        if (!lines[i][1])
            continue;
        add(text, lines[i][0]);
        add(text, family);
        add(text, " ");
        add(text, lines[i][1]);
        add(text, "\n");
    }
}

/* t87s_<family><suffix>{cache="...",query="...",<label>="<value>"} and a blank; `query` and `label` may be NULL. */
static void begin_sample(struct text *text, const char *family, const char *suffix, const char *query,
                         const char *label, const char *value) {
    add(text, "t87s_");
    add(text, family);
    add(text, suffix);
    add_label(text, "{", "cache", text->cache_name);
    if (query)
        add_label(text, ",", "query", query);
    if (label)
        add_label(text, ",", label, value);
    add(text, "} ");
}

static void add_sample(struct text *text, const struct metric *metric, const char *query, const void *fields) {
    uint64_t number;
    memcpy(&number, (const unsigned char *)fields + metric->offset, sizeof number);
    begin_sample(text, metric->family, metric->type == COUNTER ? "_total" : "", query, metric->label, metric->text);
    (metric->type == GAUGE_MS ? add_ms_as_seconds : add_number)(text, number);
    add(text, "\n");
}

static void describe_metric(struct text *text, const struct metric *metric) {
    if (metric->help)
        describe(text, metric->family, metric->type == COUNTER ? "counter" : "gauge",
                 metric->type == GAUGE_BYTES ? "bytes"
                 : metric->type == GAUGE_MS  ? "seconds"
                                             : NULL,
                 metric->help);
}

static void add_histogram(struct text *text, const struct t87s_query_stats *query) {
    static const char family[] = "fetch_duration_seconds";
    char seconds[40];
    uint64_t count = 0;
    for (size_t i = 0; i < T87S_FETCH_BUCKETS; i++) {
        count += query->fetch_buckets[i];
        begin_sample(text, family, "_bucket", query->name, "le", bounds[i]);
        add_number(text, count);
        add(text, "\n");
    }
    begin_sample(text, family, "_count", query->name, NULL, NULL);
    add_number(text, count);
    add(text, "\n");
    begin_sample(text, family, "_sum", query->name, NULL, NULL);
    snprintf(seconds, sizeof seconds, "%" PRIu64 ".%09" PRIu64 "\n", query->fetch_ns / 1000000000,
             query->fetch_ns % 1000000000);
    add(text, seconds);
}

enum t87s_status t87s__openmetrics_write(const char *cache_name, const struct t87s_stats *stats,
                                         const struct t87s_query_stats *queries, size_t n_queries,
                                         const struct t87s_advice *advice, size_t n_advice, struct t87s_buffer *out) {
    struct text text = {out, cache_name, T87S_OK};
    size_t size_before = out->size;
    for (size_t i = 0; i < COUNT(query_metrics); i++) {
        describe_metric(&text, &query_metrics[i]);
        for (size_t row = 0; row < n_queries; row++)
            add_sample(&text, &query_metrics[i], queries[row].name, &queries[row]);
    }
    describe(&text, "fetch_duration_seconds", "histogram", "seconds", "How long fetches took.");
    for (size_t row = 0; row < n_queries; row++)
        add_histogram(&text, &queries[row]);
    for (size_t i = 0; i < COUNT(cache_metrics); i++) {
        describe_metric(&text, &cache_metrics[i]);
        add_sample(&text, &cache_metrics[i], NULL, stats);
    }
    describe(&text, "store_advice", "gauge", NULL, "What the shared tier advises: see t87s_stats_advice.");
    for (size_t i = 0; i < n_advice; i++) {
        begin_sample(&text, "store_advice", "", NULL, "code", advice[i].code);
        add(&text, "1\n");
    }
    add(&text, "# EOF\n");
    if (text.status != T87S_OK)
        out->size = size_before;
    return text.status;
}
