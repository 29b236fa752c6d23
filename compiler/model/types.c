/* SPDX-License-Identifier: MIT
 *
 * Names of types to types, and the help for names that nobody has.
 */
#include <string.h>

#include "front.h"

const char front_groups, front_enums, front_functions;

static const struct {
    const char *name;
    enum model_type_kind kind;
} builtins[] = {{"str", TYPE_STR}, {"u32", TYPE_U32},   {"u64", TYPE_U64},  {"i32", TYPE_I32},
                {"i64", TYPE_I64}, {"uuid", TYPE_UUID}, {"bool", TYPE_BOOL}};

/* What they are called elsewhere. */
static const struct {
    const char *name, *here;
} foreign[] = {{"int", "i32"},      {"long", "i64"},     {"int32_t", "i32"},  {"int64_t", "i64"}, {"uint32_t", "u32"},
               {"uint64_t", "u64"}, {"size_t", "u64"},   {"unsigned", "u32"}, {"string", "str"},  {"text", "str"},
               {"char", "str"},     {"boolean", "bool"}, {"_Bool", "bool"}};

enum { N_BUILTINS = sizeof builtins / sizeof builtins[0] };

bool is_builtin_type(const char *name) {
    for (size_t i = 0; i < N_BUILTINS; i++)
        if (!strcmp(builtins[i].name, name))
            return true;
    return !strcmp(name, "bytes") || !strcmp(name, "struct") || !strcmp(name, "codec");
}

const char *describe_type(struct model_type type) {
    if (type.enumeration)
        return type.enumeration->name;
    for (size_t i = 0; i < N_BUILTINS; i++)
        if (builtins[i].kind == type.kind)
            return builtins[i].name;
    return "?";
}

bool same_type(struct model_type a, struct model_type b) { return a.kind == b.kind && a.enumeration == b.enumeration; }

uint32_t name_span(const char *name) {
    uint32_t n = 0;
    for (const char *byte = name; *byte; byte++)
        n += (*byte & 0xC0) != 0x80;
    return n;
}

bool suggest(struct front *front, struct diag *diag, const char *wanted,
             void (*offer)(void *context, struct suggestion *suggestion), void *context) {
    if (!diag || front->n_suggestions >= FRONT_MAX_SUGGESTIONS)
        return false;
    front->n_suggestions++;
    struct suggestion suggestion = suggest_for(wanted);
    offer(context, &suggestion);
    const char *best = suggest_best(&suggestion);
    if (best)
        diag_did_you_mean(front->diags, diag, best);
    return best != NULL;
}

struct type_offer {
    const struct front *front;
    enum type_use use;
};

/* A short word of the application's own is a few letters away from each short word of ours. */
static bool is_near(const struct suggestion *suggestion) {
    return suggestion->distance * 3 <= strlen(suggestion->wanted);
}

static void offer_types(void *context, struct suggestion *suggestion) {
    const struct type_offer *offer = context;
    const struct model *model = offer->front->model;
    for (size_t i = 0; i < N_BUILTINS; i++)
        if (offer->use != TYPE_OF_WILD || builtins[i].kind != TYPE_BOOL)
            suggest_offer(suggestion, builtins[i].name);
    if (offer->use == TYPE_OF_VALUE)
        suggest_offer(suggestion, "bytes");
    for (size_t i = 0; i < model->n_enums && !suggestion->cut; i++)
        suggest_offer(suggestion, model->enums[i]->name);
    if (offer->use == TYPE_OF_VALUE && !is_near(suggestion))
        suggestion->best = NULL; /* it is a C type */
}

bool find_type(const struct front *front, const char *name, enum type_use use, struct model_type *type) {
    for (size_t i = 0; i < N_BUILTINS; i++) {
        if (strcmp(builtins[i].name, name) != 0)
            continue;
        *type = (struct model_type){.kind = builtins[i].kind};
        return type->kind != TYPE_BOOL || use != TYPE_OF_WILD;
    }
    struct model_enum *found = scope_get(&front->scope, &front_enums, name);
    if (!found)
        return false;
    *type = (struct model_type){.kind = TYPE_ENUM, .enumeration = found};
    return true;
}

static const char *name_here(const char *name) {
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        if (!strcmp(foreign[i].name, name))
            return foreign[i].here;
    return NULL;
}

static void report_type(struct front *front, struct ast_name name, enum type_use use) {
    struct diag_list *diags = front->diags;
    uint32_t span = name_span(name.text);
    const char *here = name_here(name.text);
    if (!strcmp(name.text, "bool")) {
        struct diag *diag = diag_add(diags, T0221, name.place, span, "a wild cannot be of type bool");
        diag_help(diags, diag, "bool is a type of parameters; an enum of two items can be a wild");
    } else if (!strcmp(name.text, "bytes")) {
        struct diag *diag =
            diag_add(diags, T0221, name.place, span, "bytes is what a query may give, not the type of a %s",
                     use == TYPE_OF_WILD ? "wild" : "parameter");
        diag_help(diags, diag, "text and other keys of 1 to 255 bytes are of type str");
    } else {
        struct diag *diag = diag_add(diags, T0202, name.place, span, "unknown type '%s'", name.text);
        if (here && use == TYPE_OF_WILD && !strcmp(here, "bool")) {
            diag_help(diags, diag, "bool is a type of parameters; an enum of two items can be a wild");
            return;
        }
        if (here) {
            diag_help(diags, diag, "write '%s'", here);
            diag_fix(diags, diag, name.place, span, here);
            return;
        }
        bool meant = suggest(front, diag, name.text, offer_types, &(struct type_offer){front, use});
        if (use == TYPE_OF_VALUE && !meant)
            diag_help(diags, diag, "a C type is written 'struct %s' or 'codec %s'", name.text, name.text);
    }
}

bool resolve_type(struct front *front, struct ast_name name, enum type_use use, struct model_type *type) {
    if (find_type(front, name.text, use, type))
        return true;
    if (!front->enums_may_be_missing || is_builtin_type(name.text))
        report_type(front, name, use);
    return false;
}
