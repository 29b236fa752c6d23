/* SPDX-License-Identifier: MIT
 *
 * One query and one mutation: is there a call and an entry that the mutation made stale and makes stale no more?
 *
 * A path hits a tag when it is a prefix of it (or, exact, the same) and the variables that fill its wilds are equal to
 * those of the tag. So a hit is a handful of equations between variables of the mutation and of the query. Something is
 * lost when a hit of before can hold while none of now does. If no variable is short of values this is easy: let those
 * be equal that the hit wants equal, and all others different; then a hit of now holds only if its equations follow.
 * Variables of small enums may have to meet; for these values are tried.
 */
#include <string.h>

#include "changes.h"

enum {
    N_VARS = 2 * MAX_VARS, /* those of the query, then those of the mutation */
    MAX_TIGHT = 64,        /* hits that values are tried against, and how often; what is not tried counts as dodged: */
    MAX_TRIES = 5000,      /* rather a false alarm than none */
};

enum strength { SOFT = 1, HARD };

struct hit {
    const struct spec *path, *tag;
    enum strength strength;
};

struct hits {
    size_t n;
    struct hit *items;
};

/* A hit that only values of few can dodge: its equations, between indices of `tried`. */
struct tight {
    uint8_t n, pairs[MODEL_MAX_WILDS][2];
};

struct judge {
    size_t steps;
    struct hits hits[N_SIDES][N_SIDES]; /* of the mutation's side, then the query's */
    /* what is equal, when one hit holds */
    uint8_t parents[N_VARS], limits[N_VARS];
    size_t n_tight, n_tried;
    struct tight tight[MAX_TIGHT];
    uint8_t tried[N_VARS], values[N_VARS];
};

struct judge *judge_make(struct arena *arena, size_t most_paths) {
    struct judge *judge = ARENA_NEW(arena, struct judge);
    for (int i = 0; i < N_SIDES * N_SIDES; i++)
        judge->hits[i / N_SIDES][i % N_SIDES].items = ARENA_ARRAY(arena, struct hit, MODEL_MAX_TAGS * most_paths);
    return judge;
}

/* ---- hits ---- */

static bool can_hit(const struct spec *path, const struct spec *tag) {
    return path->exact ? path->tag == tag->tag : tag_covers(path->tag, tag->tag);
}

static void find_hits(struct judge *judge, const struct twins *query, const struct twins *mutation) {
    const struct model_query *newest_query = newest(query)->query;
    bool soft_is_hard = newest_query->grace_ms == 0; /* nothing is served stale */
    for (int m = OLD; m < N_SIDES; m++)
        for (int q = OLD; q < N_SIDES; q++) {
            const struct half *paths = &mutation->halves[m], *tags = &query->halves[q];
            struct hits *hits = &judge->hits[m][q];
            hits->n = 0;
            for (size_t i = 0; i < paths->n_specs; i++)
                for (size_t j = 0; j < tags->n_specs; j++)
                    if (can_hit(&paths->specs[i], &tags->specs[j]))
                        hits->items[hits->n++] = (struct hit){&paths->specs[i], &tags->specs[j],
                                                              paths->specs[i].soft && !soft_is_hard ? SOFT : HARD};
        }
}

/* ---- equations ---- */

static uint8_t find(const struct judge *judge, unsigned var) {
    while (judge->parents[var] != var)
        var = judge->parents[var];
    return (uint8_t)var;
}

static void start(struct judge *judge, const struct twins *query, const struct twins *mutation) {
    for (unsigned i = 0; i < N_VARS; i++)
        judge->parents[i] = (uint8_t)i;
    memcpy(judge->limits, query->limits, MAX_VARS);
    memcpy(judge->limits + MAX_VARS, mutation->limits, MAX_VARS);
}

static uint8_t query_var(const struct judge *judge, const struct hit *hit, size_t wild) {
    return find(judge, hit->tag->vars[wild]);
}

static uint8_t mutation_var(const struct judge *judge, const struct hit *hit, size_t wild) {
    return find(judge, MAX_VARS + hit->path->vars[wild]);
}

static void assume(struct judge *judge, const struct hit *hit) {
    for (size_t i = 0; i < hit->path->tag->n_wilds; i++) {
        uint8_t a = query_var(judge, hit, i), b = mutation_var(judge, hit, i);
        if (a == b)
            continue;
        uint8_t *limit = &judge->limits[a], other = judge->limits[b];
        judge->parents[b] = a;
        if (!*limit || (other && other < *limit))
            *limit = other;
    }
}

/* ---- variables of few values ---- */

static uint8_t index_of(struct judge *judge, uint8_t var) {
    size_t i = 0;
    while (i < judge->n_tried && judge->tried[i] != var)
        i++;
    if (i == judge->n_tried)
        judge->tried[judge->n_tried++] = var;
    return (uint8_t)i;
}

static void add_tight(struct judge *judge, const struct hit *hit) {
    struct tight *tight = &judge->tight[judge->n_tight++];
    tight->n = 0;
    for (size_t i = 0; i < hit->path->tag->n_wilds; i++) {
        uint8_t a = query_var(judge, hit, i), b = mutation_var(judge, hit, i);
        if (a == b)
            continue;
        tight->pairs[tight->n][0] = index_of(judge, a);
        tight->pairs[tight->n++][1] = index_of(judge, b);
    }
}

