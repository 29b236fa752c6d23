/* SPDX-License-Identifier: MIT
 *
 * INVALIDATION: what was found about pairs, told once for each query and mutation that caused it.
 *
 * An application may invalidate a tag by itself, too, through its constructor. Where a mutation has a path on the part
 * of a tag that changed, what becomes of that mutation is what there is to say. Where none has, the query must carry
 * the tag for the application's sake, which is then like a mutation that nobody declared.
 */
#include <string.h>

#include "changes.h"

#define IN_THE_RUNNING_SYSTEM "in the running system: "

struct teller {
    struct changes *changes;
    uint8_t *paths[N_SIDES]; /* by a tag's number: which paths of mutations end there */
    size_t n_searches;
};

enum { BY_PREFIX = 1, EXACTLY = 2 };

enum {
    MAX_SEARCHES = 20,   /* mutations that are gone that a successor is looked for */
    MAX_SEARCHED = 10000 /* mutations that it is looked for among */
};

/* ---- what the application invalidates by itself ---- */

static uint8_t *find_paths(const struct changes *changes, enum side side) {
    uint8_t *paths = ARENA_ARRAY(changes->arena, uint8_t, changes->tags.n);
    for (size_t i = 0; i < changes->n_mutations; i++) {
        const struct half *half = &changes->mutations[i].halves[side];
        for (size_t j = 0; j < half->n_specs; j++)
            paths[half->specs[j].tag->number] |= half->specs[j].exact ? EXACTLY : BY_PREFIX;
    }
    return paths;
}

static bool is_for_mutations(const uint8_t *paths, const struct spec *spec) {
    for (const struct both_tag *tag = spec->tag; tag->depth > spec->shared; tag = tag->parent)
        if (paths[tag->number] & BY_PREFIX)
            return true;
    return !spec->kept && paths[spec->tag->number] & EXACTLY;
}

/* A tag on the way to one of the query's, which is on the way to none of the other twin's; NULL: there is none that is
 * the application's. */
static const struct both_tag *find_own(const struct teller *teller, const struct twins *query, enum side side,
                                       bool in_both) {
    for (size_t i = 0; i < query->halves[side].n_specs; i++) {
        const struct spec *spec = &query->halves[side].specs[i];
        if (is_for_mutations(teller->paths[side], spec))
            continue;
        for (const struct both_tag *tag = spec->tag; tag->depth > spec->shared; tag = tag->parent)
            if ((tag->nodes[OTHER(side)] != NULL) == in_both)
                return tag;
    }
    return NULL;
}

/* ---- messages ---- */

/* "'a' and 'b', nor by what ...": `joint` is the word between. */
static const char *spell_actors(struct changes *changes, const struct tally *tally, enum side side,
                                const struct both_tag *own, const char *joint) {
    struct text out;
    text_init_in(&out, changes->arena);
    if (tally->n)
        text_append(&out, spell_names(changes, tally, side, "mutations"));
    if (tally->n && own)
        text_printf(&out, ", %s by ", joint);
    if (own)
        text_printf(&out, "what the application invalidates by the tag '%s'", spell_node(changes, own->nodes[side]));
    return text_string(&out);
}

/* Where the specs stand that the other twin has not. */
static void note_specs(struct changes *changes, struct diag *diag, const struct twins *twins, enum side side) {
    static const char *const verbs[N_SIDES][2] = {
        [OLD] = {"it invalidated", "it carried"}, [NEW] = {"now it invalidates", "now it carries"}};
    const struct half *half = &twins->halves[side];
    size_t n = 0;
    for (size_t i = 0; i < half->n_specs && n < MAX_NAMED; i++) {
        const struct spec *spec = &half->specs[i];
        if (spec->kept)
            continue;
        diag_note(&changes->diff->diags, diag, spec->model->place, "%s '%s%s'", verbs[side][half->query != NULL],
                  spell_spec(changes, spec, half),
                  spec->exact  ? " exact"
                  : spec->soft ? " soft"
                               : "");
        n++;
    }
}

