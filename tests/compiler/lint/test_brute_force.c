/* SPDX-License-Identifier: MIT
 *
 * What the lints find by one walk over the tag tree is held against all pairs of queries and mutations, in random
 * schemas: who is reached, which tags and paths say nothing new, which tags nothing uses.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "golden.h"
#include "linted.h"
#include "load_text.h"
#include "suites.h"

static unsigned state;

static unsigned below(unsigned limit) {
    state = state * 1664525u + 1013904223u;
    return (state >> 16) % limit;
}

/* ---- a random schema ---- */

/* Its tags, with %c for each wild. */
static const char tree[] =
    "schema s;\nroot {\n a: Wild(x: u64) {\n  b: Wild(x: u64) {\n   c: Static;\n  }\n  d: Static;\n }\n"
    " e: Static {\n  f: Static;\n }\n z: Wild(x: u64) {\n  Wild(y: u64);\n }\n}\n";
static const struct {
    const char *format;
    int n_wilds;
} paths[] = {{"a", 0},       {"a(%c)", 1}, {"a(%c).b", 1}, {"a(%c).b(%c)", 2}, {"a(%c).b(%c).c", 2},
             {"a(%c).d", 1}, {"e", 0},     {"e.f", 0}};

static void append_path(struct text *text) {
    unsigned path = below(sizeof paths / sizeof *paths);
    char one = "pq"[below(2)], other = "pq"[below(2)];
    if (paths[path].n_wilds == 0)
        text_append(text, paths[path].format);
    for (const char *byte = paths[path].format; paths[path].n_wilds && *byte; byte++) {
        if (*byte != '%') {
            text_append_char(text, *byte);
            continue;
        }
        text_append_char(text, one);
        one = other;
        byte++;
    }
}

/* A tag or path a line, so that what is told is told apart. `p` and `q` are used by a tag that nobody else has. */
static void append_schema(struct text *text, unsigned n) {
    static const char *const kinds[] = {"", "", " exact", " soft"};
    text_append(text, tree);
    for (unsigned i = 0; i < n; i++) {
        text_printf(text, "cached q%u(key r: u64, p: u64, q: u64) -> u64 tagged\n", i);
        for (unsigned j = 0, m = 1 + below(3); j < m; j++) {
            append_path(text);
            text_append(text, ",\n");
        }
        text_append(text, "z(p, q);\n");
    }
    for (unsigned i = 0; i < n; i++) {
        text_printf(text, "mutation m%u(p: u64, q: u64) invalidates\n", i);
        for (unsigned j = 0, m = 1 + below(4); j < m; j++) {
            text_append(text, j ? ",\n" : "");
            append_path(text);
            text_append(text, kinds[below(4)]);
        }
        text_append(text, ";\n");
    }
}

/* ---- what should be told of it ---- */

static bool is_at_or_below(const struct model_node *node, const struct model_node *above) {
    while (node && node != above)
        node = node->parent;
    return node != NULL;
}

static bool same_params(const struct model_spec *a, const struct model_spec *b, size_t n) {
    return !memcmp(a->params, b->params, n * sizeof *a->params);
}

static bool hits(const struct model_spec *path, const struct model_node *tag) {
    return path->exact ? path->node == tag : is_at_or_below(tag, path->node);
}

/* All paths of all mutations. */
struct all {
    const struct model_spec *paths[1000];
    size_t n;
};

static void list_paths(const struct model *model, struct all *all) {
    all->n = 0;
    for (size_t i = 0; i < model->n_mutations; i++)
        for (size_t j = 0; j < model->mutations[i].n_invalidates; j++)
            all->paths[all->n++] = &model->mutations[i].invalidates[j];
}

static bool is_hit(const struct all *all, const struct model_node *tag) {
    for (size_t i = 0; i < all->n; i++)
        if (hits(all->paths[i], tag))
            return true;
    return false;
}

static bool is_missed_below(const struct all *all, const struct model_node *tag) {
    bool any = false;
    for (size_t i = 0; i < all->n; i++)
        any |= all->paths[i]->node != tag && is_at_or_below(all->paths[i]->node, tag);
    return any && !is_hit(all, tag);
}

static bool is_exact_somewhere(const struct all *all, const struct model_node *tag) {
    for (size_t i = 0; i < all->n; i++)
        if (all->paths[i]->exact && all->paths[i]->node == tag)
            return true;
    return false;
}

static void judge_query(const struct all *all, const struct model_query *query, struct text *out) {
    bool reached = false;
    for (size_t i = 0; i < query->n_tags; i++)
        reached |= is_hit(all, query->tags[i].node) || is_missed_below(all, query->tags[i].node);
    if (!reached)
        text_printf(out, "%u T1002\n", query->place.line);
    for (size_t i = 0; i < query->n_tags; i++) {
        const struct model_spec *tag = &query->tags[i];
        bool redundant = false;
        if (is_missed_below(all, tag->node))
            text_printf(out, "%u T1004\n", tag->place.line);
        for (size_t j = 0; j < query->n_tags; j++) {
            const struct model_spec *other = &query->tags[j];
            if (!same_params(tag, other, tag->node->n_wilds) || !is_at_or_below(other->node, tag->node))
                continue;
            redundant |= other->node == tag->node ? j < i : !is_exact_somewhere(all, tag->node);
        }
        if (redundant)
            text_printf(out, "%u T1005\n", tag->place.line);
    }
}

