/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memfd_create */
#include "board.h"

#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

int board_make(void) {
    const int file = memfd_create("history", 0);
    if (file >= 0 && ftruncate(file, sizeof(struct board)) != 0) {
        close(file);
        return -1;
    }
    return file;
}

struct board *board_map(int file) {
    void *at = mmap(NULL, sizeof(struct board), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    return at == MAP_FAILED ? NULL : at;
}

void board_unmap(struct board *board) { munmap(board, sizeof *board); }

uint64_t board_tick(struct board *board) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const uint64_t time = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
    uint64_t last = atomic_load(&board->ticks), next;
    do
        next = time > last ? time : last + 1;
    while (!atomic_compare_exchange_weak(&board->ticks, &last, next));
    return next;
}

void board_pause(void) { nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL); }

/* seq_cst: what was written on the pads is seen by who has seen everybody arrive, and the other way round. */
void board_arrive(struct board *board, unsigned process) {
    const unsigned window = atomic_load(&board->window);
    atomic_fetch_add(&board->arrived[process], 1);
    while (atomic_load(&board->window) == window)
        board_pause();
}

bool board_all_arrived(struct board *board) {
    for (unsigned i = 0; i < board->scenery.processes; i++)
        if (atomic_load(&board->arrived[i]) != board->scenery.threads)
            return false;
    return true;
}

void board_go_on(struct board *board) {
    for (unsigned i = 0; i < board->scenery.processes; i++)
        atomic_store(&board->arrived[i], 0);
    atomic_fetch_add(&board->window, 1);
}
