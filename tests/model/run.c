/* SPDX-License-Identifier: MIT
 *
 * One sequence: each operation is done to the cache and to the reference, side by side. Everything happens on this
 * thread but refreshes; after a stale answer it waits until the background is idle again, so the order of events is
 * always known.
 */
#include "run.h"

#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "reference.h"

enum { PINS = 4, MOST_FETCHING = 4, EMPTY_SPARE = 6 << 10 };

struct pinned {
    struct t87s_value value;
    uint64_t serial;
};

/* A fetch that was called in the background; under the lock of the run. */
struct background {
    unsigned fetches, refreshed;
    uint64_t serial, old, fresh;
    bool changed;
};

struct run;

struct source {
    struct run *run;
    const struct operation *operation;
};

struct run {
    const struct sequence *sequence;
    struct reference reference;
    struct t87s_cache *cache;
    struct t87s_clock clock;
    _Atomic(int64_t) now;
    uint64_t idle_bytes;
    unsigned next; /* operation */
    uint64_t serial;
    struct t87s_token tokens[TOKENS];
    uint64_t token_stamps[TOKENS];
    struct pinned pins[PINS];
    unsigned next_pin;
    /* the fetches this thread is inside of */
    unsigned n_fetching, fetching[MOST_FETCHING];
    /* the last one that ended */
    unsigned fetched;
    uint64_t birth, fetched_serial;
    pthread_t thread;
    pthread_mutex_t lock;
    struct background background;
    struct source sources[MOST_OPERATIONS];
    struct tally *tally;
    struct complaint *complaint;
    bool failed;
};

static size_t empty_bytes;
static struct t87s_tag all_tags[TAGS], tags_of[KEYS][TAGS_OF_KEY];
static unsigned n_tags_of[KEYS];

