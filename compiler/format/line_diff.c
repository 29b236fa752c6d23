/* SPDX-License-Identifier: MIT */
#include "line_diff.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_EDITS = 128,     /* of a shortest edit between two anchors */
    MAX_STEPS = 20000000 /* of all shortest edits together */
};

/* Lines are compared by number: equal ones have the same. */
struct differ {
    const uint32_t *old, *new; /* the lines' numbers */
    uint32_t *same;            /* the result */
    int32_t *trace;            /* how far each diagonal was at each number of edits */
    size_t steps_left;
};

/* A part of the old and a part of the new text, the ends not included. */
struct stretch {
    uint32_t old_from, old_to, new_from, new_to;
};

struct lines lines_of(struct arena *arena, const char *bytes, size_t size) {
    struct lines lines = {.bytes = bytes};
    const char *limit = bytes + size;
    for (const char *at = bytes; at < limit; lines.n++) {
        const char *end = memchr(at, '\n', (size_t)(limit - at));
        at = end ? end + 1 : limit;
    }
    lines.starts = ARENA_ARRAY(arena, uint32_t, (size_t)lines.n + 1);
    lines.n = 0;
    for (const char *at = bytes; at < limit;) {
        const char *end = memchr(at, '\n', (size_t)(limit - at));
        at = end ? end + 1 : limit;
        lines.starts[++lines.n] = (uint32_t)(at - bytes);
    }
    return lines;
}

/* One line while they are sorted. */
struct entry {
    const char *bytes;
    uint32_t size, line;
    bool is_new;
};

static int compare_bytes(const struct entry *a, const struct entry *b) {
    return a->size != b->size ? (a->size < b->size ? -1 : 1) : memcmp(a->bytes, b->bytes, a->size);
}

static int compare(const void *left, const void *right) { return compare_bytes(left, right); }

static bool is_same_line(const struct lines *old, uint32_t i, const struct lines *new, uint32_t j) {
    uint32_t size = old->starts[i + 1] - old->starts[i];
    return size == new->starts[j + 1] - new->starts[j] &&
           !memcmp(old->bytes + old->starts[i], new->bytes + new->starts[j], size);
}

static struct entry *add_entries(struct entry *at, const struct lines *lines, uint32_t from, uint32_t to, bool is_new) {
    for (uint32_t i = from; i < to; i++)
        *at++ = (struct entry){lines->bytes + lines->starts[i], lines->starts[i + 1] - lines->starts[i], i, is_new};
    return at;
}

/* Gives the lines their numbers, and only[i] of those that stand once in each text: the new line that old line i is. */
static void number_lines(struct arena *arena, const struct lines *old, const struct lines *new,
                         const struct stretch *all, uint32_t *old_numbers, uint32_t *new_numbers, uint32_t *only) {
    size_t n = (size_t)(all->old_to - all->old_from) + (all->new_to - all->new_from);
    struct entry *entries = ARENA_ARRAY(arena, struct entry, n);
    add_entries(add_entries(entries, old, all->old_from, all->old_to, false), new, all->new_from, all->new_to, true);
    qsort(entries, n, sizeof *entries, compare);
    uint32_t number = 0;
    for (size_t i = 0, next; i < n; i = next, number++) {
        const struct entry *last_old = NULL, *last_new = NULL;
        for (next = i; next < n && !compare_bytes(&entries[i], &entries[next]); next++) {
            const struct entry *entry = &entries[next];
            (entry->is_new ? new_numbers : old_numbers)[entry->line] = number;
            *(entry->is_new ? &last_new : &last_old) = entry;
        }
        if (next == i + 2 && last_old && last_new)
            only[last_old->line] = last_new->line;
    }
}

/* The longest rising row of only[], by patience: each pile keeps its top, each card the card under it. */
static void take_anchors(struct arena *arena, const struct stretch *all, const uint32_t *only, uint32_t *same) {
    size_t n = all->old_to - all->old_from, n_piles = 0;
    uint32_t *tops = ARENA_ARRAY(arena, uint32_t, n), *under = ARENA_ARRAY(arena, uint32_t, n);
    for (uint32_t i = all->old_from; i < all->old_to; i++) {
        if (only[i] == LINE_GONE)
            continue;
        size_t low = 0, high = n_piles;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (only[tops[middle]] < only[i])
                low = middle + 1;
            else
                high = middle;
        }
        under[i - all->old_from] = low ? tops[low - 1] : LINE_GONE;
        tops[low] = i;
        n_piles += low == n_piles;
    }
    for (uint32_t i = n_piles ? tops[n_piles - 1] : LINE_GONE; i != LINE_GONE; i = under[i - all->old_from])
        same[i] = only[i];
}

/* How many old lines diagonal k had passed after so many edits. */
static int32_t *passed(struct differ *d, int32_t edits, int32_t k) {
    return &d->trace[edits * (2 * MAX_EDITS + 3) + k + MAX_EDITS + 1];
}

