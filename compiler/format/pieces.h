/* SPDX-License-Identifier: MIT
 *
 * A schema that parses, as a row of pieces: its tokens and, between them, its comments. This is all that the layout is
 * made from; of the old layout it knows only if a piece stood on the line of the one before it, on a later one, or
 * behind an empty one.
 *
 * pieces_read() also settles the comments, so that what is written from the pieces gives the same pieces again:
 * a comma or an opening brace, which never begins a line, goes before the comments that it stood behind, and a
 * semicolon before the one on the line that it ends. No token gets another doc comment by that. A doc comment behind a
 * declaration or segment is that of the next one, and goes to a line of its own. Empty lines go where a file or block
 * begins, and below a doc comment.
 */
#ifndef T87SC_PIECES_H
#define T87SC_PIECES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "source.h"

enum piece_start { SAME_LINE, NEXT_LINE, AFTER_EMPTY_LINE };

struct piece {
    uint32_t offset, length;
    uint32_t partner; /* of `{`: the index of its `}` */
    uint8_t kind;     /* enum token_kind; a comment is TOKEN_COMMENT or TOKEN_DOC */
    uint8_t start;    /* enum piece_start */
};

_Static_assert(sizeof(struct piece) == 16, "a file of 16 MiB may have as many pieces");

struct pieces {
    const char *bytes; /* of the source */
    struct piece *all; /* the last one is TOKEN_END */
    size_t n;
};

bool piece_is_comment(const struct piece *piece);

/* Only for a source that has been parsed without an error, and under arena_run(). */
struct pieces pieces_read(struct arena *arena, const struct source *source);

#endif
