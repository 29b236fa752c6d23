/* SPDX-License-Identifier: MIT */
#include "trouble.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static unsigned pick(struct trouble *trouble, unsigned bound) {
    trouble->random = trouble->random * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(trouble->random >> 40) % bound;
}

static void last(struct trouble *trouble, int64_t most_ms) {
    const unsigned us = pick(trouble, (unsigned)most_ms * 1000);
    nanosleep(&(struct timespec){us / 1000000, us % 1000000 * 1000L}, NULL);
}

static void stand_still(struct trouble *trouble, pid_t process, int64_t most_ms) {
    kill(process, SIGSTOP);
    last(trouble, most_ms);
    kill(process, SIGCONT);
}

static void break_connections(struct trouble *trouble) {
    struct proxy *proxy = trouble->proxy;
    trouble->faults++;
    switch (pick(trouble, 5)) {
    case 0:
        proxy_cut_after(proxy, pick(trouble, 20000));
        break;
    case 1:
        atomic_store(&proxy->turned_away, true);
        proxy_cut_after(proxy, 0);
        break;
    case 2:
        atomic_store(&proxy->mute, true);
        break;
    case 3:
        atomic_store(&proxy->deaf, true);
        break;
    default:
        stand_still(trouble, trouble->server->process, trouble->board->staleness_ms);
        break;
    }
    last(trouble, 100);
    proxy_heal(proxy);
    last(trouble, 400); /* some of it is made good */
}

/* What it saw last is nobody's to judge: it may not have written it down. */
static void replace(struct trouble *trouble, unsigned number) {
    struct board *board = trouble->board;
    kill(trouble->children[number], SIGKILL);
    waitpid(trouble->children[number], NULL, 0);
    for (unsigned i = 0; i < board->scenery.threads; i++)
        board->pads[number][i].n_answers = board->pads[number][i].n_events = 0;
    atomic_store(&board->arrived[number], 0);
    board->lives[number]++;
    trouble->children[number] = trouble->start(trouble->file, number);
    trouble->kills++;
}

void trouble_make(struct trouble *trouble) {
    const unsigned child = pick(trouble, trouble->board->scenery.processes);
    if (trouble->kinds & STALLS)
        stand_still(trouble, trouble->children[child], 2 * trouble->board->staleness_ms);
    if (trouble->kinds & FAULTS)
        break_connections(trouble);
    if (trouble->kinds & KILLS) {
        last(trouble, 200);
        replace(trouble, child);
    }
}
