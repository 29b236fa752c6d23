/* SPDX-License-Identifier: MIT
 *
 * The tag type of the schema, a constructor per tag, and what can be done with a tag.
 */
#include <string.h>

#include "emit.h"

static size_t segment_size(const struct model_node *node) {
    return node->kind == NODE_WILD ? type_path_size(node->type) : 2 + strlen(node->name);
}

size_t tag_text_size(const struct model_node *node) {
    size_t size = 1;
    for (; node->parent; node = node->parent)
        size += node->kind == NODE_WILD ? 2 : segment_size(node);
    return size;
}

size_t segments_of(const struct model_node *node, const struct model_node *segments[MODEL_MAX_SEGMENTS]) {
    for (const struct model_node *at = node; at->parent; at = at->parent)
        segments[at->depth - 1] = at;
    return node->depth;
}

static size_t longest_path(const struct model *model) {
    size_t longest = 1;
    for (size_t i = 1; i < model->n_nodes; i++) {
        size_t size = 0;
        if (model->nodes[i]->first_child)
            continue;
        for (const struct model_node *at = model->nodes[i]; at->parent; at = at->parent)
            size += segment_size(at);
        longest = size > longest ? size : longest;
    }
    return longest;
}

void emit_tag_type(struct printer *printer, const struct model *model) {
    say(printer,
        "\n/* A tag of this schema, by value. size 0: an argument was no tag (a str of 0 or more than 255 bytes,\n"
        " * NULL, an enum's value out of range); nothing can be invalidated by it. */\n");
    say(printer, "struct %n {\n    uint16_t size;\n    unsigned char path[%d];\n};\n", C_TAG, NULL,
        (long long)longest_path(model));
}

void say_path(struct printer *printer, const struct model_node *node) {
    const struct model_node *segments[MODEL_MAX_SEGMENTS];
    size_t n = segments_of(node, segments);
    for (size_t i = 0; i < n; i++) {
        bool wild = segments[i]->kind == NODE_WILD;
        say(printer, "%s%s%s%s", i ? "/" : "", wild ? "<" : "", segments[i]->name, wild ? ">" : "");
    }
}

void say_static(struct printer *printer, const struct model_node *node) {
    size_t length = strlen(node->name);
    const char octal[] = {'s', '\\', (char)('0' + length / 64), (char)('0' + length / 8 % 8), (char)('0' + length % 8),
                          0};
    say(printer, "%s%s", octal, node->name);
}

/* Where the run of neighbours of one kind ends that begins at `first`: statics are written together, wilds one by one.
 */
static size_t end_of_run(const struct model_node **segments, size_t n, size_t first) {
    size_t end = first + 1;
    while (end < n && segments[first]->kind == NODE_STATIC && segments[end]->kind == NODE_STATIC)
        end++;
    return end;
}

/* "s\005users", 7 */
static void say_statics(struct printer *printer, const struct model_node **segments, size_t n) {
    size_t size = 0;
    say(printer, "\"");
    for (size_t i = 0; i < n; i++) {
        say_static(printer, segments[i]);
        size += segment_size(segments[i]);
    }
    say(printer, "\", %d", (long long)size);
}

/* What the constructors of a shape share: statics and wilds come as arguments in the order of the path. */
static void emit_tag_shape(struct printer *printer, const struct model_node *node) {
    const struct model_node *segments[MODEL_MAX_SEGMENTS];
    size_t n = segments_of(node, segments);
    say(printer, "static inline struct %n %t(", C_TAG, NULL, C_GEN_TAG, node);
    for (size_t i = 0; i < n; i = end_of_run(segments, n, i)) {
        const char number[] = {'p', (char)('a' + i), 0};
        say(printer, i ? ", " : "");
        if (segments[i]->kind == NODE_STATIC)
            say(printer, "const char *%s, size_t %s_size", number, number);
        else
            say_declaration(printer, segments[i]->type, number);
    }
    say(printer, ") {\n    struct %n tag;\n    unsigned char *at = tag.path;\n", C_TAG, NULL);
    for (size_t i = 0; i < n; i = end_of_run(segments, n, i)) {
        const char number[] = {'p', (char)('a' + i), 0};
        say(printer, "    at = ");
        if (segments[i]->kind == NODE_STATIC)
            say(printer, "t87s_gen_path_static(at, %s, %s_size)", number, number);
        else
            say_path_call(printer, segments[i]->type, number);
        say(printer, ";\n");
    }
    say(printer, "    tag.size = t87s_gen_path_size(tag.path, at);\n    return tag;\n}\n");
}

