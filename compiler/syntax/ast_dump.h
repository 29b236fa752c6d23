/* SPDX-License-Identifier: MIT */
#ifndef T87SC_AST_DUMP_H
#define T87SC_AST_DUMP_H

#include "ast.h"
#include "text.h"

/* The tree as indented lines with their places: for people who look into the parser, and for its golden tests. */
void ast_dump(const struct ast_file *file, struct text *out);

#endif
