/* SPDX-License-Identifier: MIT
 *
 * Single pairs, and who is whose twin, in words: "q/m: lost by-query". What random schemas rarely make.
 */
#include <stdlib.h>
#include <string.h>

#include "changes.h"
#include "files.h"
#include "golden.h"
#include "load_text.h"
#include "suites.h"
#include "text.h"

/* ---- pairs ---- */

struct run {
    const struct model *models[N_SIDES];
    struct arena arena;
    struct text out;
};

static void tell_pair(void *context, struct cohort *query, struct cohort *mutation, unsigned found) {
    static const char *const words[] = {"lost", "weaker", "wider", "missed", "by-query", "by-mutation"};
    struct run *run = context;
    text_printf(&run->out, "%s%s/%s:", run->out.size ? ", " : "", newest(query->first)->name,
                newest(mutation->first)->name);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (found >> i & 1)
            text_printf(&run->out, " %s", words[i]);
}

static void judge(void *context) {
    struct run *run = context;
    struct changes changes;
    struct pairs pairs;
    changes_find(&changes, run->models, &run->arena);
    pairs_init(&pairs, &changes);
    pairs.on_pair = tell_pair;
    pairs.context = run;
    pairs_judge(&pairs, &changes);
}

static void with_models(const char *old_text, const char *new_text, void (*work)(void *run), const char *expected) {
    struct loaded old, new;
    struct run run = {0};
    ck_assert_msg(load_text(old_text, &old) == LOAD_OK, "%s\n%s", old_text, found_in(&old));
    ck_assert_msg(load_text(new_text, &new) == LOAD_OK, "%s\n%s", new_text, found_in(&new));
    run.models[OLD] = old.model;
    run.models[NEW] = new.model;
    arena_init(&run.arena);
    text_init(&run.out);
    ck_assert(arena_run(&run.arena, work, &run));
    expect_same_text(new_text, expected, text_string(&run.out));
    text_free(&run.out);
    arena_free(&run.arena);
    load_free(&old);
    load_free(&new);
}

/* Two schemas with the same root. */
static void expect_pairs(const char *root, const char *old, const char *new, const char *expected) {
    char *old_text = text_of("schema s; enum one { x } enum two { x, y } root { %s }\n%s", root, old);
    char *new_text = text_of("schema s; enum one { x } enum two { x, y } root { %s }\n%s", root, new);
    with_models(old_text, new_text, judge, expected);
    free(old_text);
    free(new_text);
}

START_TEST(a_path_that_another_one_stands_in_for_is_not_missed)
{
    static const char root[] = "a: Wild(i: u64) { b: Static { c: Static; } }";
    expect_pairs(root, "cached q(i: u64) -> u64 tagged a(i).b.c; mutation m(i: u64) invalidates a(i).b;",
                 "cached q(i: u64) -> u64 tagged a(i).b.c; mutation m(i: u64) invalidates a(i);", "");
    expect_pairs(root, "cached q(i: u64) -> u64 tagged a(i).b.c; mutation m(i: u64) invalidates a(i).b.c exact;",
                 "cached q(i: u64) -> u64 tagged a(i).b.c; mutation m(i: u64) invalidates a(i).b;", "");
    expect_pairs(root, "cached q(i: u64) -> u64 tagged a(i).b.c; mutation m(i: u64) invalidates a(i).b;",
                 "cached q(i: u64) -> u64 tagged a(i).b.c; mutation m(i: u64) invalidates a(i) soft;",
                 "q/m: weaker by-mutation");
    expect_pairs(root, "cached q(i: u64) -> u64 tagged a(i).b.c; mutation m(i: u64, j: u64) invalidates a(i).b;",
                 "cached q(i: u64) -> u64 tagged a(i).b.c; mutation m(i: u64, j: u64) invalidates a(j).b;",
                 "q/m: lost wider by-mutation");
}
END_TEST

START_TEST(soft_is_hard_for_a_query_without_grace)
{
    static const char *const graces[] = {"0s", "1s"};
    for (int i = 0; i < 2; i++) {
        char *before = text_of("cached q() -> u64 tagged a grace %s; mutation m() invalidates a;", graces[i]);
        char *after = text_of("cached q() -> u64 tagged a grace %s; mutation m() invalidates a soft;", graces[i]);
        expect_pairs("a: Static;", before, after, i ? "q/m: weaker by-mutation" : "");
        expect_pairs("a: Static;", after, before, i ? "q/m: wider" : "");
        free(before);
        free(after);
    }
}
END_TEST

