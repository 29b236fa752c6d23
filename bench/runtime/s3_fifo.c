/* SPDX-License-Identifier: MIT */
/* Rings of ids; where an id is and how often it was visited stands in two arrays over all ids. The ghost ring may hold
 * an id that came back meanwhile: only what the array says counts. */
#include <stdlib.h>
#include <string.h>

#include "contender.h"
#include "s3_fifo.h"

enum place { NOWHERE, SMALL, MAIN, GHOST };

struct ring {
    uint32_t *ids;
    size_t size, head, count;
};

struct s3_fifo {
    uint8_t *place, *visits;
    size_t room, small_room;
    struct ring small, main, ghost;
};

static struct ring ring_open(size_t size) { return (struct ring){bench_take(size * sizeof(uint32_t)), size, 0, 0}; }

static void ring_push(struct ring *ring, uint32_t id) { ring->ids[(ring->head + ring->count++) % ring->size] = id; }

static uint32_t ring_pop(struct ring *ring) {
    const uint32_t id = ring->ids[ring->head];
    ring->head = (ring->head + 1) % ring->size;
    ring->count--;
    return id;
}

struct s3_fifo *s3_fifo_open(size_t universe, size_t room) {
    struct s3_fifo *fifo = bench_take(sizeof *fifo);
    fifo->place = bench_take(universe);
    fifo->visits = bench_take(universe);
    memset(fifo->place, NOWHERE, universe);
    memset(fifo->visits, 0, universe);
    fifo->room = room;
    fifo->small_room = room / 10 ? room / 10 : 1;
    fifo->small = ring_open(room + 1);
    fifo->main = ring_open(room + 1);
    fifo->ghost = ring_open(room - fifo->small_room + 1);
    return fifo;
}

static void to_ghost(struct s3_fifo *fifo, uint32_t id) {
    if (fifo->ghost.count == fifo->ghost.size) {
        const uint32_t forgotten = ring_pop(&fifo->ghost);
        if (fifo->place[forgotten] == GHOST)
            fifo->place[forgotten] = NOWHERE;
    }
    fifo->place[id] = GHOST;
    ring_push(&fifo->ghost, id);
}

static void evict_from_main(struct s3_fifo *fifo) {
    for (;;) {
        const uint32_t id = ring_pop(&fifo->main);
        if (!fifo->visits[id]) {
            fifo->place[id] = NOWHERE;
            return;
        }
        fifo->visits[id]--;
        ring_push(&fifo->main, id);
    }
}

static void make_room(struct s3_fifo *fifo) {
    while (fifo->small.count + fifo->main.count >= fifo->room) {
        if (fifo->small.count < fifo->small_room || !fifo->small.count) {
            evict_from_main(fifo);
            continue;
        }
        const uint32_t id = ring_pop(&fifo->small);
        if (fifo->visits[id] > 1) {
            fifo->place[id] = MAIN;
            fifo->visits[id] = 0;
            ring_push(&fifo->main, id);
        } else {
            to_ghost(fifo, id);
        }
    }
}

bool s3_fifo_request(struct s3_fifo *fifo, uint32_t id) {
    if (fifo->place[id] == SMALL || fifo->place[id] == MAIN) {
        if (fifo->visits[id] < 3)
            fifo->visits[id]++;
        return true;
    }
    make_room(fifo);
    fifo->visits[id] = 0;
    const enum place to = fifo->place[id] == GHOST ? MAIN : SMALL;
    ring_push(to == MAIN ? &fifo->main : &fifo->small, id);
    fifo->place[id] = (uint8_t)to;
    return false;
}

void s3_fifo_close(struct s3_fifo *fifo) {
    free(fifo->place);
    free(fifo->visits);
    free(fifo->small.ids);
    free(fifo->main.ids);
    free(fifo->ghost.ids);
    free(fifo);
}
