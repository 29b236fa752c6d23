/* SPDX-License-Identifier: MIT */
#include "table_inside.h"

/* Whether nobody may be answered with it any more. The lock is held. */
static bool gone(struct t87s__entry_table *table, struct t87s__entry *entry, int64_t now_ms) {
    if (t87s__entry_uncovered(entry, table->tree, t87s__tag_tree_epochs(table->tree)) &&
        now_ms < t87s__entry_expires_ms(entry))
        return false;
    return t87s__entry_judge(entry, table->tree, now_ms).state == STATE_GONE;
}

/* Where the entry is whose turn it is, if it counts in that queue and is in that life: one that went and came again
 * does not answer for its last life. NULL: nobody. The lock is held. */
static struct t87s__entry *find_turn(const struct t87s__table_shard *shard, uint64_t hash, uint16_t turn_tag,
                                     enum t87s__queue queue, uint32_t *at) {
    const uint32_t expected = (queue == QUEUE_MAIN ? ENTRY_MAIN : 0u) | (uint32_t)turn_tag >> CELL_TAG_BITS
                                                                                                  << ENTRY_LIFE_SHIFT;
    const uint32_t end = t87s__cells_end(shard->generation, t87s__cell_shard(hash));
    uint64_t label = t87s__cell_label(hash), cell;
    *at = t87s__cell_home(shard->generation, hash);
    for (int i = 0; i < LONGEST_CHAIN && (cell = t87s__cell_at(shard->generation, *at)) != T87S__CELL_EMPTY; i++) {
        if ((cell ^ label) >> CELL_POINTER_BITS == 0) {
            struct t87s__entry *entry = t87s__cell_entry(cell);
            /* Relaxed: these bits change under the lock only. */
            const uint32_t state = atomic_load_explicit(&entry->state, memory_order_relaxed);
            if ((state & (ENTRY_MAIN | ENTRY_LIFE)) == expected)
                return entry;
        }
        label += T87S__CELL_DISTANCE;
        *at = t87s__cell_after(shard->generation, *at, end);
    }
    return NULL;
}

static void promote(struct t87s__entry_table *table, struct t87s__entry *entry) {
    atomic_fetch_or_explicit(&entry->state, ENTRY_MAIN, memory_order_relaxed); /* the lock guards it */
    if (!T87S__MUTANT(PROMOTED_TWICE))
        atomic_fetch_sub_explicit(&table->queue_bytes[QUEUE_SMALL], t87s__entry_cost(entry), memory_order_relaxed);
    t87s__table_count_in(table, entry, ENTRY_MAIN);
}

enum t87s__turn t87s__entry_table_turn(struct t87s__entry_table *table, uint32_t upper, uint16_t tag,
                                       enum t87s__queue queue, int64_t now_ms, bool may_stay,
                                       struct t87s__entry **out) {
    const uint64_t hash = t87s__hash_parts(upper, tag);
    struct t87s__table_shard *shard = t87s__table_lock(table, hash);
    uint32_t at;
    struct t87s__entry *entry = find_turn(shard, hash, tag, queue, &at);
    enum t87s__turn turn = TURN_NOBODY;
    if (entry) {
        const unsigned visits = t87s__entry_visits(entry);
        turn = gone(table, entry, now_ms) ? TURN_GONE : visits && may_stay ? TURN_AGAIN : TURN_OUT;
        if (turn != TURN_AGAIN) {
            *out = t87s__table_take(table, shard, at);
        } else {
            const bool small = queue == QUEUE_SMALL;
            t87s__entry_set_visits(entry, small ? 0 : visits - 1);
            if (small)
                promote(table, entry);
        }
    }
    pthread_mutex_unlock(&shard->lock);
    return turn;
}

bool t87s__entry_table_awaits(struct t87s__entry_table *table, uint32_t upper, uint16_t tag, enum t87s__queue queue) {
    const uint64_t hash = t87s__hash_parts(upper, tag);
    struct t87s__table_shard *shard = t87s__table_lock(table, hash);
    uint32_t at;
    const bool awaits = find_turn(shard, hash, tag, queue, &at) != NULL;
    pthread_mutex_unlock(&shard->lock);
    return awaits;
}

