/* SPDX-License-Identifier: MIT
 *
 * Random small schemas, edited at random: what diff says of every pair is what trying everything finds.
 * T87S_DIFF_WORLDS: how many (3000); T87S_DIFF_SEED: the first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "brute.h"
#include "changes.h"
#include "files.h"
#include "load_text.h"
#include "suites.h"
#include "world.h"

enum { MAX_EDITS = 8, NAME_SIZE = 32 };

static size_t n_narrow, n_weaker, n_wider, n_missed, n_early, n_same, n_too_big, n_own, n_gists;

/* ---- what the compiler says ---- */

struct verdicts {
    struct changes changes;
    struct arena arena;
    struct pairs pairs;
    unsigned found[WORLD_FUNCTIONS * 2][WORLD_FUNCTIONS * 2]; /* by the first twins of the cohorts */
    struct loaded *old, *new;
};

static void record(void *context, struct cohort *query, struct cohort *mutation, unsigned found) {
    struct verdicts *verdicts = context;
    unsigned *at =
        &verdicts->found[query->first - verdicts->changes.queries][mutation->first - verdicts->changes.mutations];
    ck_assert_msg(*at == 0, "a pair is judged twice");
    *at = found;
}

static void judge(void *context) {
    struct verdicts *verdicts = context;
    changes_find(&verdicts->changes, (const struct model *const[]){verdicts->old->model, verdicts->new->model},
                 &verdicts->arena);
    pairs_init(&verdicts->pairs, &verdicts->changes);
    verdicts->pairs.on_pair = record;
    verdicts->pairs.context = verdicts;
    pairs_judge(&verdicts->pairs, &verdicts->changes);
}

/* ---- what there is ---- */

/* New parameters get the names of those they are the same as: which these are is twins.c's, and its tests', matter. */
static void rename_params(const struct twins *twins, struct model_param *params, char names[][NAME_SIZE]) {
    const struct half *new = &twins->halves[NEW], *old = &twins->halves[OLD];
    for (size_t i = 0; i < new->n_params; i++) {
        int same = find_old_param(twins, i);
        params[i] = new->params[i];
        snprintf(names[i], NAME_SIZE, "new%zu", i);
        params[i].name = same < 0 ? names[i] : old->params[same].name;
    }
}

static struct brute try_pair(const struct twins *query, const struct twins *mutation) {
    struct model_query new_query;
    struct model_mutation old_mutation, new_mutation;
    struct model_param query_params[MODEL_MAX_PARAMS], new_params[MODEL_MAX_PARAMS];
    char query_names[MODEL_MAX_PARAMS][NAME_SIZE], names[MODEL_MAX_PARAMS][NAME_SIZE];
    const struct half *old = &mutation->halves[OLD], *new = &mutation->halves[NEW];
    if (query->halves[NEW].name) {
        rename_params(query, query_params, query_names);
        new_query = *query->halves[NEW].query;
        new_query.params = query_params;
    }
    rename_params(mutation, new_params, names);
    old_mutation = (struct model_mutation){.n_params = old->n_params,
                                           .params = (struct model_param *)(uintptr_t)old->params,
                                           .n_invalidates = old->n_specs,
                                           .invalidates = (struct model_spec *)(uintptr_t)old->model_specs};
    new_mutation = (struct model_mutation){.n_params = new->n_params,
                                           .params = new_params,
                                           .n_invalidates = new->n_specs,
                                           .invalidates = (struct model_spec *)(uintptr_t) new->model_specs};
    return brute_judge(query->halves[OLD].query, query->halves[NEW].name ? &new_query : NULL,
                       old->name ? &old_mutation : NULL, new->name ? &new_mutation : NULL);
}

/* Who invalidates this tag invalidated the query by one of its tags, and does not any more. */
static bool is_lost(const struct verdicts *verdicts, const struct model_query *old_query,
                    const struct model_query *new_query, const struct model_node *tag, bool exact) {
    const struct model_node *new_tag = verdicts->changes.tags.of[OLD][tag->index]->nodes[NEW];
    struct brute own = brute_judge_own(old_query, new_query, tag, new_tag, exact);
    return !own.too_big && own.narrow && own.missed;
}

static bool is_on_the_way(const struct model_node *tag, const struct model_node *to) {
    while (to && to != tag)
        to = to->parent;
    return to != NULL;
}

/* Something that the application could invalidate is lost, and no mutation is concerned by that tag of the query. */
static bool has_own(const struct verdicts *verdicts, const struct twins *query) {
    const struct model *old = verdicts->changes.models[OLD];
    struct model_query old_query = *query->halves[OLD].query, new_query = *query->halves[NEW].query;
    struct model_param params[MODEL_MAX_PARAMS];
    char names[MODEL_MAX_PARAMS][NAME_SIZE];
    bool found = false;
    rename_params(query, params, names);
    new_query.params = params;
    old_query.n_tags = 1;
    for (size_t i = 0; i < query->halves[OLD].n_specs && !found; i++) {
        const struct model_node *tag = query->halves[OLD].query->tags[i].node;
        old_query.tags = &query->halves[OLD].query->tags[i];
        for (const struct model_node *at = tag; at->parent; at = at->parent)
            found |= is_lost(verdicts, &old_query, &new_query, at, false);
        for (size_t j = 0; j < old->n_mutations && found; j++)
            for (size_t k = 0; k < old->mutations[j].n_invalidates && found; k++) {
                const struct model_spec *path = &old->mutations[j].invalidates[k];
                found = !(path->exact ? path->node == tag : is_on_the_way(path->node, tag)) ||
                        !is_lost(verdicts, &old_query, &new_query, path->node, path->exact);
            }
    }
    return found;
}

