/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "golden.h"
#include "load_text.h"
#include "suites.h"

static struct loaded loaded;
static const struct model *model;

static void open_schema(const char *name) {
    char *path = source_path(name);
    ck_assert_int_eq(load_path(path, NULL, &loaded), LOAD_OK);
    model = loaded.model;
    free(path);
}

static void open_text(const char *text) {
    ck_assert_int_eq(load_text(text, &loaded), LOAD_OK);
    model = loaded.model;
}

/* "users/<user_id>/posts": a node by its path, or the test fails. */
static const struct model_node *node_at(const char *path) {
    for (size_t i = 0; i < model->n_nodes; i++) {
        char written[400] = "";
        for (const struct model_node *node = model->nodes[i]; node->kind != NODE_ROOT; node = node->parent) {
            char longer[400];
            bool wild = node->kind == NODE_WILD;
            snprintf(longer, sizeof longer, "/%s%s%s%.300s", wild ? "<" : "", node->name, wild ? ">" : "", written);
            strcpy(written, longer);
        }
        if (!strcmp(written + (written[0] == '/'), path))
            return model->nodes[i];
    }
    ck_abort_msg("there is no node %s", path);
    return NULL;
}

static const struct model_query *query(const char *name) {
    for (size_t i = 0; i < model->n_queries; i++)
        if (!strcmp(model->queries[i].name, name))
            return &model->queries[i];
    ck_abort_msg("there is no query %s", name);
    return NULL;
}

static const struct model_mutation *mutation(const char *name) {
    for (size_t i = 0; i < model->n_mutations; i++)
        if (!strcmp(model->mutations[i].name, name))
            return &model->mutations[i];
    ck_abort_msg("there is no mutation %s", name);
    return NULL;
}

/* What model.h says of every tree. */
static void expect_laws(void) {
    for (size_t i = 0; i < model->n_nodes; i++) {
        const struct model_node *node = model->nodes[i], *wild = NULL;
        ck_assert_uint_eq(node->index, i);
        ck_assert((node->kind == NODE_ROOT) == (i == 0));
        if (node->parent) {
            ck_assert_uint_lt(node->parent->index, i);
            ck_assert_uint_eq(node->depth, node->parent->depth + 1);
            ck_assert_uint_eq(node->n_wilds, node->parent->n_wilds + (node->kind == NODE_WILD));
        }
        for (const struct model_node *child = node->first_child; child; child = child->next_sibling) {
            ck_assert_ptr_eq(child->parent, node);
            if (child->kind == NODE_WILD) {
                ck_assert_ptr_null(wild);
                wild = child;
            }
        }
        ck_assert_ptr_eq(node->wild_child, wild);
    }
}

START_TEST(the_blog_has_its_tags_queries_and_mutations)
{
    open_schema("schemas/blog.tags");
    expect_laws();
    ck_assert_str_eq(model->schema, "blog");
    ck_assert_str_eq(model->file_name, "blog.tags");
    ck_assert_int_eq(model->default_ttl_ms, 30000);
    ck_assert_int_eq(model->default_grace_ms, MODEL_UNSET);
    ck_assert_uint_eq(model->n_includes, 1);
    ck_assert_str_eq(model->includes[0].path, "blog_types.h");
    ck_assert_uint_eq(model->n_nodes, 15);
    const struct model_node *comment = node_at("users/<user_id>/posts/<post_id>/comments/<comment_id>");
    ck_assert_uint_eq(comment->depth, 6);
    ck_assert_uint_eq(comment->n_wilds, 3);
    ck_assert_int_eq(comment->type.kind, TYPE_U64);

    const struct model_query *post = query("get_post");
    ck_assert_uint_eq(post->n_tags, 2);
    ck_assert_ptr_eq(post->tags[0].node, node_at("posts/<post_id>"));
    ck_assert_uint_eq(post->tags[0].params[0], 0);
    ck_assert_ptr_eq(post->tags[1].node, node_at("users/<user_id>/posts/<post_id>"));
    ck_assert_uint_eq(post->tags[1].params[0], 1);
    ck_assert_uint_eq(post->tags[1].params[1], 0);
    ck_assert_int_eq(post->ttl_ms, 600000);

    const struct model_query *list = query("list_posts");
    ck_assert(list->params[0].is_key);
    ck_assert_ptr_eq(list->tags[0].node, node_at("posts"));
    ck_assert_int_eq(list->ttl_ms, 30000);
    ck_assert_int_eq(list->value.kind, VALUE_BYTES);
    const struct model_query *comment_query = query("get_comment");
    ck_assert_ptr_eq(comment_query->tags[0].node, node_at("posts/<post_id>/comments/<comment_id>"));
    ck_assert_uint_eq(comment_query->tags[0].params[1], 1);
    ck_assert_str_eq(query("get_user")->doc, "One user row.");
    ck_assert_int_eq(query("get_user")->grace_ms, 300000);
    ck_assert_ptr_eq(mutation("rename_user")->invalidates[0].node, node_at("users/<user_id>"));
    load_free(&loaded);
}
END_TEST

