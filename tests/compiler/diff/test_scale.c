/* SPDX-License-Identifier: MIT
 *
 * Up to a hundred thousand queries and as many mutations, all changed at once. Work is counted in steps, not in
 * seconds: it must grow with the schema and not with the pairs, and the tallies must be whole. What cannot be done so
 * is told.
 */
#include <stdlib.h>
#include <string.h>

#include "changes.h"
#include "load_text.h"
#include "suites.h"
#include "text.h"

enum { ALL = 100000, FEWER = 20000 /* where it is loaded many times, or takes long anyway */ };

static size_t n = FEWER; /* of queries, and of mutations */

/* The parts of a schema; # is the number of a function. */
struct plan {
    const char *root, *segment, *end; /* a segment for each number */
    const char *query, *mutation;
};

static void append_numbered(struct text *out, const char *pattern, size_t number) {
    for (; *pattern; pattern++)
        if (*pattern == '#')
            text_printf(out, "%zu", number);
        else
            text_append_char(out, *pattern);
}

static char *schema_of(const struct plan *plan) {
    struct text text;
    text_init(&text);
    text_printf(&text, "schema s;\nroot {\n%s", plan->root);
    for (size_t i = 0; i < n; i++)
        append_numbered(&text, plan->segment, i);
    text_append(&text, plan->end);
    for (size_t i = 0; i < n; i++)
        append_numbered(&text, plan->query, i);
    for (size_t i = 0; i < n; i++)
        append_numbered(&text, plan->mutation, i);
    ck_assert(!text.failed);
    return text.data;
}

struct comparison {
    struct loaded loaded[N_SIDES];
    struct arena arena;
    struct changes changes;
    struct pairs pairs;
};

static void judge(void *context) {
    struct comparison *all = context;
    changes_find(&all->changes, (const struct model *const[]){all->loaded[OLD].model, all->loaded[NEW].model},
                 &all->arena);
    pairs_init(&all->pairs, &all->changes);
    pairs_judge(&all->pairs, &all->changes);
}

static void compare(struct comparison *all, const struct plan *old, const struct plan *new) {
    const struct plan *plans[] = {old, new};
    memset(all, 0, sizeof *all);
    for (int side = OLD; side < N_SIDES; side++) {
        char *text = schema_of(plans[side]);
        ck_assert_msg(load_text(text, &all->loaded[side]) == LOAD_OK, "%s", found_in(&all->loaded[side]));
        free(text);
    }
    arena_init(&all->arena);
    ck_assert(arena_run(&all->arena, judge, all));
    ck_assert_uint_eq(all->changes.n_queries, n);
    ck_assert_uint_eq(all->changes.n_mutations, n);
}

static void end(struct comparison *all) {
    arena_free(&all->arena);
    load_free(&all->loaded[OLD]);
    load_free(&all->loaded[NEW]);
}

static void expect_tally(const struct twins *twins, enum tally_kind kind, size_t each) {
    for (size_t i = 0; i < n; i++)
        for (int other = 0; other < N_TALLIES; other++)
            ck_assert_msg(twins[i].cohort->tallies[other].n == (other == (int)kind ? each : 0), "%s: tally %d is %zu",
                          newest(&twins[i])->name, other, twins[i].cohort->tallies[other].n);
}

/* All queries have so many mutations in this tally, all mutations so many queries in the other, nothing else was found,
 * and no more was done than some steps for each function. */
static void expect_all(const struct plan *old, const struct plan *new, enum tally_kind of_query, size_t mutations,
                       enum tally_kind of_mutation, size_t queries) {
    struct comparison all;
    compare(&all, old, new);
    ck_assert_msg(all.pairs.steps < 50 * n, "%zu steps", all.pairs.steps);
    ck_assert(!all.pairs.short_of_steps && !all.pairs.out_of_steps);
    expect_tally(all.changes.queries, of_query, mutations);
    expect_tally(all.changes.mutations, of_mutation, queries);
    end(&all);
}

static void expect_none(const struct plan *old, const struct plan *new) {
    expect_all(old, new, TALLY_LOST, 0, TALLY_LOST, 0);
}

static const char query_of_own[] = "cached q#(t: u64, id: u64) -> u64 tagged a(t).s#(id);\n";
static const char mutation_of_own[] = "mutation m#(t: u64, id: u64) invalidates a(t).s#(id);\n";

START_TEST(nothing_changed)
{
    struct plan plan = {"a: Wild(t: u64) {", "s#: Wild(id: u64);\n", "} }\n", query_of_own, mutation_of_own};
    expect_none(&plan, &plan);
}
END_TEST

START_TEST(a_segment_above_all_others_has_another_name)
{
    n = ALL;
    struct plan old = {"a: Wild(t: u64) {", "s#: Wild(id: u64);\n", "} }\n", query_of_own, mutation_of_own};
    struct plan new = {"b: Wild(t: u64) {", "s#: Wild(id: u64);\n", "} }\n",
                       "cached q#(t: u64, id: u64) -> u64 tagged b(t).s#(id);\n",
                       "mutation m#(t: u64, id: u64) invalidates b(t).s#(id);\n"};
    expect_all(&old, &new, TALLY_MISSED, 1, TALLY_LOST, 0);
}
END_TEST

