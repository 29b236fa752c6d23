/* SPDX-License-Identifier: MIT */
#include "typescript.h"

#include <stdio.h>
#include <t87s/codegen.h>

enum { SKEW_MS = 1000 };

/* ---- names ---- */

static char *put_text(char *at, const unsigned char *text, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\\' || text[i] == ':')
            *at++ = '\\';
        *at++ = (char)text[i];
    }
    return at;
}

static char *put_segment(char *at, const unsigned char *segment, size_t size) {
    char printed[40];
    if (*segment == 's' || *segment == 't')
        return put_text(at, segment + 2, size - 2);
    const int length = t87s_gen_path_format(segment, size, printed, sizeof printed);
    return put_text(at, (const unsigned char *)printed, (size_t)length);
}

void t87s__typescript_names(struct t87s_store_tag tag, struct t87s__typescript_names *names) {
    static const char exact[] = ":__exact__";
    size_t ends[T87S_MAX_SEGMENTS], begin = 0;
    const size_t n = t87s_store_prefixes(tag, ends);
    char *at = names->text;
    names->n = 0;
    for (size_t i = 0; i < n; begin = ends[i++]) {
        if (i)
            *at++ = ':';
        at = put_segment(at, tag.path + begin, ends[i] - begin);
        names->ends[names->n++] = (size_t)(at - names->text);
    }
    if (!n)
        return;
    memcpy(at, exact, sizeof exact - 1);
    names->ends[names->n++] = (size_t)(at - names->text) + sizeof exact - 1;
}

struct t87s__name t87s__typescript_head(const struct t87s__layout *layout) {
    struct t87s__name name = {.size = layout->store_size + 2};
    memcpy(name.text, layout->prefix, layout->store_size);
    memcpy(name.text + layout->store_size, "t:", 3);
    return name;
}

static struct t87s__argument name_at(const struct t87s__typescript_names *names, unsigned i) {
    return (struct t87s__argument){names->text, names->ends[i]};
}

static struct t87s__member member_at(const struct t87s__typescript_names *names, unsigned i) {
    return t87s__layout_member('h', names->text, names->ends[i]);
}

/* ---- what a query asks ---- */

void t87s__typescript_ask(const struct t87s_store_query *query, struct t87s__bucket_asked *asked) {
    struct t87s__typescript_names names;
    for (size_t tag = 0; tag < query->n_tags; tag++) {
        t87s__typescript_names(query->tags[tag], &names);
        for (unsigned i = 0; i < names.n; i++) {
            asked->members[asked->n] = member_at(&names, i);
            asked->kinds[asked->n++] = ASKED_HARD;
        }
    }
}

static size_t count_names(const struct t87s_store_query *query) {
    size_t ends[T87S_MAX_SEGMENTS], n = 0;
    for (size_t i = 0; i < query->n_tags; i++) {
        const size_t prefixes = t87s_store_prefixes(query->tags[i], ends);
        n += prefixes ? prefixes + 1 : 0;
    }
    return n;
}

void t87s__typescript_add_question(const struct t87s__layout *layout, const struct t87s_store_query *query,
                                   struct t87s__commands *commands) {
    const struct t87s__name head = t87s__typescript_head(layout);
    const size_t n = count_names(query);
    struct t87s__typescript_names names;
    if (!n)
        return;
    t87s__commands_begin(commands, 1 + n);
    t87s__commands_word(commands, T87S__WORD("MGET"));
    for (size_t tag = 0; tag < query->n_tags; tag++) {
        t87s__typescript_names(query->tags[tag], &names);
        for (unsigned i = 0; i < names.n; i++)
            t87s__commands_joined(commands, t87s__argument_name(&head), name_at(&names, i));
    }
}

/* Digits and a c: what it says stands in a bucket, too. */
static bool is_known(const redisReply *value) {
    return value->len > 1 && value->str[value->len - 1] == 'c' &&
           strspn(value->str, "0123456789") == (size_t)value->len - 1;
}

enum t87s_status t87s__typescript_take(const struct t87s__part *part, const struct t87s_store_query *query,
                                       bool *news) {
    const size_t n = count_names(query);
    const redisReply *reply = part->replies[0];
    *news = false;
    if (!n)
        return T87S_OK;
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != n)
        return T87S_E_STORE;
    for (size_t i = 0; i < n; i++) {
        const redisReply *value = reply->element[i];
        if (value->type != REDIS_REPLY_NIL && value->type != REDIS_REPLY_STRING)
            return T87S_E_STORE;
        *news = *news || (value->type == REDIS_REPLY_STRING && !is_known(value));
    }
    return T87S_OK;
}

