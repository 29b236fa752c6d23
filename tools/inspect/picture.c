/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

/* ---- entries ---- */

static int by_name(const void *a, const void *b) {
    const struct entry *left = *(const struct entry *const *)a, *right = *(const struct entry *const *)b;
    return strcmp(left->key.text, right->key.text);
}

static int by_age(const void *a, const void *b) {
    const struct entry *left = *(const struct entry *const *)a, *right = *(const struct entry *const *)b;
    if (left->age_ms != right->age_ms)
        return left->age_ms < right->age_ms ? -1 : 1;
    return by_name(a, b);
}

const struct entry **picture_entries(const struct picture *picture, struct arena *arena, enum picture_order order) {
    const size_t n = picture->look->n_entries;
    const struct entry **entries = ARENA_ARRAY(arena, const struct entry *, n + 1);
    for (size_t i = 0; i < n; i++)
        entries[i] = &picture->look->entries[i];
    qsort(entries, n, sizeof *entries, order == ORDER_BY_AGE ? by_age : by_name);
    return entries;
}

/* ---- processes ---- */

static int by_host(const void *a, const void *b) {
    const struct process *left = *(const struct process *const *)a, *right = *(const struct process *const *)b;
    const int host = strcmp(left->beat.host, right->beat.host);
    if (host)
        return host;
    if (left->beat.pid != right->beat.pid)
        return left->beat.pid < right->beat.pid ? -1 : 1;
    return strcmp(left->id, right->id);
}

const struct process **picture_processes(const struct picture *picture, struct arena *arena) {
    const size_t n = picture->look->n_processes;
    const struct process **processes = ARENA_ARRAY(arena, const struct process *, n + 1);
    for (size_t i = 0; i < n; i++)
        processes[i] = &picture->look->processes[i];
    qsort(processes, n, sizeof *processes, by_host);
    return processes;
}

/* ---- tags ---- */

static int by_tag_name(const void *a, const void *b) {
    const struct known *left = *(const struct known *const *)a, *right = *(const struct known *const *)b;
    return strcmp(left->name, right->name);
}

static uint64_t youngest(const struct known *known) {
    const uint64_t marked = known->hard > known->exact ? known->hard : known->exact;
    return marked > known->soft ? marked : known->soft;
}

static int by_tag_age(const void *a, const void *b) {
    const struct known *left = *(const struct known *const *)a, *right = *(const struct known *const *)b;
    if (youngest(left) != youngest(right))
        return youngest(left) > youngest(right) ? -1 : 1;
    if (left->n_entries != right->n_entries)
        return left->n_entries > right->n_entries ? -1 : 1;
    return by_tag_name(a, b);
}

const struct known **picture_tags(const struct picture *picture, struct arena *arena, enum picture_order order,
                                  size_t *n) {
    const struct known_table *table = &picture->look->known;
    const struct known **tags = ARENA_ARRAY(arena, const struct known *, table->n + 1);
    *n = 0;
    for (size_t i = 0; i < table->n_slots; i++) {
        const struct known *known = table->slots[i];
        if (known && !known->is_key && (known->n_entries || youngest(known)))
            tags[(*n)++] = known;
    }
    qsort(tags, *n, sizeof *tags, order == ORDER_BY_AGE ? by_tag_age : by_tag_name);
    return tags;
}

/* ---- queries ---- */

struct query_sum *picture_queries(const struct picture *picture, struct arena *arena, size_t *n) {
    const struct look *look = picture->look;
    const struct model *model = picture->model;
    struct query_sum *sums = ARENA_ARRAY(arena, struct query_sum, model->n_queries + 3);
    for (size_t i = 0; i < model->n_queries; i++)
        sums[i].name = model->queries[i].name;
    sums[model->n_queries].name = "(by hand)";
    sums[model->n_queries + 1].name = "(of another schema)";
    sums[model->n_queries + 2].name = "(broken)";
    for (size_t i = 0; i < look->n_entries; i++) {
        const struct entry *entry = &look->entries[i];
        const size_t row = entry->key.query                   ? (size_t)(entry->key.query - model->queries)
                           : entry->key.kind == KEY_BY_HAND   ? model->n_queries
                           : entry->key.kind == KEY_OF_OTHERS ? model->n_queries + 1
                                                              : model->n_queries + 2;
        sums[row].n++;
        sums[row].states[entry->state]++;
        sums[row].bytes += entry->size;
    }
    *n = model->n_queries + 3;
    return sums;
}

/* ---- words and numbers ---- */

const char *picture_kind(char letter) {
    switch (letter) {
    case 'h':
        return "hard";
    case 'x':
        return "exact";
    case 's':
        return "soft";
    case 'y':
        return "soft exact";
    default:
        return "removed";
    }
}

uint64_t picture_answers(const struct t87s__beat *beat, uint64_t *hits) {
    const struct t87s_stats *stats = &beat->stats;
    *hits = stats->fresh_hits + stats->negative_hits + stats->stale_serves + stats->joins;
    return *hits + stats->fetches;
}

int64_t picture_age_ms(const struct look *look, uint64_t stamp) {
    const int64_t age_ms = (look->now_us - (int64_t)stamp) / 1000;
    return age_ms > 0 ? age_ms : 0;
}