void t87s__entry_table_prefetch(struct t87s__entry_table *table, uint32_t upper, uint16_t tag,
                                enum t87s__nearness what) {
    enum { MOST_AHEAD = 16 };
    const struct t87s__generation *generation = atomic_load_explicit(&table->generation, memory_order_acquire);
    const uint64_t hash = t87s__hash_parts(upper, tag);
    const uint32_t home = t87s__cell_home(generation, hash);
    uint64_t label = t87s__cell_label(hash);
    if (what == NEAR_CELL) { /* and the next line: a take walks to the end of the chain */
        __builtin_prefetch(&generation->cells[home], 1);
        __builtin_prefetch(&generation->cells[home] + MEMORY_LINE / sizeof generation->cells[home], 1);
        return;
    }
    for (uint32_t at = home; at < generation->n_cells && at < home + MOST_AHEAD; at++, label += T87S__CELL_DISTANCE) {
        const uint64_t cell = atomic_load_explicit(&generation->cells[at], memory_order_relaxed); /* not followed */
        if ((cell ^ label) >> CELL_POINTER_BITS)
            continue;
        __builtin_prefetch(t87s__cell_entry(cell), 1);
        __builtin_prefetch((const unsigned char *)t87s__cell_entry(cell) + MEMORY_LINE);
        return;
    }
}

/* ---- many ---- */

/* Takes out what `test` picks of the next n cells of a shard; the lock is held. */
static struct t87s__entry *sweep_shard(struct t87s__entry_table *table, struct t87s__table_shard *shard, uint32_t begin,
                                       uint32_t *at, uint32_t n, t87s__entry_test *test, void *arg,
                                       struct t87s__entry *list) {
    enum { AHEAD = 8 };
    const struct t87s__generation *generation = shard->generation;
    const uint32_t end = *at + n < generation->shard_cells ? *at + n : generation->shard_cells;
    while (*at < end) {
        if (*at + AHEAD < end)
            __builtin_prefetch(t87s__cell_entry(t87s__cell_at(generation, begin + *at + AHEAD)));
        const uint64_t cell = t87s__cell_at(generation, begin + *at);
        if (cell == T87S__CELL_EMPTY || !test(t87s__cell_entry(cell), arg)) {
            (*at)++;
            continue;
        }
        struct t87s__entry *entry =
            t87s__table_take(table, shard, begin + *at); /* another may stand in its place now */
        t87s__retired_link(entry, list);
        list = entry;
    }
    return list;
}

struct t87s__entry *t87s__entry_table_sweep(struct t87s__entry_table *table, struct t87s__entry_cursor *cursor,
                                            uint32_t n, t87s__entry_test *test, void *arg, bool *wrapped) {
    struct t87s__entry *list = NULL;
    *wrapped = false;
    while (n && !*wrapped) {
        struct t87s__table_shard *shard = &table->shards[cursor->shard];
        pthread_mutex_lock(&shard->lock);
        const uint32_t cells = shard->generation->shard_cells, from = cursor->at;
        list = sweep_shard(table, shard, cursor->shard * cells, &cursor->at, n, test, arg, list);
        pthread_mutex_unlock(&shard->lock);
        const uint32_t looked_at = cursor->at > from ? cursor->at - from : 1;
        n = n > looked_at ? n - looked_at : 0;
        if (cursor->at >= cells) {
            cursor->at = 0;
            cursor->shard = (cursor->shard + 1) % TABLE_SHARDS;
            *wrapped = cursor->shard == 0;
        }
    }
    return list;
}

struct t87s__entry *t87s__entry_table_take_all(struct t87s__entry_table *table, t87s__entry_test *test, void *arg) {
    struct t87s__entry *list = NULL;
    for (uint32_t i = 0; i < TABLE_SHARDS; i++) {
        struct t87s__table_shard *shard = &table->shards[i];
        uint32_t at = 0;
        pthread_mutex_lock(&shard->lock);
        const uint32_t cells = shard->generation->shard_cells;
        list = sweep_shard(table, shard, i * cells, &at, cells, test, arg, list);
        pthread_mutex_unlock(&shard->lock);
    }
    return list;
}

static bool any(struct t87s__entry *entry, void *arg) {
    (void)entry;
    (void)arg;
    return true;
}

void t87s__entry_table_retire_all(struct t87s__entry_table *table) {
    t87s__retired_add_all(table->retired, t87s__entry_table_take_all(table, any, NULL));
}
