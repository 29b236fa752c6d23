/* SPDX-License-Identifier: MIT */
#include "entry_table.h"

#include "mutants.h"
#include "yield.h"

enum { FIRST_SHARD_CELLS = 4, SMALL_SHARD_CELLS = 64, MOST_SHARD_CELLS = 1 << 22 };

/* ---- generations ---- */

/* The allocator promises 16 bytes; cells begin a line, so that a look-up rarely touches two. */
static struct t87s__generation *make_generation(struct t87s__memory *memory, uint32_t shard_cells) {
    const uint32_t n_cells = TABLE_SHARDS * shard_cells;
    const size_t size = sizeof(struct t87s__generation) + n_cells * sizeof(uint64_t) + MEMORY_LINE;
    unsigned char *block = t87s__memory_take(memory, MEMORY_TABLE, size);
    if (!block)
        return NULL;
    t87s__memory_advise_huge(memory, block, size);
    memset(block, 0, size);
    struct t87s__generation *generation =
        (void *)(block + (MEMORY_LINE - (uintptr_t)block % MEMORY_LINE) % MEMORY_LINE);
    generation->n_cells = n_cells;
    generation->shard_cells = shard_cells;
    generation->block = block;
    generation->block_size = size;
    return generation;
}

static void give_generation(struct t87s__memory *memory, struct t87s__generation *generation) {
    if (generation)
        t87s__memory_give(memory, MEMORY_TABLE, generation->block, generation->block_size);
}

struct t87s__entry_table *t87s__entry_table_open(struct t87s__memory *memory, struct t87s__tag_tree *tree,
                                                 struct t87s__retired *retired, uint64_t seed) {
    struct t87s__entry_table *table = t87s__memory_take_lines(memory, MEMORY_TABLE, sizeof *table);
    if (!table)
        return NULL;
    struct t87s__generation *first = make_generation(memory, FIRST_SHARD_CELLS);
    if (!first) {
        t87s__memory_give_lines(memory, MEMORY_TABLE, table, sizeof *table);
        return NULL;
    }
    table->memory = memory;
    table->tree = tree;
    table->retired = retired;
    table->seed = seed;
    atomic_init(&table->generation, first);
    pthread_mutex_init(&table->grow_lock, NULL);
    for (int i = 0; i < TABLE_SHARDS; i++) {
        pthread_mutex_init(&table->shards[i].lock, NULL);
        table->shards[i].generation = first;
    }
    return table;
}

void t87s__entry_table_close(struct t87s__entry_table *table) {
    if (!table)
        return;
    for (int i = 0; i < TABLE_SHARDS; i++)
        pthread_mutex_destroy(&table->shards[i].lock);
    pthread_mutex_destroy(&table->grow_lock);
    struct t87s__generation *generation = atomic_load_explicit(&table->generation, memory_order_relaxed);
    give_generation(table->memory, atomic_load_explicit(&generation->next, memory_order_relaxed));
    give_generation(table->memory, generation);
    t87s__memory_give_lines(table->memory, MEMORY_TABLE, table, sizeof *table);
}

void t87s__entry_table_lock_all(struct t87s__entry_table *table) {
    pthread_mutex_lock(&table->grow_lock);
    for (int i = 0; i < TABLE_SHARDS; i++)
        pthread_mutex_lock(&table->shards[i].lock);
}

void t87s__entry_table_unlock_all(struct t87s__entry_table *table) {
    for (int i = TABLE_SHARDS; i-- > 0;)
        pthread_mutex_unlock(&table->shards[i].lock);
    pthread_mutex_unlock(&table->grow_lock);
}

/* ---- cells; the shard's lock is held ---- */

/* Only writers of the shard change its cells, and we are the one: relaxed. */
static uint64_t cell_at(const struct t87s__generation *generation, uint32_t at) {
    return atomic_load_explicit(&generation->cells[at], memory_order_relaxed);
}

