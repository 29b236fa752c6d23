/* SPDX-License-Identifier: MIT
 *
 * A query's one trip: GET of the entry, and what has happened to its tags and its key, bucket by bucket. The entry
 * comes first, where one server has both (route.h: where not). WAIT for no replica ends it, because a replica refuses
 * that: so a server that has been made one is not believed. (A write that changes nothing would be refused, too, and be
 * one command less; but a server that is about to hand over to a replica holds writes back, and hits would wait for
 * it.) Now and then the time is asked, too (clock.h).
 */
#include <stdlib.h>

#include "lease.h"
#include "mutants.h"
#include "redis_store.h"
#include "typescript.h"

enum { CLOCK_LEEWAY_US = 1000000 };

/* What one bucket said of itself. */
struct said {
    uint64_t last, floor, life;
    int64_t now_us; /* by its server's clock */
    bool dead;      /* not there, or of another history */
};

/* The buckets that need a new life. */
struct dead {
    unsigned buckets[T87S_MAX_TAGS + 1], n;
};

/* What a bucket was asked comes last in its part. */
static const redisReply *scores_of(const struct t87s__part *part) { return part->replies[part->n - 1]; }

/* The time, and that it is a master. */
static bool take_end(const struct t87s__part *part, int64_t *now_us) {
    *now_us = part->now_us;
    return part->now_us && part->end[0]->type == REDIS_REPLY_INTEGER;
}

static bool take_said(const struct t87s__part *part, const struct t87s__bucket_asked *asked, struct said *said) {
    const redisReply *reply = scores_of(part);
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 1 + asked->n || !take_end(part, &said->now_us))
        return false;
    said->last = t87s__layout_number(reply->element[0]);
    said->floor = t87s__layout_stamp(reply->element[1 + ASKED_FLOOR]);
    said->life = t87s__layout_number(reply->element[1 + ASKED_LIFE]);
    said->dead = !said->last || !said->life;
    return true;
}

/* What is asked: the lease, if there is one to be asked for, the entry, and then each bucket; a part each. */
struct reading {
    const struct t87s_store_query *query;
    struct t87s__leasing *leasing; /* NULL: none */
    unsigned at;                   /* the entry's part */
    bool stands;                   /* the lease */
    bool of_future;                /* the entry, by what the server said of the time */
    unsigned n;
    struct t87s__bucket_asked asked[T87S_MAX_TAGS + 1];
};

static void add_question(const struct t87s__call *call, unsigned part, uint64_t history, bool by_text,
                         struct t87s__commands *commands) {
    const struct reading *reading = call->what;
    if (part < reading->at) {
        t87s__lease_add(call, reading->leasing, by_text, commands);
        return;
    }
    part -= reading->at;
    if (part == 0) {
        const struct t87s__name head = t87s__layout_entry_head(call->layout);
        t87s__commands_begin(commands, 2);
        t87s__commands_word(commands, T87S__WORD("GET"));
        t87s__commands_joined(commands, t87s__argument_name(&head),
                              (struct t87s__argument){reading->query->key, reading->query->key_size});
        return;
    }
    const struct t87s__bucket_asked *asked = &reading->asked[part - 1];
    const struct t87s__name bucket = t87s__layout_bucket(call->layout, asked->bucket);
    const struct t87s__last last = t87s__layout_last(history);
    if (call->layout->with_typescript && asked->bucket == T87S__TYPESCRIPT_BUCKET)
        t87s__typescript_add_question(call->layout, reading->query, commands);
    t87s__commands_begin(commands, 3 + asked->n);
    t87s__commands_word(commands, T87S__WORD("ZMSCORE"));
    t87s__commands_word(commands, t87s__argument_name(&bucket));
    t87s__commands_word(commands, (struct t87s__argument){last.bytes, sizeof last.bytes});
    for (unsigned member = 0; member < asked->n; member++)
        t87s__commands_word(commands,
                            (struct t87s__argument){asked->members[member].bytes, t87s__member_size(asked, member)});
}

static void add_last_question(const struct t87s__call *call, struct t87s__commands *commands) {
    (void)call;
    T87S__COMMAND(commands, T87S__WORD("WAIT"), T87S__WORD("0"), T87S__WORD("0"));
}

/* ---- judging an entry ---- */

static int64_t greater(int64_t a, int64_t b) { return a > b ? a : b; }

