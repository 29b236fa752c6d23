/* SPDX-License-Identifier: MIT
 *
 * A query's one trip: GET of the entry, what has happened to its tags and its key, bucket by bucket, and the time. The
 * entry comes first: what happened after that is seen, too. WAIT for no replica ends it, because a replica refuses
 * that: so a server that has been made one is not believed.
 */
#include <stdlib.h>

#include "blob.h"
#include "redis_store.h"

enum { CLOCK_LEEWAY_US = 1000000, AFTER_THE_BUCKETS = 2 };

/* What one bucket said of itself. */
struct said {
    uint64_t last, floor, life;
    bool dead; /* not there, or of another history */
};

/* The buckets that need a new life. */
struct dead {
    unsigned buckets[T87S_MAX_TAGS + 1], n;
};

/* The number at a member, without its sign; 0: none. They are whole and below 2^53, and printed as they are. */
static uint64_t number_of(const redisReply *score) {
    if (score->type != REDIS_REPLY_STRING)
        return 0;
    const uint64_t number = strtoull(score->str + (score->str[0] == '-'), NULL, 10);
    return number < T87S__NUMBERS ? number : 0;
}

/* When something was outdated; 0: never. What is no number is taken for the end of time (law 3). */
static uint64_t stamp_of(const redisReply *score) {
    const uint64_t number = number_of(score);
    return number || score->type == REDIS_REPLY_NIL ? number : UINT64_MAX;
}

static bool take_said(const redisReply *reply, const struct t87s__bucket_asked *asked, uint64_t history,
                      struct said *said) {
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != asked->n)
        return false;
    said->last = number_of(reply->element[ASKED_LAST]);
    said->floor = number_of(reply->element[ASKED_FLOOR]);
    said->life = number_of(reply->element[ASKED_LIFE]);
    said->dead = !said->last || !said->floor || !said->life || number_of(reply->element[ASKED_HISTORY]) != history;
    return true;
}

static bool take_time(const redisReply *reply, int64_t *now_us) {
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2)
        return false;
    const uint64_t seconds = number_of(reply->element[0]), us = number_of(reply->element[1]);
    *now_us = (int64_t)(seconds * 1000000 + us);
    return seconds > 0 && seconds < T87S__NUMBERS / 1000000 && us < 1000000;
}

static void add_questions(struct t87s__commands *commands, const struct t87s__scope *scope,
                          const struct t87s_store_query *query, const struct t87s__bucket_asked *asked, unsigned n) {
    const struct t87s__name head = t87s__layout_entry_head(&scope->layout);
    t87s__commands_begin(commands, 2);
    t87s__commands_word(commands, T87S__WORD("GET"));
    t87s__commands_joined(commands, t87s__argument_name(&head), (struct t87s__argument){query->key, query->key_size});
    for (unsigned i = 0; i < n; i++) {
        const struct t87s__name bucket = t87s__layout_bucket(&scope->layout, asked[i].bucket);
        t87s__commands_begin(commands, 2 + asked[i].n);
        t87s__commands_word(commands, T87S__WORD("ZMSCORE"));
        t87s__commands_word(commands, t87s__argument_name(&bucket));
        for (unsigned member = 0; member < asked[i].n; member++)
            t87s__commands_word(commands, (struct t87s__argument){asked[i].members[member].bytes,
                                                                  t87s__member_size(&asked[i], member)});
    }
    T87S__COMMAND(commands, T87S__WORD("TIME"));
    T87S__COMMAND(commands, T87S__WORD("WAIT"), T87S__WORD("0"), T87S__WORD("0"));
}

/* ---- judging an entry ---- */

static int64_t greater(int64_t a, int64_t b) { return a > b ? a : b; }

static void judge_bucket(const struct t87s__bucket_asked *asked, const redisReply *reply, const struct said *said,
                         uint64_t birth, int64_t now_us, struct t87s_store_answer *answer) {
    bool outdated = said->dead || !birth || said->floor > birth;
    for (unsigned i = ASKED_KEY; i < asked->n && !outdated; i++) {
        const uint64_t stamp = stamp_of(reply->element[i]);
        if (stamp <= birth)
            continue;
        if (asked->kinds[i] == ASKED_HARD || asked->kinds[i] == ASKED_KEY)
            outdated = true;
        else if (answer->state == T87S_STORE_VALID)
            answer->state = T87S_STORE_SOFT;
        answer->soft_ms = greater(answer->soft_ms, (now_us - (int64_t)stamp) / 1000);
        if (asked->kinds[i] == ASKED_SOFT_BEFORE) /* there were several: who knows when the first was */
            answer->soft_ms = greater(answer->soft_ms, answer->age_ms);
    }
    if (outdated)
        answer->state = T87S_STORE_OUTDATED;
}

