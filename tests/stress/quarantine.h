/* SPDX-License-Identifier: MIT */
#ifndef T87S_STRESS_QUARANTINE_H
#define T87S_STRESS_QUARANTINE_H

#include <pthread.h>

#include <t87s/t87s.h>

enum { QUARANTINE_BLOCKS = 4096 };

/* An allocator that overwrites what it is given back and keeps it for a while. So who still reads it reads nonsense,
 * and who still writes to it is found out, without a sanitizer's price. */
struct quarantine {
    struct t87s_allocator allocator;
    pthread_mutex_t lock;
    /* under the lock */
    struct quarantined {
        unsigned char *block;
        size_t size;
    } blocks[QUARANTINE_BLOCKS]; /* a ring */
    size_t next;
    size_t touched; /* blocks that were written to after they had been given back */
};

void quarantine_open(struct quarantine *quarantine);
/* Returns how many blocks were touched. */
size_t quarantine_close(struct quarantine *quarantine);

#endif