/* ---- by a query ---- */

static void tell_lost(const struct teller *teller, const struct twins *query) {
    struct changes *changes = teller->changes;
    const struct half *new = &query->halves[NEW];
    const struct tally *tally = &query->cohort->tallies[TALLY_LOST];
    const struct both_tag *own = find_own(teller, query, OLD, true);
    struct finding finding = finding_of(T2301, query);
    if ((!tally->n && !own) || !count_finding(changes, &finding))
        return;
    struct diag_list *diags = &changes->diff->diags;
    struct diag *diag = add_finding(changes, &finding, width_of(new->name),
                                    spell(changes, "'%s' is no longer made stale by %s (NARROW)", new->name,
                                          spell_actors(changes, tally, OLD, own, "nor")));
    note_specs(changes, diag, query, OLD);
    note_specs(changes, diag, query, NEW);
    diag_help(diags, diag, IN_THE_RUNNING_SYSTEM "its answers stay wrong until %s ends",
              spell_ttl(changes, new->query));
    diag_help(diags, diag,
              "instead: keep the old tag beside the new ones until every mutation invalidates one of the new ones");
    tell_how_to_allow(changes, &finding, diag);
}

static void tell_missed(const struct teller *teller, const struct twins *query) {
    struct changes *changes = teller->changes;
    const struct half *new = &query->halves[NEW];
    const struct tally *tally = &query->cohort->tallies[TALLY_MISSED];
    const struct both_tag *lost = find_own(teller, query, OLD, true);
    const struct both_tag *own = lost ? NULL : find_own(teller, query, OLD, false);
    struct finding finding = finding_of(T2304, query);
    if ((!tally->n && !own) || !count_finding(changes, &finding))
        return;
    struct diag_list *diags = &changes->diff->diags;
    struct diag *diag = add_finding(changes, &finding, width_of(new->name),
                                    spell(changes, "during a rolling deploy '%s' is not made stale by %s (NARROW)",
                                          new->name, spell_actors(changes, tally, OLD, own, "nor")));
    note_specs(changes, diag, query, OLD);
    note_specs(changes, diag, query, NEW);
    diag_help(diags, diag,
              IN_THE_RUNNING_SYSTEM "while old and new processes share a tier, what the ones invalidate leaves the "
                                    "answers of the others, until %s ends",
              spell_ttl(changes, new->query));
    diag_help(diags, diag, "instead, in two deploys: carry and invalidate the old tags and the new, then drop the old");
    tell_how_to_allow(changes, &finding, diag);
}

static void tell_wider(const struct teller *teller, const struct twins *query) {
    struct changes *changes = teller->changes;
    const struct half *new = &query->halves[NEW];
    const struct tally *tally = &query->cohort->tallies[TALLY_WIDER];
    const struct both_tag *own = find_own(teller, query, NEW, true);
    struct finding finding = finding_of(T2311, query);
    if ((!tally->n && !own) || !count_finding(changes, &finding))
        return;
    struct diag *diag = add_finding(changes, &finding, width_of(new->name),
                                    spell(changes, "'%s' is also made stale by %s (WIDEN)", new->name,
                                          spell_actors(changes, tally, NEW, own, "and")));
    note_specs(changes, diag, query, NEW);
    diag_help(&changes->diff->diags, diag, IN_THE_RUNNING_SYSTEM "more misses, and more fetches; nothing is wrong");
    diag_help(&changes->diff->diags, diag, "if it is not meant, carry a tag that nothing else is invalidated by");
    tell_how_to_allow(changes, &finding, diag);
}

