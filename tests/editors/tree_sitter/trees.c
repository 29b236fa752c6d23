/* SPDX-License-Identifier: MIT */
#include "trees.h"

#include <check.h>

void tree_open(struct tree *tree, const char *bytes, size_t size) {
    TSParser *parser = ts_parser_new();
    ck_assert(ts_parser_set_language(parser, tree_sitter_t87s()));
    *tree = (struct tree){.bytes = bytes, .tree = ts_parser_parse_string(parser, NULL, bytes, (uint32_t)size)};
    ts_parser_delete(parser);
    ck_assert_ptr_nonnull(tree->tree);
    tree->root = ts_tree_root_node(tree->tree);
    tree->is_whole = !ts_node_has_error(tree->root);
}

void tree_free(struct tree *tree) { ts_tree_delete(tree->tree); }

/* To the next node, parents first, `depth` below the root; false behind the last one. Trees are deep, so no recursion.
 */
static bool step(TSTreeCursor *cursor, size_t *depth) {
    if (ts_tree_cursor_goto_first_child(cursor)) {
        ++*depth;
        return true;
    }
    while (!ts_tree_cursor_goto_next_sibling(cursor)) {
        if (!ts_tree_cursor_goto_parent(cursor))
            return false;
        --*depth;
    }
    return true;
}

void tree_print(const struct tree *tree, struct text *out) {
    TSTreeCursor cursor = ts_tree_cursor_new(tree->root);
    size_t depth = 0;
    do {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        const char *field = ts_tree_cursor_current_field_name(&cursor);
        if (!field && !ts_node_is_named(node))
            continue;
        text_append_repeated(out, ' ', 2 * depth);
        if (field)
            text_printf(out, "%s: ", field);
        if (!ts_node_is_named(node)) {
            text_append(out, ts_node_type(node));
        } else {
            text_printf(out, "(%s)", ts_node_type(node));
            if (!ts_node_child_count(node)) {
                text_append_char(out, ' ');
                uint32_t begin = ts_node_start_byte(node);
                text_append_bytes(out, tree->bytes + begin, ts_node_end_byte(node) - begin);
            }
        }
        text_append_char(out, '\n');
    } while (step(&cursor, &depth));
    ts_tree_cursor_delete(&cursor);
}

void tree_leaves(const struct tree *tree, void (*see)(void *context, TSNode leaf), void *context) {
    TSTreeCursor cursor = ts_tree_cursor_new(tree->root);
    size_t depth = 0;
    do {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        if (depth && !ts_node_child_count(node))
            see(context, node);
    } while (step(&cursor, &depth));
    ts_tree_cursor_delete(&cursor);
}
