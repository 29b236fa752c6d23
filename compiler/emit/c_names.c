/* SPDX-License-Identifier: MIT
 *
 * Patterns of global names, names of tags, names of locals. c_clash.c looks for names that meet.
 */
#include "c_names.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const struct pattern {
    bool upper;
    unsigned char before_size, after_size;
    const char *before, *after;
} patterns[C_NAME_COUNT] = {
#define X(name, owner, upper, before, after) {upper, sizeof before - 1, sizeof after - 1, before, after},
    C_NAMES(X)
#undef X
};

void c_names_init(struct c_names *names, const struct model *model) {
    *names = (struct c_names){.model = model, .schema_size = strlen(model->schema)};
    for (size_t i = 0; i < names->schema_size; i++)
        names->upper[i] = (char)toupper((unsigned char)model->schema[i]);
}

static char *append(char *to, const char *bytes, size_t size) {
    memcpy(to, bytes, size);
    return to + size;
}

static char *append_before(char *to, const struct c_names *names, enum c_name kind) {
    to = append(to, patterns[kind].upper ? names->upper : names->model->schema, names->schema_size);
    return append(to, patterns[kind].before, patterns[kind].before_size);
}

/* From `own` on it is the thing's own name, not yet in capitals. */
static size_t finish(char *start, char *own, char *to, enum c_name kind) {
    if (patterns[kind].upper)
        for (char *c = own; c < to; c++)
            *c = (char)toupper((unsigned char)*c);
    to = append(to, patterns[kind].after, patterns[kind].after_size);
    return (size_t)(to - start);
}

size_t c_name_of(char *to, const struct c_names *names, enum c_name kind, const char *own) {
    return c_name_of_bytes(to, names, kind, own, own ? strlen(own) : 0);
}

size_t c_name_of_bytes(char *to, const struct c_names *names, enum c_name kind, const char *own, size_t own_size) {
    char *start = append_before(to, names, kind);
    return finish(to, start, own_size ? append(start, own, own_size) : start, kind);
}

size_t c_name_of_item(char *to, const struct c_names *names, const struct model_enum *enumeration, size_t item) {
    char *start = append_before(to, names, C_ITEM);
    char *end = append(start, enumeration->name, strlen(enumeration->name));
    *end++ = '_';
    return finish(to, start, append(end, enumeration->items[item], strlen(enumeration->items[item])), C_ITEM);
}

static bool adds_its_name(const struct model_node *node) {
    return node->kind == NODE_STATIC || (node->kind == NODE_WILD && node->parent->kind != NODE_STATIC);
}

size_t c_name_of_node(char *to, const struct c_names *names, enum c_name kind, const struct model_node *node) {
    const char *parts[MODEL_MAX_SEGMENTS];
    size_t n = 0;
    for (const struct model_node *at = node; at->parent; at = at->parent)
        if (adds_its_name(at))
            parts[n++] = at->name;
    char *start = append_before(to, names, kind), *end = start;
    while (n--) {
        end = append(end, parts[n], strlen(parts[n]));
        if (n)
            *end++ = '_';
    }
    if (node->kind == NODE_STATIC && node->wild_child)
        end = append(end, "_all", 4);
    return finish(to, start, end, kind);
}

static bool is_ours(const struct c_names *names, const char *word) {
    size_t size = names->schema_size;
    return !strncasecmp(word, "t87s_", 5) || (!strncasecmp(word, names->upper, size) && word[size] == '_');
}

static uint32_t length_bit(size_t size) { return UINT32_C(1) << (size < 31 ? size : 31); }

static bool is_param(const struct c_locals *locals, const char *word) {
    for (size_t i = 0; i < locals->n; i++)
        if (!strcmp(locals->params[i], word))
            return true;
    return false;
}

/* `locals` holds the parameters before this one. */
static void add_param(struct c_locals *locals, const struct c_names *names, const char *name) {
    char *changed = locals->changed[locals->n];
    size_t room = sizeof locals->changed[0];
    const char *called = name;
    if (c_is_taken(name) || is_ours(names, name)) {
        snprintf(changed, room, "%s_", name);
        called = changed;
    }
    for (unsigned number = 2; is_param(locals, called); number++) {
        snprintf(changed, room, "%s_%u", name, number);
        called = changed;
    }
    size_t size = strlen(called);
    locals->params[locals->n] = called;
    locals->sizes[locals->n++] = size;
    locals->lengths |= length_bit(size);
}

void c_locals_of_params(struct c_locals *locals, const struct c_names *names, const struct model_param *params,
                        size_t n) {
    locals->n = locals->lengths = 0;
    for (size_t i = 0; i < n; i++)
        add_param(locals, names, params[i].name);
}

void c_locals_of_wilds(struct c_locals *locals, const struct c_names *names, const struct model_node *node) {
    const char *wilds[MODEL_MAX_WILDS];
    size_t n = 0;
    for (; node; node = node->parent)
        if (node->kind == NODE_WILD)
            wilds[n++] = node->name;
    locals->n = locals->lengths = 0;
    while (n--)
        add_param(locals, names, wilds[n]);
}

size_t c_local_own(char *to, const struct c_locals *locals, const char *word, size_t size) {
    memcpy(to, word, size);
    to[size] = '\0';
    if (!locals || !(locals->lengths & length_bit(size)) || !is_param(locals, to))
        return size;
    to[size++] = '_';
    to[size] = '\0';
    size_t end = size;
    for (unsigned number = 2; is_param(locals, to); number++)
        end = size + (size_t)snprintf(to + size, 4, "%u", number);
    return end;
}