START_TEST(all_mutations_are_alike_and_become_exact)
{
    struct plan old = {"u: Wild(id: u64) { x: Static; }\n", "", "}\n", "cached q#(id: u64) -> u64 tagged u(id).x;\n",
                       "mutation m#(id: u64) invalidates u(id);\n"};
    struct plan new = old;
    new.mutation = "mutation m#(id: u64) invalidates u(id) exact;\n";
    expect_all(&old, &new, TALLY_LOST, 0, TALLY_LOST, n);
    expect_all(&new, &old, TALLY_LOST, 0, TALLY_WIDER, n);
    old.query = new.query = "cached q#(id: u64) -> u64 tagged u(id);\n";
    expect_none(&old, &new);
}
END_TEST

START_TEST(all_change_a_path_that_they_share_beside_one_of_their_own)
{
    struct plan old = {"h: Static { k: Static; } s: Static {\n", "s#: Static;\n", "} }\n",
                       "cached q#() -> u64 tagged h.k, s.s#;\n", "mutation m#() invalidates h, s.s#;\n"};
    struct plan new = old;
    new.mutation = "mutation m#() invalidates h.k exact, s.s#;\n";
    expect_none(&old, &new);
}
END_TEST

START_TEST(all_queries_move_to_a_tag_that_all_mutations_invalidate_too)
{
    struct plan old = {"a: Static; b: Static; s: Static {\n", "s#: Static;\n", "} }\n",
                       "cached q#() -> u64 tagged a, s.s#;\n", "mutation m#() invalidates a, b, s.s#;\n"};
    struct plan new = old;
    new.query = "cached q#() -> u64 tagged b, s.s#;\n";
    expect_none(&old, &new);
}
END_TEST

START_TEST(where_every_pair_changes_each_function_is_told_but_not_all_of_its_others)
{
    struct plan old = {"h: Static; s: Static {\n", "s#: Static;\n", "} }\n", "cached q#() -> u64 tagged h, s.s#;\n",
                       "mutation m#() invalidates h, s.s#;\n"};
    struct plan new = old;
    struct comparison all;
    new.mutation = "mutation m#() invalidates s.s#;\n";
    compare(&all, &old, &new);
    ck_assert(all.pairs.short_of_steps && !all.pairs.out_of_steps);
    for (size_t i = 0; i < n; i++)
        ck_assert_uint_ge(all.changes.mutations[i].cohort->tallies[TALLY_LOST].n, 1);
    end(&all);
}
END_TEST

START_TEST(pairs_that_are_not_judged_are_told)
{
    struct plan old = {"a: Static { b: Static {\n", "s#: Static { z: Static; }\n", "} } }\n",
                       "cached q#() -> u64 tagged a.b.s#;\n", "mutation m#() invalidates a, a.b.s#.z;\n"};
    struct plan new = old;
    struct comparison all;
    struct diff diff;
    new.mutation = "mutation m#() invalidates a.b, a.b.s#.z exact;\n";
    compare(&all, &old, &new);
    ck_assert(all.pairs.out_of_steps);
    ck_assert(diff_schemas(&diff, &all.loaded[OLD], &all.loaded[NEW], &(struct diff_options){.max_each = 20}));
    ck_assert_uint_eq(diff.n_errors[DIFF_INVALIDATION], 1);
    ck_assert_str_eq(diff.diags.first->rule->id, "T2390");
    diff_free(&diff);
    end(&all);
}
END_TEST

START_TEST(what_is_told_is_bounded)
{
    n = ALL;
    struct plan old = {"a: Wild(t: u64) {", "s#: Wild(id: u64);\n", "} }\n", query_of_own, mutation_of_own};
    struct plan new = {"a: Static;", "s#: Wild(id: u64);\n", "}\n",
                       "cached p#(key t: u64, id: u64) -> u64 tagged s#(id);\n",
                       "mutation n#(t: u64) invalidates a, s0;\n"};
    struct comparison all;
    struct diff diff;
    struct text out, line;
    text_init(&out);
    text_init(&line);
    for (int side = OLD; side < N_SIDES; side++) {
        char *text = schema_of(side == OLD ? &old : &new);
        ck_assert_int_eq(load_text(text, &all.loaded[side]), LOAD_OK);
        free(text);
    }
    ck_assert(diff_schemas(&diff, &all.loaded[OLD], &all.loaded[NEW], &(struct diff_options){.max_each = 20}));
    diag_render(&diff.diags, &(struct diag_style){.max_errors = 20}, &out);
    diff_summary(&diff, &line);
    ck_assert_uint_eq(diff.n_errors[DIFF_SOURCE], 2 * n + 1);
    ck_assert_uint_lt(out.size, 100000);
    ck_assert_msg(strstr(text_string(&line), "not shown") != NULL, "%s", text_string(&line));
    text_free(&out);
    text_free(&line);
    diff_free(&diff);
    load_free(&all.loaded[OLD]);
    load_free(&all.loaded[NEW]);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("large diffs");
    TCase *tests = tcase_create("large diffs");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, nothing_changed);
    tcase_add_test(tests, a_segment_above_all_others_has_another_name);
    tcase_add_test(tests, all_mutations_are_alike_and_become_exact);
    tcase_add_test(tests, all_change_a_path_that_they_share_beside_one_of_their_own);
    tcase_add_test(tests, all_queries_move_to_a_tag_that_all_mutations_invalidate_too);
    tcase_add_test(tests, where_every_pair_changes_each_function_is_told_but_not_all_of_its_others);
    tcase_add_test(tests, pairs_that_are_not_judged_are_told);
    tcase_add_test(tests, what_is_told_is_bounded);
    suite_add_tcase(suite, tests);
    return run_suites(suite, NULL);
}
