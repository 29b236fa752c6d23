/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <inttypes.h>

const char *words_type(struct model_type type) {
    static const char *const words[] = {
        [TYPE_STR] = "str", [TYPE_U32] = "u32",   [TYPE_U64] = "u64",  [TYPE_I32] = "i32",
        [TYPE_I64] = "i64", [TYPE_UUID] = "uuid", [TYPE_BOOL] = "bool"};
    return type.kind == TYPE_ENUM ? type.enumeration->name : words[type.kind];
}

const char *words_value_kind(enum model_value_kind kind) {
    static const char *const words[] = {[VALUE_STRUCT] = "struct", [VALUE_SCALAR] = "scalar", [VALUE_UUID] = "uuid",
                                        [VALUE_STR] = "str",       [VALUE_BYTES] = "bytes",   [VALUE_CODEC] = "codec"};
    return words[kind];
}

void words_path(const struct model_node *node, const struct model_node *path[MODEL_MAX_SEGMENTS]) {
    for (uint32_t i = node->depth; i > 0; i--, node = node->parent)
        path[i - 1] = node;
}

/* `spec` may be NULL: wilds are then called as they are declared. */
static void append_words(struct text *out, const struct model_node *tag, const struct model_spec *spec,
                         const struct model_param *params) {
    const struct model_node *path[MODEL_MAX_SEGMENTS];
    words_path(tag, path);
    for (uint32_t i = 0; i < tag->depth; i++) {
        const struct model_node *node = path[i];
        const char *name = node->name;
        if (spec && node->kind == NODE_WILD)
            name = params[spec->params[node->n_wilds - 1]].name;
        text_printf(out, node->kind == NODE_WILD ? "%s<%s>" : "%s%s", i ? "/" : "", name);
    }
}

void words_tag(struct text *out, const struct model_node *tag) { append_words(out, tag, NULL, NULL); }

void words_spec(struct text *out, const struct model_spec *spec, const struct model_param *params) {
    append_words(out, spec->node, spec, params);
}

void words_written(struct text *out, const struct model_node *tag, const char *const *names) {
    const struct model_node *path[MODEL_MAX_SEGMENTS];
    bool open = false; /* a bracket is */
    words_path(tag, path);
    for (uint32_t i = 0; i < tag->depth; i++) {
        const struct model_node *node = path[i];
        if (node->kind == NODE_WILD)
            text_printf(out, "%s%s", open ? ", " : "(", names[node->n_wilds - 1]);
        else
            text_printf(out, "%s%s%s", open ? ")" : "", i ? "." : "", node->name);
        open = node->kind == NODE_WILD;
    }
    if (open)
        text_append(out, ")");
}

void words_params(struct text *out, const struct model_param *params, size_t n) {
    text_append(out, "(");
    for (size_t i = 0; i < n; i++)
        text_printf(out, "%s%s%s: %s", i ? ", " : "", params[i].is_key ? "key " : "", params[i].name,
                    words_type(params[i].type));
    text_append(out, ")");
}

void words_value(struct text *out, const struct model_value *value) {
    text_append(out, value->kind == VALUE_SCALAR ? words_type(value->type) : words_value_kind(value->kind));
    if (value->name)
        text_printf(out, " %s", value->name);
}

void words_duration(struct text *out, int64_t ms) {
    static const struct {
        int64_t ms;
        const char *word;
    } units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "m"}, {1000, "s"}, {1, "ms"}};
    size_t i = 0;
    while (units[i].ms > 1 && (ms < units[i].ms || ms % units[i].ms))
        i++;
    text_printf(out, "%" PRId64 "%s", ms / units[i].ms, units[i].word);
}
