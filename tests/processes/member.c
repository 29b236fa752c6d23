/* SPDX-License-Identifier: MIT */
#include "member.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

#include <t87s/redis.h>

#include "generated.h"
#include "payload.h"

/* LEEWAY: clocks in whole milliseconds, and the time that a hit takes for the present one. */
enum {
    LONG_MS = 3600 * 1000,
    PATIENCE_MS = 60 * 1000,
    LEASE_MS = 50,
    TIMEOUT_MS = 2000,
    LEEWAY_MS = 30,
    CAPACITY = 16 << 20
};
enum { MOST_LATE = 1024 };
static const enum t87s_status fetch_failed = T87S_E_USER;

struct member {
    struct board *board;
    struct t87s_cache *cache;
    struct generated *generated; /* by key; all zero for keys that are made by hand */
    int64_t ttl_ms;              /* where nothing expires, what goes, goes by an event that the judge knows */
    _Atomic(uint64_t) failed, expired, made_good;
};

struct thread {
    struct member *member;
    struct board_pad *pad;
    unsigned number; /* of the process */
    pthread_t id;
    uint64_t random;
    /* as if the source had been read back then: drawn between two ticks, for the next set with a token */
    struct t87s_token token;
    uint64_t before_token, after_token;
    /* what the others may not know of yet */
    struct history_event late[MOST_LATE];
    size_t n_late;
};

static _Thread_local struct thread *self; /* NULL on the cache's own threads */

static unsigned pick(struct thread *thread, unsigned bound) {
    thread->random ^= thread->random << 13;
    thread->random ^= thread->random >> 7;
    thread->random ^= thread->random << 17;
    return (unsigned)(thread->random >> 32) % bound;
}

static void alien(struct board *board, const char *what, uint32_t key, int status) {
    if (atomic_fetch_add(&board->alien, 1) < 5)
        fprintf(stderr, "%s: key %u, status %d\n", what, key, status);
}

/* ---- the source ---- */

struct asked {
    struct member *member;
    uint32_t key;
};

static struct history_fetch *fetch_at(struct board *board, uint32_t number) {
    return &board->fetches[number % REMEMBERED];
}

static void raise_to(_Atomic(uint64_t) *at, uint64_t value) {
    uint64_t is = atomic_load(at);
    while (is < value && !atomic_compare_exchange_weak(at, &is, value)) {
    }
}

static enum t87s_status bring(const struct asked *asked, struct payload *payload, size_t *size) {
    struct board *board = asked->member->board;
    const uint32_t number = (uint32_t)atomic_fetch_add(&board->n_fetches, 1);
    const uint64_t begin = board_tick(board);
    atomic_store(&board->ended[number % REMEMBERED], 0);
    *fetch_at(board, number) = (struct history_fetch){.begin = begin, .number = number, .key = asked->key};
    const unsigned mood = self ? pick(self, 100) : number % 100;
    if (mood < 20)
        sched_yield();
    else if (mood < 24)
        nanosleep(&(struct timespec){.tv_nsec = 200 * 1000}, NULL);
    else if (mood < 26)
        return fetch_failed;
    if (board->scenery.finds_nothing && number % 4 == 0) {
        raise_to(&board->nothing[asked->key], begin);
        return T87S_NOT_FOUND;
    }
    *size = payload_make(payload, number, asked->key);
    return T87S_OK;
}

static enum t87s_status fetch(void *arg, struct t87s_buffer *out) {
    struct payload payload;
    size_t size;
    const enum t87s_status status = bring(arg, &payload, &size);
    return status == T87S_OK ? t87s_buffer_append(out, &payload, size) : status;
}

static enum t87s_status fetch_generated(const struct t87s_gen_query *query, void *app, const unsigned char *key,
                                        void *out) {
    (void)query;
    const struct asked asked = {app, generated_number(key)};
    size_t size;
    return bring(&asked, out, &size);
}

/* ---- calls ---- */

static size_t tags_of(const struct world *world, uint32_t key, struct t87s_tag *tags) {
    unsigned numbers[WORLD_TAGS_PER_KEY];
    const size_t n = world_tags_of_key(world, key, numbers);
    for (size_t i = 0; i < n; i++)
        world_make_tag(world, numbers[i], &tags[i]);
    return n;
}

