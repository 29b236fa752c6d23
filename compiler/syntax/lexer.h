/* SPDX-License-Identifier: MIT
 *
 * Bytes to tokens. What is not text is reported here, once for each bad sequence, and skipped; the parser learns of it
 * by `was_bad` and keeps quiet about what follows from it.
 */
#ifndef T87SC_LEXER_H
#define T87SC_LEXER_H

#include <stdbool.h>

#include "diag.h"
#include "source.h"
#include "tokens.h"

enum { LEXER_MAX_NAME = 64 };

struct lexer {
    const struct source *source;
    struct diag_list *diags;
    bool was_bad;        /* something was reported in the last token or before it */
    bool was_lost;       /* what was reported left a gap: the token is not what was meant, or not all of it */
    uint32_t quiet_line; /* set by who reads on to find where a mistake ends: stray characters there are part of it */
    bool wants_comments; /* set after lexer_init(): TOKEN_COMMENT is given too, as far as its line goes */
    /* the lexer's own */
    const unsigned char *cursor, *limit, *marker;
    const unsigned char *line_start; /* moved forward by each continuation byte: column = cursor - line_start + 1 */
    uint32_t line;
};

void lexer_init(struct lexer *lexer, const struct source *source, struct diag_list *diags);

/* The next token; TOKEN_END for ever after the last one. */
enum token_kind lexer_next(struct lexer *lexer, struct token *token);

#endif
