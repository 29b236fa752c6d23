/* SPDX-License-Identifier: MIT
 *
 * "Did you mean": the one candidate that is nearest to what was written, if it is near enough and no other is as near.
 *
 *     struct suggestion s = suggest_for("post");
 *     for each name that is legal here, until s.cut: suggest_offer(&s, name);
 *     if (suggest_best(&s)) diag_did_you_mean(diags, diag, suggest_best(&s));
 */
#ifndef T87SC_SUGGEST_H
#define T87SC_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

enum { SUGGEST_MAX_OFFERS = 2000 }; /* an error must stay cheap; of more, none is known to be the nearest */

struct suggestion {
    const char *wanted;
    size_t distance, n_offers;
    const char *best;
    bool tie;
    bool cut; /* there were more than are looked at: no use to offer another */
};

struct suggestion suggest_for(const char *wanted);
void suggest_offer(struct suggestion *suggestion, const char *candidate);
const char *suggest_best(const struct suggestion *suggestion);

#endif
