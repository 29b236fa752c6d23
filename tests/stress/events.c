/* SPDX-License-Identifier: MIT */
#include "events.h"

#include <stdlib.h>
#include <string.h>

enum {
    SORTS = 4,                                                 /* of a tag's events: by flags */
    ROWS_PER_KEY = WORLD_TAGS_PER_KEY * (WORLD_LEVELS + 1) + 2 /* of one kind */
};

struct row {
    size_t first, n;               /* in the arrays below */
    uint64_t newest_end;           /* of this window, whose list is gone when the next one comes */
    uint64_t last_begin, last_end; /* of earlier windows; 0: none */
};

struct key_rows {
    uint32_t rows[2][ROWS_PER_KEY]; /* hard, soft */
    uint8_t n[2];
};

struct events {
    struct world world;
    struct row *rows; /* tags * SORTS, then keys, then one for all */
    size_t n_rows;
    struct key_rows *keys;
    /* of this window, row by row */
    struct history_event *list;
    uint64_t *latest_begin;   /* of this event and those before it in the row */
    uint64_t *earliest_begin; /* of this event and those after it in the row */
    size_t n, max;
    struct history_event *scratch;
};

static uint32_t row_of_tag(unsigned tag, unsigned flags) { return tag * SORTS + flags; }

static uint32_t row_of_key(const struct world *world, unsigned key) { return world_tags(world) * SORTS + key; }

static uint32_t row_of_all(const struct world *world) { return row_of_key(world, world->n_keys); }

static uint32_t row_of(const struct events *events, const struct history_event *event) {
    switch (event->scope) {
    case HISTORY_TAG:
        return row_of_tag(event->target, event->flags);
    case HISTORY_KEY:
        return row_of_key(&events->world, event->target);
    case HISTORY_ALL:
        break;
    }
    return row_of_all(&events->world);
}

static void add_row(struct key_rows *key, int kind, uint32_t row) {
    for (int i = 0; i < key->n[kind]; i++)
        if (key->rows[kind][i] == row)
            return;
    key->rows[kind][key->n[kind]++] = row;
}

static void find_rows(const struct world *world, uint32_t number, struct key_rows *key) {
    unsigned tags[WORLD_TAGS_PER_KEY], n = world_tags_of_key(world, number, tags);
    add_row(key, 0, row_of_key(world, number));
    add_row(key, 0, row_of_all(world));
    for (int kind = 0; kind < 2; kind++) {
        unsigned flags = kind ? T87S_SOFT : 0;
        for (unsigned i = 0; i < n; i++) {
            add_row(key, kind, row_of_tag(tags[i], flags | T87S_EXACT));
            for (int tag = (int)tags[i]; tag >= 0; tag = world_parent(world, (unsigned)tag))
                add_row(key, kind, row_of_tag((unsigned)tag, flags));
        }
    }
}

struct events *events_open(const struct world *world) {
    struct events *events = calloc(1, sizeof *events);
    if (!events)
        return NULL;
    events->world = *world;
    events->n_rows = row_of_all(world) + 1;
    events->rows = calloc(events->n_rows, sizeof *events->rows);
    events->keys = calloc(world->n_keys, sizeof *events->keys);
    if (!events->rows || !events->keys) {
        events_close(events);
        return NULL;
    }
    for (uint32_t key = 0; key < world->n_keys; key++)
        find_rows(world, key, &events->keys[key]);
    return events;
}

void events_close(struct events *events) {
    if (!events)
        return;
    free(events->rows);
    free(events->keys);
    free(events->latest_begin);
    free(events->earliest_begin);
    free(events->scratch);
    free(events);
}

/* ---- a window ---- */

static bool make_room(struct events *events, size_t n) {
    if (n < events->max)
        return true;
    free(events->latest_begin);
    free(events->earliest_begin);
    free(events->scratch);
    events->max = n + n / 4 + 1;
    events->latest_begin = malloc(events->max * sizeof *events->latest_begin);
    events->earliest_begin = malloc(events->max * sizeof *events->earliest_begin);
    events->scratch = malloc(events->max * sizeof *events->scratch);
    if (events->latest_begin && events->earliest_begin && events->scratch)
        return true;
    events->max = 0;
    return false;
}

static int by_end(const void *a, const void *b) {
    const struct history_event *left = a, *right = b;
    return left->end < right->end ? -1 : left->end > right->end;
}

