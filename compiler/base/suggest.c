/* SPDX-License-Identifier: MIT */
#include "suggest.h"

#include <ctype.h>
#include <string.h>

enum { MAX_LENGTH = 64, FAR = 1000 };

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/* How many insertions, removals, changes and swaps of neighbours apart; letters of another case are equal. Only the
 * diagonal band that can stay within `limit` is computed, and anything beyond the limit is FAR. */
static size_t edit_distance(const char *a, size_t n_a, const char *b, size_t n_b, size_t limit) {
    size_t rows[3][MAX_LENGTH + 2];
    for (size_t j = 0; j <= n_b; j++)
        rows[0][j] = j <= limit ? j : FAR;
    for (size_t i = 1; i <= n_a; i++) {
        size_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        size_t from = i > limit ? i - limit : 1, to = smaller(n_b, i + limit), best = FAR;
        now[from - 1] = from == 1 && i <= limit ? i : FAR;
        if (to == i + limit)
            last[to] = FAR;
        for (size_t j = from; j <= to; j++) {
            int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
            now[j] = smaller(smaller(last[j], now[j - 1]) + 1, last[j - 1] + (x != y));
            if (i > 1 && j > 1 && j > from && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = smaller(now[j], before[j - 2] + 1);
            best = smaller(best, now[j]);
        }
        if (best > limit)
            return FAR;
    }
    return rows[n_a % 3][n_b];
}

struct suggestion suggest_for(const char *wanted) {
    size_t size = strlen(wanted);
    size_t near = size < 3 ? 1 : size < 8 ? 2 : 3;
    return (struct suggestion){.wanted = wanted, .distance = near + 1};
}

void suggest_offer(struct suggestion *suggestion, const char *candidate) {
    size_t n_wanted = strlen(suggestion->wanted), n = strlen(candidate);
    size_t limit = suggestion->best ? suggestion->distance : suggestion->distance - 1;
    size_t gap = n > n_wanted ? n - n_wanted : n_wanted - n;
    suggestion->cut = suggestion->n_offers == SUGGEST_MAX_OFFERS;
    if (suggestion->cut)
        return;
    suggestion->n_offers++;
    if (n > MAX_LENGTH || n_wanted > MAX_LENGTH || gap > limit)
        return;
    size_t distance = edit_distance(suggestion->wanted, n_wanted, candidate, n, limit);
    if (distance > limit || distance >= n_wanted)
        return;
    suggestion->tie = suggestion->best && distance == suggestion->distance && strcmp(suggestion->best, candidate) != 0;
    suggestion->best = candidate;
    suggestion->distance = distance;
}

const char *suggest_best(const struct suggestion *suggestion) {
    return suggestion->tie || suggestion->cut ? NULL : suggestion->best;
}
