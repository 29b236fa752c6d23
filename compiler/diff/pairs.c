/* SPDX-License-Identifier: MIT
 *
 * Which pairs of a query and a mutation are judged. Most are alike before and after without a look: a pair can only
 * change by a hit that stands on a tag or path that the other twin has not. So
 *
 *     of a changed query, the mutations with a path on the part of a tag that was not shared,
 *     of a changed mutation, the queries with a tag below a path that no other path implies
 *
 * are all that need judging, each pair once; of functions that are alike to the judge, one. Where many changed in the
 * same way, their gist is judged first: what becomes nothing of with the change alone becomes nothing of with what
 * stayed, for that can only hit more, before and after.
 *
 * Should there still be too many, a function is left as soon as something is found; at last the judging ends, and says
 * so.
 */
#include "changes.h"

enum {
    MOST_STEPS = 1 << 26, /* about a second */
    LARGE_GIST = 32       /* is worth a look of its own even when steps are short */
};

/* ---- who is where ---- */

struct entry {
    struct cohort *cohort;
    bool exact;
};

/* The specs of all cohorts of one kind and side, in the order of the tags. */
struct index {
    uint32_t *firsts; /* by a tag's number; one more at the end */
    struct entry *entries;
};

static struct index make_index(const struct changes *changes, const struct cohorts *cohorts, int side) {
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

/* ---- candidates ---- */

/* Somebody who looks at the cohorts of the other kind, each once: at all of them, unless it returns false. */
struct visitor {
    struct pairs *pairs;
    const struct index *indices; /* of the other kind, by side */
    bool (*visit)(struct visitor *visitor, struct cohort *other);
    const void *seen;    /* marks those that were visited */
    struct cohort *self; /* whose partners are judged */
    const struct gist *gist;
    struct cohort **found; /* by gather() */
    size_t n_found;
};

/* A hit of this path on the tag, which is on its way, stands on what the other twin of the query has not. */
static bool stands_on_change(const struct both_tag *path, bool exact, const struct spec *tag) {
    return exact ? path == tag->tag && !tag->kept : path->depth > tag->shared;
}

static void visit_mutations(struct visitor *visitor, const struct twins *query) {
    for (int side = OLD; side < N_SIDES; side++)
        for (size_t i = 0; i < query->halves[side].n_specs; i++) {
            const struct spec *spec = &query->halves[side].specs[i];
            const struct index *index = &visitor->indices[side];
            for (const struct both_tag *tag = spec->tag; tag->parent; tag = tag->parent) {
                if (tag->depth <= spec->shared && (tag != spec->tag || spec->kept))
                    break;
                for (uint32_t at = index->firsts[tag->number]; at < index->firsts[tag->number + 1]; at++) {
                    struct cohort *other = index->entries[at].cohort;
                    visitor->pairs->steps++;
                    if (other->seen == visitor->seen || !stands_on_change(tag, index->entries[at].exact, spec))
                        continue;
                    other->seen = visitor->seen;
                    if (!visitor->visit(visitor, other))
                        return;
                }
            }
        }
}

static void visit_queries(struct visitor *visitor, const struct twins *mutation) {
    for (int side = OLD; side < N_SIDES; side++)
        for (size_t i = 0; i < mutation->halves[side].n_specs; i++) {
            const struct spec *spec = &mutation->halves[side].specs[i];
            const struct index *index = &visitor->indices[side];
            if (spec->implied)
                continue;
            uint32_t after = spec->exact ? spec->tag->number + 1 : spec->tag->after;
            for (uint32_t at = index->firsts[spec->tag->number]; at < index->firsts[after]; at++) {
                struct cohort *other = index->entries[at].cohort;
                visitor->pairs->steps++;
                if (other->seen == visitor->seen)
                    continue;
                other->seen = visitor->seen;
                if (!visitor->visit(visitor, other))
                    return;
            }
        }
}

static void visit_others(struct visitor *visitor, const struct twins *twins) {
    (newest(twins)->query ? visit_mutations : visit_queries)(visitor, twins);
}

/* ---- judging ---- */

/* A pair that was judged because of the query, which comes first. */
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

static unsigned judge_twins(struct pairs *pairs, const struct twins *query, const struct twins *mutation) {
    size_t before = judge_steps(pairs->judge);
    unsigned found = judge_pair(pairs->judge, query, mutation);
    pairs->steps += judge_steps(pairs->judge) - before;
    pairs->out_of_steps |= pairs->steps >= pairs->most_steps;
    return found;
}

static bool is_short_of_steps(const struct pairs *pairs) { return pairs->steps >= pairs->most_steps / 2; }

/* False: enough of visitor->self. */
static bool judge_other(struct visitor *visitor, struct cohort *other) {
    struct pairs *pairs = visitor->pairs;
    bool by_query = newest(visitor->self->first)->query != NULL;
    struct cohort *query = by_query ? visitor->self : other, *mutation = by_query ? other : visitor->self;
    if (!by_query && changes_by_query(pairs, query->first, mutation->first))
        return true;
    unsigned found = judge_twins(pairs, query->first, mutation->first);
    if (found)
        pairs->on_pair(pairs->context, query, mutation, found);
    if (!is_short_of_steps(pairs))
        return true;
    bool enough = found & (PAIR_LOST | PAIR_WEAKER | PAIR_MISSED);
    pairs->short_of_steps |= enough;
    return !enough && !pairs->out_of_steps;
}

/* Keeps those that the gist changes something with. A changed mutation has more to it than the gist of a query. */
static bool gather(struct visitor *visitor, struct cohort *other) {
    const struct twins *gist = &visitor->gist->twins;
    bool by_query = newest(gist)->query != NULL;
    if ((by_query && other->first->changed) ||
        judge_twins(visitor->pairs, by_query ? gist : other->first, by_query ? other->first : gist))
        visitor->found[visitor->n_found++] = other;
    return !visitor->pairs->out_of_steps;
}

static void judge_gist(struct visitor *visitor, const struct gist *gist) {
    bool is_large = gist->n >= (is_short_of_steps(visitor->pairs) ? LARGE_GIST : 2);
    visitor->gist = gist;
    visitor->seen = gist;
    visitor->n_found = 0;
    if (is_large) {
        visitor->visit = gather;
        visit_others(visitor, &gist->twins);
    }
    visitor->visit = judge_other;
    for (struct cohort *self = gist->first; self && !visitor->pairs->out_of_steps; self = self->next_of_gist) {
        visitor->self = self;
        visitor->seen = self;
        if (!is_large)
            visit_others(visitor, self->first);
        for (size_t i = 0; i < visitor->n_found && judge_other(visitor, visitor->found[i]); i++)
            ;
    }
}

void pairs_judge(struct pairs *pairs, const struct changes *changes) {
    struct index mutations[] = {make_index(changes, &pairs->mutations, OLD),
                                make_index(changes, &pairs->mutations, NEW)};
    struct index queries[] = {make_index(changes, &pairs->queries, OLD), make_index(changes, &pairs->queries, NEW)};
    struct visitor visitor = {.pairs = pairs, .indices = mutations};
    visitor.found = ARENA_ARRAY(changes->arena, struct cohort *, pairs->queries.n + pairs->mutations.n);
    for (const struct gist *gist = pairs->queries.first_gist; gist && !pairs->out_of_steps; gist = gist->next)
        judge_gist(&visitor, gist);
    visitor.indices = queries;
    for (const struct gist *gist = pairs->mutations.first_gist; gist && !pairs->out_of_steps; gist = gist->next)
        judge_gist(&visitor, gist);
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