static enum t87s_status ask_by_hand(struct thread *thread, uint32_t key, struct t87s_value *value,
                                    struct t87s_entries *entries) {
    struct member *member = thread->member;
    struct t87s_tag tags[WORLD_TAGS_PER_KEY];
    struct asked asked = {member, key};
    const struct t87s_query query = {.key = &key,
                                     .key_len = sizeof key,
                                     .tags = tags,
                                     .n_tags = tags_of(&member->board->scenery.world, key, tags),
                                     .fetch = fetch,
                                     .fetch_arg = &asked,
                                     .fetch_arg_size = sizeof asked,
                                     .ttl_ms = member->ttl_ms,
                                     .grace_ms = member->board->scenery.grace_ms,
                                     .negative_ms = LONG_MS,
                                     .timeout_ms = PATIENCE_MS,
                                     .fleet_ms = key % 4 < 2 ? LEASE_MS : 0};
    return t87s_query(member->cache, &query, value, entries);
}

/* What the law of time says: the history is not asked about that. */
static void check_age(struct thread *thread, const struct history_answer *answer) {
    struct board *board = thread->member->board;
    const uint64_t ended = atomic_load(&board->ended[answer->fetch % REMEMBERED]);
    const int64_t grace = board->scenery.grace_ms > 0 ? board->scenery.grace_ms : 0;
    const bool stale = answer->outcome == T87S_STALE;
    const uint64_t most = (uint64_t)(thread->member->ttl_ms + (stale ? grace : 0) + LEEWAY_MS) * 1000000;
    if ((stale || answer->outcome == T87S_FRESH) && ended && answer->begin > ended + most)
        alien(board, "too old an answer", answer->key, (int)((answer->begin - ended) / 1000000));
}

static void take_entries(struct thread *thread, const struct t87s_entries *entries,
                         const struct history_answer *answer) {
    struct member *member = thread->member;
    uint64_t unknown = 0;
    if (entries->before.reason == T87S_REASON_EXPIRED)
        atomic_fetch_add(&member->expired, 1);
    if (entries->before.outcome == T87S_FETCHED)
        atomic_compare_exchange_strong(&member->board->ended[answer->fetch % REMEMBERED], &unknown, answer->end);
    check_age(thread, answer);
}

static void query(struct thread *thread, uint32_t key) {
    struct member *member = thread->member;
    struct board *board = member->board;
    const struct generated *generated = generated_is(key) ? &member->generated[key] : NULL;
    struct t87s_value value = {.data = NULL};
    struct payload fixed;
    struct t87s_entries told, *entries = pick(thread, 2) ? &told : NULL;
    struct history_answer answer = {.key = key, .begin = board_tick(board)};
    const enum t87s_status status = generated ? t87s_gen_call(member->cache, &generated->query, generated->key,
                                                              generated->key_size, &fixed, entries)
                                              : ask_by_hand(thread, key, &value, entries);
    answer.end = board_tick(board);
    /* Nobody says how it came about: stale at worst. */
    answer.outcome = entries ? entries->before.outcome : board->scenery.grace_ms > 0 ? T87S_STALE : T87S_FRESH;
    if (status == T87S_OK) {
        if (generated ? payload_is_whole_fixed(&fixed, &answer.fetch) : payload_is_whole(&value, &answer.fetch))
            thread->pad->answers[thread->pad->n_answers++] = answer;
        else
            alien(board, "a broken value", key, 0);
        t87s_value_release(&value);
        if (entries)
            take_entries(thread, entries, &answer);
    } else if (status == T87S_NOT_FOUND && atomic_load(&board->nothing[key])) {
        answer.outcome = T87S_NEGATIVE;
        answer.created = atomic_load(&board->nothing[key]); /* it is at best of the last fetch that found nothing */
        thread->pad->answers[thread->pad->n_answers++] = answer;
    } else if (status == fetch_failed) {
        atomic_fetch_add(&member->failed, 1);
    } else {
        alien(board, "a query", key, (int)status);
    }
}

static void note(struct thread *thread, const struct history_event *event, const char *what, enum t87s_status status) {
    struct board_pad *pad = thread->pad;
    pad->events[pad->n_events++] = (struct board_event){*event, status == T87S_PARTIAL};
    if (status == T87S_PARTIAL && thread->n_late < MOST_LATE)
        thread->late[thread->n_late++] = *event;
    if (status != T87S_OK && status != T87S_PARTIAL)
        alien(thread->member->board, what, event->target, (int)status);
}