/* Release: pairs with the acquire in t87s__entry_table_read(). */
static void set_cell(struct t87s__generation *generation, uint32_t at, uint64_t cell) {
    atomic_store_explicit(&generation->cells[at], cell, memory_order_release);
}

/* The cell after this one in its shard. */
static uint32_t after(const struct t87s__generation *generation, uint32_t at) {
    return (at + 1) % generation->shard_cells ? at + 1 : at + 1 - generation->shard_cells;
}

static unsigned distance_of(uint64_t cell) {
    return (unsigned)(cell >> CELL_POINTER_BITS) & ((1u << CELL_DISTANCE_BITS) - 1);
}

struct place {
    struct t87s__generation *generation;
    uint32_t at;
    uint64_t cell; /* what is there */
};

/* Walks the chain of a label from home: to the cell whose entry `same` accepts, or to the empty one at its end (*label
 * is then what a cell there would hold). False: the chain is too long. */
static bool find_key(struct t87s__generation *generation, const struct t87s__key *key, uint64_t *label,
                     struct place *place) {
    *place = (struct place){generation, t87s__cell_home(generation, key->hash), 0};
    *label = t87s__cell_label(key->hash);
    for (int i = 0; i < LONGEST_CHAIN; i++, *label += T87S__CELL_DISTANCE) {
        place->cell = cell_at(generation, place->at);
        if (place->cell == T87S__CELL_EMPTY)
            return true;
        if ((place->cell ^ *label) >> CELL_POINTER_BITS == 0 && t87s__entry_has_key(t87s__cell_entry(place->cell), key))
            return true;
        place->at = after(generation, place->at);
    }
    return false;
}

/* Empties a cell and closes the gap: each later cell of the chain that may stand further ahead is copied there before
 * its own place is changed, so a reader finds it twice or, if it is between the two, not at all. The other order would
 * only make more of them miss. */
static void empty_cell(struct t87s__generation *generation, uint32_t at) {
    uint32_t gap = at, next = at;
    for (unsigned distance = 1;; distance++) {
        next = after(generation, next);
        const uint64_t cell = cell_at(generation, next);
        if (cell == T87S__CELL_EMPTY)
            break;
        if (distance_of(cell) < distance)
            continue; /* its home is behind the gap */
        set_cell(generation, gap, cell - distance * T87S__CELL_DISTANCE);
        T87S__YIELD("take: a cell stands in two places");
        gap = next;
        distance = 0;
    }
    set_cell(generation, gap, T87S__CELL_EMPTY);
}

static void count_in(struct t87s__entry_table *table, struct t87s__entry *entry, uint32_t state) {
    atomic_fetch_add_explicit(&table->queue_bytes[state & ENTRY_MAIN ? QUEUE_MAIN : QUEUE_SMALL],
                              t87s__entry_cost(entry), memory_order_relaxed);
}

/* Returns what the state was. Release: pairs with the acquire in t87s__entry_listed(). */
static uint32_t unlist(struct t87s__entry_table *table, struct t87s__entry *entry) {
    const uint32_t state =
        atomic_fetch_and_explicit(&entry->state, ~(uint32_t)(ENTRY_LISTED | ENTRY_MAIN), memory_order_release);
    if (!T87S__MUTANT(EVICTED_COUNTS))
        atomic_fetch_sub_explicit(&table->queue_bytes[state & ENTRY_MAIN ? QUEUE_MAIN : QUEUE_SMALL],
                                  t87s__entry_cost(entry), memory_order_relaxed);
    return state;
}

static void count_out(struct t87s__entry_table *table, struct t87s__table_shard *shard) {
    shard->n_entries--;
    atomic_fetch_sub_explicit(&table->n_entries, 1, memory_order_relaxed);
}

/* What is in a place leaves the table. */
static struct t87s__entry *take(struct t87s__entry_table *table, struct t87s__table_shard *shard, uint32_t at) {
    struct t87s__entry *entry = t87s__cell_entry(cell_at(shard->generation, at));
    unlist(table, entry);
    empty_cell(shard->generation, at);
    count_out(table, shard);
    return entry;
}