static void judge_bucket(const struct t87s__bucket_asked *asked, const redisReply *reply, const struct said *said,
                         uint64_t birth, struct t87s_store_answer *answer) {
    bool outdated = said->dead || !birth || (said->floor > birth && !T87S__MUTANT(FLOOR_IGNORED));
    for (unsigned i = ASKED_KEY; i < asked->n && !outdated; i++) {
        const uint64_t stamp = t87s__layout_stamp(reply->element[1 + i]);
        if (stamp <= birth)
            continue;
        if (asked->kinds[i] == ASKED_HARD || asked->kinds[i] == ASKED_KEY)
            outdated = true;
        else if (answer->state == T87S_STORE_VALID)
            answer->state = T87S_STORE_SOFT;
        answer->soft_ms = greater(answer->soft_ms, (said->now_us - (int64_t)stamp) / 1000);
        if (asked->kinds[i] == ASKED_SOFT_BEFORE) /* there were several: who knows when the first was */
            answer->soft_ms = greater(answer->soft_ms, answer->age_ms);
    }
    if (outdated)
        answer->state = T87S_STORE_OUTDATED;
}

/* Whether an entry of this birth and kin would be valid. */
static void judge_blob(const struct t87s__layout *layout, const struct reading *reading, const struct said *said,
                       const struct t87s__part *parts, const struct t87s__blob *blob,
                       struct t87s_store_answer *answer) {
    answer->state = T87S_STORE_VALID;
    for (unsigned i = 0; i < reading->n; i++)
        judge_bucket(&reading->asked[i], scores_of(&parts[i + 1]), &said[i], blob->stamps[reading->asked[i].bucket],
                     answer);
    if (t87s__layout_kin(layout, reading->query, &answer->next_birth) != blob->kin && !T87S__MUTANT(KIN_IGNORED))
        answer->state = T87S_STORE_OUTDATED;
}

static enum t87s_status judge(const struct t87s__layout *layout, struct reading *reading, const struct said *said,
                              const struct t87s__part *parts, struct t87s_store_answer *answer) {
    struct t87s__blob blob;
    const redisReply *entry = parts[0].replies[0];
    int64_t now_us;
    if (!take_end(&parts[0], &now_us))
        return T87S_E_STORE;
    if (entry->type != REDIS_REPLY_STRING || !t87s__blob_read(entry->str, entry->len, &blob))
        return T87S_OK; /* of another layout, or broken: as if it were not there */
    reading->of_future = blob.written_us > now_us + CLOCK_LEEWAY_US;
    if (reading->of_future)
        return T87S_OK; /* the server's clock was set: nobody knows how old it is */
    answer->age_ms = greater(0, (now_us - blob.written_us) / 1000);
    answer->fresh_ms = blob.ttl_ms - answer->age_ms;
    answer->grace_ms = blob.grace_ms;
    answer->not_found = blob.not_found;
    judge_blob(layout, reading, said, parts, &blob, answer);
    if (answer->state == T87S_STORE_OUTDATED)
        return T87S_OK;
    return t87s_buffer_append(answer->value, blob.value, blob.size);
}

/* The lease's part is in front of the entry's. */
static bool take_lease(const struct t87s__layout *layout, struct reading *reading, const struct said *said,
                       const struct t87s__part *parts, const struct t87s_store_birth *next_birth) {
    struct t87s__leasing *leasing = reading->leasing;
    struct t87s_store_answer answer = {.next_birth = *next_birth};
    if (!t87s__lease_take(leasing, &parts[-1]))
        return false;
    if (leasing->holder)
        judge_blob(layout, reading, said, parts, &leasing->blob, &answer);
    reading->stands = answer.state == T87S_STORE_VALID;
    return true;
}

static enum t87s_status take_all(const struct t87s__layout *layout, struct reading *reading,
                                 const struct t87s__part *parts, struct t87s_store_answer *answer, struct dead *dead) {
    struct said said[T87S_MAX_TAGS + 1];
    const redisReply *entry = parts[0].replies[0];
    if (entry->type == REDIS_REPLY_ERROR && !t87s__reply_is_error(entry, "WRONGTYPE"))
        return T87S_E_STORE;
    for (unsigned i = 0; i < reading->n; i++) {
        const unsigned bucket = reading->asked[i].bucket;
        if (!take_said(&parts[i + 1], &reading->asked[i], &said[i]))
            return T87S_E_STORE;
        *t87s__birth_stamp(&answer->next_birth, bucket) = said[i].last;
        *t87s__birth_life(&answer->next_birth, bucket) = said[i].life;
        if (said[i].dead)
            dead->buckets[dead->n++] = bucket;
    }
    if (reading->leasing && !take_lease(layout, reading, said, parts, &answer->next_birth))
        return T87S_E_STORE;
    return judge(layout, reading, said, parts, answer);
}

