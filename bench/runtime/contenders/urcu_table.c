/* SPDX-License-Identifier: MIT */
/* liburcu's lock-free hash table with a read section (membarrier flavour) around each hit; no eviction. */
#include <stdlib.h>
#include <string.h>

#define URCU_INLINE_SMALL_FUNCTIONS
#include <urcu/rculfhash.h>
#include <urcu/urcu-memb.h>

#include "../contender.h"
#include "../key_hash.h"

struct urcu_entry {
    struct cds_lfht_node node;
    struct row_key key;
    struct row row;
};

static struct urcu_entry *entry_of(struct cds_lfht_node *node) {
    return caa_container_of(node, struct urcu_entry, node);
}

static int urcu_match(struct cds_lfht_node *node, const void *key) {
    return memcmp(&entry_of(node)->key, key, sizeof(struct row_key)) == 0;
}

static void *urcu_open(size_t room) {
    unsigned long buckets = 16;
    while (buckets < room)
        buckets *= 2;
    struct cds_lfht *table = cds_lfht_new_flavor(buckets, 1, 0, 0, &urcu_memb_flavor, NULL);
    if (!table)
        abort();
    return table;
}

static void urcu_insert(void *self, uint64_t first, size_t n) {
    urcu_memb_register_thread();
    for (uint64_t id = first; id < first + n; id++) {
        struct urcu_entry *entry = bench_take(sizeof *entry);
        cds_lfht_node_init(&entry->node);
        entry->key = row_key_of(id);
        entry->row = row_of(id);
        urcu_memb_read_lock();
        cds_lfht_add(self, row_key_hash(&entry->key), &entry->node);
        urcu_memb_read_unlock();
    }
    urcu_memb_unregister_thread();
}

static inline bool urcu_get(void *self, uint64_t id, struct row *out) {
    const struct row_key key = row_key_of(id);
    struct cds_lfht_iter iterator;
    urcu_memb_read_lock();
    cds_lfht_lookup(self, row_key_hash(&key), urcu_match, &key, &iterator);
    struct cds_lfht_node *node = cds_lfht_iter_get_node(&iterator);
    if (node)
        *out = entry_of(node)->row;
    urcu_memb_read_unlock();
    return node != NULL;
}

T87S_BENCH_LOOP(urcu_hits, urcu_get)

static void urcu_close(void *self) {
    urcu_memb_register_thread();
    struct cds_lfht_iter iterator;
    struct cds_lfht_node *node;
    urcu_memb_read_lock();
    cds_lfht_first(self, &iterator);
    while ((node = cds_lfht_iter_get_node(&iterator)) != NULL) {
        cds_lfht_next(self, &iterator);
        cds_lfht_del(self, node);
        free(entry_of(node)); /* nobody else is left; del leaves only its links to bucket nodes to be read */
    }
    urcu_memb_read_unlock();
    cds_lfht_destroy(self, NULL);
    urcu_memb_unregister_thread();
}

const struct contender urcu_table = {
    .name = "liburcu rculfhash",
    .open = urcu_open,
    .insert = urcu_insert,
    .hits = {urcu_hits_used, urcu_hits_stream},
    .close = urcu_close,
    .thread_begin = urcu_memb_register_thread,
    .thread_end = urcu_memb_unregister_thread,
};