/* A query that came or went together with a path. */
static void tell_order(struct changes *changes, const struct twins *query) {
    const struct half *half = newest(query);
    bool came = query->halves[NEW].name != NULL;
    const struct tally *tally = &query->cohort->tallies[TALLY_MISSED];
    struct finding finding = finding_of(T2313, query);
    if (!tally->n || !count_finding(changes, &finding))
        return;
    struct diag_list *diags = &changes->diff->diags;
    const char *names = spell_names(changes, tally, came ? OLD : NEW, "mutations");
    struct diag *diag = add_finding(
        changes, &finding, width_of(half->name),
        came ? spell(changes, "'%s' is new, and in old processes it is not made stale by %s yet", half->name, names)
             : spell(changes, "'%s' is gone, and in old processes it is no longer made stale by the new %s", half->name,
                     names));
    diag_note(diags, diag, newest(tally->named[0])->place, "'%s' is here", newest(tally->named[0])->name);
    diag_help(
        diags, diag,
        came ? IN_THE_RUNNING_SYSTEM "what an old process changes leaves its answers in the new ones, until %s ends"
             : IN_THE_RUNNING_SYSTEM "what a new process changes leaves its answers in the old ones, until %s ends",
        spell_ttl(changes, half->query));
    diag_help(diags, diag,
              came ? "instead, in two deploys: the mutation first, then the query"
                   : "instead, in two deploys: drop the query first, then the path");
    tell_how_to_allow(changes, &finding, diag);
}

/* ---- by either ---- */

static void tell_weaker(struct changes *changes, const struct twins *twins) {
    const struct half *new = newest(twins);
    const struct tally *tally = &twins->cohort->tallies[TALLY_WEAKER];
    struct finding finding = finding_of(T2303, twins);
    if (!tally->n || !count_finding(changes, &finding))
        return;
    struct diag_list *diags = &changes->diff->diags;
    const char *names = spell_names(changes, tally, OLD, new->query ? "mutations" : "queries");
    struct diag *diag =
        add_finding(changes, &finding, width_of(new->name),
                    new->query ? spell(changes, "'%s' is only made stale softly now by %s (NARROW)", new->name, names)
                               : spell(changes, "'%s' makes %s stale only softly now (NARROW)", new->name, names));
    note_specs(changes, diag, twins, OLD);
    note_specs(changes, diag, twins, NEW);
    diag_help(diags, diag,
              IN_THE_RUNNING_SYSTEM "within their grace old answers, which were gone at once, are served once more, "
                                    "marked stale");
    diag_help(diags, diag, "instead: no 'soft' where an old answer is wrong, and not merely old");
    tell_how_to_allow(changes, &finding, diag);
}

/* ---- by a mutation ---- */

/* Does the path hit what the other one did, when each parameter stands for the one that it filled in for so far? */
static bool stands_in(const struct spec *path, const struct spec *old, uint8_t filled_by[MAX_VARS]) {
    uint8_t now[MAX_VARS];
    memcpy(now, filled_by, MAX_VARS);
    if (!(path->exact ? old->exact && path->tag == old->tag : tag_covers(path->tag, old->tag)) ||
        (path->soft && !old->soft))
        return false;
    for (size_t i = 0; i < path->tag->n_wilds; i++) {
        uint8_t *by = &now[old->vars[i]];
        if (*by != MAX_VARS && *by != path->vars[i])
            return false;
        *by = path->vars[i];
    }
    memcpy(filled_by, now, MAX_VARS);
    return true;
}

static bool invalidates_as_much(const struct half *new, const struct half *old) {
    uint8_t filled_by[MAX_VARS];
    memset(filled_by, MAX_VARS, MAX_VARS); /* nothing yet */
    for (size_t i = 0; i < old->n_specs; i++) {
        size_t at = 0;
        while (at < new->n_specs && !stands_in(&new->specs[at], &old->specs[i], filled_by))
            at++;
        if (at == new->n_specs)
            return false;
    }
    return true;
}

/* A new mutation that could be called in the place of one that is gone. */
static const char *find_successor(struct teller *teller, const struct twins *gone) {
    const struct changes *changes = teller->changes;
    if (teller->n_searches++ >= MAX_SEARCHES)
        return NULL;
    for (size_t i = 0; i < changes->n_mutations && i < MAX_SEARCHED; i++) {
        const struct twins *other = &changes->mutations[i];
        if (!other->halves[OLD].name && invalidates_as_much(&other->halves[NEW], &gone->halves[OLD]))
            return other->halves[NEW].name;
    }
    return NULL;
}