static void complain(struct run *run, unsigned at, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void complain(struct run *run, unsigned at, const char *format, ...) {
    if (run->failed)
        return; /* the first is the cause of the others */
    run->failed = true;
    run->complaint->operation = at;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(run->complaint->text, sizeof run->complaint->text, format, arguments);
    va_end(arguments);
}

/* ---- values: a serial number, and bytes that follow from it ---- */

static void make_value(uint64_t serial, size_t size, unsigned char *out) {
    memcpy(out, &serial, sizeof serial);
    for (size_t i = 0; i < size; i++)
        out[sizeof serial + i] = (unsigned char)(serial * 31 + i);
}

/* The serial of a value, or 0 if its bytes are not what was once written. */
static uint64_t read_value(const struct t87s_value *value) {
    uint64_t serial;
    if (value->size < sizeof serial)
        return 0;
    memcpy(&serial, value->data, sizeof serial);
    const unsigned char *bytes = value->data;
    for (size_t i = 0; i < value->size - sizeof serial; i++)
        if (bytes[sizeof serial + i] != (unsigned char)(serial * 31 + i))
            return 0;
    return serial;
}

static void release_pin(struct run *run, struct pinned *pin) {
    if (pin->value.pin && read_value(&pin->value) != pin->serial)
        complain(run, run->next ? run->next - 1 : 0, "the value %llu changed while it was held",
                 (unsigned long long)pin->serial);
    t87s_value_release(&pin->value);
}

/* Takes the value over. */
static void hold(struct run *run, struct t87s_value *value, uint64_t serial, bool pin) {
    struct pinned *place = &run->pins[run->next_pin % PINS], now = {*value, serial};
    if (pin) {
        release_pin(run, place);
        *place = now;
        run->next_pin++;
    } else {
        release_pin(run, &now);
    }
}

/* ---- time and the source ---- */

static int64_t read_clock(void *arg) { return atomic_load_explicit(&((struct run *)arg)->now, memory_order_relaxed); }

static void pass(struct run *run, int64_t ms) {
    run->reference.now += ms;
    atomic_store_explicit(&run->now, run->reference.now, memory_order_relaxed);
}

static void do_next(struct run *run);

static enum t87s_status bring(const struct operation *operation, uint64_t serial, struct t87s_buffer *out) {
    unsigned char bytes[sizeof serial + 2500];
    if (operation->fetch != T87S_OK)
        return operation->fetch;
    make_value(serial, operation->size, bytes);
    return t87s_buffer_append(out, bytes, sizeof serial + operation->size);
}

static enum t87s_status fetch(void *arg, struct t87s_buffer *out) {
    const struct source *source = arg;
    struct run *run = source->run;
    const struct operation *operation = source->operation;
    if (!pthread_equal(pthread_self(), run->thread)) {
        pthread_mutex_lock(&run->lock);
        run->background.fetches++;
        uint64_t serial = run->background.serial = ++run->serial; /* its own thread waits meanwhile */
        pthread_mutex_unlock(&run->lock);
        return bring(operation, serial, out);
    }
    uint64_t birth = reference_stamp(&run->reference), serial = ++run->serial;
    if (run->n_fetching < MOST_FETCHING) {
        run->fetching[run->n_fetching++] = operation->key;
        for (unsigned i = 0; i < operation->nested && !run->failed; i++)
            do_next(run);
        run->n_fetching--;
    }
    run->birth = birth;
    run->fetched_serial = serial;
    run->fetched++;
    return bring(operation, serial, out);
}

static void on_refresh(void *arg, const struct t87s_value *old, const struct t87s_value *fresh, bool changed) {
    struct run *run = arg;
    pthread_mutex_lock(&run->lock);
    run->background.refreshed++;
    run->background.old = read_value(old);
    run->background.fresh = read_value(fresh);
    run->background.changed = changed;
    pthread_mutex_unlock(&run->lock);
}

static void settle(struct run *run) {
    struct t87s_stats stats;
    for (;;) {
        t87s_stats(run->cache, &stats);
        if (stats.bytes_other == run->idle_bytes) /* a job, and what a fetch brings, are counted there */
            return;
        sched_yield();
    }
}

/* ---- queries ---- */

static int64_t ttl_of(const struct operation *operation) { return operation->ttl ? operation->ttl : DEFAULT_TTL; }

static int64_t grace_of(const struct operation *operation) { return operation->grace > 0 ? operation->grace : 0; }

/* What a fetch leaves, if it is kept. */
static struct possible entry_of(const struct run *run, const struct operation *operation, uint64_t birth,
                                uint64_t serial) {
    bool negative = operation->kind == OP_QUERY && operation->fetch == T87S_NOT_FOUND;
    int64_t ttl = negative ? operation->negative : ttl_of(operation), now = run->reference.now;
    return (struct possible){.present = true,
                             .birth = birth,
                             .serial = negative ? 0 : serial,
                             .created = now,
                             .expires = now + (ttl > 0 ? ttl : 0),
                             .grace = negative ? 0 : grace_of(operation),
                             .tags = operation->tags,
                             .negative = negative,
                             .soft = INT64_MAX};
}

struct seen {
    enum t87s_status status;
    uint64_t serial;
    bool fetched;
    struct t87s_entries entries;
};

static bool right_before(const struct t87s_entry_info *before, const struct view *view, unsigned look) {
    if (look == LOOK_ABSENT)
        return !before->present;
    unsigned tags[TAGS_OF_KEY];
    return before->present && before->created_ms == view->entry.created && before->expires_ms == view->entry.expires &&
           before->n_tags == tags_of_key(view->entry.tags, tags);
}

static bool right_reason(const struct run *run, enum t87s_reason reason, unsigned look) {
    switch (look) {
    case LOOK_FRESH:
        return reason == T87S_REASON_NONE;
    case LOOK_ABSENT:
        return reason == T87S_REASON_ABSENT || (run->reference.evicts && reason == T87S_REASON_EVICTED);
    case LOOK_STALE_INVALIDATED:
    case LOOK_GONE_INVALIDATED:
        return reason == T87S_REASON_INVALIDATED;
    default:
        return reason == T87S_REASON_EXPIRED;
    }
}

/* Whether one look of one possible entry explains what was seen. */
static bool explains(const struct run *run, const struct operation *operation, const struct view *view, unsigned look,
                     const struct seen *seen) {
    const struct possible *entry = &view->entry;
    const struct t87s_entry_info *before = &seen->entries.before;
    bool stale = look == LOOK_STALE_EXPIRED || look == LOOK_STALE_INVALIDATED;
    if (!right_before(before, view, look) || !right_reason(run, before->reason, look))
        return false;
    if (look != LOOK_FRESH && !(stale && grace_of(operation))) {
        bool own = false;
        for (unsigned i = 0; i < run->n_fetching; i++)
            own |= run->fetching[i] == operation->key;
        if (own)
            return seen->status == T87S_E_DEADLOCK && !seen->fetched;
        return seen->fetched && before->outcome == T87S_FETCHED && seen->status == operation->fetch &&
               (seen->status != T87S_OK || seen->serial == run->fetched_serial);
    }
    int64_t first = stale ? view->since_first : entry->expires, last = stale ? view->since_last : entry->expires;
    enum t87s_outcome outcome = stale ? T87S_STALE : entry->negative ? T87S_NEGATIVE : T87S_FRESH;
    return !seen->fetched && before->outcome == outcome &&
           seen->status == (entry->negative ? T87S_NOT_FOUND : T87S_OK) && seen->serial == entry->serial &&
           before->grace_until_ms >= first + entry->grace && before->grace_until_ms <= last + entry->grace &&
           memcmp(before, &seen->entries.after, sizeof *before) == 0;
}

/* The views that explain what was seen. */
static struct views explained(const struct run *run, const struct operation *operation, const struct views *views,
                              const struct seen *seen) {
    struct views left = {.n = 0};
    for (unsigned i = 0; i < views->n; i++)
        for (unsigned look = LOOK_FRESH; look <= LOOK_ABSENT; look <<= 1)
            if (views->at[i].looks & look && explains(run, operation, &views->at[i], look, seen)) {
                left.at[left.n] = views->at[i];
                left.at[left.n++].looks = look;
                break;
            }
    return left;
}

static const char *describe(const struct views *views, char *text, size_t size) {
    static const char *const names[] = {"fresh",          "stale (expired)",    "stale (invalidated)",
                                        "gone (expired)", "gone (invalidated)", "absent"};
    size_t at = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < views->n; i++) {
        const struct possible *entry = &views->at[i].entry;
        for (unsigned look = 0; look < 6; look++) {
            if (!(views->at[i].looks & 1u << look) || at + 1 >= size)
                continue;
            int more = snprintf(text + at, size - at, "%s%s", at ? " or " : "", names[look]);
            at += (size_t)more;
            if (entry->present && at + 1 < size)
                at += (size_t)snprintf(text + at, size - at, " value %llu", (unsigned long long)entry->serial);
        }
    }
    return text;
}

