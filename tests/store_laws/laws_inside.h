/* SPDX-License-Identifier: MIT
 *
 * What the files of the laws share: two handles of the store, and one of another cache over it, each with a listener
 * that writes down what it hears.
 */
#ifndef T87S_TEST_LAWS_INSIDE_H
#define T87S_TEST_LAWS_INSIDE_H

#include <pthread.h>

#include "laws.h"
#include "scene.h"

enum { DEADLINE_MS = 5000, TTL_MS = 60000 };

struct heard {
    pthread_mutex_t lock;
    char text[4096];
    size_t size;
    int64_t vouched_until;
};

struct handle {
    struct t87s_store *store;
    void *scope;
    struct heard heard;
};

extern const struct laws_subject *subject;
extern struct handle handles[2], other_prefix;
extern struct t87s_store *stores[2];

struct tags {
    struct t87s_tag tags[T87S_MAX_TAGS];
    struct t87s_store_tag list[T87S_MAX_TAGS];
    size_t n;
};

/* "users/7 posts/1": tags with a space between. */
void tags_of(struct tags *tags, const char *paths);

struct found {
    struct t87s_store_answer answer;
    struct t87s_buffer value;
};

bool is_birth(const struct t87s_store_birth *birth);
struct t87s_store_birth birth(struct handle *handle);
void write_as(struct handle *handle, const char *key, const char *paths, const char *text, struct t87s_store_birth born,
              bool replaces_all);
void invalidate_as(struct handle *handle, const char *paths, unsigned flags);

/* lease_laws.c */
void add_lease_laws(TCase *laws);

#endif