static void tell_spared(struct teller *teller, const struct twins *mutation) {
    struct changes *changes = teller->changes;
    const struct half *half = newest(mutation);
    const struct tally *tally = &mutation->cohort->tallies[TALLY_LOST];
    bool gone = !mutation->halves[NEW].name;
    struct finding finding = finding_of(T2302, mutation);
    if (!tally->n || !count_finding(changes, &finding))
        return;
    struct diag_list *diags = &changes->diff->diags;
    const char *names = spell_names(changes, tally, NEW, "queries");
    struct diag *diag =
        add_finding(changes, &finding, width_of(half->name),
                    gone ? spell(changes, "'%s' is gone, and with it what made %s stale (NARROW)", half->name, names)
                         : spell(changes, "'%s' no longer makes %s stale (NARROW)", half->name, names));
    if (!gone) {
        note_specs(changes, diag, mutation, OLD);
        note_specs(changes, diag, mutation, NEW);
    }
    diag_help(diags, diag, IN_THE_RUNNING_SYSTEM "after it their old answers are served until %s ends",
              spell_ttl(changes, tally->n == 1 ? newest(tally->named[0])->query : NULL));
    const char *successor = gone && diag ? find_successor(teller, mutation) : NULL;
    if (successor)
        diag_help(diags, diag, "'%s', which is new, invalidates as much: if it is called instead, nothing is lost",
                  successor);
    else
        diag_help(diags, diag,
                  gone ? "instead: see to it that what takes its place invalidates the same"
                       : "instead: go on invalidating the old path too, until no query needs it");
    tell_how_to_allow(changes, &finding, diag);
}

static void tell_reaches_more(struct changes *changes, const struct twins *mutation) {
    const struct half *new = newest(mutation);
    const struct tally *tally = &mutation->cohort->tallies[TALLY_WIDER];
    struct finding finding = finding_of(T2312, mutation);
    if (!tally->n || !count_finding(changes, &finding))
        return;
    struct diag *diag = add_finding(
        changes, &finding, width_of(new->name),
        spell(changes, "'%s' also makes %s stale (WIDEN)", new->name, spell_names(changes, tally, NEW, "queries")));
    note_specs(changes, diag, mutation, NEW);
    diag_help(&changes->diff->diags, diag, IN_THE_RUNNING_SYSTEM "more misses, and more fetches; nothing is wrong");
    diag_help(&changes->diff->diags, diag,
              "if it is not meant, invalidate a longer path, or this one 'exact' or 'soft'");
    tell_how_to_allow(changes, &finding, diag);
}

static void tell_unjudged(struct changes *changes) {
    struct finding finding = finding_of_schema(changes, T2390);
    if (!count_finding(changes, &finding))
        return;
    struct diag *diag =
        add_finding(changes, &finding, width_of(changes->models[NEW]->schema),
                    "too many queries and mutations changed at once: not every pair of them was judged");
    tell_how_to_allow(changes, &finding, diag);
}

void tell_pairs(struct changes *changes, const struct pairs *pairs) {
    struct teller teller = {changes, {find_paths(changes, OLD), find_paths(changes, NEW)}, 0};
    for (size_t i = 0; i < changes->n_queries; i++) {
        const struct twins *query = &changes->queries[i];
        if (!is_whole(query)) {
            tell_order(changes, query);
            continue;
        }
        if (!query->changed)
            continue;
        tell_lost(&teller, query);
        tell_weaker(changes, query);
        tell_missed(&teller, query);
        tell_wider(&teller, query);
    }
    for (size_t i = 0; i < changes->n_mutations; i++) {
        const struct twins *mutation = &changes->mutations[i];
        if (!mutation->changed)
            continue;
        tell_spared(&teller, mutation);
        tell_weaker(changes, mutation);
        tell_reaches_more(changes, mutation);
    }
    if (pairs->out_of_steps)
        tell_unjudged(changes);
}