/* ---- growth ---- */

static uint64_t hash_of(const struct t87s__entry_table *table, const struct t87s__entry *entry) {
    return t87s__entry_key_of(entry, table->seed).hash;
}

/* Fills one cell more of a generation that only we write to. False: its chain is too long. */
static bool fill(struct t87s__generation *generation, uint64_t hash, struct t87s__entry *entry) {
    uint32_t at = t87s__cell_home(generation, hash);
    uint64_t label = t87s__cell_label(hash);
    for (int i = 0; i < LONGEST_CHAIN; i++, label += T87S__CELL_DISTANCE, at = after(generation, at)) {
        if (cell_at(generation, at) != T87S__CELL_EMPTY)
            continue;
        set_cell(generation, at, label | (uintptr_t)entry >> 4);
        return true;
    }
    return false;
}

static void retire_list(struct t87s__entry_table *table, struct t87s__entry *list) {
    for (struct t87s__entry *next; list; list = next) {
        next = t87s__retired_next(list);
        t87s__retired_add(table->retired, list);
    }
}

/* Copies a shard into the next generation and sends the readers after it. What finds no place there (a chain of one
 * hash) leaves the table, and is retired only when readers do not find it in the old cells either. Both locks are held.
 */
static void move_shard(struct t87s__entry_table *table, unsigned which) {
    enum { AHEAD = 8 }; /* keys that are brought near while others are hashed */
    struct t87s__table_shard *shard = &table->shards[which];
    struct t87s__generation *from = shard->generation, *to = atomic_load_explicit(&from->next, memory_order_relaxed);
    struct t87s__entry *surplus = NULL;
    const uint32_t begin = which * from->shard_cells, end = begin + from->shard_cells;
    for (uint32_t at = begin; at < end; at++) {
        if (at + AHEAD < end)
            __builtin_prefetch(t87s__cell_entry(cell_at(from, at + AHEAD)));
        const uint64_t cell = cell_at(from, at);
        if (cell == T87S__CELL_EMPTY)
            continue;
        struct t87s__entry *entry = t87s__cell_entry(cell);
        if (T87S__MUTANT(MOVED_BEFORE_COPY))
            set_cell(from, at, T87S__CELL_MOVED);
        T87S__YIELD("grow: cell read, not copied");
        if (fill(to, hash_of(table, entry), entry))
            continue;
        unlist(table, entry);
        count_out(table, shard);
        t87s__retired_link(entry, surplus);
        surplus = entry;
    }
    /* After all copies: who reads a mark finds them (release in set_cell). */
    T87S__YIELD("grow: all copied, nothing marked");
    for (uint32_t at = begin; at < end && !T87S__MUTANT(NEVER_MOVED); at++) {
        set_cell(from, at, T87S__CELL_MOVED);
        T87S__YIELD("grow: some cells marked");
    }
    shard->generation = to;
    retire_list(table, surplus);
}

/* Moves this shard of a table that grows, or, if that is done, the next one; the last makes the next generation the
 * one where readers begin. */
static void move_on(struct t87s__entry_table *table, unsigned which) {
    pthread_mutex_lock(&table->grow_lock);
    struct t87s__generation *from = atomic_load_explicit(&table->generation, memory_order_relaxed),
                            *to = atomic_load_explicit(&from->next, memory_order_relaxed);
    if (to) {
        if (table->moved >> which & 1)
            which = (unsigned)__builtin_ctzll(~table->moved);
        struct t87s__table_shard *shard = &table->shards[which];
        pthread_mutex_lock(&shard->lock);
        move_shard(table, which);
        pthread_mutex_unlock(&shard->lock);
        table->moved |= UINT64_C(1) << which;
        if (table->moved == UINT64_MAX) {
            table->moved = 0;
            atomic_store_explicit(&table->growing, false, memory_order_relaxed);
            atomic_store_explicit(&table->generation, to, memory_order_release); /* pairs in t87s__entry_table_read() */
            if (T87S__MUTANT(GENERATION_FREED_EARLY))
                give_generation(table->memory, from);
            else
                t87s__retired_add_block(table->retired, &from->retired, from->block, from->block_size);
        }
    }
    pthread_mutex_unlock(&table->grow_lock);
}
_Static_assert(TABLE_SHARDS == 64, "a bit a shard");