static void check_after(struct run *run, unsigned at, const struct possible *entry, const struct t87s_entries *entries,
                        unsigned jitter) {
    const struct t87s_entry_info *after = &entries->after;
    unsigned tags[TAGS_OF_KEY];
    int64_t ttl = entry->expires - entry->created, shortest = ttl - ttl * jitter / 100;
    if (after->created_ms != entry->created || after->expires_ms > entry->expires ||
        after->expires_ms < entry->created + shortest || after->grace_until_ms != after->expires_ms + entry->grace ||
        after->n_tags != tags_of_key(entry->tags, tags))
        complain(run, at, "kept from %lld to %lld, grace to %lld; expected from %lld to %lld, grace %lld",
                 (long long)after->created_ms, (long long)after->expires_ms, (long long)after->grace_until_ms,
                 (long long)entry->created, (long long)entry->expires, (long long)entry->grace);
}

/* After a fetch in the foreground. */
static void judge_fetched(struct run *run, unsigned at, const struct seen *seen) {
    const struct operation *operation = &run->sequence->operations[at];
    bool kept = seen->entries.after.present;
    bool answered = operation->fetch == T87S_OK || (operation->fetch == T87S_NOT_FOUND && operation->negative > 0);
    if (!answered) {
        if (kept)
            complain(run, at, "kept what the fetch did not bring");
        if (operation->fetch == T87S_NOT_FOUND)
            reference_emptied(&run->reference, operation->key, run->birth);
        return;
    }
    struct possible entry = entry_of(run, operation, run->birth, run->fetched_serial);
    enum keeping keeping = reference_keeping(&run->reference, operation->key, &entry);
    if ((keeping == KEEP_MUST && !kept) || (keeping == KEEP_MUST_NOT && kept))
        complain(run, at, "the answer was %skept", kept ? "" : "not ");
    if (kept) {
        check_after(run, at, &entry, &seen->entries, entry.negative ? 0 : operation->jitter);
        entry.expires = seen->entries.after.expires_ms;
    }
    reference_fetched(&run->reference, operation->key, &entry, kept);
    ++*(kept ? &run->tally->kept : &run->tally->not_kept);
}

