/* SPDX-License-Identifier: MIT
 *
 * Stamps: how scripts on buckets are called, and births, which are stamps put nowhere.
 */
#include <stdlib.h>
#include <sys/random.h>

#include "redis_store.h"

enum { LEAST_KEPT_US = 60 * 1000 * 1000 };

/* What nobody else has drawn, below 2^53 and not 0. */
static uint64_t draw(void) {
    uint64_t number = 0;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        number = (uint64_t)t87s__link_now_ms() * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)(uintptr_t)&number;
    return number % (T87S__NUMBERS - 1) + 1;
}

void t87s__redis_add_common(struct t87s__redis *redis, struct t87s__commands *commands, const struct t87s__scope *scope,
                            struct t87s__argument message, uint64_t history) {
    const struct t87s__name channel = t87s__layout_channel(&scope->layout);
    t87s__commands_number(commands, history);
    t87s__commands_number(commands, draw());
    t87s__commands_number(commands, atomic_load_explicit(&redis->kept_us, memory_order_relaxed) + LEAST_KEPT_US);
    t87s__commands_word(commands, t87s__argument_name(&channel));
    t87s__commands_word(commands, message);
}

void t87s__redis_add_mark(struct t87s__redis *redis, struct t87s__commands *commands, const struct t87s__scope *scope,
                          const struct t87s__mark *mark, uint64_t history, bool by_text) {
    const struct t87s__name bucket = t87s__layout_bucket(&scope->layout, mark->bucket);
    t87s__script_begin(commands, SCRIPT_MARK, by_text, t87s__argument_name(&bucket), T87S__WORD(""),
                       T87S__MARK_ARGUMENTS + 2 * mark->n_pairs);
    t87s__redis_add_common(redis, commands, scope, mark->message, history);
    for (size_t i = 0; i < 2 * mark->n_pairs; i++)
        t87s__commands_word(commands, mark->pairs[i]);
}

static bool take_number(const redisReply *reply, uint64_t *number) {
    *number = reply->type == REDIS_REPLY_STRING ? strtoull(reply->str, NULL, 10) : 0;
    return *number > 0 && *number < T87S__NUMBERS;
}

bool t87s__redis_take_birth(const redisReply *reply, unsigned bucket, struct t87s_store_birth *birth) {
    return reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
           take_number(reply->element[0], t87s__birth_stamp(birth, bucket)) &&
           take_number(reply->element[1], t87s__birth_life(birth, bucket));
}

bool t87s__redis_is_marked(const redisReply *reply) {
    struct t87s_store_birth birth;
    return t87s__redis_take_birth(reply, 0, &birth);
}

void t87s__redis_distrust_strange(struct t87s__lane *lane, const redisReply *reply) {
    if (reply->type != REDIS_REPLY_ERROR)
        t87s__lane_distrust(lane);
}

/* ---- calls ---- */

static bool any_is_error(redisReply **replies, unsigned n, const char *code) {
    for (unsigned i = 0; i < n; i++)
        if (t87s__reply_is_error(replies[i], code))
            return true;
    return false;
}

enum t87s_status t87s__redis_run(struct t87s__redis *redis, struct t87s__lane *lane, struct t87s__scope *scope,
                                 t87s__redis_add *add, const void *what, redisReply **replies, unsigned most,
                                 unsigned *n, int64_t deadline_ms) {
    for (int by_text = 0; by_text < 2; by_text++) {
        struct t87s__commands commands = {0};
        uint64_t history;
        enum t87s_status status = t87s__lane_meet(lane, deadline_ms, &history);
        if (status != T87S_OK)
            return status;
        add(redis, scope, what, history, by_text, &commands);
        *n = commands.n;
        status = *n > most ? T87S_E_INVALID : t87s__lane_call(lane, &commands, replies, deadline_ms, &history);
        t87s__commands_free(&commands);
        if (status == T87S_OK && any_is_error(replies, *n, "READONLY")) /* a replica now: see read.c */
            t87s__lane_distrust(lane);
        if (status != T87S_OK || !any_is_error(replies, *n, "NOSCRIPT"))
            return status;
        t87s__replies_free(replies, *n);
    }
    return T87S_E_STORE;
}

/* ---- births ---- */

struct births {
    const unsigned *buckets;
    unsigned n;
    const struct t87s__mark *first; /* NULL: as the others */
};

static void add_births(struct t87s__redis *redis, struct t87s__scope *scope, const void *what, uint64_t history,
                       bool by_text, struct t87s__commands *commands) {
    const struct births *births = what;
    for (unsigned i = 0; i < births->n; i++) {
        const struct t87s__mark plain = {.bucket = births->buckets[i], .message = T87S__WORD("")};
        t87s__redis_add_mark(redis, commands, scope, i == 0 && births->first ? births->first : &plain, history,
                             by_text);
    }
}

enum t87s_status t87s__redis_bear(struct t87s__redis *redis, struct t87s__scope *scope, const unsigned *buckets,
                                  unsigned n, const struct t87s__mark *first, int64_t deadline_ms,
                                  struct t87s_store_birth *birth) {
    const struct births births = {buckets, n, first};
    redisReply *replies[T87S__MOST_BUCKETS];
    unsigned n_replies;
    struct t87s__lane *lane = t87s__redis_lane(redis);
    enum t87s_status status =
        t87s__redis_run(redis, lane, scope, add_births, &births, replies, T87S__MOST_BUCKETS, &n_replies, deadline_ms);
    if (status != T87S_OK)
        return status;
    for (unsigned i = 0; i < n; i++) {
        if (t87s__redis_take_birth(replies[i], buckets[i], birth))
            continue;
        t87s__redis_distrust_strange(lane, replies[i]);
        status = T87S_E_STORE;
    }
    t87s__replies_free(replies, n);
    return status;
}

enum t87s_status t87s__redis_birth(struct t87s_store *store, void *scope_of_it, int64_t deadline_ms,
                                   struct t87s_store_birth *birth) {
    struct t87s__scope *scope = scope_of_it;
    unsigned buckets[T87S__MOST_BUCKETS];
    for (unsigned i = 0; i < scope->layout.n_buckets; i++)
        buckets[i] = i;
    *birth = (struct t87s_store_birth){{0}};
    const enum t87s_status status = t87s__redis_bear(t87s__redis_of(store), scope, buckets, scope->layout.n_buckets,
                                                     NULL, t87s__link_deadline(deadline_ms), birth);
    if (status != T87S_OK)
        *birth = (struct t87s_store_birth){{0}};
    return status;
}
