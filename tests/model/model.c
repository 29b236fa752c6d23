/* SPDX-License-Identifier: MIT
 *
 * usage: model [SEQUENCES [SEED]]
 *
 * The model test: random sequences of operations, done to a cache and to a reference that remembers everything
 * (reference.h). A sequence they disagree about is shrunk and printed.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "slow.h"

enum { LENGTH = 50, SEQUENCES = SLOW ? 10000 : 100000, TRIES = 4 };

static void make_sequence(struct sequence *sequence, uint64_t seed, uint64_t number) {
    uint64_t state = (seed + 1) * UINT64_C(0x9E3779B97F4A7C15) ^ (number + 1) * UINT64_C(0xD1B54A32D192ED03);
    for (int i = 0; i < 4; i++)
        random_next(&state);
    sequence->mode = number % 8 < 4 ? MODE_PLAIN : number % 8 < 7 ? MODE_GRACE : MODE_EVICTING;
    sequence->n = LENGTH - 20 + (unsigned)(random_next(&state) % 34);
    for (unsigned i = 0; i < sequence->n; i++)
        operation_random(&sequence->operations[i], sequence->mode, &state);
}

/* Caches hash with a seed of their own, so one that fails by a collision does not do so each time. */
static bool fails(const struct sequence *sequence, struct complaint *complaint) {
    struct tally tally;
    memset(&tally, 0, sizeof tally);
    for (int i = 0; i < TRIES; i++)
        if (!run_sequence(sequence, &tally, complaint))
            return true;
    return false;
}

static void shrink(struct sequence *sequence, struct complaint *complaint) {
    for (unsigned piece = sequence->n / 2; piece > 0; piece /= 2) {
        for (unsigned at = 0; at < sequence->n;) {
            struct sequence less = *sequence;
            unsigned cut = at + piece < less.n ? piece : less.n - at;
            struct operation *from = less.operations + at;
            memmove(from, from + cut, (less.n - at - cut) * sizeof *from);
            less.n -= cut;
            if (fails(&less, complaint))
                *sequence = less;
            else
                at += cut;
        }
    }
}

static void report(struct sequence *sequence, uint64_t number, uint64_t seed, struct complaint *complaint) {
    struct complaint first = *complaint;
    printf("sequence %" PRIu64 " of seed %" PRIu64 " (%s) failed:\n", number, seed, mode_name(sequence->mode));
    shrink(sequence, complaint);
    if (!fails(sequence, complaint)) {
        puts("(not again: this is the whole of it)");
        *complaint = first;
    }
    for (unsigned i = 0; i < sequence->n; i++) {
        printf("%s %2u  ", i == complaint->operation ? "->" : "  ", i);
        operation_print(&sequence->operations[i], stdout);
    }
    puts(complaint->text);
}

int main(int argc, char **argv) {
    uint64_t sequences = argc > 1 ? strtoull(argv[1], NULL, 10) : SEQUENCES;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 87;
    static struct sequence sequence;
    struct complaint complaint;
    struct tally tally;
    memset(&tally, 0, sizeof tally);
    run_prepare();
    for (uint64_t i = 0; i < sequences; i++) {
        make_sequence(&sequence, seed, i);
        if (run_sequence(&sequence, &tally, &complaint))
            continue;
        report(&sequence, i, seed, &complaint);
        return EXIT_FAILURE;
    }
    const uint64_t seen[] = {tally.answers[T87S_FRESH],
                             tally.answers[T87S_STALE],
                             tally.answers[T87S_FETCHED],
                             tally.answers[T87S_NEGATIVE],
                             tally.failed,
                             tally.deadlocks,
                             tally.gets,
                             tally.refreshes,
                             tally.kept,
                             tally.not_kept,
                             tally.evictions};
    static const char *const names[] = {"fresh", "stale",     "fetched", "not found", "failed fetches", "deadlocks",
                                        "gets",  "refreshes", "kept",    "not kept",  "evictions"};
    bool all = true;
    printf("%" PRIu64 " sequences, seed %" PRIu64 ":", sequences, seed);
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        printf(" %" PRIu64 " %s%s", seen[i], names[i], i + 1 < sizeof seen / sizeof seen[0] ? "," : "");
        all &= seen[i] > 0;
    }
    printf("; %" PRIu64 " with more than one possible entry\n", tally.unsure);
    if (!all && sequences >= 1000)
        puts("something was never tried");
    return all || sequences < 1000 ? EXIT_SUCCESS : EXIT_FAILURE;
}
