/* SPDX-License-Identifier: MIT */
#include "turn_queue.h"

#include <assert.h>

bool t87s__turn_queue_reserve(struct t87s__turn_queue *queue, struct t87s__memory *memory) {
    if (queue->reserved == queue->room) {
        struct t87s__turn_chunk *chunk = t87s__memory_take(memory, MEMORY_TABLE, sizeof *chunk);
        if (!chunk)
            return false;
        chunk->next = NULL;
        if (!queue->first) {
            queue->first = queue->last = chunk;
            queue->taken = queue->added = 0;
        } else { /* behind those that are still empty */
            struct t87s__turn_chunk *end = queue->last;
            while (end->next)
                end = end->next;
            end->next = chunk;
        }
        queue->room += TURNS_IN_CHUNK;
    }
    queue->reserved++;
    return true;
}

void t87s__turn_queue_unreserve(struct t87s__turn_queue *queue) { queue->reserved--; }

void t87s__turn_queue_add(struct t87s__turn_queue *queue, struct t87s__turn_of turn) {
    assert(queue->reserved > 0 && queue->room > 0);
    if (queue->added == TURNS_IN_CHUNK) {
        queue->last = queue->last->next;
        queue->added = 0;
    }
    queue->last->upper[queue->added] = turn.upper;
    queue->last->tag[queue->added] = turn.tag;
    queue->added++;
    queue->n++;
    queue->reserved--;
    queue->room--;
}

/* The first chunk is used up. If it is also the last, its places can be used again. */
static void drop_first(struct t87s__turn_queue *queue, struct t87s__memory *memory) {
    struct t87s__turn_chunk *chunk = queue->first;
    queue->taken = 0;
    if (chunk == queue->last) {
        queue->added = 0;
        queue->room += TURNS_IN_CHUNK;
        return;
    }
    queue->first = chunk->next;
    t87s__memory_give(memory, MEMORY_TABLE, chunk, sizeof *chunk);
}

bool t87s__turn_queue_take(struct t87s__turn_queue *queue, struct t87s__memory *memory, struct t87s__turn_of *turn) {
    if (!queue->n)
        return false;
    *turn = (struct t87s__turn_of){queue->first->upper[queue->taken], queue->first->tag[queue->taken]};
    queue->taken++;
    queue->n--;
    if (queue->taken == TURNS_IN_CHUNK)
        drop_first(queue, memory);
    return true;
}

bool t87s__turn_queue_peek(const struct t87s__turn_queue *queue, uint32_t ahead, struct t87s__turn_of *turn) {
    const struct t87s__turn_chunk *chunk = queue->first;
    uint32_t at = queue->taken + ahead;
    if (ahead < queue->n && at >= TURNS_IN_CHUNK) {
        chunk = chunk->next;
        at -= TURNS_IN_CHUNK;
    }
    if (ahead >= queue->n || at >= TURNS_IN_CHUNK)
        return false;
    *turn = (struct t87s__turn_of){chunk->upper[at], chunk->tag[at]};
    return true;
}

void t87s__turn_queue_close(struct t87s__turn_queue *queue, struct t87s__memory *memory) {
    for (struct t87s__turn_chunk *chunk = queue->first, *next; chunk; chunk = next) {
        next = chunk->next;
        t87s__memory_give(memory, MEMORY_TABLE, chunk, sizeof *chunk);
    }
}
