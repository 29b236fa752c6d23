/* SPDX-License-Identifier: MIT
 *
 * Which pairs of a query and a mutation are judged. Most are alike before and after without a look: a pair can only
 * change by a hit that stands on a tag or path that the other twin has not. So
 *
 *     of a changed query, the mutations with a path on the part of a tag that was not shared,
 *     of a changed mutation, the queries with a tag below a path that no other path implies
 *
 * are all that need judging, each pair once, and of functions that are alike to the judge one each. Should there still
 * be too many, a function is left as soon as something is found, and at last the judging ends and says so.
 */
#include <string.h>

#include "changes.h"

enum { MOST_STEPS = 1 << 26 }; /* about a second */

static const char space_of_cohorts;

/* ---- cohorts ---- */

struct encoder {
    struct text text;
    uint8_t names[MAX_VARS]; /* in the order they are met, from 1 */
    uint8_t n_names;
};

static void encode(struct encoder *encoder, const void *bytes, size_t size) {
    text_append_bytes(&encoder->text, bytes, size);
}

static void encode_half(struct encoder *encoder, const struct twins *twins, enum side side) {
    const struct half *half = &twins->halves[side];
    uint32_t head[] = {half->name != NULL, (uint32_t)half->n_specs};
    encode(encoder, head, sizeof head);
    for (size_t i = 0; i < half->n_specs; i++) {
        const struct spec *spec = &half->specs[i];
        uint32_t numbers[] = {spec->tag->number, spec->exact * 2u + spec->soft};
        encode(encoder, numbers, sizeof numbers);
        for (size_t j = 0; j < spec->tag->n_wilds; j++) {
            uint8_t *name = &encoder->names[spec->vars[j]];
            uint8_t fill[] = {0, twins->limits[spec->vars[j]]};
            if (!*name)
                *name = ++encoder->n_names;
            fill[0] = *name;
            encode(encoder, fill, sizeof fill);
        }
    }
}

static void add_to_cohort(struct cohorts *cohorts, struct scope *scope, struct intern *intern, struct text *scratch,
                          struct twins *twins) {
    struct encoder encoder = {.text = *scratch};
    encoder.text.size = 0;
    const struct model_query *query = newest(twins)->query;
    text_append_char(&encoder.text, query && query->grace_ms == 0);
    encode_half(&encoder, twins, OLD);
    encode_half(&encoder, twins, NEW);
    const char *key = intern_name(intern, encoder.text.data, encoder.text.size);
    *scratch = encoder.text;
    struct cohort *cohort = scope_get(scope, &space_of_cohorts, key);
    if (!cohort) {
        cohort = ARENA_NEW(scope->arena, struct cohort);
        cohort->first = twins;
        scope_put(scope, &space_of_cohorts, key, cohort);
        if (cohorts->last)
            cohorts->last->next = cohort;
        else
            cohorts->first = cohort;
        cohorts->last = cohort;
        cohorts->n++;
    }
    if (cohort->n_named < MAX_NAMED)
        cohort->named[cohort->n_named++] = twins;
    cohort->n++;
    twins->cohort = cohort;
}

static struct cohorts find_cohorts(struct changes *changes, struct twins *twins, size_t n) {
    struct cohorts cohorts = {0};
    struct scope scope;
    struct text scratch;
    scope_init(&scope, changes->arena);
    text_init_in(&scratch, changes->arena);
    for (size_t i = 0; i < n; i++)
        add_to_cohort(&cohorts, &scope, &changes->intern, &scratch, &twins[i]);
    return cohorts;
}

/* ---- who is where ---- */

/* The specs of all cohorts of one kind and side, in the order of the tags. */
struct index {
    uint32_t *firsts; /* by a tag's number; one more at the end */
    struct entry {
        struct cohort *cohort;
        bool exact;
    } * entries;
};