/* After a stale answer: maybe it was refreshed. */
static void judge_refresh(struct run *run, unsigned at, const struct view *view) {
    const struct operation *operation = &run->sequence->operations[at];
    settle(run);
    pthread_mutex_lock(&run->lock);
    struct background done = run->background;
    memset(&run->background, 0, sizeof run->background);
    pthread_mutex_unlock(&run->lock);
    if (done.fetches > 1 || (done.fetches == 0 && !view->entry.failed && !run->n_fetching)) {
        complain(run, at, "a stale answer was refreshed %u times", done.fetches);
        return;
    }
    struct possible entry = entry_of(run, operation, reference_stamp(&run->reference), done.serial);
    entry.tags = view->entry.tags;
    bool answered = operation->fetch == T87S_OK || (operation->fetch == T87S_NOT_FOUND && operation->negative > 0);
    bool kept = false;
    if (done.fetches && answered) {
        kept = reference_keeping(&run->reference, operation->key, &entry) != KEEP_MUST_NOT;
        reference_fetched(&run->reference, operation->key, &entry, kept);
    } else if (done.fetches && operation->fetch == T87S_NOT_FOUND) {
        reference_emptied(&run->reference, operation->key, entry.birth);
    } else if (done.fetches) {
        struct views failed = {.n = 1, .at = {*view}};
        failed.at[0].entry.failed = true;
        reference_settle(&run->reference, operation->key, &failed);
    }
    bool told = kept && !entry.negative;
    if (done.refreshed != (told ? 1 : 0) ||
        (told && (done.old != view->entry.serial || done.fresh != done.serial || !done.changed)))
        complain(run, at, "the refresh callback was called %u times, with %llu and %llu", done.refreshed,
                 (unsigned long long)done.old, (unsigned long long)done.fresh);
    run->tally->refreshes += done.fetches;
}

