/* SPDX-License-Identifier: MIT
 *
 * What the spans say is held against the sentence itself: a tag is reached when the invalidated one is on its path, and
 * exactly when it is that one. On a schema made for it, on every construct, and on random trees.
 */
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "load_text.h"
#include "reach.h"
#include "suites.h"

static const char schema[] =
    "schema s;\n"
    "root { users: Wild(user_id: u64) { posts: Wild(post_id: u64); profile: Static; } config: Static; }\n"
    "cached user(user_id: u64) -> bytes tagged users(user_id);\n"
    "cached post(user_id: u64, post_id: u64) -> bytes tagged users(user_id).posts(post_id), users(user_id);\n"
    "cached profile(user_id: u64) -> bytes tagged users(user_id).profile, config;\n"
    "cached both(a: u64, b: u64) -> bytes tagged users(a), users(b);\n"
    "cached config() -> bytes tagged config;\n"
    "mutation all() invalidates users;\n"
    "mutation none() invalidates users exact;\n"
    "mutation one(user_id: u64) invalidates users(user_id) exact;\n"
    "mutation soft(user_id: u64) invalidates users(user_id) soft, config exact;\n"
    "mutation twice(user_id: u64) invalidates users(user_id), users(user_id).profile exact, users soft;\n";

static bool is_on_path(const struct model_node *node, const struct model_node *tag) {
    while (tag && tag != node)
        tag = tag->parent;
    return tag != NULL;
}

static enum reach judged(const struct model_mutation *mutation, const struct model_query *query) {
    enum reach best = REACH_NOT;
    for (size_t i = 0; i < mutation->n_invalidates; i++)
        for (size_t j = 0; j < query->n_tags; j++) {
            const struct model_spec *invalidates = &mutation->invalidates[i];
            const struct model_node *tag = query->tags[j].node;
            if (invalidates->exact ? tag != invalidates->node : !is_on_path(invalidates->node, tag))
                continue;
            enum reach way = invalidates->soft ? REACH_SOFT : invalidates->exact ? REACH_EXACT : REACH_PREFIX;
            best = way > best ? way : best;
        }
    return best;
}

/* Each tag has its carriers once, its own in front; each mutation is counted as it is judged. */
static void check_all(const struct model *model) {
    struct arena arena;
    struct reach_map map;
    arena_init(&arena);
    ck_assert(reach_map_make(&map, model, &arena));
    uint8_t *marks = calloc(model->n_queries + 1, 1);
    for (size_t i = 0; i < model->n_nodes; i++) {
        struct span own = reach_of_tag(&map, model->nodes[i], true), all = reach_of_tag(&map, model->nodes[i], false);
        ck_assert(own.first == all.first && own.end <= all.end && all.end <= map.n_carriers);
        for (uint32_t at = 0; at < map.n_carriers; at++) {
            const struct model_node *tag = model->queries[map.carriers[at].query].tags[map.carriers[at].tag].node;
            ck_assert_int_eq(at >= own.first && at < own.end, tag == model->nodes[i]);
            ck_assert_int_eq(at >= all.first && at < all.end, is_on_path(model->nodes[i], tag));
            ck_assert(at == 0 || memcmp(&map.carriers[at - 1], &map.carriers[at], sizeof *map.carriers) != 0);
        }
    }
    for (size_t i = 0; i < model->n_mutations; i++) {
        const struct model_mutation *mutation = &model->mutations[i];
        struct reach_count expected = {.all = 0}, count = reach_count(&map, mutation, marks);
        for (size_t j = 0; j < model->n_queries; j++) {
            enum reach way = judged(mutation, &model->queries[j]);
            expected.queries[way] += way != REACH_NOT;
            expected.all += way != REACH_NOT;
            ck_assert_int_eq(marks[j], REACH_NOT);
        }
        ck_assert_msg(memcmp(&expected, &count, sizeof count) == 0, "%s", mutation->name);
        ck_assert_uint_ge(reach_steps(&map, mutation), count.all);
    }
    free(marks);
    arena_free(&arena);
}

START_TEST(a_mutation_reaches_what_is_below_its_tags_and_the_strongest_way_counts)
{
    static const struct {
        const char *name;
        size_t soft, exact, prefix;
    } expected[] = {{"all", 0, 0, 4}, {"none", 0, 0, 0}, {"one", 0, 3, 0}, {"soft", 3, 2, 0}, {"twice", 0, 0, 4}};
    uint8_t marks[5] = {0};
    struct loaded loaded;
    struct reach_map map;
    ck_assert_int_eq(load_text(schema, &loaded), LOAD_OK);
    ck_assert(reach_map_make(&map, loaded.model, &loaded.arena));
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct reach_count count = reach_count(&map, &loaded.model->mutations[i], marks);
        ck_assert_str_eq(loaded.model->mutations[i].name, expected[i].name);
        ck_assert_uint_eq(count.queries[REACH_SOFT], expected[i].soft);
        ck_assert_uint_eq(count.queries[REACH_EXACT], expected[i].exact);
        ck_assert_uint_eq(count.queries[REACH_PREFIX], expected[i].prefix);
        ck_assert_uint_eq(count.all, expected[i].soft + expected[i].exact + expected[i].prefix);
    }
    check_all(loaded.model);
    load_free(&loaded);
}
END_TEST