START_TEST(a_wild_of_one_value_is_always_filled_alike)
{
    static const char root[] = "a: Wild(i: one); b: Wild(i: two);";
    expect_pairs(root, "cached q(i: one, j: two) -> u64 tagged a(i), b(j); mutation m(x: one) invalidates a(x);",
                 "cached q(i: one, j: two) -> u64 tagged a(i), b(j); mutation m(x: one, y: one) invalidates a(y);", "");
    expect_pairs(root, "cached q(i: one, j: two) -> u64 tagged a(i), b(j); mutation m(x: two) invalidates b(x);",
                 "cached q(i: one, j: two) -> u64 tagged a(i), b(j); mutation m(x: two, y: two) invalidates b(y);",
                 "q/m: lost wider by-mutation");
}
END_TEST

/* x is i. If y is neither i nor j, and j is not x, there are three values. */
START_TEST(of_three_parameters_with_two_values_two_are_equal)
{
    static const char *const types[] = {"two", "u64"};
    for (int i = 0; i < 2; i++) {
        const char *type = types[i];
        char *root = text_of("b: Wild(i: %s); c: Wild(i: %s);", type, type);
        char *query = text_of("cached q(i: %s, j: %s) -> u64 tagged b(i), c(j);", type, type);
        char *old = text_of("%s mutation m(x: %s, y: %s) invalidates b(x);", query, type, type);
        char *new = text_of("%s mutation m(x: %s, y: %s) invalidates b(y), c(x), c(y);", query, type, type);
        expect_pairs(root, old, new, i ? "q/m: lost wider by-mutation" : "q/m: wider");
        free(root);
        free(query);
        free(old);
        free(new);
    }
}
END_TEST

START_TEST(what_a_changed_mutation_did_by_a_tag_that_stays_is_not_forgotten)
{
    static const char root[] = "k: Wild(i: u64); a: Wild(i: u64); b: Wild(i: u64); c: Static; d: Static;";
    expect_pairs(root,
                 "cached q(i: u64, j: u64) -> u64 tagged k(i), a(j), c; cached r(i: u64, j: u64) -> u64 tagged k(i), "
                 "a(j), d; mutation m(x: u64, y: u64) invalidates k(x), a(y), b(y);",
                 "cached q(i: u64, j: u64) -> u64 tagged k(i), b(j), c; cached r(i: u64, j: u64) -> u64 tagged k(i), "
                 "b(j), d; mutation m(x: u64, y: u64) invalidates a(y), b(y);",
                 "q/m: lost by-mutation, r/m: lost by-mutation");
}
END_TEST

/* m and n differ in p only, which one of them still has: it can only be what both enums know. */
START_TEST(how_many_values_a_parameter_can_have_makes_a_difference)
{
    with_models("schema s; enum e { x, y, z } root { b: Wild(i: e); c: Wild(i: e); }\n"
                "cached q(i: e, j: e) -> u64 tagged b(i), c(j);\n"
                "mutation m(p: e, y: e) invalidates b(p), c(y), c(p);\n"
                "mutation n(p: e, y: e) invalidates b(p), c(y), c(p);\n",
                "schema s; enum e { x, y } root { b: Wild(i: e); c: Wild(i: e); }\n"
                "cached q(i: e, j: e) -> u64 tagged b(i), c(j);\n"
                "mutation m(p: e, y: e) invalidates b(y);\nmutation n(y: e) invalidates b(y);\n",
                judge, "q/m: lost by-mutation, q/n: lost wider by-mutation");
}
END_TEST

/* ---- twins ---- */

static void append_twins(struct text *out, const struct twins *twins, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct half *old = &twins[i].halves[OLD], *new = &twins[i].halves[NEW];
        text_printf(out, "%s%s-%s", out->size ? ", " : "", old->name ? old->name : "", new->name ? new->name : "");
        for (size_t j = 0; new->name &&j < new->n_params; j++) {
            int same = find_old_param(&twins[i], j);
            text_printf(out, " %s=%s", same < 0 ? "" : old->params[same].name, new->params[j].name);
        }
    }
}

static void list_twins(void *context) {
    struct run *run = context;
    struct changes changes;
    changes_find(&changes, run->models, &run->arena);
    append_twins(&run->out, changes.queries, changes.n_queries);
    append_twins(&run->out, changes.mutations, changes.n_mutations);
}

static void expect_twins(const char *old, const char *new, const char *expected) {
    static const char root[] = "schema s; root { a: Wild(i: u64); b: Wild(i: u64); }\n";
    char *old_text = text_of("%s%s", root, old), *new_text = text_of("%s%s", root, new);
    with_models(old_text, new_text, list_twins, expected);
    free(old_text);
    free(new_text);
}

