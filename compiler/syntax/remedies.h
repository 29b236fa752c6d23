/* SPDX-License-Identifier: MIT
 *
 * What those write who know C, .proto files or globs, and how it is said in this language. Only for messages: nothing
 * here decides what is right.
 */
#ifndef T87SC_REMEDIES_H
#define T87SC_REMEDIES_H

#include "parser.h"

/* For an ASCII character that begins no token; NULL: nothing is known. */
const char *remedy_for_character(const struct source *source, const unsigned char *at);

/* For the token that does not fit: adds help to the diagnostic, and a fix where there is but one. False: nothing is
 * known. */
bool remedy_for_token(struct parser *parser, struct diag *diag, const bool *fits, enum token_kind kind,
                      struct token token);

#endif
