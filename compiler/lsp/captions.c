/* SPDX-License-Identifier: MIT */
#include "captions.h"

#include "words.h"

enum { MOST_ITEMS = 32 }; /* of an enum that are shown */

void caption_node(struct text *out, const struct model_node *node) {
    const struct model_node *path[MODEL_MAX_SEGMENTS];
    words_path(node, path);
    for (uint32_t i = 0; i < node->depth; i++) {
        if (path[i]->kind == NODE_STATIC) {
            text_printf(out, "%s%s", i ? "." : "", path[i]->name);
            continue;
        }
        bool goes_on = i + 1 < node->depth && path[i + 1]->kind == NODE_WILD;
        text_printf(out, "%s%s: %s%s", i && path[i - 1]->kind == NODE_WILD ? ", " : "(", path[i]->name,
                    words_type(path[i]->type), goes_on ? "" : ")");
    }
}

void caption_spec(struct text *out, const struct ast_spec *spec) {
    for (const struct ast_step *step = spec->first; step; step = step->next) {
        text_printf(out, "%s%s%s", step == spec->first ? "" : ".", step->name.text, step->brackets ? "(" : "");
        for (const struct ast_named *arg = step->args.first; arg; arg = arg->next)
            text_printf(out, "%s%s", arg == step->args.first ? "" : ", ", arg->name.text);
        text_append(out, step->brackets ? ")" : "");
    }
    text_append(out, spec->exact ? " exact" : spec->soft ? " soft" : "");
}

void caption_params(struct text *out, const struct ast_function *function) {
    text_append_char(out, '(');
    for (const struct ast_param *param = function->first_param; param; param = param->next)
        text_printf(out, "%s%s%s: %s", param == function->first_param ? "" : ", ", param->is_key ? "key " : "",
                    param->name.text, param->type.text);
    text_append_char(out, ')');
}

void caption_function(struct text *out, const struct ast_declaration *declaration) {
    static const char *const kinds[] = {
        [AST_VALUE_TYPE] = "", [AST_VALUE_STRUCT] = "struct ", [AST_VALUE_CODEC] = "codec "};
    const struct ast_function *function = declaration->function;
    text_printf(out, "%s %s", function->is_mutation ? "mutation" : "cached", declaration->name.text);
    caption_params(out, function);
    if (!function->is_mutation)
        text_printf(out, " -> %s%s", kinds[function->value_kind], function->value.text);
}

void caption_enum(struct text *out, const struct model_enum *enumeration) {
    text_printf(out, "enum %s {", enumeration->name);
    for (size_t i = 0; i < enumeration->n_items && i < MOST_ITEMS; i++)
        text_printf(out, "%s %s", i ? "," : "", enumeration->items[i]);
    text_append(out, enumeration->n_items > MOST_ITEMS ? ", ... }" : " }");
}