enum t87s_status t87s__redis_take_answer(const struct t87s__layout *layout, const struct t87s_store_query *query,
                                         const struct t87s__part *parts, struct t87s_store_answer *answer) {
    struct reading reading = {.query = query, .leasing = NULL};
    struct dead dead = {.n = 0};
    reading.n = t87s__layout_ask(layout, query, reading.asked);
    return take_all(layout, &reading, parts, answer, &dead);
}

/* Whoever is not the master any more is to be greeted anew if it becomes it; and so is who answers to something else.
 */
static void distrust(const struct t87s__call *call, enum t87s_status status) {
    bool any_error = false;
    for (unsigned i = 0; i < call->n_replies; i++)
        any_error |= call->replies[i] && call->replies[i]->type == REDIS_REPLY_ERROR;
    for (unsigned i = 0; i < call->n_parts && status == T87S_E_STORE && !any_error; i++)
        t87s__lane_distrust(call->parts[i].lane);
}

/* It may be from before its clock was set. */
static void forget_time(const struct t87s__part *part) {
    t87s__lane_set_clock(part->lane, part->history, &(struct t87s__clock){.said_us = 0});
}

static bool prepare_lease(const struct t87s__call *call, struct reading *reading) {
    unsigned buckets[T87S_MAX_TAGS + 1];
    for (unsigned i = 0; i < reading->n; i++)
        buckets[i] = reading->asked[i].bucket;
    return t87s__lease_make(reading->leasing, call->layout, buckets, reading->n);
}

static enum t87s_status ask(struct t87s__call *call, struct reading *reading, struct t87s_store_answer *answer,
                            struct dead *dead, bool *news) {
    const struct t87s_store_query *query = reading->query;
    reading->n = t87s__layout_ask(call->layout, query, reading->asked);
    call->add = add_question;
    call->add_end = add_last_question;
    call->what = reading;
    call->needs_history = call->needs_time = true;
    call->since_ms = t87s__link_now_ms() - call->redis->staleness_ms;
    reading->at = reading->leasing ? 1 : 0;
    if (reading->leasing && !prepare_lease(call, reading))
        return T87S_E_NOMEM;
    if (reading->leasing)
        t87s__call_part(call, t87s__layout_slot_of_lease(call->layout, query->key, query->key_size));
    t87s__call_part(call, t87s__layout_slot_of_entry(call->layout, query->key, query->key_size));
    for (unsigned i = 0; i < reading->n; i++)
        t87s__call_part(call, t87s__layout_slot_of_bucket(reading->asked[i].bucket));
    enum t87s_status status = t87s__call_run(call);
    if (status == T87S_OK) {
        status = take_all(call->layout, reading, &call->parts[reading->at], answer, dead);
        if (status == T87S_OK && call->layout->with_typescript) /* its bucket is the last */
            status = t87s__typescript_take(&call->parts[reading->at + reading->n], query, news);
        distrust(call, status);
    }
    if (status == T87S_OK && reading->of_future)
        forget_time(&call->parts[reading->at]);
    t87s__call_end(call);
    return status;
}

enum t87s_status t87s__redis_read(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                                  struct t87s_store_answer *answer) {
    return t87s__redis_read_leasing(store, scope, query, NULL, NULL, answer);
}

enum t87s_status t87s__redis_read_leasing(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                                          struct t87s__leasing *leasing, bool *stands,
                                          struct t87s_store_answer *answer) {
    struct t87s__redis *redis = t87s__redis_of(store);
    struct reading reading;
    struct t87s__call call;
    struct dead dead = {.n = 0};
    const size_t value_at = answer->value->size;
    bool news = false;
    answer->state = T87S_STORE_ABSENT;
    answer->next_birth = (struct t87s_store_birth){{0}};
    answer->soft_ms = 0;
    reading.query = query;
    reading.leasing = leasing;
    reading.of_future = false;
    enum t87s_status status = t87s__call_begin(&call, redis, scope, t87s__link_deadline(query->deadline_ms));
    if (status == T87S_OK)
        status = ask(&call, &reading, answer, &dead, &news);
    if (status == T87S_OK && dead.n)
        status = t87s__redis_bear(redis, scope, dead.buckets, dead.n, NULL, call.deadline_ms, &answer->next_birth);
    if (status == T87S_OK && news) {
        answer->state = answer->state == T87S_STORE_ABSENT ? T87S_STORE_ABSENT : T87S_STORE_OUTDATED;
        answer->value->size = value_at;
        /* If it cannot be taken over now, then by the next who reads it. */
        (void)t87s__typescript_take_over(redis, scope, query, call.deadline_ms, &answer->next_birth);
    }
    if (leasing)
        *stands = status == T87S_OK && reading.stands;
    if (status != T87S_OK)
        answer->next_birth = (struct t87s_store_birth){{0}};
    return status;
}
