/* SPDX-License-Identifier: MIT
 *
 * What stands at a place of a file: the name there, and what it is a name of.
 */
#ifndef T87SC_LOCATE_H
#define T87SC_LOCATE_H

#include "ast.h"

enum symbol_kind {
    SYMBOL_SCHEMA,
    SYMBOL_IMPORT,
    SYMBOL_INCLUDE,
    SYMBOL_GROUP,    /* declared or used */
    SYMBOL_ENUM,     /* declared */
    SYMBOL_ITEM,     /* of an enum */
    SYMBOL_SEGMENT,  /* declared in a block */
    SYMBOL_WILD,     /* the parameter of one, declared */
    SYMBOL_TYPE,     /* used: a built-in one or an enum */
    SYMBOL_STRUCT,   /* the C struct of a value */
    SYMBOL_FUNCTION, /* a query or mutation */
    SYMBOL_PARAM,    /* declared */
    SYMBOL_STEP,     /* a segment of a tag */
    SYMBOL_ARGUMENT  /* in the brackets of one */
};

struct symbol {
    enum symbol_kind kind;
    const char *name; /* interned; of files without quotes */
    struct place place;
    uint32_t span;
    const struct ast_declaration *declaration; /* that it stands in */
    const struct ast_item *item;               /* SYMBOL_SEGMENT, SYMBOL_WILD */
    const struct ast_spec *spec;               /* SYMBOL_STEP, SYMBOL_ARGUMENT */
    const struct ast_step *step;               /* the same */
};

/* Called with each name of a file, in the order of the declarations. True: no more. */
typedef bool symbol_visitor(void *context, const struct symbol *symbol);

bool each_symbol(const struct ast_file *file, symbol_visitor *visit, void *context); /* whether it was stopped */

/* The name that has the column in it, or ends there. */
bool locate(const struct ast_file *file, uint32_t line, uint32_t column, struct symbol *out);

/* Of a SYMBOL_PARAM or SYMBOL_ARGUMENT: the first parameter of its name, NULL if there is none. */
const struct ast_param *param_of(const struct symbol *symbol);

#endif