/* Nothing is reached, and that was not told of a tag above. */
static bool is_idle(const struct model *model, const struct all *all, const struct model_spec *path) {
    for (size_t i = 0; i < model->n_queries; i++)
        for (size_t j = 0; j < model->queries[i].n_tags; j++) {
            const struct model_node *tag = model->queries[i].tags[j].node;
            bool above = tag != path->node && is_at_or_below(path->node, tag);
            if (hits(path, tag) || (above && is_missed_below(all, tag)))
                return false;
        }
    return true;
}

static bool covers(const struct model_spec *other, const struct model_spec *path) {
    bool place = other->exact ? path->exact && path->node == other->node : is_at_or_below(path->node, other->node);
    return place && same_params(other, path, other->node->n_wilds) && (!other->soft || path->soft);
}

static void judge_mutation(const struct model *model, const struct all *all, const struct model_mutation *mutation,
                           struct text *out) {
    for (size_t i = 0; i < mutation->n_invalidates; i++) {
        const struct model_spec *path = &mutation->invalidates[i];
        bool redundant = false;
        if (is_idle(model, all, path))
            text_printf(out, "%u T1003\n", path->place.line);
        for (size_t j = 0; j < mutation->n_invalidates; j++) {
            const struct model_spec *other = &mutation->invalidates[j];
            redundant |= j != i && covers(other, path) && (!covers(path, other) || j < i);
        }
        if (redundant)
            text_printf(out, "%u T1006\n", path->place.line);
    }
}

static bool is_used(const struct model *model, const struct all *all, const struct model_node *node) {
    for (size_t i = 0; i < all->n; i++)
        if (is_at_or_below(all->paths[i]->node, node))
            return true;
    for (size_t i = 0; i < model->n_queries; i++)
        for (size_t j = 0; j < model->queries[i].n_tags; j++)
            if (is_at_or_below(model->queries[i].tags[j].node, node))
                return true;
    return false;
}

static void judge_nodes(const struct model *model, const struct all *all, struct text *out) {
    for (size_t i = 1; i < model->n_nodes; i++) {
        const struct model_node *node = model->nodes[i];
        bool outermost = !node->parent->parent || is_used(model, all, node->parent);
        if (outermost && !is_used(model, all, node))
            text_printf(out, "%u T1001\n", node->place.line);
    }
}

/* ---- what is told ---- */

static int compare_lines(const void *left, const void *right) {
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* The lines of a text in order, so that two judges agree in any order. The caller frees. */
static char *sorted(const struct text *text) {
    char *copy = text_of("%s", text_string(text)), *lines[2000];
    size_t n = 0;
    struct text out;
    text_init(&out);
    for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n"))
        lines[n++] = line;
    qsort(lines, n, sizeof *lines, compare_lines);
    for (size_t i = 0; i < n; i++)
        text_printf(&out, "%s\n", lines[i]);
    char *result = text_of("%s", text_string(&out));
    text_free(&out);
    free(copy);
    return result;
}

static void list_told(struct loaded *loaded, struct text *out) {
    size_t n = 0;
    struct diag **told = diag_sort(&loaded->diags, &n);
    for (size_t i = 0; i < n; i++)
        text_printf(out, "%u %s\n", told[i]->place.line, told[i]->rule->id);
}

START_TEST(random_schemas_are_judged_as_all_pairs_are)
{
    struct lint_switches switches = switches_of("no-whole-segment");
    struct text schema, expected, found;
    struct loaded loaded;
    struct all all;
    state = (unsigned)_i;
    text_init(&schema);
    text_init(&expected);
    text_init(&found);
    append_schema(&schema, 1 + below(8));
    ck_assert_msg(load_text(text_string(&schema), &loaded) == LOAD_OK, "%s", text_string(&schema));
    const struct model *model = loaded.model;
    list_paths(model, &all);
    for (size_t i = 0; i < model->n_queries; i++)
        judge_query(&all, &model->queries[i], &expected);
    for (size_t i = 0; i < model->n_mutations; i++)
        judge_mutation(model, &all, &model->mutations[i], &expected);
    judge_nodes(model, &all, &expected);
    ck_assert(lint(&loaded, &switches));
    list_told(&loaded, &found);
    char *should = sorted(&expected), *was = sorted(&found);
    expect_same_text(text_string(&schema), should, was);
    free(should);
    free(was);
    load_free(&loaded);
    text_free(&found);
    text_free(&expected);
    text_free(&schema);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("lints against all pairs");
    TCase *tests = tcase_create("random");
    tcase_add_loop_test(tests, random_schemas_are_judged_as_all_pairs_are, 0, 400);
    suite_add_tcase(suite, tests);
    return run_suites(suite, NULL);
}