/* Begins to grow if all shards are in `from`. False: no memory. */
static bool grow(struct t87s__entry_table *table, const struct t87s__generation *from) {
    pthread_mutex_lock(&table->grow_lock);
    struct t87s__generation *now = atomic_load_explicit(&table->generation, memory_order_relaxed);
    bool ok = true;
    if (from == now && !atomic_load_explicit(&now->next, memory_order_relaxed)) {
        const uint32_t cells = now->shard_cells;
        struct t87s__generation *to = NULL;
        if (cells < MOST_SHARD_CELLS)
            to = make_generation(table->memory, cells < SMALL_SHARD_CELLS ? cells * 2 : cells + cells / 3);
        ok = to != NULL;
        atomic_store_explicit(&table->growing, ok, memory_order_relaxed);
        atomic_store_explicit(&now->next, to, memory_order_release); /* pairs in t87s__entry_table_read() */
    }
    pthread_mutex_unlock(&table->grow_lock);
    return ok;
}

/* Three quarters full; a small shard up to one cell that stays empty, or searches would not end. */
static bool crowded(const struct t87s__generation *generation, uint32_t n_entries) {
    const uint32_t cells = generation->shard_cells;
    return n_entries + 1 >= (cells <= SMALL_SHARD_CELLS ? cells : cells - cells / 4);
}

/* ---- the interface ---- */

static struct t87s__table_shard *lock_shard(struct t87s__entry_table *table, uint64_t hash) {
    struct t87s__table_shard *shard = &table->shards[t87s__cell_shard(hash)];
    pthread_mutex_lock(&shard->lock);
    return shard;
}

struct t87s__entry *t87s__entry_table_look(struct t87s__entry_table *table, const struct t87s__key *key) {
    struct t87s__table_shard *shard = lock_shard(table, key->hash);
    struct place place;
    uint64_t label;
    struct t87s__entry *entry = NULL;
    if (find_key(shard->generation, key, &label, &place) && place.cell != T87S__CELL_EMPTY) {
        entry = t87s__cell_entry(place.cell);
        t87s__entry_ref(entry);
    }
    pthread_mutex_unlock(&shard->lock);
    return entry;
}

enum attempt { ATTEMPT_DONE, ATTEMPT_GROW, ATTEMPT_HOPELESS };

