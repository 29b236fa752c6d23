/* SPDX-License-Identifier: MIT
 *
 * Stamps: how scripts on buckets are called, and births, which are stamps put nowhere.
 */
#include <sys/random.h>

#include "mutants.h"
#include "redis_store.h"

enum { LEAST_KEPT_US = 60 * 1000 * 1000 };

/* What nobody else has drawn, below 2^53 and not 0. */
static uint64_t draw(void) {
    uint64_t number = 0;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        number = (uint64_t)t87s__link_now_ms() * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)(uintptr_t)&number;
    return number % (T87S__NUMBERS - 1) + 1;
}

void t87s__redis_add_common(const struct t87s__call *call, unsigned bucket, struct t87s__argument message,
                            uint64_t history, struct t87s__commands *commands) {
    const struct t87s__name channel = t87s__layout_channel(call->layout, bucket);
    const struct t87s__last last = t87s__layout_last(history);
    t87s__commands_word(commands, (struct t87s__argument){last.bytes, sizeof last.bytes});
    t87s__commands_number(commands, draw());
    t87s__commands_number(commands, atomic_load_explicit(&call->redis->kept_us, memory_order_relaxed) + LEAST_KEPT_US);
    t87s__commands_word(commands, t87s__argument_name(&channel));
    t87s__commands_word(commands, message);
}

void t87s__redis_add_mark(const struct t87s__call *call, const struct t87s__mark *mark, uint64_t history, bool by_text,
                          struct t87s__commands *commands) {
    const struct t87s__name bucket = t87s__layout_bucket(call->layout, mark->bucket);
    t87s__script_begin(commands, mark->bears_none ? SCRIPT_MARK : SCRIPT_BIRTH, by_text, t87s__argument_name(&bucket),
                       T87S__WORD(""), T87S__MARK_ARGUMENTS + 2 * mark->n_pairs);
    t87s__redis_add_common(call, mark->bucket, mark->message, history, commands);
    for (size_t i = 0; i < 2 * mark->n_pairs; i++)
        t87s__commands_word(commands, mark->pairs[i]);
}

static bool take_number(const redisReply *reply, uint64_t *number) {
    *number = t87s__layout_number(reply);
    return *number > 0;
}

bool t87s__redis_take_birth(const redisReply *reply, unsigned bucket, struct t87s_store_birth *birth) {
    return reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
           take_number(reply->element[0], t87s__birth_stamp(birth, bucket)) &&
           take_number(reply->element[1], t87s__birth_life(birth, bucket));
}

bool t87s__redis_is_marked(const redisReply *reply) {
    struct t87s_store_birth birth;
    uint64_t stamp;
    if (T87S__MUTANT(ANY_ANSWER_IS_DONE))
        return reply->type != REDIS_REPLY_ERROR;
    return take_number(reply, &stamp) || t87s__redis_take_birth(reply, 0, &birth);
}

/* ---- births ---- */

struct births {
    const unsigned *buckets;
    const struct t87s__mark *first; /* NULL: as the others */
};

static void add_birth(const struct t87s__call *call, unsigned part, uint64_t history, bool by_text,
                      struct t87s__commands *commands) {
    const struct births *births = call->what;
    const struct t87s__mark plain = {.bucket = births->buckets[part], .message = T87S__WORD("")};
    t87s__redis_add_mark(call, part == 0 && births->first ? births->first : &plain, history, by_text, commands);
}

/* Of each bucket that can be reached: one that is not borne makes an entry that needs it outdated. T87S_OK: of all. */
static enum t87s_status bear(struct t87s__call *call, const struct births *births, unsigned n,
                             struct t87s_store_birth *birth) {
    call->add = add_birth;
    call->what = births;
    call->needs_history = true;
    call->since_ms = births->first ? T87S__FROM_NOW_ON : T87S__NO_MATTER;
    for (unsigned i = 0; i < n; i++)
        t87s__call_part(call, t87s__layout_slot_of_bucket(births->buckets[i]));
    enum t87s_status worst = t87s__call_run(call);
    for (unsigned i = 0; i < n; i++) {
        const struct t87s__part *part = &call->parts[i];
        if (part->status != T87S_OK || t87s__redis_take_birth(part->replies[0], births->buckets[i], birth))
            continue;
        t87s__part_is_strange(part, part->replies[0]);
        worst = T87S_E_STORE;
    }
    t87s__call_end(call);
    return worst;
}

enum t87s_status t87s__redis_bear(struct t87s__redis *redis, struct t87s__scope *scope, const unsigned *buckets,
                                  unsigned n, const struct t87s__mark *first, int64_t deadline_ms,
                                  struct t87s_store_birth *birth) {
    const struct births births = {buckets, first};
    struct t87s__call call;
    const enum t87s_status status = t87s__call_begin(&call, redis, scope, deadline_ms);
    return status == T87S_OK ? bear(&call, &births, n, birth) : status;
}

enum t87s_status t87s__redis_birth(struct t87s_store *store, void *scope, int64_t deadline_ms,
                                   struct t87s_store_birth *birth) {
    unsigned buckets[T87S__MOST_BUCKETS];
    const struct births births = {buckets, NULL};
    struct t87s__call call;
    for (unsigned i = 0; i < T87S__MOST_BUCKETS; i++)
        buckets[i] = i;
    *birth = (struct t87s_store_birth){{0}};
    enum t87s_status status = t87s__call_begin(&call, t87s__redis_of(store), scope, t87s__link_deadline(deadline_ms));
    if (status != T87S_OK)
        return status;
    unsigned n = call.layout->n_buckets;
    if (call.layout->with_typescript)
        buckets[n++] = T87S__TYPESCRIPT_BUCKET;
    status = bear(&call, &births, n, birth);
    for (unsigned i = 0; i < n; i++)
        if (*t87s__birth_stamp(birth, buckets[i]))
            return T87S_OK;
    return status;
}
