/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "ast.h"
#include "load_text.h"
#include "suites.h"

static const char wrong[] = "schema s;\n"
                            "enum zone { eu, us }\n"
                            "tags Post { comments: Wild(comment_id: u64); }\n"
                            "root { users: Wild(user_id: u64) { posts: Wild(post_id: zone) Post; } users: Static; }\n"
                            "default grace 5s;\n"
                            "cached half(user_id: u64) -> bytes tagged users(user_id).;\n"
                            "cached whole(user_id: u64) -> bytes tagged user(user_id);\n";

/* The interned copy of a name, as it stands in the AST of the last declaration. */
static const char *step_name(const struct loaded *loaded) {
    return loaded->outline.files[0]->last->function->first_spec->first->name.text;
}

START_TEST(a_schema_with_errors_keeps_its_tree)
{
    struct loaded loaded;
    ck_assert_int_eq(load_text(wrong, &loaded), LOAD_REFUSED);
    const struct outline *outline = &loaded.outline;
    ck_assert_uint_eq(outline->n_nodes, 8);
    const struct model_node *users = outline->nodes[1];
    ck_assert_str_eq(users->name, "users");
    const struct model_node *posts = outline_step(outline, users, outline->nodes[3]->name);
    ck_assert_ptr_eq(posts, outline->nodes[3]); /* over the wild */
    ck_assert_str_eq(posts->name, "posts");
    ck_assert_str_eq(step_name(&loaded), "user");
    ck_assert_ptr_null(outline_step(outline, outline->nodes[0], step_name(&loaded)));
    ck_assert_ptr_null(outline->defaults[0]);
    ck_assert_int_eq(outline->defaults[1]->duration_ms, 5000);
    load_free(&loaded);
}
END_TEST

START_TEST(groups_and_enums_are_found_by_their_names)
{
    struct loaded loaded;
    load_text(wrong, &loaded);
    const struct outline *outline = &loaded.outline;
    const struct ast_declaration *zone = outline->files[0]->first->next, *post = zone->next;
    ck_assert_ptr_eq(outline_group(outline, post->name.text), post);
    ck_assert_ptr_null(outline_group(outline, zone->name.text));
    ck_assert_uint_eq(outline_enum(outline, zone->name.text)->n_items, 2);
    ck_assert_ptr_null(outline_enum(outline, post->name.text));
    load_free(&loaded);
}
END_TEST

START_TEST(without_a_root_there_is_no_tree)
{
    static const char *const schemas[] = {"schema s;\n", "tags A { a: Static; }\n", ""};
    for (size_t i = 0; i < 3; i++) {
        struct loaded loaded;
        load_text(schemas[i], &loaded);
        ck_assert_uint_eq(loaded.outline.n_files, 1);
        ck_assert_uint_eq(loaded.outline.n_nodes, 0);
        ck_assert_ptr_null(loaded.outline.nodes);
        load_free(&loaded);
    }
}
END_TEST

int main(void) {
    return run_suites(suite_of("outlines", a_schema_with_errors_keeps_its_tree,
                               groups_and_enums_are_found_by_their_names, without_a_root_there_is_no_tree, NULL),
                      NULL);
}
