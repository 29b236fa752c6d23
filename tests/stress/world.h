/* SPDX-License-Identifier: MIT */
#ifndef T87S_STRESS_WORLD_H
#define T87S_STRESS_WORLD_H

#include <t87s/t87s.h>

/* A world without a schema: a full tree of tags, four levels deep, and keys that each carry one to three of its tags,
 * always the same ones. Tags are numbered level by level, so a parent is found by dividing. */
enum { WORLD_LEVELS = 4, WORLD_TAGS_PER_KEY = 3 };

struct world {
    unsigned fan_out[WORLD_LEVELS]; /* how many children each tag of the level above has */
    unsigned n_keys;
};

unsigned world_tags(const struct world *world);
/* The number of the tag one level up; -1 for one of the first level. */
int world_parent(const struct world *world, unsigned tag);
/* How many tags a key carries, two to four levels deep; `tags` has room for WORLD_TAGS_PER_KEY. */
unsigned world_tags_of_key(const struct world *world, unsigned key, unsigned *tags);
/* The same tag as the library takes it. */
void world_make_tag(const struct world *world, unsigned tag, struct t87s_tag *out);

#endif
