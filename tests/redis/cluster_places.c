/* SPDX-License-Identifier: MIT */
#include "cluster_places.h"

#include <stdio.h>
#include <string.h>

#include "layout.h"
#include "redis_cluster.h"
#include "scene.h"

static struct t87s__layout layout_of_test(void) {
    struct t87s__layout layout;
    t87s__layout_init(&layout, "t87s", "test", T87S__MOST_BUCKETS);
    return layout;
}

struct place tag_at(int master, unsigned number) {
    const struct t87s__layout layout = layout_of_test();
    struct place place;
    for (unsigned i = 0;; i++) {
        snprintf(place.name, sizeof place.name, "t%u/7", i);
        const struct t87s_tag tag = tag_of(place.name);
        place.slot = t87s__layout_slot_of_bucket(
            t87s__layout_bucket_of_tag(&layout, (struct t87s_store_tag){tag.path, tag.size}));
        if (redis_cluster_owner(place.slot) == master && number-- == 0)
            return place;
    }
}

/* Its bucket's master. */
static int key(unsigned i, struct place *place) {
    const struct t87s__layout layout = layout_of_test();
    snprintf(place->name, sizeof place->name, "k%u", i);
    const size_t size = strlen(place->name);
    place->slot = t87s__layout_slot_of_entry(&layout, place->name, size);
    return redis_cluster_owner(t87s__layout_slot_of_bucket(t87s__layout_bucket_of_key(&layout, place->name, size)));
}

struct place key_at(int master, unsigned number) {
    struct place place;
    for (unsigned i = 0;; i++)
        if (key(i, &place) == master && redis_cluster_owner(place.slot) == master && number-- == 0)
            return place;
}

struct place key_between(void) {
    struct place place;
    for (unsigned i = 0;; i++)
        if (key(i, &place) != redis_cluster_owner(place.slot))
            return place;
}

struct place key_and_lease(bool together, unsigned number) {
    const struct t87s__layout layout = layout_of_test();
    struct place place;
    for (unsigned i = 0;; i++) {
        key(i, &place);
        const unsigned lease = t87s__layout_slot_of_lease(&layout, place.name, strlen(place.name));
        if ((redis_cluster_owner(lease) == redis_cluster_owner(place.slot)) == together && number-- == 0)
            return place;
    }
}
