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

const char *describe_path(struct front *front, const struct model_node *node) {
    const struct model_node *wilds[MODEL_MAX_WILDS];
    const char *names[MODEL_MAX_WILDS];
    list_wilds(node, wilds);
    for (size_t i = 0; i < node->n_wilds; i++) {
        struct text name;
        text_init_in(&name, front->arena);
        text_printf(&name, "%s: %s", wilds[i]->name,
                    front->broken_nodes[wilds[i]->index] ? "?" : describe_type(wilds[i]->type));
        names[i] = text_string(&name);
    }
    return describe_filled(front, node, names);
}

const char *describe_wilds(struct front *front, const struct model_node *node) {
    struct text out;
    text_init_in(&out, front->arena);
    text_printf(&out, "'%s' has %s", describe_path(front, node), count_of(front, node->n_wilds, "wild"));
    return text_string(&out);
}

const char *describe_filled(struct front *front, const struct model_node *node, const char *const *names) {
    struct text out;
    text_init_in(&out, front->arena);
    words_written(&out, node, names);
    return text_string(&out);
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
