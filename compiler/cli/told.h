/* SPDX-License-Identifier: MIT
 *
 * What was told in a run of what several schemas import, so that it is told once.
 */
#ifndef T87SC_TOLD_H
#define T87SC_TOLD_H

#include "arena.h"
#include "diag.h"
#include "intern.h"
#include "text.h"

struct told {
    struct arena arena;
    struct intern diags; /* their places, codes and messages, as texts */
    struct text text;    /* of the one that is looked at */
};

/* Must stay where it is. */
void told_init(struct told *told);

/* Marks those of the list that an earlier one had, and remembers the others. Only what stands in another file than the
 * schema itself, the first source, can be in two. Without memory some are told again. */
void told_mark(struct told *told, struct diag_list *list);
void told_free(struct told *told);

#endif
