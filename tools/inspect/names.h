/* SPDX-License-Identifier: MIT
 *
 * From keys in the store to what they are called in the schema. A key of the store is a letter and a key of a cache
 * (runtime/cache/shared.c); that of a generated query is its fingerprint and its arguments (t87s/codegen.h), and from
 * these come its tags.
 */
#ifndef T87S_INSPECT_NAMES_H
#define T87S_INSPECT_NAMES_H

#include <t87s/store.h>

#include "arena.h"
#include "emit_plan.h"

struct named_query {
    uint64_t fingerprint;
    const struct model_query *query;
};

struct names {
    const struct model *model;
    const struct named_query *queries; /* by fingerprint */
};

/* Under arena_run(), as all that follows. */
void names_init(struct names *names, struct arena *arena, const struct emit_plan *plan);

enum key_kind {
    KEY_OF_QUERY,
    KEY_BY_HAND,
    KEY_OF_OTHERS, /* of a query that this schema has not: another schema, or another version of it */
    KEY_BROKEN     /* of nobody's */
};

struct key_argument {
    const char *name, *text; /* the text as it stands in the key's name, but without quotes */
    bool is_number, is_bool;
};

struct key_name {
    enum key_kind kind;
    const struct model_query *query; /* KEY_OF_QUERY only, as what follows but the text */
    const char *text;                /* get_user(7) */
    size_t n_arguments;
    struct key_argument arguments[MODEL_MAX_PARAMS];
    size_t n_tags;
    struct t87s_store_tag tags[MODEL_MAX_TAGS];
};

/* `key` may be any bytes. */
void names_read(const struct names *names, struct arena *arena, const unsigned char *key, size_t size,
                struct key_name *out);

/* users/7 */
const char *names_of_tag(struct arena *arena, struct t87s_store_tag tag);

/* The tags of the schema that need no argument, each with a name: `add` is called for each. */
void names_static_tags(const struct names *names, struct arena *arena,
                       void (*add)(void *arg, struct t87s_store_tag tag), void *arg);

#endif
