/* SPDX-License-Identifier: MIT
 *
 * A query's fingerprint stands in front of each of its cache keys. It changes with everything that makes an old entry
 * the wrong answer or gives it other tags: names, parameter types and their order, the tags' paths and what fills them,
 * the value and its version. It does not change with times, comments or what other queries do.
 */
#ifndef T87SC_FINGERPRINT_H
#define T87SC_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "model.h"
#include "text.h"

/* One for each query, no two equal; NULL when there is no memory. */
uint64_t *fingerprints_of(const struct model *model, struct arena *arena);

/* The text that is hashed. */
void fingerprint_text(struct text *text, const struct model *model, const struct model_query *query);

/* Of equal ones, each but the first is changed until none are left, in the same way every time. False when there is no
 * memory. */
bool fingerprints_separate(uint64_t *fingerprints, size_t n, struct arena *arena);

#endif