/* The lock is held. */
static enum attempt try_put(struct t87s__entry_table *table, struct t87s__table_shard *shard, struct t87s__entry *entry,
                            const struct t87s__key *key, enum t87s__queue queue, enum t87s__put *put,
                            struct t87s__entry **displaced) {
    struct place place;
    uint64_t label;
    const bool found = find_key(shard->generation, key, &label, &place);
    struct t87s__entry *old = found && place.cell != T87S__CELL_EMPTY ? t87s__cell_entry(place.cell) : NULL;
    if (old && t87s__entry_birth(old) > t87s__entry_birth(entry) && !T87S__MUTANT(SUPERSEDED_INSTALLED) &&
        !T87S__MUTANT(OLDER_DISPLACES)) {
        *put = PUT_OUTDATED;
        return ATTEMPT_DONE;
    }
    if (!old && !found) /* where there is room enough, a chain too long is one of equal hashes */
        return shard->n_entries < shard->generation->shard_cells / 2 ? ATTEMPT_HOPELESS : ATTEMPT_GROW;
    if (!old && crowded(shard->generation, shard->n_entries))
        return ATTEMPT_GROW;
    uint32_t state = ENTRY_LISTED;
    if (old) {
        state |= unlist(table, old) & (ENTRY_MAIN | ENTRY_LIFE); /* takes its turn, too */
        *displaced = old;
    } else {
        state |= queue == QUEUE_MAIN ? ENTRY_MAIN : 0;
        state |= (uint32_t)(t87s__entry_birth(entry) << ENTRY_LIFE_SHIFT) & ENTRY_LIFE;
        shard->n_entries++;
        atomic_fetch_add_explicit(&table->n_entries, 1, memory_order_relaxed);
    }
    count_in(table, entry, state);
    atomic_fetch_add_explicit(&entry->state, ENTRY_REFERENCE + state,
                              memory_order_relaxed); /* released with the cell */
    if (!old || !T87S__MUTANT(DISPLACED_STAYS))
        set_cell(shard->generation, place.at, label | (uintptr_t)entry >> 4);
    *put = PUT_KEPT;
    return ATTEMPT_DONE;
}

enum t87s__put t87s__entry_table_put(struct t87s__entry_table *table, struct t87s__entry *entry, uint64_t hash,
                                     enum t87s__queue queue, struct t87s__key_floors *floors,
                                     struct t87s__entry **displaced) {
    enum {
        MOST_ATTEMPTS = 3 * TABLE_SHARDS
    }; /* the growth under way, the one we begin, and what others do meanwhile */
    const struct t87s__key key = {t87s__entry_key(entry), t87s__entry_key_size(entry), t87s__entry_generated(entry),
                                  hash};
    const unsigned which = t87s__cell_shard(hash);
    enum t87s__put put = PUT_OUTDATED;
    *displaced = NULL;
    if ((uintptr_t)entry >> (CELL_POINTER_BITS + 4) || (uintptr_t)entry & 15)
        return PUT_NO_MEMORY; /* an address that no cell can hold: five levels of pages, tagged pointers */
    for (int i = 0; i < MOST_ATTEMPTS; i++) {
        struct t87s__table_shard *shard = lock_shard(table, hash);
        const struct t87s__generation *generation = shard->generation;
        enum attempt attempt = ATTEMPT_DONE;
        if (t87s__key_floor_admits(floors, hash, t87s__entry_birth(entry)) || T87S__MUTANT(FLOOR_NOT_ASKED))
            attempt = try_put(table, shard, entry, &key, queue, &put, displaced);
        pthread_mutex_unlock(&shard->lock);
        if (attempt != ATTEMPT_GROW || !grow(table, generation)) {
            if (atomic_load_explicit(&table->growing, memory_order_relaxed))
                move_on(table, which);
            return attempt == ATTEMPT_DONE ? put : PUT_NO_MEMORY;
        }
        move_on(table, which);
    }
    return PUT_NO_MEMORY;
}

struct t87s__entry *t87s__entry_table_remove(struct t87s__entry_table *table, const struct t87s__key *key,
                                             uint64_t before) {
    struct t87s__table_shard *shard = lock_shard(table, key->hash);
    struct place place;
    uint64_t label;
    struct t87s__entry *entry = NULL;
    if (find_key(shard->generation, key, &label, &place) && place.cell != T87S__CELL_EMPTY &&
        t87s__entry_birth(t87s__cell_entry(place.cell)) < before)
        entry = take(table, shard, place.at);
    pthread_mutex_unlock(&shard->lock);
    return entry;
}

