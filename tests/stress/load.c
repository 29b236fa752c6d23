/* SPDX-License-Identifier: MIT */
#include "load.h"

#include <sched.h>
#include <stdlib.h>
#include <time.h>

#include "payload.h"

enum { MOST_NESTED = 2, LITTLE_ROOM = 512 << 10 };
static const enum t87s_status fetch_failed = T87S_E_USER;

static _Thread_local struct load_worker *self; /* NULL on the cache's own threads */

static unsigned pick(struct load_worker *worker, unsigned bound) {
    worker->random ^= worker->random << 13;
    worker->random ^= worker->random >> 7;
    worker->random ^= worker->random << 17;
    return (unsigned)(worker->random >> 32) % bound;
}

static void alien(struct load *load, const char *what, uint32_t key, int status) {
    if (atomic_fetch_add(&load->alien, 1) < 5)
        fprintf(stderr, "%s: key %u, status %d\n", what, key, status);
}

/* ---- the source ---- */

struct asked {
    struct load *load;
    uint64_t begin;
    uint32_t key;
};

static void query(struct load_worker *worker, uint32_t key);

/* Until those who wait have lost their patience, but not for ever. */
static void dawdle(struct load *load) {
    uint64_t until = recorder_tick(&load->recorder) + 4 * (uint64_t)load->setting->timeout;
    for (int i = 0; i < 30 && recorder_tick(&load->recorder) < until; i++)
        nanosleep(&(struct timespec){0, 200 * 1000}, NULL);
}

static enum t87s_status bring(const struct asked *asked, struct payload *payload, size_t *size) {
    struct load *load = asked->load;
    uint32_t number = recorder_fetch(&load->recorder);
    bool calm = load->setting->calm;
    *recorder_fetch_at(&load->recorder, number) = (struct history_fetch){
        .asked = self ? asked->begin : 0, .begin = recorder_tick(&load->recorder), .number = number, .key = asked->key};
    unsigned mood = self ? pick(self, 100) : number % 100;
    if (mood < 20)
        sched_yield();
    else if (mood < 22)
        nanosleep(&(struct timespec){0, 50 * 1000}, NULL);
    else if (mood == 22 && !calm)
        dawdle(load);
    else if (mood < 30 && self && self->nested < MOST_NESTED) {
        uint32_t n_keys =
            load->setting->world.n_keys; /* rings are refused, so they are there unless it shall be calm */
        uint32_t other = calm ? asked->key + 1 : pick(self, n_keys);
        self->nested++;
        if (other < n_keys)
            query(self, other);
        self->nested--;
    } else if (mood < 34 && !calm) {
        return fetch_failed;
    } else if (mood < 42 && !calm) {
        return T87S_NOT_FOUND;
    }
    *size = payload_make(payload, number, asked->key);
    return T87S_OK;
}

static enum t87s_status fetch(void *arg, struct t87s_buffer *out) {
    struct payload payload;
    size_t size;
    enum t87s_status status = bring(arg, &payload, &size);
    return status == T87S_OK ? t87s_buffer_append(out, &payload, size) : status;
}

static enum t87s_status fetch_generated(const struct t87s_gen_query *question, void *app, const unsigned char *key,
                                        void *out) {
    (void)question;
    const struct asked asked = {app, self ? self->asked : 0, generated_number(key)};
    size_t size;
    return bring(&asked, out, &size);
}

/* ---- calls ---- */

/* Keeps the value pinned for a while, in the place of one that is given back. */
static void hold(struct load_worker *worker, struct t87s_value *value, uint32_t key) {
    struct t87s_value *place = &worker->pins[pick(worker, LOAD_PINS)];
    uint32_t fetch;
    if (place->data && !payload_is_whole(place, &fetch))
        alien(worker->load, "a pinned value changed", key, 0);
    t87s_value_release(place);
    *place = *value;
}

