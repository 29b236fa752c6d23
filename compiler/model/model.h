/* SPDX-License-Identifier: MIT
 *
 * The resolved schema: what the emitters see, and all they see.
 *
 * resolve.c builds it from the AST, the checks read it, the emitters print it. Everything lives in one arena and never
 * changes after resolve. Groups are expanded: every place a group is used has nodes of its own, so a node is a tag.
 * Names are interned, so equal names are equal pointers; they are NUL-terminated. Arrays keep the schema's order.
 */
#ifndef T87SC_MODEL_H
#define T87SC_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source.h" /* struct place */

enum {
    MODEL_MAX_SEGMENTS = 16, /* on a path */
    MODEL_MAX_WILDS = 8,     /* on a path */
    MODEL_MAX_TAGS = 8,      /* on a query */
    MODEL_MAX_PARAMS = 16,
    MODEL_MAX_NAME = 64,
    MODEL_MAX_STR = 255,       /* bytes of a str wild or parameter */
    MODEL_MAX_NODES = 1 << 20, /* of the expanded tag tree: groups used in groups multiply */
};

struct model_enum {
    const char *name;
    const char *doc; /* joined lines of the doc comment, or NULL */
    struct place place;
    size_t n_items;
    const char **items;
};

enum model_type_kind { TYPE_STR, TYPE_U32, TYPE_U64, TYPE_I32, TYPE_I64, TYPE_UUID, TYPE_BOOL, TYPE_ENUM };

/* The type of a wild or a parameter. Two types are the same when both fields are. */
struct model_type {
    enum model_type_kind kind;
    const struct model_enum *enumeration; /* TYPE_ENUM only, else NULL */
};

enum model_node_kind { NODE_ROOT, NODE_STATIC, NODE_WILD };

/* A node of the tag tree; every node but the root is a tag.
 * `users: Wild(user_id: u64)` makes two: the static `users`, and below it the wild `<user_id>`.
 * A node has at most one wild child. */
struct model_node {
    enum model_node_kind kind;
    const char *name; /* the static's text; the wild's parameter name; "" for the root. A bare Wild is named "id" */
    struct model_type type; /* NODE_WILD only */
    const char *doc;
    struct place place;
    struct model_node *parent;      /* NULL for the root */
    struct model_node *first_child; /* in the schema's order */
    struct model_node *next_sibling;
    struct model_node *wild_child; /* the one wild among the children, or NULL */
    uint32_t index;                /* in model.nodes; the root is 0, parents come before children (pre-order) */
    uint32_t depth;                /* segments from the root: 1 for `users` */
    uint32_t n_wilds;              /* wilds on the path, this node included */
};

struct model_param {
    const char *name;
    struct model_type type;
    bool is_key; /* marked `key`: part of the cache key, fills no wild */
    struct place place;
};

/* A tag of a query or of a mutation: a node, and for each wild on its path the parameter that fills it. */
struct model_spec {
    const struct model_node *node;
    uint8_t params[MODEL_MAX_WILDS]; /* node->n_wilds of them, indices into the owner's params, from the root down */
    bool exact, soft;                /* mutations only */
    struct place place;
};

enum model_value_kind {
    VALUE_STRUCT, /* name: the C struct's tag */
    VALUE_SCALAR, /* type: u32 u64 i32 i64 bool or an enum */
    VALUE_UUID,
    VALUE_STR,
    VALUE_BYTES,
    VALUE_CODEC /* name: the C struct's tag, encoded and decoded by the application */
};

struct model_value {
    enum model_value_kind kind;
    const char *name;       /* VALUE_STRUCT and VALUE_CODEC, else NULL */
    struct model_type type; /* VALUE_SCALAR only */
    struct place place;
};

enum {
    MODEL_LEASE_MS = 5000,   /* of a `fleet` that does not say, if the timeout is not shorter */
    MODEL_TIMEOUT_MS = 30000 /* of a query that does not say: the library's */
};
enum { MODEL_UNSET = -1 }; /* a clause that was left out and has no schema default */

struct model_query {
    const char *name;
    const char *doc;
    struct place place;
    size_t n_params;
    struct model_param *params;
    struct model_value value;
    size_t n_tags;
    struct model_spec *tags;
    int64_t ttl_ms,
        grace_ms; /* the clause, else the schema's default, else MODEL_UNSET (the cache's default at run time) */
    int64_t negative_ms, timeout_ms; /* or MODEL_UNSET */
    int64_t fleet_ms;                /* how long a lease lasts; or MODEL_UNSET: there is none */
    int32_t jitter_percent;          /* 0..100, or MODEL_UNSET */
    int32_t verify_percent;          /* 0..100, or MODEL_UNSET (the cache's default at run time) */
    uint32_t version;                /* of the value's layout; 0 when left out */
};

struct model_mutation {
    const char *name;
    const char *doc;
    struct place place;
    size_t n_params;
    struct model_param *params;
    size_t n_invalidates;
    struct model_spec *invalidates;
};

struct model_include {
    const char *path;
    bool angled; /* <x.h> rather than "x.h" */
};

struct model {
    const char *schema; /* the prefix of every generated name */
    struct place schema_place;
    const char *file_name; /* of the schema, without its folder: "blog.tags" ("schema.tags" for standard input) */
    const char *doc;
    int64_t default_ttl_ms, default_grace_ms; /* or MODEL_UNSET */
    size_t n_includes;
    struct model_include *includes;
    size_t n_enums;
    struct model_enum **enums;
    size_t n_nodes;
    struct model_node **nodes; /* [0] is the root */
    size_t n_queries;
    struct model_query *queries;
    size_t n_mutations;
    struct model_mutation *mutations;
};

#endif
