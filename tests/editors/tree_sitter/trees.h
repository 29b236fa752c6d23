/* SPDX-License-Identifier: MIT
 *
 * Schemas as editors have them that read with tree-sitter: by the parser of editors/tree-sitter.
 */
#ifndef T87S_TEST_TREES_H
#define T87S_TEST_TREES_H

#include <stdbool.h>
#include <stddef.h>

#include <tree_sitter/api.h>

#include "text.h"

const TSLanguage *tree_sitter_t87s(void); /* of the parser, which has no header */

struct tree {
    const char *bytes;
    TSTree *tree;
    TSNode root;
    bool is_whole; /* nothing in it was not understood, and nothing had to be thought up */
};

/* The bytes stay the caller's. */
void tree_open(struct tree *tree, const char *bytes, size_t size);
void tree_free(struct tree *tree);

/* A node a line, as deep as it stands: "name: (identifier) carrier", "kind: ttl"; of keywords and marks only those that
 * a field has. */
void tree_print(const struct tree *tree, struct text *out);

/* Calls `see` for each node below the root that has no child, in their order. */
void tree_leaves(const struct tree *tree, void (*see)(void *context, TSNode leaf), void *context);

#endif