static bool holds(const struct judge *judge, size_t tight, size_t n_known) {
    for (size_t i = 0; i < judge->tight[tight].n; i++) {
        const uint8_t *pair = judge->tight[tight].pairs[i];
        if (pair[0] >= n_known || pair[1] >= n_known || judge->values[pair[0]] != judge->values[pair[1]])
            return false;
    }
    return true;
}

static bool any_holds(const struct judge *judge, size_t n_known) {
    for (size_t i = 0; i < judge->n_tight; i++)
        if (holds(judge, i, n_known))
            return true;
    return false;
}

/* Values for the tried variables with which no tight hit holds? */
static bool can_be_dodged(struct judge *judge) {
    size_t n = 0;
    judge->values[0] = 0;
    for (size_t tries = 0; tries < MAX_TRIES; tries++) {
        judge->steps += judge->n_tight;
        if (!any_holds(judge, n + 1)) {
            if (++n == judge->n_tried)
                return true;
            judge->values[n] = 0;
            continue;
        }
        while (judge->values[n] + 1 >= judge->limits[judge->tried[n]])
            if (n-- == 0)
                return false;
        judge->values[n]++;
    }
    return true;
}

/* ---- verdicts ---- */

enum dodge { FOLLOWS, DODGED, TIGHT };

/* What is assumed is given: does the hit follow, or what would it take to dodge it? */
static enum dodge dodge(struct judge *judge, const struct hit *hit) {
    bool follows = true, free = false;
    for (size_t i = 0; i < hit->path->tag->n_wilds && !free; i++) {
        uint8_t a = query_var(judge, hit, i), b = mutation_var(judge, hit, i);
        follows &= a == b;
        free = a != b && (!judge->limits[a] || !judge->limits[b]);
    }
    return free ? DODGED : follows ? FOLLOWS : TIGHT;
}

/* Whatever the values, one of these hits at least so hard, given what is assumed. */
static bool is_hit(struct judge *judge, const struct hits *hits, enum strength strength) {
    judge->n_tight = judge->n_tried = 0;
    judge->steps += 1 + hits->n;
    for (size_t i = 0; i < hits->n; i++) {
        const struct hit *hit = &hits->items[i];
        enum dodge way = hit->strength < strength ? DODGED : dodge(judge, hit);
        if (way == FOLLOWS)
            return true;
        if (way == DODGED || judge->n_tight == MAX_TIGHT)
            continue;
        add_tight(judge, hit);
    }
    return judge->n_tight && !can_be_dodged(judge);
}

/* What did not change on either side hits in all four ways. */
static bool stays(const struct hit *hit) { return hit->path->kept && hit->tag->kept; }

/* A hit of `before` against what is `now`, and between old and new processes. */
static unsigned judge_hit(struct judge *judge, const struct hit *hit) {
    struct hits(*hits)[N_SIDES] = judge->hits;
    unsigned found = 0;
    if (!is_hit(judge, &hits[NEW][NEW], SOFT))
        found = PAIR_LOST;
    else if (hit->strength == HARD && !is_hit(judge, &hits[NEW][NEW], HARD))
        found = PAIR_WEAKER;
    bool by_mutation = !is_hit(judge, &hits[NEW][OLD], hit->strength);
    bool by_query = !is_hit(judge, &hits[OLD][NEW], hit->strength);
    if (!found)
        return by_mutation || by_query ? PAIR_MISSED : 0;
    return found | (by_mutation ? PAIR_BY_MUTATION : 0) | (by_query ? PAIR_BY_QUERY : 0);
}

/* A query that is new or gone: does a process of the other kind, whose mutation is another, spare its entries? */
static unsigned judge_half(struct judge *judge, const struct twins *query, const struct twins *mutation) {
    enum side side = query->halves[NEW].name ? NEW : OLD;
    const struct hits *own = &judge->hits[side][side], *others = &judge->hits[OTHER(side)][side];
    for (size_t i = 0; i < own->n; i++) {
        if (own->items[i].path->kept)
            continue;
        start(judge, query, mutation);
        assume(judge, &own->items[i]);
        if (!is_hit(judge, others, own->items[i].strength))
            return PAIR_MISSED;
    }
    return 0;
}

unsigned judge_pair(struct judge *judge, const struct twins *query, const struct twins *mutation) {
    if (!mutation->halves[OLD].name || (!is_whole(query) && !is_whole(mutation)))
        return 0; /* nobody has called it yet, or nobody can any more */
    find_hits(judge, query, mutation);
    judge->steps += judge->hits[OLD][OLD].n + judge->hits[NEW][NEW].n + 1;
    if (!is_whole(query))
        return judge_half(judge, query, mutation);
    const struct hits *before = &judge->hits[OLD][OLD], *now = &judge->hits[NEW][NEW];
    unsigned found = 0;
    for (size_t i = 0; i < before->n; i++) {
        if (stays(&before->items[i]))
            continue;
        start(judge, query, mutation);
        assume(judge, &before->items[i]);
        found |= judge_hit(judge, &before->items[i]);
    }
    for (size_t i = 0; i < now->n && !(found & PAIR_WIDER); i++) {
        if (stays(&now->items[i]))
            continue;
        start(judge, query, mutation);
        assume(judge, &now->items[i]);
        if (!is_hit(judge, before, now->items[i].strength))
            found |= PAIR_WIDER;
    }
    return found & (PAIR_LOST | PAIR_WEAKER) ? found & ~(unsigned)PAIR_MISSED : found;
}

size_t judge_steps(const struct judge *judge) { return judge->steps; }
