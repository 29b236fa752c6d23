/* SPDX-License-Identifier: MIT
 *
 * Judges that the cache works at all. In a calm history, where only tags are invalidated,
 *
 *     each fetch    of a key after its first needs an event of its own: one that drew its stamp between the births of
 *                   the fetch before and of this one (fetches <= 1 + supersedes)
 *     each question is a fresh hit if the key was answered before and nothing covers it since that answer's fetch
 *     each reason   is one that can be
 *
 * Births are not seen, but lie between `asked` and `begin` of their fetch; so the i-th birth of a key lies between the
 * i-th of all its askeds and the i-th of all its begins, and the i-th gap needs an event under way somewhere between
 * the i-th asked and the next begin. Both bounds only grow from gap to gap, so giving each gap the event that ends
 * first finds an assignment if there is one.
 */
#include "checker.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct key_state {
    bool fetched;
    uint64_t last_asked;  /* of its fetches so far the last one's, in order of `asked` */
    uint64_t known_since; /* the youngest `asked` of a fetch that answered something */
};

struct calm {
    struct world world;
    struct key_state *keys;
};

struct calm *calm_open(const struct world *world) {
    struct calm *calm = calloc(1, sizeof *calm);
    if (!calm)
        return NULL;
    calm->world = *world;
    calm->keys = calloc(world->n_keys, sizeof *calm->keys);
    if (calm->keys)
        return calm;
    free(calm);
    return NULL;
}

void calm_close(struct calm *calm) {
    if (!calm)
        return;
    free(calm->keys);
    free(calm);
}