/* Whether the last edit on diagonal k was to put in a new line, not to leave out an old one. */
static bool put_in(struct differ *d, int32_t edits, int32_t k) {
    return k == -edits || (k != edits && *passed(d, edits - 1, k - 1) < *passed(d, edits - 1, k + 1));
}

/* Where diagonal k goes on after the last edit. */
static int32_t after_edit(struct differ *d, int32_t edits, int32_t k) {
    if (edits == 0)
        return 0;
    return put_in(d, edits, k) ? *passed(d, edits - 1, k + 1) : *passed(d, edits - 1, k - 1) + 1;
}

/* From the end of both parts back to where they begin: what was passed between two edits is the same. */
static void walk_back(struct differ *d, const struct stretch *s, int32_t edits, int32_t k) {
    for (; edits >= 0; edits--) {
        int32_t begin = after_edit(d, edits, k);
        for (int32_t x = *passed(d, edits, k); x-- > begin;)
            d->same[s->old_from + (uint32_t)x] = s->new_from + (uint32_t)(x - k);
        k += edits == 0 ? 0 : put_in(d, edits, k) ? 1 : -1;
    }
}

/* E. Myers, An O(ND) Difference Algorithm and Its Variations, 1986: the greedy one. */
static void find_short_edit(struct differ *d, const struct stretch *s) {
    int32_t n_old = (int32_t)(s->old_to - s->old_from), n_new = (int32_t)(s->new_to - s->new_from);
    for (int32_t edits = 0; edits <= MAX_EDITS; edits++) {
        for (int32_t k = -edits; k <= edits; k += 2) {
            int32_t begin = after_edit(d, edits, k), x = begin;
            while (x < n_old && x - k < n_new &&
                   d->old[s->old_from + (uint32_t)x] == d->new[s->new_from + (uint32_t)(x - k)])
                x++;
            *passed(d, edits, k) = x;
            if (x >= n_old && x - k >= n_new) {
                walk_back(d, s, edits, k);
                return;
            }
            size_t steps = (size_t)(x - begin) + 1;
            if (steps > d->steps_left)
                return;
            d->steps_left -= steps;
        }
    }
}

/* A part between two anchors. */
static void compare_stretch(struct differ *d, struct stretch s) {
    while (s.old_from < s.old_to && s.new_from < s.new_to && d->old[s.old_from] == d->new[s.new_from])
        d->same[s.old_from++] = s.new_from++;
    while (s.old_from < s.old_to && s.new_from < s.new_to && d->old[s.old_to - 1] == d->new[s.new_to - 1])
        d->same[--s.old_to] = --s.new_to;
    if (s.old_from < s.old_to && s.new_from < s.new_to)
        find_short_edit(d, &s);
}

static void compare_between(struct arena *arena, const struct lines *old, const struct lines *new,
                            const struct stretch *all, uint32_t *same) {
    uint32_t *old_numbers = ARENA_ARRAY(arena, uint32_t, old->n), *new_numbers = ARENA_ARRAY(arena, uint32_t, new->n);
    uint32_t *only = ARENA_ARRAY(arena, uint32_t, old->n);
    memset(only, 0xFF, old->n * sizeof *only);
    number_lines(arena, old, new, all, old_numbers, new_numbers, only);
    take_anchors(arena, all, only, same);
    struct differ differ = {
        .old = old_numbers,
        .new = new_numbers,
        .same = same,
        .trace = ARENA_ARRAY(arena, int32_t, (size_t)(MAX_EDITS + 1) * (2 * MAX_EDITS + 3)),
        .steps_left = MAX_STEPS,
    };
    struct stretch stretch = *all;
    for (uint32_t i = all->old_from; i < all->old_to; i++) {
        if (same[i] == LINE_GONE)
            continue;
        stretch.old_to = i;
        stretch.new_to = same[i];
        compare_stretch(&differ, stretch);
        stretch.old_from = i + 1;
        stretch.new_from = same[i] + 1;
    }
    stretch.old_to = all->old_to;
    stretch.new_to = all->new_to;
    compare_stretch(&differ, stretch);
}

uint32_t *line_diff(struct arena *arena, const struct lines *old, const struct lines *new) {
    uint32_t *same = ARENA_ARRAY(arena, uint32_t, old->n);
    struct stretch all = {0, old->n, 0, new->n};
    memset(same, 0xFF, old->n * sizeof *same);
    while (all.old_from < all.old_to && all.new_from < all.new_to && is_same_line(old, all.old_from, new, all.new_from))
        same[all.old_from++] = all.new_from++;
    while (all.old_from < all.old_to && all.new_from < all.new_to &&
           is_same_line(old, all.old_to - 1, new, all.new_to - 1))
        same[--all.old_to] = --all.new_to;
    size_t n = (size_t)(all.old_to - all.old_from) + (all.new_to - all.new_from);
    if (all.old_from < all.old_to && all.new_from < all.new_to && n <= LINE_DIFF_MOST)
        compare_between(arena, old, new, &all, same);
    return same;
}
