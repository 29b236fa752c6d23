/* SPDX-License-Identifier: MIT */
#include "world.h"

static unsigned level_size(const struct world *world, unsigned level) {
    unsigned size = 1;
    for (unsigned i = 0; i <= level; i++)
        size *= world->fan_out[i];
    return size;
}

/* The level of a tag, and its place among those of that level. */
static unsigned level_of(const struct world *world, unsigned tag, unsigned *place) {
    unsigned level = 0;
    for (; tag >= level_size(world, level); level++)
        tag -= level_size(world, level);
    *place = tag;
    return level;
}

static unsigned first_of_level(const struct world *world, unsigned level) {
    unsigned first = 0;
    for (unsigned i = 0; i < level; i++)
        first += level_size(world, i);
    return first;
}

unsigned world_tags(const struct world *world) { return first_of_level(world, WORLD_LEVELS); }

int world_parent(const struct world *world, unsigned tag) {
    unsigned place, level = level_of(world, tag, &place);
    return level ? (int)(first_of_level(world, level - 1) + place / world->fan_out[level]) : -1;
}

unsigned world_tags_of_key(const struct world *world, unsigned key, unsigned *tags) {
    unsigned n = 1 + key % WORLD_TAGS_PER_KEY;
    for (unsigned i = 0; i < n; i++) {
        unsigned mixed = (key + 1) * 2654435761u ^ (i + 1) * 2246822519u; /* any fixed choice will do */
        mixed ^= mixed >> 15;
        unsigned level = 1 + mixed % (WORLD_LEVELS - 1);
        tags[i] = first_of_level(world, level) + mixed / 7 % level_size(world, level);
    }
    return n;
}

void world_make_tag(const struct world *world, unsigned tag, struct t87s_tag *out) {
    static const char *const names[] = {"users", "posts", "config", "shops"};
    struct t87s_segment segments[WORLD_LEVELS];
    unsigned place, depth = level_of(world, tag, &place) + 1;
    for (unsigned level = depth; level-- > 0; place /= world->fan_out[level]) {
        unsigned child = place % world->fan_out[level];
        segments[level] = level % 2 == 0 && child < 4 ? T87S_STATIC(names[child]) : T87S_WILD_U64(child);
    }
    t87s_tag_make(out, depth, segments);
}