static int by_number(const void *a, const void *b) {
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

/* ---- fetches ---- */

struct gaps {
    uint64_t *asked, *begin; /* of the fetches of one key, each sorted by itself */
    const struct history_event **events;
    size_t n, n_events;
};

/* Takes the event that ends first of those that may explain a gap. */
static bool explained(struct gaps *gaps, uint64_t since, uint64_t until) {
    size_t best = gaps->n_events;
    for (size_t i = 0; i < gaps->n_events; i++) {
        const struct history_event *event = gaps->events[i];
        if (event->end > since && event->begin < until &&
            (best == gaps->n_events || event->end < gaps->events[best]->end))
            best = i;
    }
    if (best == gaps->n_events)
        return false;
    gaps->events[best] = gaps->events[--gaps->n_events];
    return true;
}

static void check_fetches_of(struct history_checker *checker, uint32_t key, struct gaps *gaps) {
    struct key_state *state = &checker->calm->keys[key];
    qsort(gaps->asked, gaps->n, sizeof *gaps->asked, by_number);
    qsort(gaps->begin, gaps->n, sizeof *gaps->begin, by_number);
    gaps->n_events = events_of_key(checker->events, key, gaps->events);
    for (size_t i = state->fetched ? 0 : 1; i < gaps->n; i++) {
        uint64_t since = i ? gaps->asked[i - 1] : state->last_asked;
        if ((i == 0 && events_touched_before(checker->events, key, since)) || explained(gaps, since, gaps->begin[i]))
            continue;
        checker->broken++;
        if (checker->told++ < 5)
            fprintf(checker->out, "fetched again for nothing: key %u, by %" PRIu64 ", asked before at %" PRIu64 "\n",
                    key, gaps->begin[i], since);
    }
    state->fetched = true;
    state->last_asked = gaps->asked[gaps->n - 1];
}

/* Where the items of each key begin, in an array sorted by key; one more than there are keys. */
static size_t *starts_of(const struct world *world) { return calloc(world->n_keys + 2, sizeof(size_t)); }

static void to_starts(size_t *starts, uint32_t n_keys) { /* from counts, kept one place to the right */
    for (uint32_t key = 0; key < n_keys; key++)
        starts[key + 1] += starts[key];
}

static bool check_fetches(struct history_checker *checker, const struct history *window) {
    const struct world *world = &checker->calm->world;
    size_t n = window->n_fetches - window->first_fetch;
    size_t *starts = starts_of(world), *filled = starts_of(world);
    struct gaps all = {.asked = malloc((n + 1) * sizeof *all.asked),
                       .begin = malloc((n + 1) * sizeof *all.begin),
                       .events = malloc((window->n_events + 1) * sizeof *all.events)};
    bool able = starts && filled && all.asked && all.begin && all.events;
    for (size_t i = 0; able && i < n; i++)
        starts[checker_fetch(window, (uint32_t)(window->first_fetch + i))->key + 1]++;
    if (able)
        to_starts(starts, world->n_keys);
    for (size_t i = 0; able && i < n; i++) {
        const struct history_fetch *fetch = checker_fetch(window, (uint32_t)(window->first_fetch + i));
        size_t place = starts[fetch->key] + filled[fetch->key]++;
        all.asked[place] = fetch->asked;
        all.begin[place] = fetch->begin;
    }
    for (uint32_t key = 0; able && key < world->n_keys; key++) {
        struct gaps gaps = {all.asked + starts[key], all.begin + starts[key], all.events, filled[key], 0};
        if (gaps.n)
            check_fetches_of(checker, key, &gaps);
    }
    free(starts);
    free(filled);
    free(all.asked);
    free(all.begin);
    free(all.events);
    return able;
}

/* ---- questions ---- */

static int by_end(const void *a, const void *b) {
    const struct history_answer *left = *(const struct history_answer *const *)a;
    const struct history_answer *right = *(const struct history_answer *const *)b;
    return left->end < right->end ? -1 : left->end > right->end;
}

static bool fetched_or_waited(const struct history_answer *answer) {
    return answer->missed || answer->outcome == T87S_FETCHED || answer->outcome == T87S_JOINED;
}

/* The answers of one key, sorted by their end; `known` has room for as many. */
static void check_answers_of(struct history_checker *checker, const struct history *window,
                             const struct history_answer *const *answers, size_t n, uint64_t *known) {
    struct key_state *state = &checker->calm->keys[answers[0]->key];
    uint64_t since = state->known_since;
    for (size_t i = 0; i < n; i++) { /* what the cache knows once the first i + 1 have been answered */
        const struct history_fetch *fetch = answers[i]->missed ? NULL : checker_fetch(window, answers[i]->fetch);
        if (fetch && fetch->asked > since)
            since = fetch->asked;
        known[i] = since;
    }
    for (size_t i = 0; i < n; i++) {
        const struct history_answer *answer = answers[i];
        if (!fetched_or_waited(answer))
            continue;
        if (!answer->missed && answer->reason != T87S_REASON_ABSENT && answer->reason != T87S_REASON_INVALIDATED)
            checker_broken(checker, window, answer, "for a reason that cannot be");
        size_t before = i;
        while (before > 0 && answers[before - 1]->end >= answer->begin)
            before--;
        uint64_t asked = before ? known[before - 1] : state->known_since;
        if (asked && !events_touch(checker->events, answer->key, EVENTS_ANY, asked, answer->end))
            checker_broken(checker, window, answer, "known and nothing says it is outdated, but no hit");
    }
    state->known_since = since;
}

static bool check_answers(struct history_checker *checker, const struct history *window) {
    const struct world *world = &checker->calm->world;
    size_t *starts = starts_of(world), *filled = starts_of(world);
    const struct history_answer **sorted = malloc((window->n_answers + 1) * sizeof *sorted);
    uint64_t *known = malloc((window->n_answers + 1) * sizeof *known);
    bool able = starts && filled && sorted && known;
    for (size_t i = 0; able && i < window->n_answers; i++)
        starts[window->answers[i].key + 1]++;
    if (able)
        to_starts(starts, world->n_keys);
    for (size_t i = 0; able && i < window->n_answers; i++) {
        const struct history_answer *answer = &window->answers[i];
        sorted[starts[answer->key] + filled[answer->key]++] = answer;
    }
    for (uint32_t key = 0; able && key < world->n_keys; key++) {
        if (!filled[key])
            continue;
        qsort(sorted + starts[key], filled[key], sizeof *sorted, by_end);
        check_answers_of(checker, window, sorted + starts[key], filled[key], known);
    }
    free(starts);
    free(filled);
    free(sorted);
    free(known);
    return able;
}

bool calm_check(struct history_checker *checker, const struct history *window) {
    return check_fetches(checker, window) && check_answers(checker, window);
}