static enum t87s_status judge(const struct t87s__scope *scope, const struct t87s_store_query *query,
                              const struct t87s__bucket_asked *asked, const struct said *said, unsigned n,
                              redisReply **replies, int64_t now_us, struct t87s_store_answer *answer) {
    struct t87s__blob blob;
    const redisReply *entry = replies[0];
    if (entry->type != REDIS_REPLY_STRING || !t87s__blob_read(entry->str, entry->len, &blob))
        return T87S_OK; /* of another layout, or broken: as if it were not there */
    if (blob.written_us > now_us + CLOCK_LEEWAY_US)
        return T87S_OK; /* the server's clock was set back: nobody knows how old it is */
    answer->state = T87S_STORE_VALID;
    answer->age_ms = greater(0, (now_us - blob.written_us) / 1000);
    answer->fresh_ms = blob.ttl_ms - answer->age_ms;
    answer->grace_ms = blob.grace_ms;
    answer->not_found = blob.not_found;
    for (unsigned i = 0; i < n; i++)
        judge_bucket(&asked[i], replies[i + 1], &said[i], blob.stamps[asked[i].bucket], now_us, answer);
    if (t87s__layout_kin(&scope->layout, query, &answer->next_birth) != blob.kin)
        answer->state = T87S_STORE_OUTDATED;
    if (answer->state == T87S_STORE_OUTDATED)
        return T87S_OK;
    return t87s_buffer_append(answer->value, blob.value, blob.size);
}

static enum t87s_status take_all(const struct t87s__scope *scope, const struct t87s_store_query *query,
                                 const struct t87s__bucket_asked *asked, unsigned n, redisReply **replies,
                                 uint64_t history, struct t87s_store_answer *answer, struct dead *dead) {
    struct said said[T87S_MAX_TAGS + 1];
    int64_t now_us;
    if (!take_time(replies[n + 1], &now_us) || replies[n + 2]->type != REDIS_REPLY_INTEGER ||
        (replies[0]->type == REDIS_REPLY_ERROR && !t87s__reply_is_error(replies[0], "WRONGTYPE")))
        return T87S_E_STORE;
    for (unsigned i = 0; i < n; i++) {
        if (!take_said(replies[i + 1], &asked[i], history, &said[i]))
            return T87S_E_STORE;
        *t87s__birth_stamp(&answer->next_birth, asked[i].bucket) = said[i].last;
        *t87s__birth_life(&answer->next_birth, asked[i].bucket) = said[i].life;
        if (said[i].dead)
            dead->buckets[dead->n++] = asked[i].bucket;
    }
    return judge(scope, query, asked, said, n, replies, now_us, answer);
}

enum t87s_status t87s__redis_take_answer(const struct t87s__scope *scope, const struct t87s_store_query *query,
                                         redisReply **replies, uint64_t history, struct t87s_store_answer *answer) {
    struct t87s__bucket_asked asked[T87S_MAX_TAGS + 1];
    struct dead dead = {.n = 0};
    const unsigned n = t87s__layout_ask(&scope->layout, query, asked);
    return take_all(scope, query, asked, n, replies, history, answer, &dead);
}

static bool any_is_error(redisReply **replies, unsigned n) {
    for (unsigned i = 0; i < n; i++)
        if (replies[i]->type == REDIS_REPLY_ERROR)
            return true;
    return false;
}

enum t87s_status t87s__redis_read(struct t87s_store *store, void *scope_of_it, const struct t87s_store_query *query,
                                  struct t87s_store_answer *answer) {
    struct t87s__redis *redis = t87s__redis_of(store);
    struct t87s__scope *scope = scope_of_it;
    struct t87s__bucket_asked asked[T87S_MAX_TAGS + 1];
    redisReply *replies[T87S_MAX_TAGS + 2 + AFTER_THE_BUCKETS];
    struct t87s__commands commands = {0};
    struct dead dead = {.n = 0};
    const int64_t deadline_ms = t87s__link_deadline(query->deadline_ms);
    const unsigned n = t87s__layout_ask(&scope->layout, query, asked);
    uint64_t history;
    answer->state = T87S_STORE_ABSENT;
    answer->next_birth = (struct t87s_store_birth){{0}};
    answer->soft_ms = 0;
    add_questions(&commands, scope, query, asked, n);
    struct t87s__lane *lane = t87s__redis_lane(redis);
    enum t87s_status status = t87s__lane_call(lane, &commands, replies, deadline_ms, &history);
    t87s__commands_free(&commands);
    if (status == T87S_OK) {
        status = take_all(scope, query, asked, n, replies, history, answer, &dead);
        /* A replica now; if it is promoted, it is to be greeted anew. Or answers to something else. */
        if (replies[n + 2]->type == REDIS_REPLY_ERROR || (status == T87S_E_STORE && !any_is_error(replies, n + 3)))
            t87s__lane_distrust(lane);
        t87s__replies_free(replies, 1 + n + AFTER_THE_BUCKETS);
    }
    if (status == T87S_OK && dead.n)
        status = t87s__redis_bear(redis, scope, dead.buckets, dead.n, NULL, deadline_ms, &answer->next_birth);
    if (status != T87S_OK)
        answer->next_birth = (struct t87s_store_birth){{0}};
    return status;
}