/* A value of either kind, or none. */
static void note(struct load_worker *worker, const struct history_answer *answer, struct t87s_value *value,
                 const struct payload *fixed, bool told) {
    struct history_answer noted = *answer;
    if (value ? !payload_is_whole(value, &noted.fetch) : fixed && !payload_is_whole_fixed(fixed, &noted.fetch)) {
        alien(worker->load, "a broken value", answer->key, 0);
        return;
    }
    if (told)
        worker->seen[answer->outcome]++;
    *recorder_answer(&worker->pad) = noted;
    if (value)
        hold(worker, value, answer->key);
}

static enum t87s_status ask_by_hand(struct load_worker *worker, uint64_t begin, uint32_t key, struct t87s_value *value,
                                    struct t87s_entries *entries) {
    struct load *load = worker->load;
    const struct setting *setting = load->setting;
    unsigned numbers[WORLD_TAGS_PER_KEY];
    struct t87s_tag tags[WORLD_TAGS_PER_KEY];
    size_t n_tags = world_tags_of_key(&setting->world, key, numbers);
    for (size_t i = 0; i < n_tags; i++)
        world_make_tag(&setting->world, numbers[i], &tags[i]);
    struct asked asked = {load, begin, key};
    struct t87s_query question = {.key = &key,
                                  .key_len = sizeof key,
                                  .tags = tags,
                                  .n_tags = n_tags,
                                  .fetch = fetch,
                                  .fetch_arg = &asked,
                                  .fetch_arg_size = sizeof asked,
                                  .ttl_ms = setting->ttl,
                                  .grace_ms = setting->grace,
                                  .negative_ms = setting->negative,
                                  .timeout_ms = setting->timeout};
    return t87s_query(worker->cache, &question, value, entries);
}

/* Without entries, which is the shortest way to a hit, nobody says how the answer came about. */
static void tell_how(struct history_answer *answer, const struct setting *setting, const struct t87s_entries *entries) {
    if (!entries) {
        answer->outcome = setting->grace > 0 ? T87S_STALE : T87S_FRESH; /* at worst */
        return;
    }
    answer->outcome = entries->before.outcome;
    answer->reason = entries->before.reason;
    bool from_entry =
        answer->outcome == T87S_FRESH || answer->outcome == T87S_STALE || answer->outcome == T87S_NEGATIVE;
    answer->created = from_entry ? (uint64_t)entries->before.created_ms : 0;
}

static void query(struct load_worker *worker, uint32_t key) {
    struct load *load = worker->load;
    const struct setting *setting = load->setting;
    struct t87s_value value = {.data = NULL};
    struct payload fixed;
    struct t87s_entries told, *entries = pick(worker, 2) ? &told : NULL;
    struct history_answer answer = {.begin = recorder_tick(&load->recorder), .key = key};
    enum t87s_status status;
    if (generated_is(key)) {
        const struct generated *generated = &load->generated[key];
        worker->asked = answer.begin;
        status = t87s_gen_call(worker->cache, &generated->query, generated->key, generated->key_size, &fixed, entries);
    } else {
        status = ask_by_hand(worker, answer.begin, key, &value, entries);
    }
    answer.end = recorder_tick(&load->recorder);
    tell_how(&answer, setting, entries);
    if (status == T87S_OK)
        note(worker, &answer, generated_is(key) ? NULL : &value, &fixed, entries != NULL);
    else if (status == T87S_NOT_FOUND && answer.outcome == T87S_NEGATIVE)
        note(worker, &answer, NULL, NULL, true);
    else if (status == fetch_failed || status == T87S_NOT_FOUND)
        worker->failed++; /* of its own or of the flight it joined: there is no value to judge */
    else if ((status == T87S_E_DEADLOCK || status == T87S_E_TIMEOUT) && !setting->calm)
        worker->refused++;
    else
        alien(load, "a query", key, (int)status);
}

