/* SPDX-License-Identifier: MIT
 *
 * The tokens of an open text, one after the other; what is wrong in it was said elsewhere.
 */
#ifndef T87SC_SCAN_H
#define T87SC_SCAN_H

#include "arena.h"
#include "diag.h"
#include "documents.h"
#include "lexer.h"

/* Must stay where it is. */
struct scan {
    struct lexer lexer;
    struct source source;
    struct diag_list diags;
    struct arena arena; /* of the diagnostics, which nobody sees */
};

void scan_init(struct scan *scan, const struct document *document);
void scan_free(struct scan *scan);
enum token_kind scan_next(struct scan *scan, struct token *token);

/* The token that has the byte in it, or ends there; TOKEN_END when there is none. */
enum token_kind scan_token_at(const struct document *document, size_t offset, struct token *token);

bool scan_is_word(enum token_kind kind);               /* a name, or a word that may be one */
bool scan_is_one_word(const char *bytes, size_t size); /* and nothing else; a NUL follows */
bool scan_is_declaration(enum token_kind kind);

#endif
