/* SPDX-License-Identifier: MIT */
#ifndef T87S_STRESS_GENERATED_H
#define T87S_STRESS_GENERATED_H

#include <t87s/codegen.h>

#include "world.h"

/* Some of the world's keys are those of generated queries, with a value of fixed size: what a generated header would
 * have, one query a key, because each key has tags of another shape. Those with
 * as many parameters are of one kind. */
enum { GENERATED_PARAMS = 1 + WORLD_TAGS_PER_KEY * WORLD_LEVELS };

struct generated {
    struct t87s_gen_query query;
    unsigned char key[sizeof(uint64_t) + sizeof(uint32_t) + (GENERATED_PARAMS - 1) * sizeof(uint64_t)];
    size_t key_size;
    char text[256];
};

static inline bool generated_is(uint32_t key) { return key % 4 == 3; }

/* The settings and the fetch of all of them; before the first is asked. */
void generated_set(const struct t87s_gen_kind *like);
/* Fills in all but the size of the value. It must stay where it is. */
void generated_make(struct generated *generated, const struct world *world, uint32_t key);
/* The number back from the bytes. */
uint32_t generated_number(const unsigned char *key);

#endif
