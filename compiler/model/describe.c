/* SPDX-License-Identifier: MIT
 *
 * The pieces of messages: paths with their wilds, lists of parameters, what was written and what should be.
 */
#include "front.h"
#include "text.h"
#include "words.h"

enum { WRITTEN_MOST = 300 }; /* bytes of a tag quoted in a message */

const char *count_of(struct front *front, size_t n, const char *noun) {
    struct text out;
    text_init_in(&out, front->arena);
    if (n == 0)
        text_printf(&out, "no %ss", noun);
    else
        text_printf(&out, "%zu %s%s", n, noun, n == 1 ? "" : "s");
    return text_string(&out);
}

/* Segments with brackets; append_wild writes what stands for a wild. */
static const char *describe_nodes(struct front *front, const struct model_node *node,
                                  void (*append_wild)(struct text *out, const void *context,
                                                      const struct model_node *wild),
                                  const void *context) {
    const struct model_node *path[MODEL_MAX_SEGMENTS];
    size_t n = node->depth;
    words_path(node, path);
    struct text out;
    text_init_in(&out, front->arena);
    for (size_t i = 0; i < n; i++) {
        if (path[i]->kind == NODE_STATIC) {
            text_printf(&out, "%s%s", i ? "." : "", path[i]->name);
            continue;
        }
        text_append(&out, path[i - 1]->kind == NODE_STATIC ? "(" : ", ");
        append_wild(&out, context, path[i]);
        if (i + 1 == n || path[i + 1]->kind == NODE_STATIC)
            text_append(&out, ")");
    }
    return text_string(&out);
}

static void append_declared(struct text *out, const void *context, const struct model_node *wild) {
    const struct front *front = context;
    text_printf(out, "%s: %s", wild->name, front->broken_nodes[wild->index] ? "?" : describe_type(wild->type));
}

const char *describe_path(struct front *front, const struct model_node *node) {
    return describe_nodes(front, node, append_declared, front);
}

const char *describe_wilds(struct front *front, const struct model_node *node) {
    struct text out;
    text_init_in(&out, front->arena);
    text_printf(&out, "'%s' has %s", describe_path(front, node), count_of(front, node->n_wilds, "wild"));
    return text_string(&out);
}

static void append_given(struct text *out, const void *context, const struct model_node *wild) {
    const char *const *names = context;
    text_append(out, names[wild->n_wilds - 1]);
}

const char *describe_filled(struct front *front, const struct model_node *node, const char *const *names) {
    return describe_nodes(front, node, append_given, names);
}

const char *describe_params(struct front *front, const struct function *function) {
    struct text out;
    text_init_in(&out, front->arena);
    text_append(&out, "(");
    const struct ast_param *written = function->ast->first_param;
    for (size_t i = 0; i < function->n_params; i++, written = written->next)
        text_printf(&out, "%s%s%s: %s", i ? ", " : "", written->is_key ? "key " : "", written->name.text,
                    written->type.text);
    text_append(&out, function->params_missing ? ", ...)" : ")");
    return text_string(&out);
}

const char *describe_written(struct front *front, const struct ast_spec *spec, const struct ast_step *last,
                             bool brackets_of_last) {
    struct text out;
    text_init_in(&out, front->arena);
    for (const struct ast_step *step = spec->first; step; step = step == last ? NULL : step->next) {
        text_printf(&out, "%s%s", step == spec->first ? "" : ".", step->name.text);
        if (!step->brackets || (step == last && !brackets_of_last))
            continue;
        text_append(&out, "(");
        for (const struct ast_named *arg = step->args.first; arg && out.size < WRITTEN_MOST; arg = arg->next)
            text_printf(&out, "%s%s", arg == step->args.first ? "" : ", ", arg->name.text);
        text_append(&out, ")");
        if (out.size >= WRITTEN_MOST) {
            text_append(&out, "...");
            break;
        }
    }
    return text_string(&out);
}
