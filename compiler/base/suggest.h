/* SPDX-License-Identifier: MIT
 *
 * "Did you mean": the one candidate that is nearest to what was written, if it is near enough and no other is as near.
 *
 *     struct suggestion s = suggest_for("post");
 *     for each name that is legal here: suggest_offer(&s, name);
 *     if (suggest_best(&s)) diag_help(..., "did you mean '%s'?", suggest_best(&s));
 */
#ifndef T87SC_SUGGEST_H
#define T87SC_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

enum { SUGGEST_MAX_OFFERS = 2000 }; /* later candidates are not looked at: an error must stay cheap */

struct suggestion {
    const char *wanted;
    size_t distance, n_offers;
    const char *best;
    bool tie;
};

struct suggestion suggest_for(const char *wanted);
void suggest_offer(struct suggestion *suggestion, const char *candidate);
const char *suggest_best(const struct suggestion *suggestion);

#endif
