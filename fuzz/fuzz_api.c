/* SPDX-License-Identifier: MIT
 *
 * Drives the public functions of the runtime from bytes: each operation takes what it needs from the input, so that
 * any input is a program. Up to three caches on one clock and one allocator, which fails when the bytes say so.
 *
 * A query or invalidation is judged by the one thing that must hold whatever the bytes are: a fresh answer is not older
 * than the last hard invalidation of its first tag's first segment, nor than the last delete, set or clear of its key.
 * All else is left to the sanitizers and to the model test (tests/model).
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <t87s/t87s.h>

enum { CACHES = 3, PINS = 6, TAGS = 8, TOKENS = 2, MOST_DEPTH = 3, MOST_OPERATIONS = 200, LONGEST_VALUE = 6000 };

#define CHECK(condition) ((condition) ? (void)0 : fail(__LINE__, #condition))

static void fail(int line, const char *what) {
    fprintf(stderr, "fuzz_api.c:%d: not so: %s\n", line, what);
    abort();
}

/* ---- the bytes; when they are used up, all is 0 ---- */

static const uint8_t *cursor, *limit;

static unsigned byte(void) { return cursor < limit ? *cursor++ : 0; }

static unsigned below(unsigned bound) { return byte() % bound; }

static int64_t duration(void) {
    static const int64_t usual[] = {0, 0, 10, 100, 1000, 30000, T87S_NONE, INT64_MAX, INT64_MAX - 1, -2, INT64_MIN, 1};
    return usual[below(sizeof usual / sizeof usual[0])];
}

/* ---- the plugs ---- */

static _Atomic(int64_t) now_ms;
static _Atomic(long) until_failure; /* allocations; below 0: none fails */
static _Atomic(long) live_blocks;

static int64_t read_clock(void *arg) {
    (void)arg;
    return atomic_load(&now_ms);
}

static void *allocate(void *arg, size_t size) {
    (void)arg;
    long left = atomic_load(&until_failure);
    if (left == 0)
        return NULL;
    if (left > 0)
        atomic_fetch_sub(&until_failure, 1);
    void *block = malloc(size);
    if (block)
        atomic_fetch_add(&live_blocks, 1);
    return block;
}

static void release(void *arg, void *memory, size_t size) {
    (void)arg;
    if (!memory)
        return;
    memset(memory, 0xDD, size); /* whoever reads it, or was given another size, shows */
    atomic_fetch_sub(&live_blocks, 1);
    free(memory);
}

static const struct t87s_clock a_clock = {read_clock, NULL};
static const struct t87s_allocator an_allocator = {allocate, release, NULL};

static void trace_event(void *arg, int64_t now, const char *line) {
    (void)arg;
    (void)now;
    CHECK(line[0] && !strchr(line, '\n'));
}

static const struct t87s_tracer a_tracer = {trace_event, NULL};

/* ---- the world ---- */

static struct t87s_cache *caches[CACHES];
static struct t87s_value pins[PINS];
static struct t87s_tag tags[TAGS];
static struct t87s_token tokens[CACHES][TOKENS];
static pthread_t self;
static unsigned depth, n_operations;

/* Order of events, of each cache; only the main thread's count. */
static uint64_t order, key_event[CACHES][256], tag_event[CACHES][TAGS];

static void one_operation(void);

struct answer {
    uint64_t order; /* of the moment the source was read */
};

/* What a fetch does; plain bytes, copied for the background. */
struct plan {
    unsigned size, says, nested;
};

static enum t87s_status fetch(void *arg, struct t87s_buffer *out) {
    struct plan plan;
    memcpy(&plan, arg, sizeof plan);
    static const unsigned char zeroes[LONGEST_VALUE];
    struct answer answer = {UINT64_MAX}; /* in the background nothing is known of the order */
    if (pthread_equal(self, pthread_self())) {
        answer.order = ++order;
        depth++;
        for (unsigned i = 0; i < plan.nested && depth <= MOST_DEPTH; i++)
            one_operation();
        depth--;
    }
    static const enum t87s_status others[] = {T87S_NOT_FOUND, T87S_E_USER,  T87S_E_FETCH,
                                              T87S_MISS,      T87S_E_NOMEM, (enum t87s_status) - 1};
    if (plan.says)
        return others[plan.says % 6];
    enum t87s_status status = t87s_buffer_append(out, &answer, sizeof answer);
    return status == T87S_OK ? t87s_buffer_append(out, zeroes, plan.size) : status;
}