/* ---- the script ---- */

static void begin_share(const struct t87s__call *call, struct t87s__argument skew, size_t n_names, uint64_t history,
                        bool by_text, struct t87s__commands *commands) {
    const struct t87s__name bucket = t87s__layout_bucket(call->layout, T87S__TYPESCRIPT_BUCKET);
    t87s__script_begin(commands, SCRIPT_SHARE, by_text, t87s__argument_name(&bucket), T87S__WORD(""),
                       T87S__MARK_ARGUMENTS + 1 + 2 * n_names);
    t87s__redis_add_common(call, T87S__TYPESCRIPT_BUCKET, T87S__WORD(""), history, commands);
    t87s__commands_word(commands, skew);
}

static void add_pair(const struct t87s__call *call, const struct t87s__typescript_names *names, unsigned i,
                     struct t87s__commands *commands) {
    const struct t87s__name head = t87s__typescript_head(call->layout);
    const struct t87s__member member = member_at(names, i);
    t87s__commands_joined(commands, t87s__argument_name(&head), name_at(names, i));
    t87s__commands_word(commands, (struct t87s__argument){member.bytes, sizeof member.bytes});
}

static void add_take_over(const struct t87s__call *call, unsigned part, uint64_t history, bool by_text,
                          struct t87s__commands *commands) {
    const struct t87s_store_query *query = call->what;
    struct t87s__typescript_names names;
    (void)part;
    begin_share(call, T87S__WORD(""), count_names(query), history, by_text, commands);
    for (size_t tag = 0; tag < query->n_tags; tag++) {
        t87s__typescript_names(query->tags[tag], &names);
        for (unsigned i = 0; i < names.n; i++)
            add_pair(call, &names, i, commands);
    }
}

enum t87s_status t87s__typescript_take_over(struct t87s__redis *redis, struct t87s__scope *scope,
                                            const struct t87s_store_query *query, int64_t deadline_ms,
                                            struct t87s_store_birth *birth) {
    struct t87s__call call;
    enum t87s_status status = t87s__call_begin(&call, redis, scope, deadline_ms);
    if (status != T87S_OK)
        return status;
    call.add = add_take_over;
    call.what = query;
    call.needs_history = true;
    t87s__call_part(&call, t87s__layout_slot_of_bucket(T87S__TYPESCRIPT_BUCKET));
    status = t87s__call_run(&call);
    if (status == T87S_OK && !t87s__redis_take_birth(call.parts->replies[0], T87S__TYPESCRIPT_BUCKET, birth)) {
        t87s__part_is_strange(call.parts, call.parts->replies[0]);
        status = T87S_E_STORE;
    }
    t87s__call_end(&call);
    return status;
}

void t87s__typescript_add_share(const struct t87s__call *call, const struct t87s_store_tag *tags, size_t n,
                                unsigned flags, uint64_t history, bool by_text, struct t87s__commands *commands) {
    struct t87s__typescript_names names;
    size_t ends[T87S_MAX_SEGMENTS], n_tags = 0;
    char skew[16];
    for (size_t i = 0; i < n; i++)
        n_tags += t87s_store_prefixes(tags[i], ends) > 0;
    snprintf(skew, sizeof skew, "%d", SKEW_MS);
    begin_share(call, t87s__argument_text(skew), n_tags, history, by_text, commands);
    for (size_t i = 0; i < n; i++) {
        t87s__typescript_names(tags[i], &names);
        if (names.n)
            add_pair(call, &names, flags & T87S_EXACT ? names.n - 1 : names.n - 2, commands);
    }
}

/* ---- the server ---- */

enum t87s_status t87s__typescript_accept(struct t87s__link *link, int64_t deadline_ms) {
    struct t87s__commands commands = {0};
    redisReply *reply;
    char policy[32];
    T87S__COMMAND(&commands, T87S__WORD("INFO"), T87S__WORD("memory"));
    enum t87s_status status = t87s__link_call(link, &commands, &reply, deadline_ms);
    t87s__commands_free(&commands);
    if (status != T87S_OK)
        return status;
    if (reply->type != REDIS_REPLY_STRING ||
        !t87s__redis_info(reply->str, "\nmaxmemory_policy:", policy, sizeof policy) || t87s__typescript_evicts(policy))
        status = T87S_E_STORE;
    t87s__replies_free(&reply, 1);
    return status;
}
