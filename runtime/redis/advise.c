/* SPDX-License-Identifier: MIT */
#include "advise.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "redis_store.h"
#include "typescript.h"

enum { LEAST_PUBSUB_LIMIT = 1 << 20 };

/* ---- what is found ---- */

void t87s__look_ask(struct t87s__commands *commands) {
    T87S__COMMAND(commands, T87S__WORD("INFO"));
    T87S__COMMAND(commands, T87S__WORD("CONFIG"), T87S__WORD("GET"), T87S__WORD("save"));
    T87S__COMMAND(commands, T87S__WORD("CONFIG"), T87S__WORD("GET"), T87S__WORD("client-output-buffer-limit"));
}

/* The value of a CONFIG GET; NULL: it does not say, managed ones do not. */
static const char *value_of(const redisReply *reply) {
    return reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 && reply->element[1]->type == REDIS_REPLY_STRING
               ? reply->element[1]->str
               : NULL;
}

void t87s__look_take(redisReply *const *replies, struct t87s__found *found) {
    char number[24];
    const char *info = replies[0]->type == REDIS_REPLY_STRING ? replies[0]->str : NULL;
    const char *save = value_of(replies[1]), *limits = value_of(replies[2]);
    found->looked = info;
    if (!info)
        return;
    t87s__redis_info(info, "\nredis_version:", found->version, sizeof found->version);
    t87s__redis_info(info, "\nredis_mode:", number, sizeof number);
    found->is_sentinel = !strcmp(number, "sentinel");
    t87s__redis_info(info, "\nrole:", found->role, sizeof found->role);
    t87s__redis_info(info, "\nmaxmemory_policy:", found->policy, sizeof found->policy);
    t87s__redis_info(info, "\nmaxmemory:", number, sizeof number);
    found->maxmemory = strtoull(number, NULL, 10);
    t87s__redis_info(info, "\naof_enabled:", number, sizeof number);
    found->appends = number[0] == '1';
    found->saves_known = save;
    found->saves = save && *save;
    const char *pubsub = limits ? strstr(limits, "pubsub ") : NULL;
    found->pubsub_limit = pubsub ? strtoull(pubsub + strlen("pubsub "), NULL, 10) : 0;
}

/* ---- what is said ---- */

__attribute__((format(printf, 3, 4))) static void say(struct t87s__said *said, const char *code, const char *format,
                                                      ...) {
    char *text = said->texts[said->n];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof said->texts[0], format, arguments);
    va_end(arguments);
    said->advice[said->n++] = (struct t87s_store_advice){code, text};
}

static void say_of_memory(const struct t87s__found *found, struct t87s__said *said) {
    if (!*found->policy)
        return;
    if (!found->maxmemory)
        say(said, "memory",
            "maxmemory is not set: Redis takes what its machine has. Set it, and maxmemory-policy volatile-ttl.");
    else if (!strncmp(found->policy, "allkeys-", strlen("allkeys-")))
        say(said, "eviction",
            "maxmemory-policy %s may evict what Redis knows of tags: then all answers are fetched again. volatile-ttl "
            "evicts answers alone.",
            found->policy);
    else if (!strcmp(found->policy, "noeviction"))
        say(said, "eviction",
            "maxmemory-policy noeviction: once memory is full no answer is kept any more. volatile-ttl makes room.");
}

static void say_of_typescript(const struct t87s__found *found, struct t87s__said *said) {
    if (found->is_cluster)
        say(said, "typescript", "share_with_typescript is not for a cluster: this Redis is not used.");
    else if (t87s__typescript_evicts(found->policy))
        say(said, "typescript",
            "share_with_typescript: maxmemory-policy %s may evict what was invalidated in TypeScript. This Redis is "
            "not used until it is volatile-ttl.",
            found->policy);
}

static bool is_too_old(const char *version) {
    char *end;
    const unsigned long major = strtoul(version, &end, 10);
    return *version && (major < 6 || (major == 6 && *end == '.' && strtoul(end + 1, NULL, 10) < 2));
}

void t87s__advise(const struct t87s__found *found, struct t87s__said *said) {
    said->n = 0;
    if (found->sentinels)
        say(said, "sentinel", "The sentinels agree on no master. One %s.", found->sentinels);
    else if (found->unreachable)
        say(said, "unreachable", "No Redis answers, or it refuses the account: queries go to their sources.");
    if (is_too_old(found->version))
        say(said, "version", "Redis %s is too old, 6.2 is needed: nothing is shared.", found->version);
    if (found->is_sentinel)
        say(said, "sentinel",
            "This is a sentinel: list all of them, and name the master behind the first, by ?master=NAME.");
    if (*found->role && strcmp(found->role, "master") != 0)
        say(said, "replica", "This Redis is a replica, which keeps nothing: give the address of its master.");
    if (found->is_cluster && found->one_seed)
        say(said, "cluster",
            "Redis runs in cluster mode, and one node is named: while that is away, nobody who begins finds the "
            "others. "
            "Name several.");
    if (found->with_typescript)
        say_of_typescript(found, said);
    say_of_memory(found, said);
    if (found->saves_known && !found->saves && !found->appends)
        say(said, "persistence",
            "Redis saves nothing to disk. All that is lost with it is fetched again, no answer is wrong; with saving a "
            "restart begins anew as well.");
    if (found->pubsub_limit && found->pubsub_limit < LEAST_PUBSUB_LIMIT)
        say(said, "pubsub-buffer",
            "client-output-buffer-limit cuts off who listens at %" PRIu64
            " bytes: a burst of invalidations empties what is near. 32mb is usual.",
            found->pubsub_limit);
    if (found->clock_stepped)
        say(said, "clock",
            "The clock of Redis went %s by %" PRId64 " s: answers expire that much %s. Have it slewed, not stepped.",
            found->clock_step_ms < 0 ? "back" : "forward",
            (found->clock_step_ms < 0 ? -found->clock_step_ms : found->clock_step_ms) / 1000,
            found->clock_step_ms < 0 ? "later" : "sooner");
}