static void query(struct run *run, unsigned at) {
    const struct operation *operation = &run->sequence->operations[at];
    struct views views;
    reference_look(&run->reference, operation->key, operation->tags, &views);
    run->sources[at] = (struct source){run, operation};
    char key = (char)('0' + operation->key);
    struct t87s_query asked = {.key = &key,
                               .key_len = 1,
                               .tags = tags_of[operation->tags],
                               .n_tags = n_tags_of[operation->tags],
                               .fetch = fetch,
                               .fetch_arg = &run->sources[at],
                               .fetch_arg_size = at % 2 ? sizeof run->sources[at] : 0,
                               .ttl_ms = operation->ttl,
                               .grace_ms = operation->grace,
                               .negative_ms = operation->negative,
                               .jitter_percent = operation->jitter,
                               .on_refresh = on_refresh,
                               .on_refresh_arg = run};
    struct seen seen;
    struct t87s_value value;
    run->fetched = 0;
    seen.status = t87s_query(run->cache, &asked, &value, &seen.entries);
    seen.fetched = run->fetched > 0;
    run->fetched = 0;
    seen.serial = seen.status == T87S_OK ? read_value(&value) : 0;
    if (run->failed) { /* inside the fetch */
        t87s_value_release(&value);
        return;
    }
    hold(run, &value, seen.serial, operation->pin);
    struct views left = explained(run, operation, &views, &seen);
    if (left.n == 0) {
        char text[200];
        complain(run, at, "status %d, outcome %d, reason %d, value %llu, %sfetched; the entry is %s", seen.status,
                 seen.entries.before.outcome, seen.entries.before.reason, (unsigned long long)seen.serial,
                 seen.fetched ? "" : "not ", describe(&views, text, sizeof text));
        return;
    }
    run->tally->unsure += views.n > 1;
    if (seen.status == T87S_E_DEADLOCK) {
        run->tally->deadlocks++;
        return;
    }
    run->tally->answers[seen.entries.before.outcome]++;
    run->tally->failed += seen.status == T87S_E_USER;
    if (seen.fetched) {
        judge_fetched(run, at, &seen);
        return;
    }
    reference_settle(&run->reference, operation->key, &left);
    if (seen.entries.before.outcome == T87S_STALE)
        judge_refresh(run, at, &left.at[0]);
}

static void get(struct run *run, unsigned at) {
    const struct operation *operation = &run->sequence->operations[at];
    struct views views, left = {.n = 0};
    reference_look(&run->reference, operation->key, KEYS, &views);
    struct t87s_value value;
    char key = (char)('0' + operation->key);
    enum t87s_status status = t87s_get(run->cache, &key, 1, &value);
    uint64_t serial = status == T87S_OK ? read_value(&value) : 0;
    hold(run, &value, serial, operation->pin);
    for (unsigned i = 0; i < views.n; i++) {
        const struct view *view = &views.at[i];
        bool hit = view->looks & LOOK_FRESH && serial == view->entry.serial &&
                   status == (view->entry.negative ? T87S_NOT_FOUND : T87S_OK);
        if (hit || (status == T87S_MISS && view->looks & ~(unsigned)LOOK_FRESH))
            left.at[left.n++] = *view;
    }
    char text[200];
    if (left.n == 0)
        complain(run, at, "status %d, value %llu; the entry is %s", status, (unsigned long long)serial,
                 describe(&views, text, sizeof text));
    else
        reference_settle(&run->reference, operation->key, &left);
    run->tally->gets++;
}

/* ---- the others ---- */

static void set(struct run *run, unsigned at) {
    const struct operation *operation = &run->sequence->operations[at];
    bool old = operation->token >= 0 && run->token_stamps[operation->token];
    uint64_t serial = ++run->serial;
    uint64_t birth = old ? run->token_stamps[operation->token] : reference_stamp(&run->reference);
    unsigned char bytes[sizeof serial + 2500];
    make_value(serial, operation->size, bytes);
    struct t87s_set_options options = {.tags = tags_of[operation->tags],
                                       .n_tags = n_tags_of[operation->tags],
                                       .ttl_ms = operation->ttl,
                                       .grace_ms = operation->grace};
    if (old)
        options.token = run->tokens[operation->token];
    char key = (char)('0' + operation->key);
    enum t87s_status status = t87s_set(run->cache, &key, 1, bytes, sizeof serial + operation->size, &options);
    if (status != T87S_OK)
        complain(run, at, "status %d", status);
    struct possible entry = entry_of(run, operation, birth, serial);
    reference_set(&run->reference, operation->key, &entry);
}