static struct index make_index(const struct changes *changes, const struct cohorts *cohorts, enum side side) {
    size_t n = 0, n_tags = changes->tags.n;
    for (const struct cohort *cohort = cohorts->first; cohort; cohort = cohort->next)
        n += cohort->first->halves[side].n_specs;
    struct index index = {ARENA_ARRAY(changes->arena, uint32_t, n_tags + 2),
                          ARENA_ARRAY(changes->arena, struct entry, n)};
    /* Counted one place further on, so that filling moves each to where it belongs. */
    for (const struct cohort *cohort = cohorts->first; cohort; cohort = cohort->next)
        for (size_t i = 0; i < cohort->first->halves[side].n_specs; i++)
            index.firsts[cohort->first->halves[side].specs[i].tag->number + 2]++;
    for (size_t i = 0; i < n_tags; i++)
        index.firsts[i + 2] += index.firsts[i + 1];
    for (struct cohort *cohort = cohorts->first; cohort; cohort = cohort->next)
        for (size_t i = 0; i < cohort->first->halves[side].n_specs; i++) {
            const struct spec *spec = &cohort->first->halves[side].specs[i];
            index.entries[index.firsts[spec->tag->number + 1]++] = (struct entry){cohort, spec->exact};
        }
    return index;
}

/* ---- pairs ---- */

/* A hit of this path on the tag, which is on its way, stands on what the other twin of the query has not. */
static bool stands_on_change(const struct both_tag *path, bool exact, const struct spec *tag) {
    return exact ? path == tag->tag && !tag->kept : path->depth > tag->shared;
}

/* Judged because of the query: pairs_of_mutation() leaves it out. */
static bool changes_by_query(struct pairs *pairs, const struct twins *query, const struct twins *mutation) {
    if (!is_whole(query) || !query->changed)
        return false;
    for (int side = OLD; side < N_SIDES; side++) {
        const struct half *tags = &query->halves[side], *paths = &mutation->halves[side];
        pairs->steps += tags->n_specs * paths->n_specs;
        for (size_t i = 0; i < paths->n_specs; i++)
            for (size_t j = 0; j < tags->n_specs; j++)
                if (tag_covers(paths->specs[i].tag, tags->specs[j].tag) &&
                    stands_on_change(paths->specs[i].tag, paths->specs[i].exact, &tags->specs[j]))
                    return true;
    }
    return false;
}

/* False: enough of this one. */
static bool judge_one(struct pairs *pairs, struct cohort *query, struct cohort *mutation) {
    size_t before = judge_steps(pairs->judge);
    unsigned found = judge_pair(pairs->judge, query->first, mutation->first);
    pairs->steps += judge_steps(pairs->judge) - before;
    if (found)
        pairs->on_pair(pairs->context, query, mutation, found);
    pairs->out_of_steps |= pairs->steps >= pairs->most_steps;
    if (pairs->steps < pairs->most_steps / 2)
        return true;
    bool enough = found & (PAIR_LOST | PAIR_WEAKER | PAIR_MISSED);
    pairs->short_of_steps |= enough;
    return !enough && !pairs->out_of_steps;
}

static void pairs_of_query(struct pairs *pairs, struct cohort *query, const struct index mutations[N_SIDES]) {
    const struct twins *twins = query->first;
    for (int side = OLD; side < N_SIDES; side++)
        for (size_t i = 0; i < twins->halves[side].n_specs; i++) {
            const struct spec *spec = &twins->halves[side].specs[i];
            for (const struct both_tag *tag = spec->tag; tag->parent; tag = tag->parent) {
                if (tag->depth <= spec->shared && (tag != spec->tag || spec->kept))
                    break;
                for (uint32_t at = mutations[side].firsts[tag->number]; at < mutations[side].firsts[tag->number + 1];
                     at++) {
                    const struct entry *entry = &mutations[side].entries[at];
                    pairs->steps++;
                    if (entry->cohort->seen == query || !stands_on_change(tag, entry->exact, spec))
                        continue;
                    entry->cohort->seen = query;
                    if (!judge_one(pairs, query, entry->cohort))
                        return;
                }
            }
        }
}