static void get(struct load_worker *worker, uint32_t key) {
    struct load *load = worker->load;
    const struct setting *setting = load->setting;
    const struct generated *generated = generated_is(key) ? &load->generated[key] : NULL;
    struct t87s_value value;
    struct payload fixed;
    struct history_answer answer = {.begin = recorder_tick(&load->recorder), .key = key, .outcome = T87S_FRESH};
    enum t87s_status status =
        generated ? t87s_gen_peek(worker->cache, &generated->query, generated->key, generated->key_size, &fixed)
                  : t87s_get(worker->cache, &key, sizeof key, &value);
    answer.end = recorder_tick(&load->recorder);
    if (status == T87S_OK)
        note(worker, &answer, generated ? NULL : &value, &fixed, true);
    else if (status != T87S_MISS && status != T87S_NOT_FOUND)
        alien(load, "a get", key, (int)status);
    else if (setting->calm) {
        answer.missed = true;
        *recorder_answer(&worker->pad) = answer;
    }
}

static void draw_token(struct load_worker *worker) {
    worker->before_token = recorder_tick(&worker->load->recorder);
    worker->token = t87s_token(worker->cache);
    worker->after_token = recorder_tick(&worker->load->recorder);
}

static void set(struct load_worker *worker, uint32_t key) {
    struct load *load = worker->load;
    const struct setting *setting = load->setting;
    unsigned numbers[WORLD_TAGS_PER_KEY];
    struct t87s_tag tags[WORLD_TAGS_PER_KEY];
    struct payload payload;
    struct t87s_set_options options = {.tags = tags, .ttl_ms = setting->ttl, .grace_ms = setting->grace};
    options.n_tags = world_tags_of_key(&setting->world, key, numbers);
    for (size_t i = 0; i < options.n_tags; i++)
        world_make_tag(&setting->world, numbers[i], &tags[i]);
    uint32_t number = recorder_fetch(&load->recorder);
    size_t size = payload_make(&payload, number, key);
    struct history_fetch brought = {.asked = recorder_tick(&load->recorder), .number = number, .key = key};
    bool with_token = pick(worker, 2);
    if (with_token) {
        options.token = worker->token;
        brought.asked = worker->before_token;
        brought.begin = worker->after_token;
    }
    enum t87s_status status = t87s_set(worker->cache, &key, sizeof key, &payload, size, &options);
    uint64_t end = recorder_tick(&load->recorder);
    if (!with_token)
        brought.begin = end;
    *recorder_fetch_at(&load->recorder, number) = brought;
    if (status == T87S_E_NOMEM && setting->capacity < LITTLE_ROOM)
        worker->refused++; /* all of it waited for its readers; the key is as after a delete */
    else if (status != T87S_OK)
        alien(load, "a set", key, (int)status);
    *recorder_event(&worker->pad) =
        (struct history_event){.begin = brought.asked, .end = end, .scope = HISTORY_KEY, .target = key};
    if (with_token)
        draw_token(worker);
}

static void forget(struct load_worker *worker, uint32_t key, enum history_scope scope) {
    struct load *load = worker->load;
    struct history_event event = {.begin = recorder_tick(&load->recorder), .scope = scope, .target = key};
    enum t87s_status status =
        scope == HISTORY_KEY ? t87s_delete(worker->cache, &key, sizeof key) : t87s_clear(worker->cache);
    event.end = recorder_tick(&load->recorder);
    if (status != T87S_OK)
        alien(load, "a delete or a clear", key, (int)status);
    *recorder_event(&worker->pad) = event;
}

