/* SPDX-License-Identifier: MIT
 *
 * Functions that are alike to the judge, and changes that are: found by a key, all that counts as bytes.
 */
#include <string.h>

#include "changes.h"
#include "text.h"

static const char space_of_cohorts, space_of_gists;

struct finder {
    struct changes *changes;
    struct cohorts *cohorts;
    struct scope scope;
    struct text key;
    uint8_t names[MAX_VARS], n_names; /* of the variables in a key: the order they are met in, from 1 */
};

/* Seven bits a byte and the eighth set: interned names hold no NUL. */
static void encode(struct finder *finder, uint32_t number) {
    do
        text_append_char(&finder->key, (char)(0x80 | (number & 0x7F)));
    while (number >>= 7);
    text_append_char(&finder->key, ' ');
}

static void encode_spec(struct finder *finder, const struct spec *spec, const uint8_t *limits) {
    encode(finder, spec->tag->number);
    encode(finder, spec->exact * 8u + spec->soft * 4u + spec->kept * 2u + spec->implied);
    encode(finder, spec->shared);
    for (size_t i = 0; i < spec->tag->n_wilds; i++) {
        uint8_t *name = &finder->names[spec->vars[i]];
        if (!*name)
            *name = ++finder->n_names;
        encode(finder, *name);
        encode(finder, limits[spec->vars[i]]);
    }
}

static const char *key_of(struct finder *finder, const struct twins *twins) {
    const struct model_query *query = newest(twins)->query;
    finder->key.size = 0;
    finder->n_names = 0;
    memset(finder->names, 0, sizeof finder->names);
    encode(finder, query && query->grace_ms == 0);
    for (int side = OLD; side < N_SIDES; side++) {
        const struct half *half = &twins->halves[side];
        encode(finder, half->name != NULL);
        encode(finder, (uint32_t)half->n_specs);
        for (size_t i = 0; i < half->n_specs; i++)
            encode_spec(finder, &half->specs[i], twins->limits);
    }
    return intern_name(&finder->changes->intern, finder->key.data, finder->key.size);
}

/* ---- gists ---- */

static struct twins difference_of(const struct twins *twins, struct arena *arena) {
    struct twins difference = *twins;
    for (int side = OLD; side < N_SIDES; side++) {
        const struct half *all = &twins->halves[side];
        struct half *half = &difference.halves[side];
        half->n_specs = 0;
        half->specs = ARENA_ARRAY(arena, struct spec, all->n_specs);
        for (size_t i = 0; i < all->n_specs; i++)
            if (!all->specs[i].kept)
                half->specs[half->n_specs++] = all->specs[i];
    }
    return difference;
}

static void add_to_gist(struct finder *finder, struct cohort *cohort) {
    struct cohorts *cohorts = finder->cohorts;
    struct twins difference = difference_of(cohort->first, finder->scope.arena);
    const char *key = key_of(finder, &difference);
    struct gist *gist = scope_get(&finder->scope, &space_of_gists, key);
    if (!gist) {
        gist = ARENA_NEW(finder->scope.arena, struct gist);
        gist->twins = difference;
        scope_put(&finder->scope, &space_of_gists, key, gist);
        if (cohorts->last_gist)
            cohorts->last_gist->next = gist;
        else
            cohorts->first_gist = gist;
        cohorts->last_gist = gist;
    }
    if (gist->last)
        gist->last->next_of_gist = cohort;
    else
        gist->first = cohort;
    gist->last = cohort;
    gist->n++;
}

/* ---- cohorts ---- */

/* A query that is new or gone is looked at for the sake of mutations only; a new mutation not at all. */
static bool has_gist(const struct twins *twins) {
    return twins->changed && twins->halves[OLD].name && (twins->halves[NEW].name || !twins->halves[OLD].query);
}

static void add_to_cohort(struct finder *finder, struct twins *twins) {
    struct cohorts *cohorts = finder->cohorts;
    const char *key = key_of(finder, twins);
    struct cohort *cohort = scope_get(&finder->scope, &space_of_cohorts, key);
    if (!cohort) {
        cohort = ARENA_NEW(finder->scope.arena, struct cohort);
        cohort->first = twins;
        scope_put(&finder->scope, &space_of_cohorts, key, cohort);
        if (cohorts->last)
            cohorts->last->next = cohort;
        else
            cohorts->first = cohort;
        cohorts->last = cohort;
        cohorts->n++;
        if (has_gist(twins))
            add_to_gist(finder, cohort);
    }
    if (cohort->n_named < MAX_NAMED)
        cohort->named[cohort->n_named++] = twins;
    cohort->n++;
    twins->cohort = cohort;
}

struct cohorts find_cohorts(struct changes *changes, struct twins *twins, size_t n) {
    struct cohorts cohorts = {0};
    struct finder finder = {.changes = changes, .cohorts = &cohorts};
    scope_init(&finder.scope, changes->arena);
    text_init_in(&finder.key, changes->arena);
    for (size_t i = 0; i < n; i++)
        add_to_cohort(&finder, &twins[i]);
    return cohorts;
}
