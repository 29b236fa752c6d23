/* SPDX-License-Identifier: MIT
 *
 * What could be written at a place of a text. It is found from the tokens before it, not from the tree: what is being
 * written mostly does not parse yet.
 */
#ifndef T87SC_CURSOR_H
#define T87SC_CURSOR_H

#include "ast.h"
#include "documents.h"
#include "model.h"
#include "tokens.h"

enum cursor_place {
    CURSOR_ELSEWHERE,    /* a new name, a number, a comment, a file: nothing to choose from */
    CURSOR_DECLARATION,  /* between two */
    CURSOR_DEFAULT,      /* after default */
    CURSOR_IMPORT,       /* in the quotes of one: a step of the path */
    CURSOR_ITEM,         /* a segment begins */
    CURSOR_SEGMENT_KIND, /* Static or Wild */
    CURSOR_GROUP,        /* what hangs below a segment */
    CURSOR_WILD_TYPE,
    CURSOR_PARAM, /* begins */
    CURSOR_PARAM_TYPE,
    CURSOR_VALUE,
    CURSOR_STRUCT, /* of the value */
    CURSOR_CLAUSE,
    CURSOR_EFFECT,    /* a clause of a mutation */
    CURSOR_AFTER_TAG, /* a clause, or a mark of a mutation's tag */
    CURSOR_STEP,      /* a segment of a tag */
    CURSOR_ARGUMENT
};

/* A name in the text. */
struct word {
    const char *bytes;
    size_t size;
};

bool word_is(struct word word, const char *name);

struct cursor_step {
    struct word name;
    bool brackets;
    uint32_t n_args;
};

struct cursor_param {
    struct word name, type;
    bool is_key;
};

struct cursor {
    enum cursor_place place;
    struct word prefix; /* what is there of the word already; its size may be 0 */
    size_t rest;        /* bytes of that word behind the cursor */
    bool has_brackets;  /* an opening one follows */
    bool is_mutation;
    uint32_t n_params, n_steps, n_filled, n_clauses;
    struct cursor_param params[MODEL_MAX_PARAMS]; /* of the query or mutation */
    struct cursor_step
        steps[MODEL_MAX_SEGMENTS];       /* of the tag so far; of CURSOR_ARGUMENT the last is the one to fill */
    struct word folder;                  /* of CURSOR_IMPORT, with a slash behind it; or empty */
    struct word filled[MODEL_MAX_WILDS]; /* in the brackets of these steps */
    struct word clauses[CLAUSE_N];       /* that are there already */
};

/* False when there is no memory. */
bool cursor_find(struct cursor *cursor, const struct document *document, size_t offset);

#endif