/* To a moment at which the answers about a key change; time does not go back. */
static void go_to_edge(struct run *run, const struct operation *operation) {
    struct reference copy = run->reference; /* looking is remembered */
    struct views views;
    reference_look(&copy, operation->key, KEYS, &views);
    const struct view *view = &views.at[0];
    int64_t at = operation->edge < 2 ? view->entry.expires : view->since_last + view->entry.grace;
    at -= operation->edge % 2 == 0;
    if (view->entry.present && at > run->reference.now)
        pass(run, at - run->reference.now);
}

static void do_next(struct run *run) {
    unsigned at = run->next;
    if (at == run->sequence->n)
        return;
    run->next++;
    const struct operation *operation = &run->sequence->operations[at];
    char key = (char)('0' + operation->key);
    enum t87s_status status = T87S_OK;
    switch (operation->kind) {
    case OP_QUERY:
        query(run, at);
        break;
    case OP_GET:
        get(run, at);
        break;
    case OP_SET:
        set(run, at);
        break;
    case OP_DELETE:
        status = t87s_delete(run->cache, &key, 1);
        reference_delete(&run->reference, operation->key);
        break;
    case OP_CLEAR:
        status = t87s_clear(run->cache);
        reference_clear(&run->reference);
        break;
    case OP_INVALIDATE:
        status = t87s_invalidate(run->cache, &all_tags[operation->tag], 1, operation->flags);
        reference_invalidate(&run->reference, operation->tag, operation->flags);
        break;
    case OP_ADVANCE:
        pass(run, operation->ms);
        break;
    case OP_EDGE:
        go_to_edge(run, operation);
        break;
    case OP_TOKEN:
        run->tokens[operation->token] = t87s_token(run->cache);
        run->token_stamps[operation->token] = reference_stamp(&run->reference);
        break;
    default:
        for (unsigned i = 0; i < PINS; i++)
            release_pin(run, &run->pins[i]);
    }
    if (status != T87S_OK)
        complain(run, at, "status %d", status);
}

/* ---- a run ---- */

void run_prepare(void) {
    struct t87s_cache *cache = NULL;
    struct t87s_stats stats;
    for (unsigned tag = 0; tag < TAGS; tag++)
        tag_make(tag, &all_tags[tag]);
    for (unsigned key = 0; key < KEYS; key++) {
        unsigned tags[TAGS_OF_KEY];
        n_tags_of[key] = tags_of_key(key, tags);
        for (unsigned i = 0; i < n_tags_of[key]; i++)
            tags_of[key][i] = all_tags[tags[i]];
    }
    t87s_open(NULL, &cache);
    t87s_stats(cache, &stats);
    empty_bytes = stats.bytes_used;
    t87s_close(cache);
}

bool run_sequence(const struct sequence *sequence, struct tally *tally, struct complaint *complaint) {
    struct run run = {.sequence = sequence, .tally = tally, .complaint = complaint, .thread = pthread_self()};
    bool evicts = sequence->mode == MODE_EVICTING;
    pthread_mutex_init(&run.lock, NULL);
    reference_init(&run.reference, evicts);
    pass(&run, 0);
    run.clock = (struct t87s_clock){read_clock, &run};
    struct t87s_options options = {
        .capacity_bytes = evicts ? empty_bytes + EMPTY_SPARE : 0, .default_ttl_ms = DEFAULT_TTL, .clock = &run.clock};
    if (t87s_open(&options, &run.cache) != T87S_OK) {
        complain(&run, 0, "the cache does not open");
        return false;
    }
    struct t87s_stats stats;
    t87s_stats(run.cache, &stats);
    run.idle_bytes = stats.bytes_other;
    while (run.next < sequence->n && !run.failed)
        do_next(&run);
    t87s_stats(run.cache, &stats);
    tally->evictions += stats.evictions;
    t87s_close(run.cache);
    for (unsigned i = 0; i < PINS; i++)
        release_pin(&run, &run.pins[i]); /* they outlive the cache */
    pthread_mutex_destroy(&run.lock);
    return !run.failed;
}