static void carry_over(struct events *events) {
    for (size_t i = 0; i < events->n_rows; i++) {
        struct row *row = &events->rows[i];
        if (row->n) {
            const uint64_t *latest = &events->latest_begin[row->first + row->n - 1];
            row->last_begin = *latest > row->last_begin ? *latest : row->last_begin;
            row->last_end = row->newest_end;
        }
        row->n = 0;
    }
}

bool events_load(struct events *events, struct history_event *list, size_t n) {
    carry_over(events);
    if (!make_room(events, n))
        return false;
    qsort(list, n, sizeof *list, by_end);
    for (size_t i = 0; i < n; i++)
        events->rows[row_of(events, &list[i])].n++;
    size_t first = 0;
    for (size_t i = 0; i < events->n_rows; i++) {
        events->rows[i].first = first;
        first += events->rows[i].n;
        events->rows[i].n = 0;
    }
    for (size_t i = 0; i < n; i++) { /* keeps the order within a row */
        struct row *row = &events->rows[row_of(events, &list[i])];
        events->scratch[row->first + row->n++] = list[i];
    }
    if (n)
        memcpy(list, events->scratch, n * sizeof *list);
    events->list = list;
    events->n = n;
    for (size_t i = 0; i < events->n_rows; i++) {
        size_t begin = events->rows[i].first, end = begin + events->rows[i].n;
        uint64_t latest = 0, earliest = UINT64_MAX;
        for (size_t j = begin; j < end; j++)
            events->latest_begin[j] = latest = list[j].begin > latest ? list[j].begin : latest;
        for (size_t j = end; j-- > begin;)
            events->earliest_begin[j] = earliest = list[j].begin < earliest ? list[j].begin : earliest;
        if (end > begin)
            events->rows[i].newest_end = list[end - 1].end;
    }
    return true;
}

/* ---- questions ---- */

/* How many events of a row ended before a tick. */
static size_t ended_before(const struct events *events, const struct row *row, uint64_t tick) {
    const struct history_event *list = events->list + row->first;
    size_t low = 0, high = row->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (list[middle].end < tick)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool between(const struct events *events, const struct row *row, uint64_t a, uint64_t b) {
    if (row->last_begin > a && row->last_end < b)
        return true;
    if (!row->n || events->latest_begin[row->first + row->n - 1] <= a)
        return false;
    size_t n = ended_before(events, row, b);
    return n > 0 && events->latest_begin[row->first + n - 1] > a;
}

static bool touches(const struct events *events, const struct row *row, uint64_t a, uint64_t b) {
    if (row->last_end > a)
        return true; /* it began before this window, and so before `b` */
    if (!row->n)
        return false;
    size_t n = ended_before(events, row, a + 1);
    return n < row->n && events->earliest_begin[row->first + n] < b;
}

typedef bool row_test(const struct events *events, const struct row *row, uint64_t a, uint64_t b);

static inline bool any(const struct events *events, uint32_t key, enum events_kind kinds, row_test *test, uint64_t a,
                       uint64_t b) {
    const struct key_rows *rows = &events->keys[key];
    for (int kind = 0; kind < 2; kind++)
        for (int i = 0; kinds & 1 << kind && i < rows->n[kind]; i++)
            if (test(events, &events->rows[rows->rows[kind][i]], a, b))
                return true;
    return false;
}

bool events_between(const struct events *events, uint32_t key, enum events_kind kind, uint64_t a, uint64_t b) {
    return any(events, key, kind, between, a, b);
}

bool events_touch(const struct events *events, uint32_t key, enum events_kind kind, uint64_t a, uint64_t b) {
    return any(events, key, kind, touches, a, b);
}

static bool touched_before(const struct events *events, const struct row *row, uint64_t a, uint64_t b) {
    (void)events, (void)b;
    return row->last_end > a;
}

bool events_touched_before(const struct events *events, uint32_t key, uint64_t a) {
    return any(events, key, EVENTS_ANY, touched_before, a, 0);
}

size_t events_of_key(const struct events *events, uint32_t key, const struct history_event **out) {
    const struct key_rows *rows = &events->keys[key];
    size_t n = 0;
    for (int kind = 0; kind < 2; kind++) {
        for (int i = 0; i < rows->n[kind]; i++) {
            const struct row *row = &events->rows[rows->rows[kind][i]];
            for (size_t j = 0; j < row->n; j++)
                out[n++] = &events->list[row->first + j];
        }
    }
    return n;
}
