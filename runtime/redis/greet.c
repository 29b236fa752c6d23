/* SPDX-License-Identifier: MIT
 *
 * What is asked of a server over a fresh connection: that it is a master, and whose history it has.
 *
 * A server that was restarted, or a replica that has become the master, may have lost invalidations that were
 * acknowledged. So the name of the history (the run and the replication) stands in every bucket. Who reads one where it
 * is not the name of the server that answered takes everything of that bucket for outdated and begins it anew. It needs
 * nobody to remember anything: who comes first after the change does it, even a process that has just begun.
 */
#include <stdio.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "redis_store.h"
#include "typescript.h"

bool t87s__redis_info(const char *info, const char *field, char *out, size_t room) {
    const char *at = strstr(info, field);
    size_t n = 0;
    for (at = at ? at + strlen(field) : ""; *at && *at != '\r' && *at != '\n' && n + 1 < room; at++)
        out[n++] = *at;
    out[n] = '\0';
    return n > 0;
}

void t87s__redis_ask_history(struct t87s__commands *commands) {
    T87S__COMMAND(commands, T87S__WORD("INFO"), T87S__WORD("server"));
    T87S__COMMAND(commands, T87S__WORD("INFO"), T87S__WORD("replication"));
}

uint64_t t87s__redis_take_history(redisReply *const *replies) {
    char name[128], run[48], replication[48], role[16];
    if (replies[0]->type != REDIS_REPLY_STRING || replies[1]->type != REDIS_REPLY_STRING ||
        !t87s__redis_info(replies[0]->str, "\nrun_id:", run, sizeof run) ||
        !t87s__redis_info(replies[1]->str, "\nmaster_replid:", replication, sizeof replication) ||
        !t87s__redis_info(replies[1]->str, "\nrole:", role, sizeof role) || strcmp(role, "master") != 0)
        return 0; /* a replica takes no writes, and WAIT tells who reads from it; so nobody begins with one */
    const int size = snprintf(name, sizeof name, "%s %s", run, replication);
    return XXH3_64bits(name, (size_t)size) % (T87S__NUMBERS - 1) + 1;
}

static enum t87s_status ask_whose(struct t87s__redis *redis, struct t87s__link *link, int64_t deadline_ms,
                                  uint64_t *history) {
    struct t87s__commands commands = {0};
    redisReply *replies[2];
    t87s__redis_ask_history(&commands);
    enum t87s_status status = t87s__link_call(link, &commands, replies, deadline_ms);
    t87s__commands_free(&commands);
    if (status != T87S_OK)
        return status;
    *history = t87s__redis_take_history(replies);
    const bool fits = t87s__topology_hear(redis, t87s__kind_of(replies[0]));
    t87s__replies_free(replies, 2);
    return *history && fits ? T87S_OK : T87S_E_STORE;
}

enum t87s_status t87s__redis_reach(struct t87s__node *node, struct t87s__link *link, int64_t deadline_ms,
                                   uint64_t *term) {
    struct t87s__topology *topology = &node->redis->topology;
    struct t87s__redis_uri master;
    *term = 0;
    if (!t87s__topology_has_sentinels(topology))
        return t87s__link_open(link, &node->uri, deadline_ms);
    const enum t87s_status status = t87s__sentinels_find(topology->sentinels, deadline_ms, &master, term);
    return status == T87S_OK ? t87s__link_open(link, &master, deadline_ms) : status;
}

enum t87s_status t87s__redis_dial_to_hear(struct t87s__node *node, struct t87s__link *link, int64_t deadline_ms,
                                          uint64_t *history) {
    uint64_t term;
    enum t87s_status status = t87s__redis_reach(node, link, deadline_ms, &term);
    if (status == T87S_OK)
        status = ask_whose(node->redis, link, deadline_ms, history);
    if (status == T87S_OK && node->redis->with_typescript)
        status = t87s__typescript_accept(link, deadline_ms);
    if (status != T87S_OK)
        t87s__link_close(link);
    else if (term)
        t87s__sentinels_met(node->redis->topology.sentinels, term, *history);
    return status;
}

enum t87s_status t87s__redis_dial(void *node, struct t87s__link *link, int64_t deadline_ms, uint64_t *history) {
    enum t87s_status status = t87s__redis_dial_to_hear(node, link, deadline_ms, history);
    if (status == T87S_OK)
        status = t87s__scripts_load(link, deadline_ms);
    if (status != T87S_OK)
        t87s__link_close(link);
    return status;
}