static void on_refresh(void *arg, const struct t87s_value *old, const struct t87s_value *fresh, bool changed) {
    (void)arg;
    CHECK(changed == (old->size != fresh->size || memcmp(old->data, fresh->data, old->size) != 0));
}

/* A key of the input: mostly short, so that keys meet. */
static const void *take_key(size_t *size, unsigned *place) {
    static unsigned char key[T87S_MAX_KEY + 2];
    unsigned kind = byte();
    memset(key, (int)(kind % 16), sizeof key);
    *place = kind;
    *size = kind < 240 ? 1 + kind / 64 : kind < 250 ? T87S_MAX_KEY : kind < 252 ? 0 : T87S_MAX_KEY + 1;
    return kind == 255 ? NULL : key;
}

static void make_tag(void) {
    struct t87s_segment segments[T87S_MAX_SEGMENTS + 1];
    static const char *const texts[] = {"a", "b", "users", "%/\n", "", NULL};
    static char long_text[T87S_MAX_TEXT + 2];
    memset(long_text, 'x', T87S_MAX_TEXT + 1);
    unsigned which = below(TAGS), n = below(20);
    n = n > T87S_MAX_SEGMENTS + 1 ? 2 : n;
    for (unsigned i = 0; i < n; i++) {
        unsigned kind = byte();
        switch (kind % 6) {
        case 0:
            segments[i] = T87S_STATIC(texts[kind / 6 % 6]);
            break;
        case 1:
            segments[i] = T87S_WILD_U64(kind / 6 % 4);
            break;
        case 2:
            segments[i] = T87S_WILD_I64(-(int64_t)(kind / 6 % 4));
            break;
        case 3:
            segments[i] = T87S_WILD_STR(long_text, kind / 6 % 4 ? kind / 6 : T87S_MAX_TEXT + kind % 2);
            break;
        case 4:
            segments[i] = T87S_WILD_UUID(long_text);
            break;
        default:
            segments[i] = T87S_STATIC("a");
            segments[i].kind = (enum t87s_segment_kind)(kind / 6);
        }
        if (kind % 6 == 5) /* a kind that may not exist, with text of every sort */
            segments[i].size = 1;
        if (kind % 6 == 5 && kind / 6 == T87S_SEGMENT_UUID)
            segments[i].text = long_text;
    }
    struct t87s_tag made;
    enum t87s_status status = t87s_tag_make(&made, n, segments);
    CHECK(status == T87S_OK ? made.size > 0 : status == T87S_E_INVALID && made.size == 0);
    char text[64];
    int length = t87s_tag_format(&made, text, below(2) ? sizeof text : below(sizeof text));
    CHECK((length < 0) == (made.size == 0));
    if (below(8)) { /* what is forgotten of a tag that changes costs the check, not the law */
        tags[which] = made;
        for (unsigned i = 0; i < CACHES; i++)
            tag_event[i][which] = 0;
    } else { /* bytes that are no tag at all */
        struct t87s_tag broken = made;
        broken.size = (uint16_t)(byte() << 8 | byte());
        broken.path[below(64)] = (unsigned char)byte();
        t87s_tag_format(&broken, text, sizeof text);
        t87s_invalidate(caches[0], &broken, 1, 0);
    }
}

/* ---- operations ---- */

static void hold(struct t87s_value *value) {
    CHECK(!value->data || ((const unsigned char *)value->data)[value->size] == 0);
    unsigned place = below(2 * PINS);
    if (place < PINS) {
        t87s_value_release(&pins[place]);
        pins[place] = *value;
    } else {
        t87s_value_release(value);
        CHECK(!value->data && value->size == 0);
        t87s_value_release(value);
    }
}

