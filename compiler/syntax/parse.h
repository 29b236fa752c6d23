/* SPDX-License-Identifier: MIT */
#ifndef T87SC_PARSE_H
#define T87SC_PARSE_H

#include "arena.h"
#include "ast.h"
#include "diag.h"
#include "intern.h"

/* Always gives a file; what could not be read is reported in diags and stands in it as AST_SKIPPED. Only under
 * arena_run(). */
struct ast_file *parse_file(struct arena *arena, struct intern *intern, struct diag_list *diags,
                            const struct source *source);

#endif