START_TEST(the_schemas_of_the_house_are_reached_as_judged_by_hand)
{
    static const char *const paths[] = {"schemas/blog.tags", "schemas/kitchen_sink.tags",
                                        "tests/golden/shapes/empty.tags", "tests/golden/shapes/odd.tags"};
    char *path = source_path(paths[_i]);
    struct loaded loaded;
    ck_assert_int_eq(load_path(path, NULL, &loaded), LOAD_OK);
    check_all(loaded.model);
    load_free(&loaded);
    free(path);
}
END_TEST

/* ---- random schemas ---- */

static unsigned state;

static unsigned below(unsigned limit) {
    state = state * 1664525u + 1013904223u;
    return (state >> 16) % limit;
}

enum { MOST_TAGS = 60 };

/* Every tag as it is written in a schema; its wilds are filled with a, b, c... */
struct forest {
    struct text root;
    char *tags[MOST_TAGS];
    size_t n_wilds[MOST_TAGS];
    size_t n;
};

static void grow(struct forest *forest, const char *path, size_t n_wilds, int depth) {
    for (unsigned n = 1 + below(3), i = 0; i < n && forest->n + 2 <= MOST_TAGS; i++) {
        char *name = text_of("%s%st%u", path, *path ? "." : "", i);
        bool wild = n_wilds < 4 && below(2);
        text_printf(&forest->root, "t%u: %s {", i, wild ? "Wild(x: u64)" : "Static");
        forest->n_wilds[forest->n] = n_wilds;
        forest->tags[forest->n++] = name;
        char *filled = wild ? text_of("%s(%c)", name, (char)('a' + n_wilds)) : name;
        if (wild) {
            forest->n_wilds[forest->n] = n_wilds + 1;
            forest->tags[forest->n++] = filled;
        }
        if (depth < 4 && below(3))
            grow(forest, filled, n_wilds + wild, depth + 1);
        text_append(&forest->root, "} ");
    }
}

/* Up to three tags with what follows each, and as parameters what their wilds need. */
static void append_function(struct text *out, const struct forest *forest, const char *kind, unsigned number,
                            const char *clause, const char *const endings[3]) {
    struct text specs;
    size_t most = 0;
    text_init(&specs);
    for (unsigned n = 1 + below(3), i = 0; i < n; i++) {
        unsigned tag = below((unsigned)forest->n);
        most = forest->n_wilds[tag] > most ? forest->n_wilds[tag] : most;
        text_printf(&specs, "%s%s%s", i ? ", " : "", forest->tags[tag], endings[below(3)]);
    }
    text_printf(out, "%s f%u(", kind, number);
    for (size_t i = 0; i < most; i++)
        text_printf(out, "%s%c: u64", i ? ", " : "", (char)('a' + i));
    text_printf(out, ")%s %s;\n", clause, text_string(&specs));
    text_free(&specs);
}

START_TEST(random_schemas_are_reached_as_judged_by_hand)
{
    static const char *const plain[] = {"", "", ""}, *const kinds[] = {"", " exact", " soft"};
    state = (unsigned)_i;
    struct forest forest = {.n = 0};
    struct text text;
    struct loaded loaded;
    text_init(&forest.root);
    text_init(&text);
    grow(&forest, "", 0, 0);
    text_printf(&text, "schema s;\nroot { %s}\n", text_string(&forest.root));
    for (unsigned i = 0; i < 30; i++)
        append_function(&text, &forest, "cached", i, " -> u32 tagged", plain);
    for (unsigned i = 30; i < 60; i++)
        append_function(&text, &forest, "mutation", i, " invalidates", kinds);
    ck_assert_msg(load_text(text_string(&text), &loaded) == LOAD_OK, "%s", text_string(&text));
    check_all(loaded.model);
    load_free(&loaded);
    text_free(&text);
    text_free(&forest.root);
    for (size_t i = 0; i < forest.n; i++)
        free(forest.tags[i]);
}
END_TEST

int main(void) {
    Suite *suite = suite_of("reach", a_mutation_reaches_what_is_below_its_tags_and_the_strongest_way_counts, NULL);
    TCase *many = tcase_create("against the sentence");
    tcase_add_loop_test(many, the_schemas_of_the_house_are_reached_as_judged_by_hand, 0, 4);
    tcase_add_loop_test(many, random_schemas_are_reached_as_judged_by_hand, 0, 50);
    suite_add_tcase(suite, many);
    return run_suites(suite, NULL);
}
