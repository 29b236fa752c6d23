/* SPDX-License-Identifier: MIT
 *
 * What was written, in the order it was written. Names are interned; nothing is looked up yet.
 *
 * Lists keep their first and last element. A block or file from which something was skipped is `broken`: what is
 * missing there may have been in the skipped part, so nobody complains of it.
 */
#ifndef T87SC_AST_H
#define T87SC_AST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source.h"

/* Kept of one list; what is more is counted, not kept, so that a wrong file cannot take much more memory than its size.
 * All but the last are beyond the limits of the language; that one is a limit. */
enum { AST_MAX_PARAMS = 32, AST_MAX_STEPS = 32, AST_MAX_ARGS = 32, AST_MAX_SPECS = 1024 };

struct ast_name {
    const char *text; /* NULL: left out */
    struct place place;
};

struct ast_named {
    struct ast_name name;
    struct ast_named *next;
};

struct ast_names {
    size_t n;
    struct ast_named *first, *last;
};

struct ast_wild {
    struct ast_name name, type; /* of `Wild(name: type)` */
};

struct ast_item {
    struct place place;
    const char *name; /* of the segment; NULL for a wild directly in the block */
    const char *doc;
    bool is_wild;
    struct ast_wild *wild;  /* NULL for a bare `Wild` */
    struct ast_name *group; /* what hangs below: a group, or a block, or neither */
    struct ast_block *block;
    struct ast_item *next;
};

struct ast_block {
    struct ast_item *first, *last;
    bool broken;
};

struct ast_param {
    struct ast_name name, type;
    bool is_key;
    struct ast_param *next;
};

/* A segment of a tag: `users`, `users()`, `users(user_id)`. */
struct ast_step {
    struct ast_name name;
    bool brackets;
    struct ast_names args;
    struct ast_step *next;
};

struct ast_spec {
    struct ast_step *first, *last;
    size_t n_steps;
    bool exact, soft;
    struct ast_spec *next;
};

enum ast_clause_kind {
    CLAUSE_TAGGED,
    CLAUSE_TTL,
    CLAUSE_GRACE,
    CLAUSE_NEGATIVE,
    CLAUSE_JITTER,
    CLAUSE_TIMEOUT,
    CLAUSE_FLEET,
    CLAUSE_VERIFY,
    CLAUSE_VERSION,
    CLAUSE_INVALIDATES,
    CLAUSE_N
};

extern const char *const ast_clause_names[CLAUSE_N];

enum { AST_WORD_ALONE = -1 };

struct ast_clause {
    enum ast_clause_kind kind;
    struct place place;
    int64_t value; /* milliseconds, percent or a version; of a `fleet` that names none AST_WORD_ALONE */
    struct ast_clause *next;
};

enum ast_value_kind { AST_VALUE_TYPE, AST_VALUE_STRUCT, AST_VALUE_CODEC };

struct ast_function {
    bool is_mutation;
    size_t n_params;
    struct ast_param *first_param, *last_param;
    enum ast_value_kind value_kind;
    struct ast_name value;          /* queries only */
    struct ast_clause *last_clause; /* of those that were written, in a list by `next` from the last to the first */
    size_t n_specs;                 /* of tagged or invalidates */
    struct ast_spec *first_spec, *last_spec;
};

enum ast_kind {
    AST_SCHEMA,
    AST_INCLUDE,
    AST_IMPORT,
    AST_DEFAULT_TTL,
    AST_DEFAULT_GRACE,
    AST_TAGS,
    AST_ROOT,
    AST_ENUM,
    AST_CACHED,
    AST_MUTATION,
    AST_SKIPPED
};

struct ast_declaration {
    enum ast_kind kind;
    enum ast_kind skipped_kind; /* AST_SKIPPED: what it began as, AST_SKIPPED when not even that is known */
    struct place place;         /* of the word that begins it */
    struct ast_name name;       /* of the thing declared; of an include or import the file, without its quotes */
    const char *doc;
    union {
        bool angled;                   /* AST_INCLUDE */
        int64_t duration_ms;           /* AST_DEFAULT_* */
        struct ast_block *block;       /* AST_TAGS, AST_ROOT */
        struct ast_names items;        /* AST_ENUM */
        struct ast_function *function; /* AST_CACHED, AST_MUTATION */
    };
    struct ast_declaration *next;
};

struct ast_file {
    const struct source *source;
    struct ast_declaration *first, *last;
};

/* NULL: left out. */
const struct ast_clause *ast_clause_of(const struct ast_function *function, enum ast_clause_kind kind);

#endif