static void open_one(void) {
    unsigned at = below(CACHES), odd = byte();
    static const size_t capacities[] = {0, 1, 110 << 10, 200 << 10, 1 << 20, SIZE_MAX};
    static const double fractions[] = {0, 0, 1, 0.5, -1, 2};
    struct t87s_options options = {.capacity_bytes = capacities[below(6)],
                                   .prefix = odd & 1 ? "p" : NULL,
                                   .default_ttl_ms = duration(),
                                   .default_grace_ms = duration(),
                                   .verify_fraction = fractions[below(6)],
                                   .refresh_threads = odd & 2 ? 100 : 0,
                                   .clock = &a_clock,
                                   .allocator = &an_allocator,
                                   .tracer = odd & 4 ? &a_tracer : NULL};
    if (caches[at] || depth)
        return;
    struct t87s_cache *cache;
    enum t87s_status status = t87s_open(&options, &cache);
    CHECK((status == T87S_OK) == (cache != NULL));
    caches[at] = cache;
    memset(key_event[at], 0, sizeof key_event[at]);
    memset(tag_event[at], 0, sizeof tag_event[at]);
    memset(tokens[at], 0, sizeof tokens[at]);
}

static void query(unsigned at, struct t87s_cache *cache) {
    static struct t87s_tag own[T87S_MAX_TAGS + 1];
    struct plan plan;
    unsigned place, whose[T87S_MAX_TAGS + 1], kind = byte();
    struct t87s_query asked = {.fetch = kind == 255 ? NULL : fetch, .fetch_arg = &plan, .fetch_arg_size = sizeof plan};
    asked.key = take_key(&asked.key_len, &place);
    asked.n_tags = kind & 1 ? 1 : below(10);
    for (size_t i = 0; i < asked.n_tags; i++)
        own[i] = tags[whose[i] = below(TAGS)];
    asked.tags = own;
    asked.ttl_ms = duration();
    asked.grace_ms = kind & 2 ? duration() : T87S_NONE;
    asked.negative_ms = kind & 4 ? duration() : 0;
    asked.timeout_ms = kind & 8 ? duration() : 0;
    asked.jitter_percent = kind & 16 ? byte() : 0;
    asked.on_refresh = kind & 32 ? on_refresh : NULL;
    plan.size = below(8) ? byte() : LONGEST_VALUE;
    plan.says = kind & 64 ? byte() : 0;
    plan.nested = kind & 128 ? below(4) : 0;
    uint64_t newest = key_event[at][place];
    for (size_t i = 0; i < asked.n_tags; i++)
        if (tag_event[at][whose[i]] > newest)
            newest = tag_event[at][whose[i]];
    struct t87s_value value;
    struct t87s_entries entries;
    enum t87s_status status = t87s_query(cache, &asked, &value, kind & 1 ? &entries : NULL);
    CHECK(status == T87S_OK || (!value.data && !value.size && !value.pin));
    CHECK(t87s_strstatus(status)[0]);
    if (status == T87S_OK && (kind & 1)) {
        struct answer answer;
        CHECK(value.size >= sizeof answer);
        memcpy(&answer, value.data, sizeof answer);
        if (entries.before.outcome != T87S_STALE)
            CHECK(answer.order > newest);
    }
    hold(&value);
}

static void set(unsigned at, struct t87s_cache *cache) {
    static unsigned char bytes[LONGEST_VALUE];
    static struct t87s_tag own[T87S_MAX_TAGS + 1];
    struct t87s_set_options options = {.n_tags = below(10)};
    unsigned place, kind = byte();
    size_t key_len;
    for (size_t i = 0; i < options.n_tags; i++)
        own[i] = tags[below(TAGS)];
    options.tags = own;
    options.ttl_ms = duration();
    options.grace_ms = duration();
    if (kind & 1)
        options.token = tokens[at][below(TOKENS)];
    const void *key = take_key(&key_len, &place);
    size_t size = below(8) ? sizeof(struct answer) + byte() : LONGEST_VALUE;
    /* With a token it may stand beside what is younger; then nothing is claimed about it. */
    struct answer answer = {UINT64_MAX};
    memcpy(bytes, &answer, sizeof answer);
    enum t87s_status status = t87s_set(cache, key, key_len, bytes, size, kind & 2 ? NULL : &options);
    if (status != T87S_E_INVALID && (!(kind & 1) || (kind & 2)))
        key_event[at][place] = ++order;
}

