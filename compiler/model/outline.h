/* SPDX-License-Identifier: MIT
 *
 * What is known of a schema that may still be wrong: for the language server, which is asked while one types. Nothing
 * of it may be emitted. What was written is there as it is; the tag tree is there when the groups let one grow, and
 * then names that were refused are missing in it or stand in it as the first of their kind.
 */
#ifndef T87SC_OUTLINE_H
#define T87SC_OUTLINE_H

#include <stddef.h>

struct ast_declaration;
struct ast_file;
struct model_enum;
struct model_node;
struct scope;

struct outline {
    const struct ast_file **files; /* the schema, then its imports in the order of reading */
    size_t n_files;
    const struct ast_declaration *defaults[2]; /* of ttl and grace, or NULL */
    struct model_node *const *nodes;           /* as in the model; NULL: there is no tree */
    size_t n_nodes;
    /* the finders' own */
    const struct scope *names;
};

/* NULL when there is none. These take names that are interned, as those in the AST are. */
const struct ast_declaration *outline_group(const struct outline *outline, const char *name);
const struct model_enum *outline_enum(const struct outline *outline, const char *name);

/* Where a tag goes on from a node: over wilds whose brackets were left out, too. */
const struct model_node *outline_step(const struct outline *outline, const struct model_node *node, const char *name);

#endif
