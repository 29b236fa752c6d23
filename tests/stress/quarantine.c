/* SPDX-License-Identifier: MIT */
#include "quarantine.h"

#include <stdlib.h>
#include <string.h>

enum { NONSENSE = 0xdd };

static void *allocate(void *arg, size_t size) {
    (void)arg;
    return malloc(size);
}

/* Frees what has been in the ring for longest. */
static void let_out(struct quarantine *quarantine, struct quarantined *old) {
    const unsigned char *block = old->block;
    if (block && old->size && (block[0] != NONSENSE || memcmp(block, block + 1, old->size - 1)))
        quarantine->touched++;
    free(old->block);
    *old = (struct quarantined){NULL, 0};
}

static void release(void *arg, void *block, size_t size) {
    struct quarantine *quarantine = arg;
    if (!block)
        return;
    memset(block, NONSENSE, size);
    pthread_mutex_lock(&quarantine->lock);
    struct quarantined *place = &quarantine->blocks[quarantine->next++ % QUARANTINE_BLOCKS];
    let_out(quarantine, place);
    *place = (struct quarantined){block, size};
    pthread_mutex_unlock(&quarantine->lock);
}

void quarantine_open(struct quarantine *quarantine) {
    memset(quarantine, 0, sizeof *quarantine);
    quarantine->allocator = (struct t87s_allocator){.allocate = allocate, .release = release, .arg = quarantine};
    pthread_mutex_init(&quarantine->lock, NULL);
}

size_t quarantine_close(struct quarantine *quarantine) {
    for (size_t i = 0; i < QUARANTINE_BLOCKS; i++)
        let_out(quarantine, &quarantine->blocks[i]);
    pthread_mutex_destroy(&quarantine->lock);
    return quarantine->touched;
}
