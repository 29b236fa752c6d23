/* SPDX-License-Identifier: MIT */
/* What one writes on a rainy afternoon: GLib's GHashTable, a mutex and a list in the order of use. */
#include <glib.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "../contender.h"
#include "../key_hash.h"

struct lru_entry {
    struct row_key key;
    struct row row;
    GList link; /* its data is the entry */
};

struct lru {
    pthread_mutex_t lock;
    /* under lock */
    GHashTable *table;
    GQueue order; /* the last used one first */
    size_t room;
};

static guint lru_hash(gconstpointer key) { return (guint)row_key_hash(key); }

static gboolean lru_equal(gconstpointer a, gconstpointer b) { return memcmp(a, b, sizeof(struct row_key)) == 0; }

static void *lru_open(size_t room) {
    struct lru *lru = bench_take(sizeof *lru);
    pthread_mutex_init(&lru->lock, NULL);
    lru->table = g_hash_table_new_full(lru_hash, lru_equal, NULL, free);
    g_queue_init(&lru->order);
    lru->room = room;
    return lru;
}

static void lru_insert(void *self, uint64_t first, size_t n) {
    struct lru *lru = self;
    for (uint64_t id = first; id < first + n; id++) {
        struct lru_entry *entry = bench_take(sizeof *entry);
        *entry = (struct lru_entry){row_key_of(id), row_of(id), {entry, NULL, NULL}};
        pthread_mutex_lock(&lru->lock);
        while (lru->order.length >= lru->room) {
            struct lru_entry *last = g_queue_pop_tail_link(&lru->order)->data;
            g_hash_table_remove(lru->table, &last->key);
        }
        g_hash_table_insert(lru->table, &entry->key, entry);
        g_queue_push_head_link(&lru->order, &entry->link);
        pthread_mutex_unlock(&lru->lock);
    }
}

static inline bool lru_get(void *self, uint64_t id, struct row *out) {
    struct lru *lru = self;
    const struct row_key key = row_key_of(id);
    pthread_mutex_lock(&lru->lock);
    struct lru_entry *entry = g_hash_table_lookup(lru->table, &key);
    if (entry) {
        g_queue_unlink(&lru->order, &entry->link);
        g_queue_push_head_link(&lru->order, &entry->link);
        *out = entry->row;
    }
    pthread_mutex_unlock(&lru->lock);
    return entry != NULL;
}

T87S_BENCH_LOOP(lru_hits, lru_get)

static void lru_close(void *self) {
    struct lru *lru = self;
    g_hash_table_destroy(lru->table);
    pthread_mutex_destroy(&lru->lock);
    free(lru);
}

const struct contender glib_lru = {
    .name = "GLib + mutex + LRU",
    .open = lru_open,
    .insert = lru_insert,
    .hits = {lru_hits_used, lru_hits_stream},
    .close = lru_close,
    .evicts = true,
};