START_TEST(the_kitchen_sink_has_every_construct)
{
    open_schema("schemas/kitchen_sink.tags");
    expect_laws();
    ck_assert_str_eq(model->doc,
                     "A shop in three regions.\nIts prices differ by region, its carts belong to sessions.");
    ck_assert_uint_eq(model->n_enums, 3);
    ck_assert_str_eq(model->enums[0]->name, "carrier");
    ck_assert_str_eq(model->enums[1]->name, "region");
    ck_assert_uint_eq(model->enums[1]->n_items, 3);
    ck_assert_str_eq(model->enums[1]->items[2], "asia");
    ck_assert(model->includes[0].angled && !model->includes[1].angled);

    /* A wild beside statics, a wild in a wild, a bare wild, an imported group. */
    ck_assert_ptr_eq(node_at("customers/count")->parent, node_at("customers/<customer_id>")->parent);
    const struct model_node *sku = node_at("prices/<zone>/<sku>");
    ck_assert(sku->n_wilds == 2 && sku->type.kind == TYPE_STR && sku->parent->type.kind == TYPE_ENUM);
    ck_assert_ptr_eq(sku->parent->type.enumeration, model->enums[1]);
    ck_assert_int_eq(node_at("labels/<id>")->type.kind, TYPE_STR);
    ck_assert_uint_eq(node_at("articles/<sku>/reviews/<review_id>")->depth, 4);
    /* A doc comment stands on a segment and its wild; a group's doc where the segment has none. */
    ck_assert_str_eq(node_at("customers/<customer_id>")->doc, "What hangs below one customer.");
    ck_assert_str_eq(node_at("prices/<zone>")->doc, node_at("prices")->doc);

    const struct model_query *customer = query("get_customer");
    ck_assert_int_eq(customer->negative_ms, 10000);
    ck_assert_int_eq(customer->jitter_percent, 10);
    ck_assert_int_eq(customer->timeout_ms, 250);
    ck_assert_int_eq(customer->fleet_ms, 250); /* the timeout, which is shorter than the 5 s of a bare word */
    ck_assert_int_eq(query("get_price")->fleet_ms, 2000);
    ck_assert_int_eq(query("get_cart")->fleet_ms, MODEL_UNSET);
    ck_assert_int_eq(customer->verify_percent, 1);
    ck_assert_uint_eq(customer->version, 2);
    ck_assert_int_eq(query("count_customers")->ttl_ms, 120000);
    ck_assert_int_eq(query("count_customers")->grace_ms, 10000);
    ck_assert_int_eq(query("count_customers")->jitter_percent, MODEL_UNSET);
    ck_assert_ptr_eq(query("region_surcharge")->tags[0].node, node_at("prices/<zone>"));

    static const struct {
        const char *name;
        enum model_value_kind kind;
        enum model_type_kind type;
    } values[] = {{"get_customer", VALUE_STRUCT, 0},
                  {"count_customers", VALUE_SCALAR, TYPE_U32},
                  {"order_total", VALUE_SCALAR, TYPE_I64},
                  {"parcel_weight", VALUE_SCALAR, TYPE_U64},
                  {"get_cart", VALUE_CODEC, 0},
                  {"region_surcharge", VALUE_SCALAR, TYPE_I32},
                  {"session_owner", VALUE_UUID, 0},
                  {"is_open", VALUE_SCALAR, TYPE_BOOL},
                  {"usual_carrier", VALUE_SCALAR, TYPE_ENUM},
                  {"article_title", VALUE_STR, 0},
                  {"search", VALUE_BYTES, 0}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        ck_assert_int_eq(query(values[i].name)->value.kind, values[i].kind);
        ck_assert(values[i].kind != VALUE_SCALAR || query(values[i].name)->value.type.kind == values[i].type);
    }
    ck_assert_str_eq(query("get_cart")->value.name, "cart");

    const struct model_mutation *order = mutation("place_order");
    ck_assert(!order->invalidates[0].exact && !order->invalidates[0].soft);
    ck_assert(order->invalidates[1].exact && !order->invalidates[1].soft);
    ck_assert(!order->invalidates[2].exact && order->invalidates[2].soft);
    load_free(&loaded);
}
END_TEST