/* What is not pending any more, the store knows: from now on it counts for the others, too. */
static void make_good(struct thread *thread) {
    struct member *member = thread->member;
    struct board_pad *pad = thread->pad;
    struct t87s_stats stats;
    if (!thread->n_late)
        return;
    t87s_stats(member->cache, &stats);
    if (stats.store_pending)
        return;
    atomic_fetch_add(&member->made_good, thread->n_late);
    while (thread->n_late) {
        struct history_event event = thread->late[--thread->n_late];
        event.end = board_tick(member->board);
        pad->events[pad->n_events++] = (struct board_event){event, false};
    }
}

static void draw_token(struct thread *thread) {
    struct board *board = thread->member->board;
    thread->before_token = board_tick(board);
    thread->token = t87s_token(thread->member->cache);
    thread->after_token = board_tick(board);
}

static void set(struct thread *thread, uint32_t key) {
    struct board *board = thread->member->board;
    struct t87s_tag tags[WORLD_TAGS_PER_KEY];
    struct payload payload;
    struct t87s_set_options options = {.tags = tags,
                                       .n_tags = tags_of(&board->scenery.world, key, tags),
                                       .ttl_ms = thread->member->ttl_ms,
                                       .grace_ms = board->scenery.grace_ms};
    const uint32_t number = (uint32_t)atomic_fetch_add(&board->n_fetches, 1);
    atomic_store(&board->ended[number % REMEMBERED], 0);
    const size_t size = payload_make(&payload, number, key);
    struct history_event event = {.scope = HISTORY_KEY, .target = key};
    const bool with_token = pick(thread, 2);
    event.begin = with_token ? thread->before_token : board_tick(board);
    if (with_token)
        options.token = thread->token;
    /* Before the set, since others may be given it before it returns: not before its birth is then the end of time. */
    *fetch_at(board, number) =
        (struct history_fetch){.begin = with_token ? thread->after_token : UINT64_MAX, .number = number, .key = key};
    const enum t87s_status status = t87s_set(thread->member->cache, &key, sizeof key, &payload, size, &options);
    event.end = board_tick(board);
    if (!with_token)
        fetch_at(board, number)->begin = event.end;
    note(thread, &event, "a set", status);
    if (with_token)
        draw_token(thread);
}

static void forget(struct thread *thread, uint32_t key, enum history_scope scope) {
    struct board *board = thread->member->board;
    struct t87s_cache *cache = thread->member->cache;
    struct history_event event = {.begin = board_tick(board), .scope = scope, .target = key};
    const enum t87s_status status = scope == HISTORY_KEY ? t87s_delete(cache, &key, sizeof key) : t87s_clear(cache);
    event.end = board_tick(board);
    note(thread, &event, "a delete or a clear", status);
}

/* One of a key's tags, or what stands above it. */
static void invalidate(struct thread *thread, uint32_t key) {
    struct board *board = thread->member->board;
    const struct world *world = &board->scenery.world;
    unsigned numbers[WORLD_TAGS_PER_KEY];
    int tag = (int)numbers[pick(thread, world_tags_of_key(world, key, numbers))];
    while (world_parent(world, (unsigned)tag) >= 0 && pick(thread, board->scenery.climb) == 0)
        tag = world_parent(world, (unsigned)tag);
    struct t87s_tag path;
    world_make_tag(world, (unsigned)tag, &path);
    struct history_event event = {.scope = HISTORY_TAG, .target = (uint32_t)tag};
    event.flags = (pick(thread, 3) == 0 ? T87S_SOFT : 0) | (pick(thread, 4) == 0 ? T87S_EXACT : 0);
    event.begin = board_tick(board);
    const enum t87s_status status = t87s_invalidate(thread->member->cache, &path, 1, event.flags);
    event.end = board_tick(board);
    note(thread, &event, "an invalidation", status);
}

/* What is generated cannot be set or deleted: its neighbour is. */
static uint32_t by_hand(uint32_t key) { return generated_is(key) ? key - 1 : key; }

