/* SPDX-License-Identifier: MIT */
#include "lease.h"

#include <stdlib.h>

#include "redis_store.h"

static struct t87s__argument argument_of(const struct t87s__lease_bytes *lease) {
    return (struct t87s__argument){lease->bytes, lease->size};
}

bool t87s__lease_make(struct t87s__leasing *leasing, const struct t87s__layout *layout, const unsigned *buckets,
                      unsigned n) {
    struct t87s_store_birth birth = leasing->lease->birth;
    struct t87s__blob blob = {.kin = t87s__layout_kin(layout, leasing->query, &birth),
                              .value = (const unsigned char *)&leasing->lease->holder,
                              .size = T87S__HOLDER};
    for (unsigned i = 0; i < n; i++)
        blob.stamps[buckets[i]] = *t87s__birth_stamp(&birth, buckets[i]);
    size_t size;
    unsigned char *bytes = t87s__blob_write(&blob, &size);
    if (!bytes)
        return false;
    leasing->own = (struct t87s__lease_bytes){.size = size + T87S__BLOB_END}; /* nobody asks when it was written */
    memcpy(leasing->own.bytes, bytes, size);
    free(bytes);
    return true;
}

static void begin(const struct t87s__call *call, enum t87s__script script, const struct t87s_store_query *query,
                  bool by_text, size_t n_arguments, struct t87s__commands *commands) {
    const struct t87s__name head = t87s__layout_lease_head(call->layout);
    t87s__script_begin(commands, script, by_text, t87s__argument_name(&head),
                       (struct t87s__argument){query->key, query->key_size}, n_arguments);
}

/* Takes over what was found before, if there is something. */
void t87s__lease_add(const struct t87s__call *call, const struct t87s__leasing *leasing, bool by_text,
                     struct t87s__commands *commands) {
    begin(call, SCRIPT_LEASE, leasing->query, by_text, 3, commands);
    t87s__commands_word(commands, argument_of(&leasing->own));
    t87s__commands_number(commands, (uint64_t)leasing->lease->lasts_ms);
    t87s__commands_word(commands, argument_of(&leasing->found));
}

bool t87s__lease_take(struct t87s__leasing *leasing, const struct t87s__part *part) {
    const redisReply *reply = part->replies[0];
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 || reply->element[0]->type != REDIS_REPLY_STRING ||
        reply->element[1]->type != REDIS_REPLY_INTEGER) {
        t87s__part_is_strange(part, reply);
        return false;
    }
    const redisReply *bytes = reply->element[0];
    leasing->holder = 0;
    leasing->left_ms = reply->element[1]->integer;
    leasing->found.size = 0;
    if (bytes->len > sizeof leasing->found.bytes || !t87s__blob_read(bytes->str, bytes->len, &leasing->blob) ||
        leasing->blob.size != T87S__HOLDER)
        return bytes->len == 0; /* of another's making, which is left alone */
    memcpy(leasing->found.bytes, bytes->str, bytes->len);
    leasing->found.size = bytes->len;
    memcpy(&leasing->holder, leasing->blob.value, T87S__HOLDER);
    leasing->blob.value = NULL;
    return true;
}

void t87s__lease_add_release(const struct t87s__call *call, const struct t87s_store_query *query, uint64_t holder,
                             bool by_text, struct t87s__commands *commands) {
    begin(call, SCRIPT_RELEASE, query, by_text, 1, commands);
    t87s__commands_word(commands, (struct t87s__argument){&holder, sizeof holder});
}

/* ---- the operations ---- */

static void add_take_over(const struct t87s__call *call, unsigned part, uint64_t history, bool by_text,
                          struct t87s__commands *commands) {
    (void)part, (void)history;
    t87s__lease_add(call, call->what, by_text, commands);
}

/* One that is nobody's any more becomes its own, unless another was quicker. */
static enum t87s_status take_over(struct t87s__redis *redis, struct t87s__scope *scope, struct t87s__leasing *leasing,
                                  int64_t deadline_ms) {
    struct t87s__call call;
    enum t87s_status status = t87s__call_begin(&call, redis, scope, deadline_ms);
    if (status != T87S_OK)
        return status;
    call.add = add_take_over;
    call.what = leasing;
    t87s__call_part(&call, t87s__layout_slot_of_lease(call.layout, leasing->query->key, leasing->query->key_size));
    status = t87s__call_run(&call);
    if (status == T87S_OK && !t87s__lease_take(leasing, &call.parts[0]))
        status = T87S_E_STORE;
    t87s__call_end(&call);
    return status;
}

enum t87s_status t87s__redis_lease(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                                   struct t87s_store_lease *lease, struct t87s_store_answer *answer) {
    const int64_t deadline_ms = t87s__link_deadline(query->deadline_ms);
    struct t87s__leasing leasing = {.query = query, .lease = lease};
    bool stands = false;
    lease->yours = false;
    lease->left_ms = 0;
    enum t87s_status status = t87s__redis_read_leasing(store, scope, query, &leasing, &stands, answer);
    const bool free = !stands && leasing.holder && leasing.holder != lease->holder;
    if (status == T87S_OK && free && lease->lasts_ms > 0)
        status = take_over(t87s__redis_of(store), scope, &leasing, deadline_ms);
    if (status != T87S_OK)
        return status;
    lease->yours = leasing.holder == lease->holder;
    if (leasing.holder && !lease->yours && !(free && lease->lasts_ms == 0))
        lease->left_ms = leasing.left_ms > 0 ? leasing.left_ms : 1;
    return T87S_OK;
}

struct releasing {
    const struct t87s_store_query *query;
    uint64_t holder;
};

static void add_release(const struct t87s__call *call, unsigned part, uint64_t history, bool by_text,
                        struct t87s__commands *commands) {
    const struct releasing *releasing = call->what;
    (void)part, (void)history;
    t87s__lease_add_release(call, releasing->query, releasing->holder, by_text, commands);
}

enum t87s_status t87s__redis_release(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                                     uint64_t holder) {
    const struct releasing releasing = {query, holder};
    struct t87s__call call;
    enum t87s_status status =
        t87s__call_begin(&call, t87s__redis_of(store), scope, t87s__link_deadline(query->deadline_ms));
    if (status != T87S_OK)
        return status;
    call.add = add_release;
    call.what = &releasing;
    t87s__call_part(&call, t87s__layout_slot_of_lease(call.layout, query->key, query->key_size));
    status = t87s__call_run(&call);
    if (status == T87S_OK && call.parts[0].replies[0]->type != REDIS_REPLY_INTEGER) {
        t87s__part_is_strange(&call.parts[0], call.parts[0].replies[0]);
        status = T87S_E_STORE;
    }
    t87s__call_end(&call);
    return status;
}