START_TEST(a_group_has_nodes_of_its_own_at_every_place)
{
    open_text("schema s;\ntags G { x: Static { Wild(id: u64); } }\nroot { a: Static G; b: Wild G; c: Static { d: "
              "Static G; } }\n");
    expect_laws();
    ck_assert_uint_eq(model->n_nodes, 1 + 3 + 4 + 4);
    ck_assert_ptr_ne(node_at("a/x/<id>"), node_at("b/<id>/x/<id>"));
    ck_assert_uint_eq(node_at("c/d/x/<id>")->place.line, 2);
    load_free(&loaded);
}
END_TEST

START_TEST(a_schema_from_standard_input_has_a_name_and_no_file)
{
    open_text("schema s;\nroot { }\n");
    ck_assert_str_eq(model->file_name, "schema.tags");
    ck_assert_uint_eq(loaded.n_files, 0);
    ck_assert_uint_eq(model->n_nodes, 1);
    load_free(&loaded);
}
END_TEST

START_TEST(the_limits_are_reached_and_not_passed)
{
    open_text("schema s;\nroot { a: Wild { b: Wild { c: Wild { d: Wild { e: Wild { f: Wild { g: Wild { h: Wild; "
              "} } } } } } } }\ncached q(a: str, b: str, c: str, d: str, e: str, f: str, g: str, h: str, key i: u32, "
              "key j: u32, key k: u32, key l: u32, key m: u32, key n: u32, key o: u32, key p: u32) -> u64 tagged "
              "a().b().c().d().e().f().g().h(), a, a(a), a(a).b, a(a).b(b), a(b), a(c), a(d);\n");
    ck_assert_uint_eq(node_at("a/<id>/b/<id>/c/<id>/d/<id>/e/<id>/f/<id>/g/<id>/h/<id>")->depth, MODEL_MAX_SEGMENTS);
    ck_assert_uint_eq(query("q")->tags[0].node->n_wilds, MODEL_MAX_WILDS);
    ck_assert_uint_eq(query("q")->tags[0].params[7], 7);
    ck_assert_uint_eq(query("q")->n_params, MODEL_MAX_PARAMS);
    ck_assert_uint_eq(query("q")->n_tags, MODEL_MAX_TAGS);
    load_free(&loaded);
}
END_TEST

START_TEST(the_same_file_gives_the_same_model_from_any_path)
{
    open_schema("schemas/../schemas/kitchen_sink.tags");
    ck_assert_str_eq(model->file_name, "kitchen_sink.tags");
    ck_assert_uint_eq(loaded.n_files, 2);
    ck_assert_ptr_nonnull(strstr(loaded.files[1], "schemas/../schemas/shared/common.tags"));
    load_free(&loaded);
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("a resolved schema", the_blog_has_its_tags_queries_and_mutations, the_kitchen_sink_has_every_construct,
                 a_group_has_nodes_of_its_own_at_every_place, a_schema_from_standard_input_has_a_name_and_no_file,
                 the_limits_are_reached_and_not_passed, the_same_file_gives_the_same_model_from_any_path, NULL),
        NULL);
}