/* One of a key's tags, or what stands above it. */
static void invalidate(struct load_worker *worker, uint32_t key) {
    struct load *load = worker->load;
    const struct world *world = &load->setting->world;
    unsigned numbers[WORLD_TAGS_PER_KEY];
    int tag = (int)numbers[pick(worker, world_tags_of_key(world, key, numbers))];
    while (world_parent(world, (unsigned)tag) >= 0 && pick(worker, load->setting->climb) == 0)
        tag = world_parent(world, (unsigned)tag);
    struct t87s_tag path;
    world_make_tag(world, (unsigned)tag, &path);
    struct history_event event = {.scope = HISTORY_TAG, .target = (uint32_t)tag};
    event.flags = (pick(worker, 3) == 0 ? T87S_SOFT : 0) | (pick(worker, 4) == 0 ? T87S_EXACT : 0);
    event.begin = recorder_tick(&load->recorder);
    enum t87s_status status = t87s_invalidate(worker->cache, &path, 1, event.flags);
    event.end = recorder_tick(&load->recorder);
    if (status != T87S_OK)
        alien(load, "an invalidation", key, (int)status);
    *recorder_event(&worker->pad) = event;
}

/* What is generated cannot be set or deleted: its neighbour is. */
static uint32_t by_hand(uint32_t key) { return generated_is(key) ? key - 1 : key; }

static void call(struct load_worker *worker) {
    const struct setting *setting = worker->load->setting;
    unsigned n_keys = setting->world.n_keys, kind = pick(worker, 100);
    uint32_t key = pick(worker, pick(worker, 2) ? n_keys : n_keys / 8 + 1); /* some are asked for more */
    if (kind < setting->invalidate)
        invalidate(worker, key);
    else if ((kind -= setting->invalidate) < setting->write)
        pick(worker, 3)     ? set(worker, by_hand(key))
        : pick(worker, 100) ? forget(worker, by_hand(key), HISTORY_KEY)
                            : forget(worker, key, HISTORY_ALL);
    else if (pick(worker, 8) == 0)
        get(worker, key);
    else
        query(worker, key);
}

void *load_work(void *arg) {
    struct load_worker *worker = arg;
    struct load *load = worker->load;
    self = worker;
    draw_token(worker);
    while (load->calls) {
        for (size_t i = 0; i < load->calls; i++)
            call(worker);
        pthread_barrier_wait(&load->meet);
        pthread_barrier_wait(&load->meet); /* the window is judged, and `calls` says what comes */
    }
    return NULL;
}

void load_release(struct load_worker *worker) {
    for (int pin = 0; pin < LOAD_PINS; pin++) {
        uint32_t number;
        if (worker->pins[pin].data && !payload_is_whole(&worker->pins[pin], &number))
            alien(worker->load, "a pinned value changed", 0, 0);
        t87s_value_release(&worker->pins[pin]);
    }
}

size_t load_most_fetches(size_t calls) {
    /* A call leads at most to a fetch, those nested in it, and one in the background. */
    return (calls + LOAD_MOST_THREADS) * (2 + MOST_NESTED * 2);
}

bool load_open(struct load *load, const struct t87s_options *options) {
    static const struct t87s_gen_schema schema = {T87S_CODEGEN_ABI, 1, "load", "payload"};
    const struct setting *setting = load->setting;
    const uint32_t n_keys = setting->world.n_keys;
    generated_set(&(struct t87s_gen_kind){.fetch = fetch_generated,
                                          .ttl_ms = setting->ttl,
                                          .grace_ms = setting->grace,
                                          .negative_ms = setting->negative,
                                          .timeout_ms = setting->timeout,
                                          .verify_percent = -1});
    load->generated = calloc(n_keys, sizeof *load->generated);
    for (uint32_t key = 0; load->generated && key < n_keys; key++) {
        if (!generated_is(key))
            continue;
        struct generated *generated = &load->generated[key];
        generated_make(generated, &setting->world, key);
        generated->query.value_size = sizeof(struct payload);
    }
    for (unsigned i = 0; load->generated && i < setting->caches; i++)
        if (t87s_gen_open(options, &schema, load, &load->caches[i]) != T87S_OK)
            return false;
    return load->generated != NULL;
}

void load_close(struct load *load) {
    for (unsigned i = 0; i < load->setting->caches; i++)
        t87s_close(load->caches[i]);
    free(load->generated);
}
