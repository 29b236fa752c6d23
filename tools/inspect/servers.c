/* SPDX-License-Identifier: MIT */
#include "servers.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "cluster.h"
#include "sentinel.h"

const char *servers_problem(enum t87s_status status) {
    switch (status) {
    case T87S_OK:
        return NULL;
    case T87S_E_TIMEOUT:
        return "it does not answer in time";
    case T87S_E_NOMEM:
        return "out of memory";
    default:
        return "it cannot be reached, or refuses the account";
    }
}

/* ---- addresses ---- */

static void append_address(char *out, size_t room, const struct t87s__redis_uri *uri) {
    const size_t size = strlen(out);
    if (*uri->host)
        snprintf(out + size, room - size, "%sredis://%s:%d/%d", size ? "," : "", uri->host, uri->port, uri->db);
    else
        snprintf(out + size, room - size, "%sunix://%s?db=%d", size ? "," : "", uri->path, uri->db);
}

bool servers_init(struct servers *servers, const char *uri) {
    *servers = (struct servers){.address = ""};
    if (t87s__seeds_parse(uri, &servers->seeds) != T87S_OK)
        return false;
    for (unsigned i = 0; i < servers->seeds.n; i++)
        append_address(servers->address, sizeof servers->address, &servers->seeds.uris[i]);
    return true;
}

void servers_forget(struct servers *servers) {
    for (unsigned i = 0; i < servers->n; i++)
        t87s__link_close(&servers->list[i].link);
    free(servers->list);
    servers->list = NULL;
    servers->n = 0;
}

void servers_close(struct servers *servers) {
    servers_forget(servers);
    t87s__seeds_free(&servers->seeds);
}

/* The account and the database are those of who told of it; so is the host, where that does not know its own. */
static struct t87s__redis_uri uri_at(const struct t87s__address *address, const struct t87s__redis_uri *of) {
    struct t87s__redis_uri uri = *of;
    uri.master[0] = '\0';
    uri.port = address->port;
    if (*address->host) {
        memcpy(uri.host, address->host, sizeof uri.host);
        uri.path[0] = '\0';
    }
    return uri;
}

/* ---- finding ---- */

static bool make_list(struct servers *servers, unsigned n) {
    servers->list = calloc(n, sizeof *servers->list);
    servers->n = servers->list ? n : 0;
    return servers->list;
}

static const char *find_masters(struct servers *servers, struct t87s__link *link, const struct t87s__redis_uri *of) {
    struct t87s__map *map = calloc(1, sizeof *map);
    enum t87s_status status =
        map ? t87s__cluster_ask(link, t87s__link_deadline(SERVERS_PATIENCE_MS), map) : T87S_E_NOMEM;
    const char *problem = servers_problem(status);
    if (!problem && !map->n)
        problem = "its cluster has no masters";
    if (!problem && !make_list(servers, map->n))
        problem = servers_problem(T87S_E_NOMEM);
    for (unsigned i = 0; i < servers->n; i++)
        servers->list[i].uri = uri_at(&map->masters[i], of);
    for (unsigned slot = 0; slot < T87S__SLOTS && !problem; slot++)
        servers->owners[slot] = map->owners[slot] ? (uint16_t)(map->owners[slot] - 1) : 0;
    free(map);
    return problem;
}

static const char *find_by_sentinel(struct servers *servers, const struct t87s__redis_uri *of) {
    const int64_t deadline = t87s__link_deadline(SERVERS_PATIENCE_MS);
    struct t87s__sentinel sentinel;
    const char *problem = NULL;
    t87s__sentinel_open(&sentinel, of, SERVERS_PATIENCE_MS);
    t87s__sentinel_ask(&sentinel);
    for (int64_t left; sentinel.word == WORD_NONE && (left = deadline - t87s__link_now_ms()) > 0;) {
        struct pollfd ready = {.events = 0};
        ready.fd = t87s__sentinel_socket(&sentinel, &ready.events);
        if (poll(&ready, 1, (int)left) > 0)
            t87s__sentinel_ready(&sentinel);
    }
    if (sentinel.word != WORD_ADDRESS)
        problem = t87s__sentinel_word_text(sentinel.word);
    else if (!make_list(servers, 1))
        problem = servers_problem(T87S_E_NOMEM);
    else
        servers->list[0].uri = uri_at(&sentinel.address, of);
    t87s__sentinel_close(&sentinel);
    return problem;
}

const char *servers_find(struct servers *servers) {
    struct t87s__link link = {.context = NULL};
    enum t87s__kind kind;
    unsigned found;
    const int64_t now = t87s__link_now_ms();
    if (servers->list && (servers->is_single || now - servers->found_ms < SERVERS_KNOWN_MS))
        return NULL;
    servers_forget(servers);
    servers->found_ms = now;
    const char *problem = servers_problem(
        t87s__seeds_ask(&servers->seeds, 0, t87s__link_deadline(SERVERS_PATIENCE_MS), &link, &kind, &found));
    if (problem)
        return problem;
    const struct t87s__redis_uri *seed = &servers->seeds.uris[found];
    servers->is_cluster = kind == T87S__CLUSTER;
    servers->is_single = kind != T87S__CLUSTER && kind != T87S__SENTINEL;
    if (kind == T87S__CLUSTER) {
        problem = find_masters(servers, &link, seed);
    } else if (kind == T87S__SENTINEL) {
        problem = find_by_sentinel(servers, seed);
    } else if (!make_list(servers, 1)) {
        problem = servers_problem(T87S_E_NOMEM);
    } else {
        servers->list[0].uri = *seed;
        servers->list[0].link = link;
        return NULL;
    }
    t87s__link_close(&link);
    if (problem)
        servers_forget(servers);
    return problem;
}

/* ---- asking ---- */

const char *servers_call(struct servers *servers, unsigned which, struct t87s__commands *commands,
                         redisReply **replies) {
    struct server *server = &servers->list[which];
    const int64_t deadline = t87s__link_deadline(SERVERS_PATIENCE_MS);
    enum t87s_status status = T87S_OK;
    if (!server->link.context)
        status = t87s__link_open(&server->link, &server->uri, deadline);
    if (status == T87S_OK)
        status = t87s__link_call(&server->link, commands, replies, deadline);
    t87s__commands_free(commands);
    if (status != T87S_OK)
        servers_forget(servers);
    return servers_problem(status);
}

unsigned servers_of_bucket(const struct servers *servers, unsigned bucket) {
    return servers->is_cluster ? servers->owners[t87s__layout_slot_of_bucket(bucket)] : 0;
}
