/* SPDX-License-Identifier: MIT */
#include "names.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <t87s/codegen.h>

#include "clean.h"

enum { GENERATED = 'g', BY_HAND = 'h' }; /* the letter in front of a key */

/* ---- keys ---- */

/* How many bytes a parameter takes of those that are left; 0: it is none. */
static size_t size_of(struct model_type type, const unsigned char *at, size_t left) {
    size_t size = 4;
    if (type.kind == TYPE_STR)
        size = left ? 2 + (size_t)at[0] : SIZE_MAX;
    else if (type.kind == TYPE_U64 || type.kind == TYPE_I64)
        size = 8;
    else if (type.kind == TYPE_UUID)
        size = 16;
    else if (type.kind == TYPE_BOOL)
        size = 1;
    if (size > left || (type.kind == TYPE_STR && (at[0] == 0 || at[size - 1] != 0 || memchr(at + 1, 0, at[0]))))
        return 0;
    return size;
}

static void append_uuid(struct text *out, const unsigned char *bytes) {
    for (int i = 0; i < 16; i++)
        text_printf(out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
}

/* The argument as text; false: no value of its type. */
static bool append_value(struct text *out, struct model_type type, const unsigned char *at) {
    switch (type.kind) {
    case TYPE_STR:
        clean_append(out, at + 1, at[0]);
        break;
    case TYPE_U32:
        text_printf(out, "%" PRIu32, t87s_gen_take_u32(&at));
        break;
    case TYPE_I32:
        text_printf(out, "%" PRId32, t87s_gen_take_i32(&at));
        break;
    case TYPE_U64:
        text_printf(out, "%" PRIu64, t87s_gen_take_u64(&at));
        break;
    case TYPE_I64:
        text_printf(out, "%" PRId64, t87s_gen_take_i64(&at));
        break;
    case TYPE_UUID:
        append_uuid(out, at);
        break;
    case TYPE_BOOL:
        text_append(out, *at ? "true" : "false");
        return *at <= 1;
    case TYPE_ENUM: {
        const uint32_t number = t87s_gen_take_u32(&at);
        if (number >= type.enumeration->n_items)
            return false;
        text_append(out, type.enumeration->items[number]);
        break;
    }
    }
    return true;
}

static unsigned char *put_wild(unsigned char *at, struct model_type type, const unsigned char *param) {
    switch (type.kind) {
    case TYPE_U32:
        return t87s_gen_path_u32(at, t87s_gen_take_u32(&param));
    case TYPE_I32:
        return t87s_gen_path_i32(at, t87s_gen_take_i32(&param));
    case TYPE_U64:
        return t87s_gen_path_u64(at, t87s_gen_take_u64(&param));
    case TYPE_I64:
        return t87s_gen_path_i64(at, t87s_gen_take_i64(&param));
    case TYPE_UUID:
        return t87s_gen_path_uuid(at, param);
    case TYPE_ENUM:
        return t87s_gen_path_str(at, type.enumeration->items[t87s_gen_take_u32(&param)]);
    case TYPE_STR:
    case TYPE_BOOL: /* fills no wild */
        break;
    }
    return t87s_gen_path_str(at, t87s_gen_take_str(&param));
}

static struct t87s_store_tag copy_path(struct arena *arena, const unsigned char *path, const unsigned char *end) {
    const size_t size = (size_t)(end - path);
    unsigned char *copy = arena_alloc(arena, size);
    memcpy(copy, path, size);
    return (struct t87s_store_tag){copy, size};
}

static unsigned char *put_static(unsigned char *at, const char *name) {
    const size_t size = strlen(name);
    *at++ = 's';
    *at++ = (unsigned char)size;
    memcpy(at, name, size);
    return at + size;
}

static struct t87s_store_tag path_of(struct arena *arena, const struct model_node *node, const struct model_spec *spec,
                                     const unsigned char *const *params) {
    const struct model_node *segments[MODEL_MAX_SEGMENTS];
    struct t87s_tag tag;
    unsigned char *end = tag.path;
    for (const struct model_node *at = node; at->parent; at = at->parent)
        segments[at->depth - 1] = at;
    for (size_t i = 0, wild = 0; i < node->depth; i++)
        end = segments[i]->kind == NODE_STATIC ? put_static(end, segments[i]->name)
                                               : put_wild(end, segments[i]->type, params[spec->params[wild++]]);
    return copy_path(arena, tag.path, end);
}

/* False: these are no arguments of it. */
static bool read_arguments(struct arena *arena, const unsigned char *at, size_t left, struct key_name *out) {
    const struct model_query *query = out->query;
    const unsigned char *params[MODEL_MAX_PARAMS];
    struct text name;
    text_init_in(&name, arena);
    text_printf(&name, "%s(", query->name);
    for (size_t i = 0; i < query->n_params; i++) {
        const struct model_type type = query->params[i].type;
        const size_t size = size_of(type, at, left);
        struct text value;
        text_init_in(&value, arena);
        if (!size || !append_value(&value, type, at))
            return false;
        text_append(&name, i ? ", " : "");
        if (type.kind == TYPE_STR)
            clean_append_quoted(&name, at + 1, at[0]);
        else
            text_append(&name, text_string(&value));
        out->arguments[i] =
            (struct key_argument){query->params[i].name, text_string(&value),
                                  type.kind >= TYPE_U32 && type.kind <= TYPE_I64, type.kind == TYPE_BOOL};
        params[i] = at;
        at += size;
        left -= size;
    }
    text_append(&name, ")");
    out->text = text_string(&name);
    out->n_arguments = query->n_params;
    for (size_t i = 0; i < query->n_tags && !left; i++)
        out->tags[out->n_tags++] = path_of(arena, query->tags[i].node, &query->tags[i], params);
    return !left;
}

static int by_fingerprint(const void *a, const void *b) {
    const uint64_t left = ((const struct named_query *)a)->fingerprint,
                   right = ((const struct named_query *)b)->fingerprint;
    return left < right ? -1 : left > right;
}

void names_init(struct names *names, struct arena *arena, const struct emit_plan *plan) {
    const struct model *model = plan->model;
    struct named_query *queries = ARENA_ARRAY(arena, struct named_query, model->n_queries + 1);
    for (size_t i = 0; i < model->n_queries; i++)
        queries[i] = (struct named_query){plan->fingerprints[i], &model->queries[i]};
    qsort(queries, model->n_queries, sizeof *queries, by_fingerprint);
    *names = (struct names){model, queries};
}

static const struct model_query *find_query(const struct names *names, uint64_t fingerprint) {
    const struct named_query wanted = {fingerprint, NULL};
    const struct named_query *found =
        bsearch(&wanted, names->queries, names->model->n_queries, sizeof wanted, by_fingerprint);
    return found ? found->query : NULL;
}

void names_read(const struct names *names, struct arena *arena, const unsigned char *key, size_t size,
                struct key_name *out) {
    uint64_t fingerprint;
    struct text text;
    text_init_in(&text, arena);
    *out = (struct key_name){.kind = KEY_BROKEN};
    if (size > sizeof fingerprint && key[0] == GENERATED) {
        memcpy(&fingerprint, key + 1, sizeof fingerprint);
        out->query = find_query(names, fingerprint);
        out->kind = out->query ? KEY_OF_QUERY : KEY_OF_OTHERS;
        if (out->query && read_arguments(arena, key + 1 + sizeof fingerprint, size - 1 - sizeof fingerprint, out))
            return;
        if (out->query)
            *out = (struct key_name){.kind = KEY_BROKEN};
        text_printf(&text, "%016" PRIx64 "(...)", fingerprint);
    } else if (size > 1 && key[0] == BY_HAND) {
        out->kind = KEY_BY_HAND;
        clean_append_quoted(&text, key + 1, size - 1);
    } else {
        clean_append_quoted(&text, key, size);
    }
    out->text = text_string(&text);
}

/* ---- tags ---- */

const char *names_of_tag(struct arena *arena, struct t87s_store_tag tag) {
    struct text text;
    const int size = t87s_gen_path_format(tag.path, tag.size, NULL, 0);
    text_init_in(&text, arena);
    if (size < 0)
        return "?";
    char *plain = arena_alloc(arena, (size_t)size + 1);
    t87s_gen_path_format(tag.path, tag.size, plain, (size_t)size + 1);
    clean_append(&text, plain, (size_t)size);
    return text_string(&text);
}

void names_static_tags(const struct names *names, struct arena *arena,
                       void (*add)(void *arg, struct t87s_store_tag tag), void *arg) {
    const struct model *model = names->model;
    for (size_t i = 1; i < model->n_nodes; i++)
        if (model->nodes[i]->n_wilds == 0)
            add(arg, path_of(arena, model->nodes[i], NULL, NULL));
}
