/* SPDX-License-Identifier: MIT
 *
 * What is invalidated while we listen: the last ones, by name.
 */
#ifndef T87S_INSPECT_FEED_H
#define T87S_INSPECT_FEED_H

#include "layout.h"
#include "link.h"
#include "names.h"

enum { FEED_MOST = 64, FEED_NAME = 160, FEED_PATH = 320 };

struct heard {
    int64_t at_ms;
    const char *kind; /* "hard", as in the page; or what else happened */
    char name[FEED_NAME];
    size_t size; /* of the tag's path; 0: no tag, or a long one */
    unsigned char path[FEED_PATH];
};

struct feed {
    struct t87s__link link;
    int64_t since_ms;              /* when it began to listen; what was missed in between is not known */
    uint64_t n;                    /* heard so far */
    struct heard heard[FEED_MOST]; /* the one with number i at i % FEED_MOST */
};

/* Connects and subscribes, unless it listens already. In a cluster every server tells what is published anywhere. NULL,
 * or a sentence. */
const char *feed_listen(struct feed *feed, const struct t87s__redis_uri *uri, const struct t87s__layout *layout,
                        int64_t now_ms);
void feed_close(struct feed *feed);
/* What to wait on; -1: it does not listen. */
int feed_file(const struct feed *feed);
/* Takes what has come. False: the connection is lost, or memory. */
bool feed_read(struct feed *feed, const struct names *names, int64_t now_ms);

/* How many of the last are kept, and the i-th of them, the youngest first. */
size_t feed_kept(const struct feed *feed);
const struct heard *feed_heard(const struct feed *feed, size_t i);

#endif
