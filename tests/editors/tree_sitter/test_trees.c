/* SPDX-License-Identifier: MIT
 *
 * What editors see of a schema: the trees of two, and how much is left of a tree where something is wrong.
 */
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "golden.h"
#include "suites.h"
#include "trees.h"

static void expect_tree(const char *schema, const char *golden) {
    char *path = source_path(schema), *bytes = read_file(path, NULL);
    struct tree tree;
    struct text printed;
    text_init(&printed);
    tree_open(&tree, bytes, strlen(bytes));
    ck_assert(tree.is_whole);
    tree_print(&tree, &printed);
    expect_golden(golden, text_string(&printed), printed.size);
    text_free(&printed);
    tree_free(&tree);
    free(bytes);
    free(path);
}

START_TEST(the_blog_is_this_tree)
{ expect_tree("schemas/blog.tags", "tests/golden/tree_sitter/blog.txt"); }
END_TEST

START_TEST(the_kitchen_sink_is_this_tree)
{ expect_tree("schemas/kitchen_sink.tags", "tests/golden/tree_sitter/kitchen_sink.txt"); }
END_TEST

/* The declarations of a schema, of each its kind and if there is something wrong in it. */
static void expect_declarations(const char *schema, const char *declarations) {
    struct tree tree;
    struct text found;
    text_init(&found);
    tree_open(&tree, schema, strlen(schema));
    ck_assert(!tree.is_whole);
    for (uint32_t i = 0; i < ts_node_named_child_count(tree.root); i++) {
        TSNode child = ts_node_named_child(tree.root, i);
        text_printf(&found, "%s%s%s", i ? ", " : "", ts_node_has_error(child) ? "broken " : "", ts_node_type(child));
    }
    expect_same_text(schema, declarations, text_string(&found));
    text_free(&found);
    tree_free(&tree);
}

START_TEST(a_refused_word_or_number_breaks_its_declaration_only)
{
    expect_declarations("tags record { a: Static; } root { Static: Wild; }",
                        "broken tags_declaration, broken root_declaration");
    expect_declarations("enum e { a, Wild, b } root { }", "broken enum_declaration, root_declaration");
    expect_declarations("default ttl 5min; root { }", "broken default_declaration, root_declaration");
    expect_declarations("cached f(was: u32) -> u64 tagged a(batch) verify 3pc version 2nd; mutation m();",
                        "broken cached_declaration, mutation_declaration");
}
END_TEST

START_TEST(what_is_not_yet_typed_breaks_its_declaration_only)
{
    expect_declarations("root { a: Static }\nmutation m();", "broken root_declaration, mutation_declaration");
    expect_declarations("tags A { a: ; }\nroot { }", "broken tags_declaration, root_declaration");
    expect_declarations("cached f(a: ) -> u64;\nmutation m();", "broken cached_declaration, mutation_declaration");
    expect_declarations("cached f( -> u64;\nmutation m();", "broken cached_declaration, mutation_declaration");
    expect_declarations("cached f() -> u64 tagged a.;\nmutation m();",
                        "broken cached_declaration, mutation_declaration");
}
END_TEST

START_TEST(without_its_semicolon_a_declaration_takes_no_more_than_the_next_one)
{
    /* where a semicolon is wanted, the next keyword is no keyword yet */
    expect_declarations("cached f() -> u64 tagged a\nmutation m();\nroot { a: Static; }",
                        "broken cached_declaration, root_declaration");
}
END_TEST

int main(void) {
    return run_suites(suite_of("trees of tree-sitter", the_blog_is_this_tree, the_kitchen_sink_is_this_tree,
                               a_refused_word_or_number_breaks_its_declaration_only,
                               what_is_not_yet_typed_breaks_its_declaration_only,
                               without_its_semicolon_a_declaration_takes_no_more_than_the_next_one, NULL),
                      NULL);
}