static void emit_constructor(struct printer *printer, const struct emit_plan *plan, const struct model_node *node) {
    const struct model_node *segments[MODEL_MAX_SEGMENTS];
    const struct model_node *shape = plan->model->nodes[plan->tag_shapes[node->index]];
    size_t n = segments_of(node, segments), wild = 0;
    struct c_locals locals;
    say(printer, "\n");
    if (shape == node)
        emit_tag_shape(printer, node);
    c_locals_of_wilds(&locals, printer->names, node);
    say_doc(printer, node->doc);
    say(printer, "#define %t %d /* ", C_NODE_WILDS, node, (long long)node->n_wilds);
    say_path(printer, node);
    say(printer, " */\nstatic inline struct %n %t(%s", C_TAG, NULL, C_NODE, node, locals.n ? "" : "void");
    for (size_t i = 0; i < n; i++)
        if (segments[i]->kind == NODE_WILD) {
            say(printer, wild ? ", " : "");
            say_declaration(printer, segments[i]->type, locals.params[wild++]);
        }
    say(printer, ") {\n    return %t(", C_GEN_TAG, shape);
    wild = 0;
    for (size_t i = 0, end; i < n; i = end) {
        end = end_of_run(segments, n, i);
        say(printer, i ? ", " : "");
        if (segments[i]->kind == NODE_STATIC)
            say_statics(printer, segments + i, end - i);
        else
            say(printer, "%s", locals.params[wild++]);
    }
    say(printer, ");\n}\n");
}

void emit_tags(struct printer *printer, const struct emit_plan *plan) {
    say(printer, "\n/* ---- tags ---- */\n");
    for (size_t i = 1; i < plan->model->n_nodes; i++)
        emit_constructor(printer, plan, plan->model->nodes[i]);
    say(printer, "\n/* By snprintf's rules: \"users/42/posts/7\"; negative when it is no tag. */\n");
    say(printer, "static inline int %n(struct %n tag, char *out, size_t size) {\n", C_TAG_FORMAT, NULL, C_TAG, NULL);
    say(printer, "    return t87s_gen_path_format(tag.path, tag.size, out, size);\n}\n");
    say(printer, "static inline bool %n(struct %n a, struct %n b) {\n", C_TAG_EQUAL, NULL, C_TAG, NULL, C_TAG, NULL);
    say(printer, "    return a.size == b.size && memcmp(a.path, b.path, a.size) == 0;\n}\n");
}

static void emit_invalidate(struct printer *printer, enum c_name name, const char *meaning, const char *flags) {
    say(printer, "/* %s */\nstatic inline enum t87s_status %n(struct %n *cache, struct %n tag) {\n", meaning, name,
        NULL, C_CACHE, NULL, C_TAG, NULL);
    say(printer, "    return %n(cache, tag, %s);\n}\n", C_GEN_INVALIDATE, NULL, flags);
}

void emit_invalidates(struct printer *printer) {
    say(printer, "\nstatic inline enum t87s_status %n(struct %n *cache, struct %n tag, unsigned flags) {\n",
        C_GEN_INVALIDATE, NULL, C_CACHE, NULL, C_TAG, NULL);
    say(printer, "    return t87s_gen_invalidate((struct t87s_cache *)cache, tag.path, tag.size, flags);\n}\n");
    emit_invalidate(printer, C_INVALIDATE, "What carries the tag or one below it is never served again.", "0");
    emit_invalidate(printer, C_INVALIDATE_SOFT, "The same, but within its grace it may still be served, marked stale.",
                    "T87S_SOFT");
    emit_invalidate(printer, C_INVALIDATE_EXACT, "What carries this very tag, not those below it.", "T87S_EXACT");
}

void say_wild_asserts(struct printer *printer, const struct emit_plan *plan, size_t user, const char *name,
                      const struct model_spec *specs, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct model_node *node = specs[i].node;
        if (plan->first_users[node->index] != user)
            continue;
        say(printer, "    T87S_GEN_ASSERT(%t == %d, \"%s fills %d wild%s of ", C_NODE_WILDS, node,
            (long long)node->n_wilds, name, (long long)node->n_wilds, node->n_wilds == 1 ? "" : "s");
        say_path(printer, node);
        say(printer, "\");\n");
    }
}

void say_tag_call(struct printer *printer, const struct model_spec *spec) {
    say(printer, "%t(", C_NODE, spec->node);
    for (size_t i = 0; i < spec->node->n_wilds; i++)
        say(printer, "%s%s", i ? ", " : "", printer->locals->params[spec->params[i]]);
    say(printer, ")");
}
