/* SPDX-License-Identifier: MIT
 *
 * The one layout of a schema; there is nothing to choose. It is made from the tokens and comments, and of the old
 * layout keeps only which comments stood behind something on its line, and where empty lines were, of which one is
 * left.
 *
 *     indentation     4
 *     one line        a query or mutation of up to 72 columns; within those, a block in a block for its only segment,
 *                     if that has none; an enum of up to 100
 *     otherwise       a line for the head, one for `tagged` or `invalidates`, one for the other clauses between them;
 *                     what would pass column 100 is broken into lines of one parameter, item, tag or few clauses
 *     colons          the types of segments between which no line is empty begin in one column
 *     comments        stay before or behind what they stood before or behind; those behind begin in column 44, or two
 *                     blanks further right; a line with one inside a list breaks the list
 *     lines           end with a line feed, without blanks before it; the file does not begin or end with empty lines
 */
#ifndef T87SC_FORMAT_H
#define T87SC_FORMAT_H

#include <stdbool.h>

#include "arena.h"
#include "diag.h"
#include "source.h"
#include "text.h"

/* *out becomes the schema in its layout, in the arena. False if it does not parse or would be larger than a schema may
 * be: diags, empty before, tells. Only under arena_run(). */
bool format_source(struct arena *arena, struct diag_list *diags, const struct source *source, struct text *out);

#endif