/* ---- turns ---- */

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
    uint64_t label = t87s__cell_label(hash), cell;
    *at = t87s__cell_home(shard->generation, hash);
    for (int i = 0; i < LONGEST_CHAIN && (cell = cell_at(shard->generation, *at)) != T87S__CELL_EMPTY; i++) {
        if ((cell ^ label) >> CELL_POINTER_BITS == 0) {
            struct t87s__entry *entry = t87s__cell_entry(cell);
            /* Relaxed: these bits change under the lock only. */
            const uint32_t state = atomic_load_explicit(&entry->state, memory_order_relaxed);
            if ((state & (ENTRY_MAIN | ENTRY_LIFE)) == expected)
                return entry;
        }
        label += T87S__CELL_DISTANCE;
        *at = after(shard->generation, *at);
    }
    return NULL;
}

static void promote(struct t87s__entry_table *table, struct t87s__entry *entry) {
    atomic_fetch_or_explicit(&entry->state, ENTRY_MAIN, memory_order_relaxed); /* the lock guards it */
    if (!T87S__MUTANT(PROMOTED_TWICE))
        atomic_fetch_sub_explicit(&table->queue_bytes[QUEUE_SMALL], t87s__entry_cost(entry), memory_order_relaxed);
    count_in(table, entry, ENTRY_MAIN);
}

enum t87s__turn t87s__entry_table_turn(struct t87s__entry_table *table, uint32_t upper, uint16_t tag,
                                       enum t87s__queue queue, int64_t now_ms, bool may_stay,
                                       struct t87s__entry **out) {
    const uint64_t hash = t87s__hash_parts(upper, tag);
    struct t87s__table_shard *shard = lock_shard(table, hash);
    uint32_t at;
    struct t87s__entry *entry = find_turn(shard, hash, tag, queue, &at);
    enum t87s__turn turn = TURN_NOBODY;
    if (entry) {
        const unsigned visits = t87s__entry_visits(entry);
        turn = gone(table, entry, now_ms) ? TURN_GONE : visits && may_stay ? TURN_AGAIN : TURN_OUT;
        if (turn != TURN_AGAIN) {
            *out = take(table, shard, at);
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
    struct t87s__table_shard *shard = lock_shard(table, hash);
    uint32_t at;
    const bool awaits = find_turn(shard, hash, tag, queue, &at) != NULL;
    pthread_mutex_unlock(&shard->lock);
    return awaits;
}

void t87s__entry_table_prefetch(struct t87s__entry_table *table, uint32_t upper, uint16_t tag,
                                enum t87s__nearness what) {
    const struct t87s__generation *generation = atomic_load_explicit(&table->generation, memory_order_acquire);
    const uint64_t hash = t87s__hash_parts(upper, tag);
    const uint32_t home = t87s__cell_home(generation, hash);
    uint64_t label = t87s__cell_label(hash);
    if (what == NEAR_CELL) {
        __builtin_prefetch(&generation->cells[home], 1);
        return;
    }
    for (uint32_t at = home; at < generation->n_cells && at < home + 4; at++, label += T87S__CELL_DISTANCE) {
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
            __builtin_prefetch(t87s__cell_entry(cell_at(generation, begin + *at + AHEAD)));
        const uint64_t cell = cell_at(generation, begin + *at);
        if (cell == T87S__CELL_EMPTY || !test(t87s__cell_entry(cell), arg)) {
            (*at)++;
            continue;
        }
        struct t87s__entry *entry = take(table, shard, begin + *at); /* another may stand in its place now */
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
    retire_list(table, t87s__entry_table_take_all(table, any, NULL));
}

uint32_t t87s__entry_table_cells(struct t87s__entry_table *table) {
    struct t87s__table_shard *shard = &table->shards[0];
    pthread_mutex_lock(&shard->lock);
    const uint32_t cells = shard->generation->n_cells;
    pthread_mutex_unlock(&shard->lock);
    return cells;
}

size_t t87s__entry_table_count(struct t87s__entry_table *table) {
    return atomic_load_explicit(&table->n_entries, memory_order_relaxed);
}

size_t t87s__entry_table_queue_bytes(const struct t87s__entry_table *table, enum t87s__queue queue) {
    return atomic_load_explicit(&table->queue_bytes[queue], memory_order_relaxed);
}