START_TEST(functions_are_the_same_by_name)
{
    expect_twins("cached q() -> u64 tagged a; mutation q2() invalidates a; mutation m() invalidates a;",
                 "mutation m() invalidates a; cached q() -> str tagged b; cached q2() -> str tagged a;",
                 "q-q, -q2, m-m, q2-");
}
END_TEST

START_TEST(or_when_all_but_the_name_is_alike_and_no_other_is_as_near)
{
    expect_twins("cached q() -> u64 tagged a;", "cached r() -> u64 tagged a;", "q-r");
    expect_twins("cached q() -> u64 tagged a;", "cached r() -> u32 tagged a;", "-r, q-");
    expect_twins("cached q() -> u64 tagged a;", "cached r() -> u64 tagged b;", "-r, q-");
    expect_twins("cached q(key i: u64) -> u64 tagged a;", "cached r() -> u64 tagged a;", "-r, q-");
    expect_twins("mutation m() invalidates a;", "mutation n() invalidates a exact;", "-n, m-");
    expect_twins("cached load_user() -> u64 tagged a; cached load_post() -> u64 tagged a;",
                 "cached load_posts() -> u64 tagged a; cached load_users() -> u64 tagged a;",
                 "load_post-load_posts, load_user-load_users");
    expect_twins("cached one() -> u64 tagged a; cached two() -> u64 tagged a;",
                 "cached three() -> u64 tagged a; cached four() -> u64 tagged a;", "-three, -four, one-, two-");
    expect_twins("cached old() -> u64 tagged a; cached get() -> u64 tagged a;", "cached gets() -> u64 tagged a;",
                 "get-gets, old-");
}
END_TEST

START_TEST(parameters_are_the_same_by_name_then_by_place)
{
    expect_twins("cached q(i: u64, key p: u32) -> u64 tagged a(i);", "cached q(key p: u32, i: u64) -> u64 tagged a(i);",
                 "q-q p=p i=i");
    expect_twins("cached q(i: u64, j: u64) -> u64 tagged a(i), b(j);",
                 "cached q(i: u64, k: u64) -> u64 tagged a(i), b(k), b;", "q-q i=i j=k");
    expect_twins("cached q(i: u64, key p: u32) -> u64 tagged a(i);", "cached q(i: u64, key r: str) -> u64 tagged a(i);",
                 "q-q i=i =r");
    expect_twins("mutation m(i: u64) invalidates a(i);", "mutation m(x: u64, i: u64) invalidates a(i);", "m-m =x i=i");
    expect_twins("cached q(i: u64) -> u64 tagged a(i);", "cached q(key i: u32, j: u64) -> u64 tagged a(j);",
                 "q-q i=i =j");
}
END_TEST

START_TEST(where_all_else_is_alike_parameters_are_the_same_by_place)
{
    expect_twins("cached q(i: u64, j: u64) -> u64 tagged a(i), b(j);",
                 "cached q(j: u64, i: u64) -> u64 tagged a(j), b(i);", "q-q i=j j=i");
}
END_TEST

/* Nothing that is generated would be another: only the names say that callers mean something else. */
START_TEST(but_what_fills_no_wild_is_the_same_by_name)
{
    expect_twins("cached q(key page: u32, key size: u32, i: u64) -> u64 tagged a(i);",
                 "cached q(key size: u32, key page: u32, j: u64) -> u64 tagged a(j);", "q-q size=size page=page i=j");
    expect_twins("mutation m(i: u64, first: str, last: str) invalidates a(i);",
                 "mutation m(i: u64, last: str, first: str) invalidates a(i);", "m-m i=i last=last first=first");
    expect_twins("mutation m(i: u64, old: str) invalidates a(i);", "mutation m(old: u64, i: str) invalidates a(old);",
                 "m-m i=old =i");
    expect_twins("cached q(key a: u32, key b: u32) -> u64 tagged a;",
                 "cached q(key b: u32, key c: u32) -> u64 tagged a;", "q-q b=b =c");
}
END_TEST

int main(void) {
    return run_suites(suite_of("pairs and twins", a_path_that_another_one_stands_in_for_is_not_missed,
                               soft_is_hard_for_a_query_without_grace, a_wild_of_one_value_is_always_filled_alike,
                               of_three_parameters_with_two_values_two_are_equal,
                               what_a_changed_mutation_did_by_a_tag_that_stays_is_not_forgotten,
                               how_many_values_a_parameter_can_have_makes_a_difference, functions_are_the_same_by_name,
                               or_when_all_but_the_name_is_alike_and_no_other_is_as_near,
                               parameters_are_the_same_by_name_then_by_place,
                               where_all_else_is_alike_parameters_are_the_same_by_place,
                               but_what_fills_no_wild_is_the_same_by_name, NULL),
                      NULL);
}
