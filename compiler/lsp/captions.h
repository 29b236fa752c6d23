/* SPDX-License-Identifier: MIT
 *
 * Things as the schema writes them, for the editor to show.
 */
#ifndef T87SC_CAPTIONS_H
#define T87SC_CAPTIONS_H

#include "ast.h"
#include "model.h"
#include "text.h"

void caption_node(struct text *out, const struct model_node *node);              /* users(user_id: u64).posts */
void caption_spec(struct text *out, const struct ast_spec *spec);                /* users(author_id).posts exact */
void caption_params(struct text *out, const struct ast_function *function);      /* (user_id: u64, key page: u32) */
void caption_function(struct text *out, const struct ast_declaration *function); /* cached f(user_id: u64) -> u64 */
void caption_enum(struct text *out, const struct model_enum *enumeration);       /* enum region { eu, us } */

#endif