static void call(struct thread *thread) {
    const struct scenery *scenery = &thread->member->board->scenery;
    const unsigned n_keys = scenery->world.n_keys;
    unsigned kind = pick(thread, 1000);
    const uint32_t key = pick(thread, pick(thread, 2) ? n_keys : n_keys / 8 + 1); /* some are asked for more */
    if (kind < scenery->invalidate)
        invalidate(thread, key);
    else if ((kind -= scenery->invalidate) < scenery->write)
        pick(thread, 3)     ? set(thread, by_hand(key))
        : pick(thread, 100) ? forget(thread, by_hand(key), HISTORY_KEY)
                            : forget(thread, key, HISTORY_ALL);
    else
        query(thread, key);
}

static void *work(void *arg) {
    struct thread *thread = arg;
    struct board *board = thread->member->board;
    self = thread;
    draw_token(thread);
    while (board->calls) {
        for (size_t i = 0; i < board->calls; i++) {
            call(thread);
            if (board->scenery.pause_us)
                nanosleep(&(struct timespec){.tv_nsec = board->scenery.pause_us * 1000L}, NULL);
        }
        make_good(thread);
        board_arrive(board, thread->number); /* the window is judged, and `calls` says what comes */
    }
    return NULL;
}

/* ---- a life ---- */

static bool make_generated(struct member *member) {
    const struct scenery *scenery = &member->board->scenery;
    generated_set(&(struct t87s_gen_kind){.fetch = fetch_generated,
                                          .ttl_ms = member->ttl_ms,
                                          .grace_ms = scenery->grace_ms,
                                          .negative_ms = LONG_MS,
                                          .fleet_ms = LEASE_MS,
                                          .timeout_ms = PATIENCE_MS,
                                          .verify_percent = -1});
    member->generated = calloc(scenery->world.n_keys, sizeof *member->generated);
    for (uint32_t key = 0; member->generated && key < scenery->world.n_keys; key++) {
        if (!generated_is(key))
            continue;
        generated_make(&member->generated[key], &scenery->world, key);
        member->generated[key].query.value_size = sizeof(struct payload);
    }
    return member->generated;
}

static void sum_up(struct member *member, struct board_sums *sums) {
    struct t87s_stats stats;
    t87s_stats(member->cache, &stats);
    *sums =
        (struct board_sums){.queries = stats.fresh_hits + stats.stale_serves + stats.joins + stats.fetches,
                            .near_hits = stats.fresh_hits > stats.store_hits ? stats.fresh_hits - stats.store_hits : 0,
                            .store_hits = stats.store_hits,
                            .stale = stats.stale_serves,
                            .fetches = stats.fetches,
                            .failed = atomic_load(&member->failed),
                            .nothing = stats.negative_hits,
                            .expired = atomic_load(&member->expired),
                            .made_good = atomic_load(&member->made_good)};
}

int member_live(struct board *board, unsigned number) {
    static const struct t87s_gen_schema schema = {T87S_CODEGEN_ABI, 1, "load", "payload"};
    const struct t87s_redis_options redis = {.uri = board->uri,
                                             .near_off = board->scenery.near_off,
                                             .near_staleness_ms = board->staleness_ms,
                                             .timeout_ms =
                                                 board->scenery.timeout_ms ? board->scenery.timeout_ms : TIMEOUT_MS};
    struct member member = {.board = board, .ttl_ms = board->scenery.ttl_ms ? board->scenery.ttl_ms : LONG_MS};
    struct t87s_store *store = NULL;
    static struct thread threads[MOST_THREADS];
    if (t87s_redis_open(&redis, &store) != T87S_OK)
        return EXIT_FAILURE;
    const struct t87s_options options = {
        .store = store, .prefix = board->name, .capacity_bytes = CAPACITY, .refresh_threads = 1};
    if (!make_generated(&member) || t87s_gen_open(&options, &schema, &member, &member.cache) != T87S_OK)
        return EXIT_FAILURE;
    for (unsigned i = 0; i < board->scenery.threads; i++) {
        const uint64_t seed = board->seed + (board->lives[number] * MOST_PROCESSES + number) * MOST_THREADS + i + 1;
        threads[i].member = &member;
        threads[i].pad = &board->pads[number][i];
        threads[i].number = number;
        threads[i].random = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
        if (pthread_create(&threads[i].id, NULL, work, &threads[i]))
            return EXIT_FAILURE;
    }
    for (unsigned i = 0; i < board->scenery.threads; i++)
        pthread_join(threads[i].id, NULL);
    sum_up(&member, &board->sums[number]);
    t87s_close(member.cache);
    t87s_store_close(store);
    free(member.generated);
    return EXIT_SUCCESS;
}
