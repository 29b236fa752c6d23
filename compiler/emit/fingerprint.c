/* SPDX-License-Identifier: MIT */
#include "fingerprint.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "by_hash.h"

static void append_type(struct text *text, struct model_type type) {
    static const char *const names[] = {"str", "u32", "u64", "i32", "i64", "uuid", "bool", "enum"};
    text_append(text, names[type.kind]);
    if (type.kind != TYPE_ENUM)
        return;
    /* A key holds the item's number, so the items and their order are part of the type. */
    const struct model_enum *enumeration = type.enumeration;
    text_append_char(text, ' ');
    text_append(text, enumeration->name);
    for (size_t i = 0; i < enumeration->n_items; i++) {
        text_append_char(text, ' ');
        text_append(text, enumeration->items[i]);
    }
}

static void append_number(struct text *text, uint32_t number) {
    char digits[12], *at = digits + sizeof digits;
    do
        *--at = (char)('0' + number % 10);
    while (number /= 10);
    text_append_bytes(text, at, (size_t)(digits + sizeof digits - at));
}

static void append_spec(struct text *text, const struct model_spec *spec) {
    const struct model_node *segments[MODEL_MAX_SEGMENTS];
    for (const struct model_node *at = spec->node; at->parent; at = at->parent)
        segments[at->depth - 1] = at;
    text_append(text, "tag");
    for (size_t i = 0, wild = 0; i < spec->node->depth; i++) {
        text_append_char(text, '/');
        if (segments[i]->kind == NODE_STATIC) {
            text_append(text, segments[i]->name);
        } else {
            text_append_char(text, '<');
            append_number(text, spec->params[wild++]);
        }
    }
    text_append_char(text, '\n');
}

void fingerprint_text(struct text *text, const struct model *model, const struct model_query *query) {
    static const char *const values[] = {"struct ", "", "uuid", "str", "bytes", "codec "};
    text_append(text, "t87s query 1\n");
    text_append(text, model->schema);
    text_append_char(text, ' ');
    text_append(text, query->name);
    text_append(text, " version ");
    append_number(text, query->version);
    text_append(text, "\n-> ");
    text_append(text, values[query->value.kind]);
    if (query->value.kind == VALUE_SCALAR)
        append_type(text, query->value.type);
    else if (query->value.name)
        text_append(text, query->value.name);
    text_append_char(text, '\n');
    for (size_t i = 0; i < query->n_params; i++) {
        append_type(text, query->params[i].type);
        text_append_char(text, '\n');
    }
    for (size_t i = 0; i < query->n_tags; i++)
        append_spec(text, &query->tags[i]);
}

bool fingerprints_separate(uint64_t *fingerprints, size_t n, struct arena *arena) {
    struct by_hash pairs;
    if (!by_hash_init(&pairs, n, arena))
        return false;
    for (bool again = true; again;) {
        again = false;
        pairs.n = 0;
        for (size_t i = 0; i < n; i++)
            by_hash_add(&pairs, fingerprints[i], i);
        by_hash_sort(&pairs);
        for (size_t i = 0, size; i < n; i += size) {
            size = by_hash_run(&pairs, i);
            for (size_t j = i + 1; j < i + size; j++) {
                uint64_t *fingerprint = &fingerprints[pairs.items[j].payload], salted[2] = {*fingerprint, j - i};
                *fingerprint = XXH3_64bits(salted, sizeof salted);
                again = true;
            }
        }
    }
    by_hash_drop(&pairs, arena);
    return true;
}

uint64_t *fingerprints_of(const struct model *model, struct arena *arena) {
    uint64_t *fingerprints = arena_try(arena, (model->n_queries + 1) * sizeof *fingerprints);
    if (!fingerprints)
        return NULL;
    struct text text;
    text_init(&text);
    for (size_t i = 0; i < model->n_queries; i++) {
        text.size = 0;
        fingerprint_text(&text, model, &model->queries[i]);
        fingerprints[i] = XXH3_64bits(text.data, text.size);
    }
    bool failed = text.failed;
    text_free(&text);
    return !failed && fingerprints_separate(fingerprints, model->n_queries, arena) ? fingerprints : NULL;
}
