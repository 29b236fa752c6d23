/* SPDX-License-Identifier: MIT
 *
 * All places that name one thing. A thing is known by the place where it is declared, which holds in every schema that
 * reads the file; so the schemas that are open are looked through one after the other.
 */
#ifndef T87SC_USES_H
#define T87SC_USES_H

#include "locate.h"
#include "outline.h"
#include "server.h"

struct subject {
    const char *name;   /* interned */
    struct place place; /* line 0: a struct of a value, which is declared in C */
};

/* What the name stands for. False: nothing that a schema declares. */
bool subject_of(const struct outline *outline, const struct symbol *symbol, struct subject *out);

/* An object: by URI the places in that text, again an object of {range, isDeclaration}, each under a key of its own.
 * `symbol` is of the schema that is known; another one may be known afterwards. NULL: no memory. */
json_t *uses_of(struct server *server, const struct symbol *symbol);

/* Whether a document is looked at by itself, and not in a schema that imports it. */
bool is_schema(const struct server *server, const struct document *document);

#endif