/* ---- both ---- */

static void expect_pair(unsigned found, const struct brute *brute, const char *text) {
    bool narrow = found & (PAIR_LOST | PAIR_WEAKER);
    ck_assert_msg(narrow == brute->narrow && !(found & PAIR_LOST) == !brute->lost, "NARROW: %x, %d lost %d\n%s", found,
                  brute->narrow, brute->lost, text);
    ck_assert_msg(!(found & PAIR_WIDER) == !brute->wider, "WIDEN: %x\n%s", found, text);
    ck_assert_msg(!(found & PAIR_MISSED) == !((brute->missed && !brute->narrow) || brute->early), "MISSED: %x\n%s",
                  found, text);
    n_narrow += brute->lost;
    n_weaker += brute->narrow && !brute->lost;
    n_wider += brute->wider;
    n_missed += brute->missed && !brute->narrow;
    n_early += brute->early;
    n_same += !found;
}

static void expect_all(struct verdicts *verdicts, const char *text) {
    const struct changes *changes = &verdicts->changes;
    for (size_t i = 0; i < changes->n_queries; i++)
        for (size_t j = 0; j < changes->n_mutations; j++) {
            const struct twins *query = &changes->queries[i], *mutation = &changes->mutations[j];
            unsigned found =
                verdicts->found[query->cohort->first - changes->queries][mutation->cohort->first - changes->mutations];
            struct brute brute = try_pair(query, mutation);
            char *which = text_of("%s, %s\n%s", newest(query)->name, newest(mutation)->name, text);
            if (brute.too_big)
                n_too_big++;
            else
                expect_pair(found, &brute, which);
            free(which);
        }
}

/* The errors of the whole diff are there exactly if something is worse than before. */
static void expect_errors(struct verdicts *verdicts, const char *text) {
    const struct changes *changes = &verdicts->changes;
    struct diff diff;
    bool worse = false;
    for (size_t i = 0; i < changes->n_queries; i++) {
        const struct twins *query = &changes->queries[i];
        if (is_whole(query) && has_own(verdicts, query)) {
            worse = true;
            n_own++;
        }
        for (size_t j = 0; j < changes->n_mutations; j++) {
            struct brute brute = try_pair(query, &changes->mutations[j]);
            worse |= brute.narrow || brute.missed;
        }
    }
    ck_assert(diff_schemas(&diff, verdicts->old, verdicts->new, &(struct diff_options){.max_each = 0}));
    ck_assert_msg((diff.n_errors[DIFF_INVALIDATION] > 0) == worse, "%zu errors, %d\n%s",
                  diff.n_errors[DIFF_INVALIDATION], worse, text);
    diff_free(&diff);
}

/* Those of several cohorts, which are judged twice. */
static void count_gists(const struct cohorts *cohorts) {
    for (const struct gist *gist = cohorts->first_gist; gist; gist = gist->next)
        n_gists += gist->n > 1;
}

static void expect_world(uint64_t seed) {
    struct world world;
    struct text old_text, new_text;
    struct loaded old, new;
    struct verdicts verdicts = {.old = &old, .new = &new};
    text_init(&old_text);
    text_init(&new_text);
    world_make(&world, seed);
    world_print(&world, &old_text);
    for (uint64_t i = 0; i <= seed % MAX_EDITS; i++)
        world_edit(&world);
    world_print(&world, &new_text);
    char *both =
        text_of("seed %llu\n// before\n%s// after\n%s", (unsigned long long)seed, old_text.data, new_text.data);
    ck_assert_msg(load_text(old_text.data, &old) == LOAD_OK, "%s%s", both, found_in(&old));
    ck_assert_msg(load_text(new_text.data, &new) == LOAD_OK, "%s%s", both, found_in(&new));
    arena_init(&verdicts.arena);
    ck_assert(arena_run(&verdicts.arena, judge, &verdicts));
    expect_all(&verdicts, both);
    count_gists(&verdicts.pairs.queries);
    count_gists(&verdicts.pairs.mutations);
    expect_errors(&verdicts, both);
    arena_free(&verdicts.arena);
    load_free(&old);
    load_free(&new);
    text_free(&old_text);
    text_free(&new_text);
    free(both);
}

static unsigned long long from_environment(const char *name, unsigned long long otherwise) {
    const char *value = getenv(name);
    return value ? strtoull(value, NULL, 10) : otherwise;
}

START_TEST(verdicts_are_those_of_trying_everything)
{
    unsigned long long n = from_environment("T87S_DIFF_WORLDS", 3000), seed = from_environment("T87S_DIFF_SEED", 1);
    for (unsigned long long i = 0; i < n; i++)
        expect_world(seed + i);
    printf("%zu lost, %zu weaker, %zu wider, %zu missed, %zu early, %zu own, %zu as before, %zu not tried, %zu gists\n",
           n_narrow, n_weaker, n_wider, n_missed, n_early, n_own, n_same, n_too_big, n_gists);
    if (n >= 3000)
        ck_assert(n_narrow > 700 && n_weaker > 60 && n_wider > 600 && n_missed > 200 && n_early > 15 && n_own > 700 &&
                  n_gists > 100);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("verdicts of diff");
    TCase *tests = tcase_create("verdicts of diff");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, verdicts_are_those_of_trying_everything);
    suite_add_tcase(suite, tests);
    return run_suites(suite, NULL);
}