static void write_one(unsigned at, struct t87s_cache *cache) {
    static struct t87s_tag own[4];
    unsigned place, which[4];
    size_t key_len, n = below(5);
    switch (below(8)) {
    case 0:
        CHECK(t87s_clear(cache) == T87S_OK);
        order++;
        for (unsigned i = 0; i < 256; i++)
            key_event[at][i] = order;
        break;
    case 1: {
        const void *key = take_key(&key_len, &place);
        if (t87s_delete(cache, key, key_len) == T87S_OK)
            key_event[at][place] = ++order;
        break;
    }
    default: {
        unsigned flags = below(8) ? below(4) : byte();
        n = n > 4 ? 4 : n;
        for (size_t i = 0; i < n; i++)
            own[i] = tags[which[i] = below(TAGS)];
        if (t87s_invalidate(cache, own, n, flags) == T87S_OK && !(flags & T87S_SOFT)) {
            order++;
            for (size_t i = 0; i < n; i++)
                tag_event[at][which[i]] = order;
        }
    }
    }
}

static void look_at(struct t87s_cache *cache) {
    struct t87s_stats stats;
    t87s_stats(cache, &stats);
    CHECK(stats.entries < 100000 && stats.flights < 100);
}

static void one_operation(void) {
    if (cursor == limit || n_operations++ > MOST_OPERATIONS)
        return;
    unsigned kind = below(16), at = below(CACHES);
    struct t87s_cache *cache = caches[at];
    if (kind < 2) {
        make_tag();
    } else if (kind == 2) {
        static const unsigned steps[] = {0, 1, 9, 99, 1000, 40000, 250, 10};
        atomic_fetch_add(&now_ms, steps[below(8)]);
    } else if (kind == 3) {
        unsigned left = byte();
        atomic_store(&until_failure, left < 128 ? -1 : (long)(left - 128) % 24);
    } else if (kind == 4) {
        open_one();
    } else if (!cache) {
        open_one();
    } else if (kind < 10) {
        query(at, cache);
    } else if (kind == 10) {
        set(at, cache);
    } else if (kind < 13) {
        write_one(at, cache);
    } else if (kind == 13) {
        struct t87s_value value;
        size_t key_len;
        unsigned place;
        const void *key = take_key(&key_len, &place);
        enum t87s_status status = t87s_get(cache, key, key_len, &value);
        CHECK(status == T87S_OK || !value.data);
        hold(&value);
    } else if (kind == 14) {
        tokens[at][below(TOKENS)] = t87s_token(cache);
    } else if (below(4)) {
        look_at(cache);
    } else if (depth == 0) {
        t87s_close(cache);
        caches[at] = NULL;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    cursor = data;
    limit = data + size;
    self = pthread_self();
    order = depth = n_operations = 0;
    atomic_store(&now_ms, 1000);
    atomic_store(&until_failure, -1);
    memset(tags, 0, sizeof tags);
    for (unsigned i = 0; i < TAGS / 2; i++)
        t87s_tag_make(&tags[i], 1 + i % 2, (struct t87s_segment[]){T87S_STATIC("a"), T87S_WILD_U64(i / 2)});
    while (cursor < limit && n_operations <= MOST_OPERATIONS)
        one_operation();
    for (unsigned i = 0; i < CACHES; i++)
        t87s_close(caches[i]);
    for (unsigned i = 0; i < PINS; i++)
        t87s_value_release(&pins[i]);
    memset(caches, 0, sizeof caches);
    CHECK(atomic_load(&live_blocks) == 0);
    return 0;
}
