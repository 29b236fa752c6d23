/* SPDX-License-Identifier: MIT */
#include "seeds.h"

#include <stdlib.h>

static unsigned count(const char *text) {
    unsigned n = 1;
    for (; (text = strchr(text, ',')); text++)
        n++;
    return n;
}

/* The text between two commas. */
static bool parse_one(const char *from, size_t size, struct t87s__redis_uri *out) {
    char one[4 * T87S__URI_TEXT * 3]; /* %XX each */
    if (size >= sizeof one)
        return false;
    memcpy(one, from, size);
    one[size] = '\0';
    return t87s__redis_uri_parse(one, out);
}

static bool parse_all(const char *text, struct t87s__seeds *out) {
    for (unsigned i = 0; i < out->n; i++) {
        const size_t size = strcspn(text, ",");
        struct t87s__redis_uri *uri = &out->uris[i];
        if (!parse_one(text, size, uri) || (i > 0 && (uri->db || *uri->master)) || (uri->db && !*uri->master))
            return false;
        uri->db = out->uris->db;
        memcpy(uri->master, out->uris->master, sizeof uri->master);
        if (!*uri->user && !*uri->password) {
            memcpy(uri->user, out->uris->user, sizeof uri->user);
            memcpy(uri->password, out->uris->password, sizeof uri->password);
        }
        text += size + 1;
    }
    return true;
}

enum t87s_status t87s__seeds_parse(const char *text, struct t87s__seeds *out) {
    *out = (struct t87s__seeds){.n = text ? count(text) : 1};
    out->uris = calloc(out->n, sizeof *out->uris);
    if (!out->uris)
        return T87S_E_NOMEM;
    if (out->n == 1 ? t87s__redis_uri_parse(text, out->uris) : parse_all(text, out))
        return T87S_OK;
    t87s__seeds_free(out);
    return T87S_E_INVALID;
}

void t87s__seeds_free(struct t87s__seeds *seeds) {
    free(seeds->uris);
    *seeds = (struct t87s__seeds){.n = 0};
}

enum t87s__kind t87s__kind_of(const redisReply *info) {
    static const char mode[] = "\nredis_mode:";
    const char *at = info->type == REDIS_REPLY_STRING ? strstr(info->str, mode) : NULL;
    at = at ? at + sizeof mode - 1 : "";
    return !strncmp(at, "standalone", 10) ? T87S__SERVER
           : !strncmp(at, "cluster", 7)   ? T87S__CLUSTER
           : !strncmp(at, "sentinel", 8)  ? T87S__SENTINEL
                                          : T87S__UNKNOWN;
}

enum t87s_status t87s__kind_ask(struct t87s__link *link, int64_t deadline_ms, enum t87s__kind *kind) {
    struct t87s__commands commands = {0};
    redisReply *reply;
    T87S__COMMAND(&commands, T87S__WORD("INFO"), T87S__WORD("server"));
    const enum t87s_status status = t87s__link_call(link, &commands, &reply, deadline_ms);
    t87s__commands_free(&commands);
    if (status != T87S_OK)
        return status;
    *kind = t87s__kind_of(reply);
    t87s__reply_free(reply);
    return T87S_OK;
}

/* A sentinel need not know the account, which is that of the master, and has no databases: so it is asked what it is
 * before it is told anything, if it answers that to anybody. */
static enum t87s_status ask_stranger(struct t87s__link *link, const struct t87s__redis_uri *uri, int64_t deadline_ms,
                                     enum t87s__kind *kind) {
    enum t87s_status status = t87s__link_connect(link, uri, deadline_ms);
    if (status == T87S_OK)
        status = t87s__kind_ask(link, deadline_ms, kind);
    if (status == T87S_OK && *kind != T87S__SENTINEL)
        status = t87s__link_introduce(link, uri, deadline_ms);
    if (status == T87S_OK && *kind == T87S__UNKNOWN)
        status = t87s__kind_ask(link, deadline_ms, kind);
    return status == T87S_OK && *kind == T87S__UNKNOWN ? T87S_E_STORE : status;
}

enum t87s_status t87s__seeds_ask(const struct t87s__seeds *seeds, unsigned first, int64_t deadline_ms,
                                 struct t87s__link *link, enum t87s__kind *kind, unsigned *found) {
    enum t87s_status status = T87S_E_STORE;
    for (unsigned i = 0; i < seeds->n; i++) {
        const int64_t left = deadline_ms - t87s__link_now_ms();
        const int64_t until = i + 1 < seeds->n ? deadline_ms - left / 2 : deadline_ms;
        *found = (first + i) % seeds->n;
        status = left > 0 ? ask_stranger(link, &seeds->uris[*found], until, kind) : T87S_E_TIMEOUT;
        if (status == T87S_OK)
            return T87S_OK;
        t87s__link_close(link);
    }
    return status;
}
