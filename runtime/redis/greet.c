/* SPDX-License-Identifier: MIT
 *
 * Before the first read of a connection is trusted: is this the server whose history we know?
 *
 * A server that was restarted, or a replica that has become the master, may have lost invalidations that were
 * acknowledged. So the name of the history (the run and the replication) stands beside the data, in P:m. Where it is
 * not this server's, all floors are raised first: what is there is outdated, then the name is written. It needs nobody
 * to remember anything: who comes first after the change does it, even a process that has just begun.
 */
#include <stdio.h>

#include "redis_store.h"

struct history {
    char name[128];
    bool is_master;
};

/* The rest of the line that begins with `field:`. */
static void take_field(const char *info, const char *field, char *out, size_t room) {
    const char *at = strstr(info, field);
    size_t n = 0;
    for (at = at ? at + strlen(field) : ""; *at && *at != '\r' && *at != '\n' && n + 1 < room; at++)
        out[n++] = *at;
    out[n] = '\0';
}

static enum t87s_status ask_history(struct t87s__link *link, int64_t deadline_ms, struct history *history) {
    struct t87s__commands commands = {0};
    redisReply *replies[2];
    T87S__COMMAND(&commands, T87S__WORD("INFO"), T87S__WORD("server"));
    T87S__COMMAND(&commands, T87S__WORD("INFO"), T87S__WORD("replication"));
    enum t87s_status status = t87s__link_call(link, &commands, replies, deadline_ms);
    t87s__commands_free(&commands);
    if (status != T87S_OK)
        return status;
    char run[48] = "", replication[48] = "", role[16] = "";
    if (replies[0]->type == REDIS_REPLY_STRING && replies[1]->type == REDIS_REPLY_STRING) {
        take_field(replies[0]->str, "\nrun_id:", run, sizeof run);
        take_field(replies[1]->str, "\nmaster_replid:", replication, sizeof replication);
        take_field(replies[1]->str, "\nrole:", role, sizeof role);
    }
    t87s__replies_free(replies, 2);
    snprintf(history->name, sizeof history->name, "%s %s", run, replication);
    history->is_master = !strcmp(role, "master");
    return *run && *replication && *role ? T87S_OK : T87S_E_STORE;
}

static enum t87s_status raise_floors(struct t87s__redis *redis, struct t87s__link *link, struct t87s__scope *scope,
                                     struct t87s__argument name_of_meta, const struct history *history,
                                     int64_t deadline_ms) {
    static const unsigned char message[] = {MESSAGE_CLEAR};
    const struct t87s__argument floor[] = {T87S__WORD("h"), T87S__WORD("f")};
    struct t87s__commands commands = {0};
    redisReply *replies[T87S__MOST_BUCKETS + 1];
    for (unsigned bucket = 0; bucket < scope->layout.n_buckets; bucket++)
        t87s__redis_add_mark(redis, &commands, scope, bucket, (struct t87s__argument){message, sizeof message}, floor,
                             1, true);
    T87S__COMMAND(&commands, T87S__WORD("SET"), name_of_meta, t87s__argument_text(history->name));
    const unsigned n = commands.n;
    enum t87s_status status = t87s__link_call(link, &commands, replies, deadline_ms);
    t87s__commands_free(&commands);
    if (status != T87S_OK)
        return status;
    for (unsigned i = 0; i < n; i++)
        if (replies[i]->type == REDIS_REPLY_ERROR)
            status = T87S_E_STORE;
    t87s__replies_free(replies, n);
    return status;
}

static enum t87s_status trust(struct t87s__redis *redis, struct t87s__link *link, struct t87s__scope *scope,
                              const struct history *history, int64_t deadline_ms) {
    char meta[sizeof scope->layout.prefix + 4];
    const int size = snprintf(meta, sizeof meta, "%s:m", scope->layout.prefix);
    const struct t87s__argument name = {meta, (size_t)size};
    struct t87s__commands commands = {0};
    redisReply *reply = NULL;
    T87S__COMMAND(&commands, T87S__WORD("GET"), name);
    enum t87s_status status = t87s__link_call(link, &commands, &reply, deadline_ms);
    t87s__commands_free(&commands);
    if (status != T87S_OK)
        return status;
    const bool known = reply->type == REDIS_REPLY_STRING && !strcmp(reply->str, history->name);
    freeReplyObject(reply);
    if (!known)
        status = raise_floors(redis, link, scope, name, history, deadline_ms);
    if (status == T87S_OK)
        atomic_store_explicit(&scope->trusted, true, memory_order_release);
    return status;
}

enum t87s_status t87s__redis_greet(void *arg, struct t87s__link *link, int64_t deadline_ms) {
    struct t87s__redis *redis = arg;
    struct history history;
    pthread_mutex_lock(&redis->greeting_lock);
    enum t87s_status status = t87s__scripts_load(link, deadline_ms);
    if (status == T87S_OK)
        status = ask_history(link, deadline_ms, &history);
    if (status == T87S_OK && !history.is_master)
        status = T87S_E_STORE; /* what is written here would be lost */
    pthread_mutex_lock(&redis->scopes_lock);
    for (struct t87s__scope *scope = redis->scopes; scope && status == T87S_OK; scope = scope->next)
        status = trust(redis, link, scope, &history, deadline_ms);
    pthread_mutex_unlock(&redis->scopes_lock);
    pthread_mutex_unlock(&redis->greeting_lock);
    return status;
}

/* For a cache that was opened when there were connections already: by one of its own, once. */
enum t87s_status t87s__redis_trust(struct t87s__redis *redis, struct t87s__scope *scope, int64_t timeout_ms) {
    const int64_t deadline_ms = t87s__link_now_ms() + timeout_ms;
    struct t87s__link link = {NULL};
    struct history history;
    enum t87s_status status = t87s__link_open(&link, &redis->uri, deadline_ms);
    if (status == T87S_OK)
        status = ask_history(&link, deadline_ms, &history);
    if (status == T87S_OK)
        status = history.is_master ? trust(redis, &link, scope, &history, deadline_ms) : T87S_E_STORE;
    t87s__link_close(&link);
    return status;
}