static void pairs_of_mutation(struct pairs *pairs, struct cohort *mutation, const struct index queries[N_SIDES]) {
    const struct twins *twins = mutation->first;
    for (int side = OLD; side < N_SIDES; side++)
        for (size_t i = 0; i < twins->halves[side].n_specs; i++) {
            const struct spec *spec = &twins->halves[side].specs[i];
            if (spec->implied)
                continue;
            uint32_t after = spec->exact ? spec->tag->number + 1 : spec->tag->after;
            for (uint32_t at = queries[side].firsts[spec->tag->number]; at < queries[side].firsts[after]; at++) {
                struct cohort *query = queries[side].entries[at].cohort;
                pairs->steps++;
                if (query->seen == mutation)
                    continue;
                query->seen = mutation;
                if (!changes_by_query(pairs, query->first, twins) && !judge_one(pairs, query, mutation))
                    return;
            }
        }
}

void pairs_judge(struct pairs *pairs, const struct changes *changes) {
    struct index mutations[N_SIDES], queries[N_SIDES];
    for (int side = OLD; side < N_SIDES; side++) {
        mutations[side] = make_index(changes, &pairs->mutations, (enum side)side);
        queries[side] = make_index(changes, &pairs->queries, (enum side)side);
    }
    for (struct cohort *query = pairs->queries.first; query && !pairs->out_of_steps; query = query->next)
        if (is_whole(query->first) && query->first->changed)
            pairs_of_query(pairs, query, mutations);
    for (struct cohort *mutation = pairs->mutations.first; mutation && !pairs->out_of_steps; mutation = mutation->next)
        if (mutation->first->halves[OLD].name && mutation->first->changed)
            pairs_of_mutation(pairs, mutation, queries);
}

/* ---- tallies ---- */

static void add(struct cohort *cohort, enum tally_kind kind, const struct cohort *other) {
    struct tally *tally = &cohort->tallies[kind];
    tally->n += other->n;
    for (size_t i = 0; i < other->n_named && tally->n_named < MAX_NAMED; i++)
        tally->named[tally->n_named++] = other->named[i];
}

/* Whose change it is: that of the one that changed; of both, that of the mutation only if it would do it alone. */
static void tally_pair(void *context, struct cohort *query, struct cohort *mutation, unsigned found) {
    (void)context;
    bool by_query = is_whole(query->first) && query->first->changed;
    bool by_mutation = mutation->first->changed;
    bool lost_by_mutation = by_mutation && (!by_query || found & PAIR_BY_MUTATION);
    if (found & (PAIR_LOST | PAIR_WEAKER))
        add(lost_by_mutation ? mutation : query, found & PAIR_LOST ? TALLY_LOST : TALLY_WEAKER,
            lost_by_mutation ? query : mutation);
    if (found & PAIR_WIDER)
        add(by_query ? query : mutation, TALLY_WIDER, by_query ? mutation : query);
    if (found & PAIR_MISSED)
        add(query, TALLY_MISSED, mutation);
}

static size_t most_paths(const struct changes *changes) {
    size_t most = 0;
    for (size_t i = 0; i < changes->n_mutations; i++)
        for (int side = OLD; side < N_SIDES; side++) {
            size_t n = changes->mutations[i].halves[side].n_specs;
            most = n > most ? n : most;
        }
    return most;
}

void pairs_init(struct pairs *pairs, struct changes *changes) {
    *pairs = (struct pairs){.queries = find_cohorts(changes, changes->queries, changes->n_queries),
                            .mutations = find_cohorts(changes, changes->mutations, changes->n_mutations),
                            .judge = judge_make(changes->arena, most_paths(changes)),
                            .most_steps = MOST_STEPS,
                            .on_pair = tally_pair};
}
