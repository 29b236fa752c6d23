/* SPDX-License-Identifier: MIT
 *
 * Judges a history afterwards. The law: an answer is wrong if some event that covers its key or one of its tags ended
 * before the question began, and the fetch behind the answer began before that event did.
 *
 *     fetch began ──> event began ... event ended ──> question began:   wrong
 *
 * Each thing that events can cover has a row of them, sorted by their end, with the latest begin up to each: so one
 * binary search answers whether there is such an event.
 */
#include "history.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { TOLD = 5, SORTS = 4 /* of a tag's events: by flags */ };

struct row {
    const struct history_event *events;
    const uint64_t *latest_begin;   /* of this event and those before it in the row */
    const uint64_t *earliest_begin; /* of this event and those after it in the row */
    size_t n;
};

struct checker {
    const struct history *history;
    struct row *rows; /* tags * SORTS, then keys, then one for all */
    size_t n_rows;
    uint64_t *latest, *earliest;
    size_t broken;
    FILE *out;
};

static size_t row_of_tag(unsigned tag, unsigned flags) { return (size_t)tag * SORTS + flags; }

static size_t row_of_key(const struct history *history, unsigned key) {
    return (size_t)world_tags(&history->world) * SORTS + key;
}

static size_t row_of_all(const struct history *history) { return row_of_key(history, history->world.n_keys); }

static size_t row_of(const struct history *history, const struct history_event *event) {
    switch (event->scope) {
    case HISTORY_TAG:
        return row_of_tag(event->target, event->flags);
    case HISTORY_KEY:
        return row_of_key(history, event->target);
    case HISTORY_ALL:
        break;
    }
    return row_of_all(history);
}

static int by_end(const void *a, const void *b) {
    const struct history_event *left = a, *right = b;
    return left->end < right->end ? -1 : left->end > right->end;
}

static bool index_events(struct checker *checker, struct history *history) {
    size_t n = history->n_events;
    struct history_event *sorted = malloc((n + 1) * sizeof *sorted);
    checker->n_rows = row_of_all(history) + 1;
    checker->rows = calloc(checker->n_rows + 1, sizeof *checker->rows);
    checker->latest = calloc(n + 1, sizeof *checker->latest);
    checker->earliest = calloc(n + 1, sizeof *checker->earliest);
    if (!sorted || !checker->rows || !checker->latest || !checker->earliest) {
        free(sorted);
        return false;
    }
    qsort(history->events, n, sizeof *history->events, by_end);
    for (size_t i = 0; i < n; i++)
        checker->rows[row_of(history, &history->events[i])].n++;
    size_t at = 0;
    for (size_t i = 0; i < checker->n_rows; i++) {
        struct row *row = &checker->rows[i];
        *row = (struct row){history->events + at, checker->latest + at, checker->earliest + at, row->n};
        at += row->n;
    }
    size_t *filled = calloc(checker->n_rows, sizeof *filled);
    for (size_t i = 0; filled && i < n; i++) { /* keeps the order within a row */
        size_t row = row_of(history, &history->events[i]);
        sorted[checker->rows[row].events - history->events + (ptrdiff_t)filled[row]++] = history->events[i];
    }
    if (filled)
        memcpy(history->events, sorted, n * sizeof *sorted);
    for (size_t i = 0; filled && i < checker->n_rows; i++) {
        struct row *row = &checker->rows[i];
        uint64_t *latest = checker->latest + (row->events - history->events);
        uint64_t *earliest = checker->earliest + (row->events - history->events);
        for (size_t j = 0; j < row->n; j++)
            latest[j] = j && latest[j - 1] > row->events[j].begin ? latest[j - 1] : row->events[j].begin;
        for (size_t j = row->n; j-- > 0;)
            earliest[j] =
                j + 1 < row->n && earliest[j + 1] < row->events[j].begin ? earliest[j + 1] : row->events[j].begin;
    }
    free(sorted);
    free(filled);
    return filled != NULL;
}

