/* SPDX-License-Identifier: MIT
 *
 * Keys and tags that lie where a test wants them in a cluster; of the cache "test".
 */
#ifndef T87S_TEST_CLUSTER_PLACES_H
#define T87S_TEST_CLUSTER_PLACES_H

#include <stdbool.h>

struct place {
    char name[24];
    unsigned slot; /* of the entry, or of the tag's bucket */
};

/* A tag whose bucket is a master's at first; different ones by `number`. */
struct place tag_at(int master, unsigned number);
/* A key whose entry is, and its bucket is too. */
struct place key_at(int master, unsigned number);
/* A key whose entry is one master's, and whose bucket is another's. */
struct place key_between(void);
/* A key whose lease lies at the master of its entry, or at another one. */
struct place key_and_lease(bool together, unsigned number);

#endif
