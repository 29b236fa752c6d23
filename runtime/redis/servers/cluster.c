/* SPDX-License-Identifier: MIT */
#include "cluster.h"

#include <stdlib.h>

/* ---- texts ---- */

struct span {
    const char *at, *end;
};

static size_t size_of(struct span span) { return (size_t)(span.end - span.at); }

/* The next piece up to `stop`, which goes with it. */
static struct span cut(struct span *rest, char stop) {
    const char *end = size_of(*rest) ? memchr(rest->at, stop, size_of(*rest)) : NULL;
    const struct span piece = {rest->at, end ? end : rest->end};
    rest->at = end ? end + 1 : rest->end;
    return piece;
}

static bool is(struct span span, const char *word) {
    return size_of(span) == strlen(word) && !memcmp(span.at, word, size_of(span));
}

static bool has_flag(struct span flags, const char *word) {
    while (size_of(flags))
        if (is(cut(&flags, ','), word))
            return true;
    return false;
}

static bool take_number(struct span span, unsigned most, unsigned *out) {
    unsigned number = 0;
    if (!size_of(span))
        return false;
    for (; span.at < span.end; span.at++) {
        if (*span.at < '0' || *span.at > '9' || number > most)
            return false;
        number = number * 10 + (unsigned)(*span.at - '0');
    }
    *out = number;
    return number <= most;
}

bool t87s__address_parse(const char *text, size_t size, struct t87s__address *out) {
    size_t colon = size;
    unsigned port;
    while (colon > 0 && text[colon - 1] != ':')
        colon--;
    if (!colon || colon > sizeof out->host || !take_number((struct span){text + colon, text + size}, 65535, &port) ||
        !port)
        return false;
    memcpy(out->host, text, colon - 1);
    out->host[colon - 1] = '\0';
    out->port = (int)port;
    return true;
}

/* ---- CLUSTER INFO ---- */

bool t87s__cluster_take_epoch(const redisReply *info, uint64_t *epoch) {
    static const char field[] = "\ncluster_current_epoch:";
    const char *at = info->type == REDIS_REPLY_STRING ? strstr(info->str, field) : NULL;
    if (at)
        *epoch = strtoull(at + sizeof field - 1, NULL, 10);
    return at;
}

/* ---- CLUSTER NODES ---- */

/* 5, or 5-9; in brackets stand those that are on their way, which still are where they were. */
static bool take_slots(struct span text, uint16_t owner, struct t87s__map *map) {
    unsigned first, last;
    if (size_of(text) && *text.at == '[')
        return true;
    if (!take_number(cut(&text, '-'), T87S__SLOTS - 1, &first))
        return false;
    last = first;
    if (size_of(text) && !take_number(text, T87S__SLOTS - 1, &last))
        return false;
    for (unsigned slot = first; slot <= last; slot++)
        map->owners[slot] = owner;
    return true;
}

/* id address@port,name flags master ping pong epoch state slots... */
static bool take_node(struct span line, struct t87s__map *map) {
    enum { BETWEEN_FLAGS_AND_SLOTS = 5 };
    (void)cut(&line, ' ');
    struct span place = cut(&line, ' ');
    const struct span flags = cut(&line, ' '), address = cut(&place, '@');
    for (int i = 0; i < BETWEEN_FLAGS_AND_SLOTS; i++)
        (void)cut(&line, ' ');
    if (!size_of(flags))
        return false;
    if (!has_flag(flags, "master") || !size_of(line))
        return true;
    if (map->n == T87S__MOST_MASTERS || !t87s__address_parse(address.at, size_of(address), &map->masters[map->n]))
        return false;
    map->n++;
    while (size_of(line))
        if (!take_slots(cut(&line, ' '), (uint16_t)map->n, map))
            return false;
    return true;
}

bool t87s__cluster_take_nodes(const redisReply *nodes, struct t87s__map *map) {
    if (nodes->type != REDIS_REPLY_STRING)
        return false;
    struct span text = {nodes->str, nodes->str + nodes->len};
    map->n = 0;
    memset(map->owners, 0, sizeof map->owners);
    while (size_of(text)) {
        const struct span line = cut(&text, '\n');
        if (size_of(line) && !take_node(line, map))
            return false;
    }
    return map->n > 0;
}

enum t87s_status t87s__cluster_ask(struct t87s__link *link, int64_t deadline_ms, struct t87s__map *map) {
    struct t87s__commands commands = {0};
    redisReply *replies[2];
    T87S__COMMAND(&commands, T87S__WORD("CLUSTER"), T87S__WORD("INFO"));
    T87S__COMMAND(&commands, T87S__WORD("CLUSTER"), T87S__WORD("NODES"));
    enum t87s_status status = t87s__link_call(link, &commands, replies, deadline_ms);
    t87s__commands_free(&commands);
    if (status != T87S_OK)
        return status;
    if (!t87s__cluster_take_epoch(replies[0], &map->epoch) || !t87s__cluster_take_nodes(replies[1], map))
        status = T87S_E_STORE;
    t87s__replies_free(replies, 2);
    return status;
}