/* How many events of a row ended before a tick. */
static size_t ended_before(const struct row *row, uint64_t tick) {
    size_t low = 0, high = row->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (row->events[middle].end < tick)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- what covers a key ---- */

typedef bool row_test(const struct row *row, uint64_t a, uint64_t b);

/* Began after `a` and ended before `b`. */
static bool between(const struct row *row, uint64_t a, uint64_t b) {
    size_t n = ended_before(row, b);
    return n > 0 && row->latest_begin[n - 1] > a;
}

/* Was under way somewhere between `a` and `b`. */
static bool touches(const struct row *row, uint64_t a, uint64_t b) {
    size_t n = ended_before(row, a + 1);
    return n < row->n && row->earliest_begin[n] < b;
}

static bool any_of_tags(const struct checker *checker, unsigned key, bool soft, row_test *test, uint64_t a,
                        uint64_t b) {
    const struct world *world = &checker->history->world;
    unsigned flags = soft ? T87S_SOFT : 0, tags[WORLD_TAGS_PER_KEY], n = world_tags_of_key(world, key, tags);
    for (unsigned i = 0; i < n; i++) {
        if (test(&checker->rows[row_of_tag(tags[i], flags | T87S_EXACT)], a, b))
            return true;
        for (int tag = (int)tags[i]; tag >= 0; tag = world_parent(world, (unsigned)tag))
            if (test(&checker->rows[row_of_tag((unsigned)tag, flags)], a, b))
                return true;
    }
    return false;
}

static bool any_hard(const struct checker *checker, unsigned key, row_test *test, uint64_t a, uint64_t b) {
    return test(&checker->rows[row_of_key(checker->history, key)], a, b) ||
           test(&checker->rows[row_of_all(checker->history)], a, b) || any_of_tags(checker, key, false, test, a, b);
}

/* ---- the laws ---- */

static void broken(struct checker *checker, const struct history_answer *answer, const char *law) {
    static const char *const outcomes[] = {"fresh", "stale", "fetched", "joined", "negative"};
    if (checker->broken++ >= TOLD)
        return;
    fprintf(checker->out, "%s: key %u, asked at %" PRIu64 ", answered %s with fetch %u", law, answer->key,
            answer->begin, outcomes[answer->outcome], answer->fetch);
    if (answer->outcome != T87S_NEGATIVE)
        fprintf(checker->out, ", which began at %" PRIu64, checker->history->fetches[answer->fetch].begin);
    fprintf(checker->out, ", created at %" PRIu64 "\n", answer->created);
}

static void check_answer(struct checker *checker, const struct history_answer *answer) {
    const struct history *history = checker->history;
    bool negative = answer->outcome == T87S_NEGATIVE, stale = answer->outcome == T87S_STALE;
    uint64_t fetched = answer->created; /* of a negative one: not before its fetch began */
    if (!negative) {
        const struct history_fetch *fetch = &history->fetches[answer->fetch];
        fetched = fetch->begin;
        if (fetch->key != answer->key) {
            broken(checker, answer, "another key's value");
            return;
        }
    }
    if (any_hard(checker, answer->key, between, fetched, answer->begin))
        broken(checker, answer, "outdated by a hard invalidation, a delete, a set or a clear");
    if (!stale && any_of_tags(checker, answer->key, true, between, fetched, answer->begin))
        broken(checker, answer, "outdated by a soft invalidation and not marked stale");
    if (stale && !history->grace)
        broken(checker, answer, "stale, where there is no grace");
    if (!answer->created)
        return;
    uint64_t expires = answer->created + (uint64_t)(negative ? history->negative : history->ttl);
    uint64_t grace = (uint64_t)history->grace;
    if (answer->begin >= (stale ? expires + grace : expires))
        broken(checker, answer, stale ? "stale beyond its grace" : "fresh beyond its ttl");
    /* Not expired before the answer, so it has to be a soft invalidation that was less than a grace ago. */
    uint64_t since = answer->begin > grace ? answer->begin - grace : 0;
    if (stale && answer->end < expires && !any_of_tags(checker, answer->key, true, touches, since, answer->end))
        broken(checker, answer, "stale, but not softly invalidated within its grace");
}

static int by_key_and_begin(const void *a, const void *b) {
    const struct history_fetch *left = *(const struct history_fetch *const *)a;
    const struct history_fetch *right = *(const struct history_fetch *const *)b;
    if (left->key != right->key)
        return left->key < right->key ? -1 : 1;
    return left->begin < right->begin ? -1 : left->begin > right->begin;
}

/* One fetch a key, and one more for each time that something made the one before it out of date. The births of two
 * fetches that overlap may be in another order than their begins: so what made it so may touch either. */
static bool check_fetches(struct checker *checker) {
    const struct history *history = checker->history;
    const struct history_fetch **sorted = malloc((history->n_fetches + 1) * sizeof *sorted);
    if (!sorted)
        return false;
    for (size_t i = 0; i < history->n_fetches; i++)
        sorted[i] = &history->fetches[i];
    qsort(sorted, history->n_fetches, sizeof *sorted, by_key_and_begin);
    for (size_t i = 1; i < history->n_fetches; i++) {
        const struct history_fetch *fetch = sorted[i], *last = sorted[i - 1];
        if (fetch->key != last->key)
            continue;
        uint64_t since = last->asked < fetch->asked ? last->asked : fetch->asked;
        if (any_hard(checker, fetch->key, touches, since, fetch->begin) ||
            any_of_tags(checker, fetch->key, true, touches, since, fetch->begin))
            continue;
        if (checker->broken++ < TOLD)
            fprintf(checker->out, "fetched again for nothing: key %u at %" PRIu64 ", before at %" PRIu64 "\n",
                    fetch->key, fetch->begin, last->begin);
    }
    free(sorted);
    return true;
}

size_t history_check(struct history *history, FILE *out) {
    struct checker checker = {.history = history, .out = out};
    bool able = index_events(&checker, history);
    for (size_t i = 0; able && i < history->n_answers; i++)
        check_answer(&checker, &history->answers[i]);
    if (able && history->calm)
        able = check_fetches(&checker);
    free(checker.rows);
    free(checker.latest);
    free(checker.earliest);
    if (able)
        return checker.broken;
    fputs("no memory to check the history\n", out);
    return 1;
}
