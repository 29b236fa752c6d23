/* SPDX-License-Identifier: MIT
 *
 * Judges each answer of a history. The law: an answer is wrong if some event that covers its key or one of its tags
 * ended before the question began, and the fetch behind the answer began before that event did.
 *
 *     fetch began ──> event began ... event ended ──> question began:   wrong
 */
#include "checker.h"

#include <inttypes.h>
#include <stdlib.h>

enum { TOLD = 5, BEING_WRITTEN = 1 << 10 /* fetches in the background, while a window is judged */ };

struct history_checker *history_checker_open(const struct history_rules *rules, FILE *out) {
    struct history_checker *checker = calloc(1, sizeof *checker);
    if (!checker)
        return NULL;
    checker->rules = *rules;
    checker->out = out;
    checker->events = events_open(&rules->world);
    checker->calm = rules->calm ? calm_open(&rules->world) : NULL;
    if (checker->events && (checker->calm || !rules->calm))
        return checker;
    history_checker_close(checker);
    return NULL;
}

void history_checker_close(struct history_checker *checker) {
    if (!checker)
        return;
    events_close(checker->events);
    calm_close(checker->calm);
    free(checker);
}

const struct history_fetch *checker_fetch(const struct history *window, uint32_t number) {
    if (number >= window->n_fetches || window->n_fetches - number + BEING_WRITTEN > window->max_fetches)
        return NULL;
    const struct history_fetch *fetch = &window->fetches[number % window->max_fetches];
    return fetch->number == number ? fetch : NULL;
}

void checker_broken(struct history_checker *checker, const struct history *window, const struct history_answer *answer,
                    const char *law) {
    static const char *const outcomes[] = {"fresh", "stale", "fetched", "joined", "negative"};
    checker->broken++;
    if (checker->told++ >= TOLD)
        return;
    fprintf(checker->out, "%s: key %u, asked from %" PRIu64 " to %" PRIu64, law, answer->key, answer->begin,
            answer->end);
    if (answer->missed) {
        fputs(", found nothing\n", checker->out);
        return;
    }
    fprintf(checker->out, ", answered %s with fetch %u", outcomes[answer->outcome], answer->fetch);
    const struct history_fetch *fetch = checker_fetch(window, answer->fetch);
    if (answer->outcome != T87S_NEGATIVE && fetch)
        fprintf(checker->out, ", which began at %" PRIu64, fetch->begin);
    fprintf(checker->out, ", created at %" PRIu64 "\n", answer->created);
}

/* Whether an answer missed several soft invalidations while it was fetched: then nobody knows when the first of them
 * was, and its grace counts from when it was made (t87s_invalidate). Asked of few answers. */
static bool missed_several(const struct history_checker *checker, const struct history *window, uint32_t key,
                           uint64_t fetched, uint64_t end) {
    const struct history_event **all = malloc((window->n_events + 1) * sizeof *all);
    const size_t n = all ? events_of_key(checker->events, key, all) : 0;
    size_t missed = events_touched_before(checker->events, key, fetched);
    for (size_t i = 0; i < n; i++)
        missed += all[i]->flags & T87S_SOFT && all[i]->end > fetched && all[i]->begin < end;
    free(all);
    return missed > 1;
}

static void check_answer(struct history_checker *checker, const struct history *window,
                         const struct history_answer *answer) {
    const struct history_rules *rules = &checker->rules;
    const struct events *events = checker->events;
    bool negative = answer->outcome == T87S_NEGATIVE, stale = answer->outcome == T87S_STALE;
    uint64_t fetched = answer->created; /* of a negative one: not before its fetch began */
    if (!negative) {
        const struct history_fetch *fetch = checker_fetch(window, answer->fetch);
        if (!fetch || fetch->key != answer->key) {
            checker_broken(checker, window, answer, fetch ? "another key's value" : "a value from long ago");
            return;
        }
        fetched = fetch->begin;
    }
    if (events_between(events, answer->key, EVENTS_HARD, fetched, answer->begin))
        checker_broken(checker, window, answer, "outdated by a hard invalidation, a delete, a set or a clear");
    if (!stale && events_between(events, answer->key, EVENTS_SOFT, fetched, answer->begin))
        checker_broken(checker, window, answer, "outdated by a soft invalidation and not marked stale");
    if (stale && !rules->grace)
        checker_broken(checker, window, answer, "stale, where there is no grace");
    if (!answer->created)
        return;
    uint64_t expires = answer->created + (uint64_t)(negative ? rules->negative : rules->ttl);
    uint64_t grace = (uint64_t)rules->grace;
    if (answer->begin >= (stale ? expires + grace : expires))
        checker_broken(checker, window, answer, stale ? "stale beyond its grace" : "fresh beyond its ttl");
    /* Not expired before the answer, so it has to be a soft invalidation that was less than a grace ago. */
    uint64_t since = answer->begin > grace ? answer->begin - grace : 0;
    if (stale && answer->end < expires && !events_touch(events, answer->key, EVENTS_SOFT, since, answer->end) &&
        !(answer->begin < answer->created + grace &&
          missed_several(checker, window, answer->key, fetched, answer->end)))
        checker_broken(checker, window, answer, "stale, but not softly invalidated within its grace");
}

size_t history_check(struct history_checker *checker, struct history *window) {
    checker->broken = 0;
    bool able = events_load(checker->events, window->events, window->n_events);
    for (size_t i = 0; able && i < window->n_answers; i++)
        if (!window->answers[i].missed)
            check_answer(checker, window, &window->answers[i]);
    if (able && checker->calm)
        able = calm_check(checker, window);
    if (able)
        return checker->broken;
    fputs("no memory to check the history\n", checker->out);
    return 1;
}
