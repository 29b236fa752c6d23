/* SPDX-License-Identifier: MIT */
#include "topology.h"

#include <stdlib.h>

#include "patience.h"
#include "redis_store.h"

enum { MOST_REST_MS = 250 };
enum { MOST_NODES = 4 * T87S__MOST_MASTERS }; /* ever: who names others all the time is not believed for ever */

/* ---- nodes ---- */

static bool is_at(const struct t87s__redis_uri *one, const struct t87s__redis_uri *other) {
    return one->port == other->port && !strcmp(one->host, other->host) && !strcmp(one->path, other->path);
}

/* Under lock. */
static struct t87s__node *node_of(struct t87s__redis *redis, const struct t87s__redis_uri *uri) {
    struct t87s__topology *topology = &redis->topology;
    for (struct t87s__node *node = topology->nodes; node; node = node->older)
        if (is_at(&node->uri, uri))
            return node;
    struct t87s__node *node = topology->n_nodes < MOST_NODES ? t87s__node_open(redis, uri) : NULL;
    if (!node)
        return NULL;
    node->older = topology->nodes;
    topology->nodes = node;
    topology->n_nodes++;
    return node;
}

/* Where a node is that another one, at `of`, speaks of; the account is the same. */
static struct t87s__redis_uri uri_of(const struct t87s__address *address, const struct t87s__redis_uri *of) {
    struct t87s__redis_uri uri = *of;
    if (!*address->host && !*of->host)
        return uri; /* through the socket of a node that does not know its own address */
    uri.path[0] = '\0';
    uri.port = address->port;
    if (*address->host)
        memcpy(uri.host, address->host, sizeof uri.host);
    return uri;
}

struct t87s__node *t87s__topology_moved_to(struct t87s__redis *redis, const redisReply *error,
                                           const struct t87s__redis_uri *of) {
    struct t87s__address address;
    const char *at = error->type == REDIS_REPLY_ERROR ? strrchr(error->str, ' ') : NULL; /* MOVED 3999 127.0.0.1:6381 */
    if (!at || (strncmp(error->str, "MOVED ", 6) != 0 && strncmp(error->str, "ASK ", 4) != 0) ||
        !t87s__address_parse(at + 1, strlen(at + 1), &address))
        return NULL;
    const struct t87s__redis_uri uri = uri_of(&address, of);
    pthread_mutex_lock(&redis->topology.lock);
    struct t87s__node *node = node_of(redis, &uri);
    pthread_mutex_unlock(&redis->topology.lock);
    return node;
}

/* ---- the map ---- */

bool t87s__topology_has_sentinels(struct t87s__topology *topology) {
    return atomic_load_explicit(&topology->kind, memory_order_acquire) == T87S__SENTINEL;
}

bool t87s__topology_is_cluster(struct t87s__topology *topology) {
    return atomic_load_explicit(&topology->kind, memory_order_acquire) == T87S__CLUSTER;
}

struct t87s__node *t87s__topology_node(struct t87s__topology *topology, unsigned slot) {
    if (!t87s__topology_is_cluster(topology))
        return topology->first;
    /* Acquire: pairs with the release in set_slot(). */
    return atomic_load_explicit(&topology->slots[slot], memory_order_acquire);
}

static bool has_bucket(unsigned slot) {
    for (unsigned bucket = 0; bucket < T87S__MOST_BUCKETS; bucket++)
        if (t87s__layout_slot_of_bucket(bucket) == slot)
            return true;
    return false;
}

static void set_slot(struct t87s__topology *topology, unsigned slot, struct t87s__node *node) {
    if (atomic_exchange_explicit(&topology->slots[slot], node, memory_order_acq_rel) != node && has_bucket(slot))
        /* Release: pairs with the acquire in listen.c. */
        atomic_fetch_add_explicit(&topology->changes, 1, memory_order_release);
}

void t87s__topology_moved(struct t87s__topology *topology, unsigned slot, struct t87s__node *node) {
    set_slot(topology, slot, node);
}

static bool is_known(struct t87s__topology *topology) {
    /* Acquire: pairs with the releases in take_map() and t87s__topology_hear(). */
    return atomic_load_explicit(&topology->kind, memory_order_acquire) != T87S__UNKNOWN;
}

static bool is_among(struct t87s__node *const *nodes, unsigned n, const struct t87s__node *node) {
    for (unsigned i = 0; i < n; i++)
        if (nodes[i] == node)
            return true;
    return false;
}

/* Under lock. Who is no master any more loses its connections. */
static bool take_masters(struct t87s__redis *redis, const struct t87s__map *map, const struct t87s__redis_uri *of,
                         struct t87s__node **masters) {
    struct t87s__topology *topology = &redis->topology;
    for (unsigned i = 0; i < map->n; i++) {
        const struct t87s__redis_uri uri = uri_of(&map->masters[i], of);
        masters[i] = node_of(redis, &uri);
        if (!masters[i])
            return false;
    }
    bool same = map->n == topology->n_masters;
    for (unsigned i = 0; i < map->n; i++)
        same = same && is_among(topology->masters, topology->n_masters, masters[i]);
    for (unsigned i = 0; i < topology->n_masters; i++)
        if (!is_among(masters, map->n, topology->masters[i]))
            t87s__node_distrust(topology->masters[i]);
    for (unsigned i = 0; i < map->n; i++) /* whatever was tried there before: now at once */
        if (!is_known(topology) || !is_among(topology->masters, topology->n_masters, masters[i]))
            t87s__node_distrust(masters[i]);
    memcpy(topology->masters, masters, map->n * sizeof *masters);
    topology->n_masters = map->n;
    topology->maps += !same;
    return true;
}

static enum t87s_status take_map(struct t87s__redis *redis, const struct t87s__map *map,
                                 const struct t87s__redis_uri *of) {
    struct t87s__topology *topology = &redis->topology;
    struct t87s__node **masters = malloc(map->n * sizeof *masters);
    if (!topology->slots)
        topology->slots = calloc(T87S__SLOTS, sizeof *topology->slots);
    bool taken = masters && topology->slots;
    pthread_mutex_lock(&topology->lock);
    taken = taken && take_masters(redis, map, of, masters);
    if (taken) {
        topology->epoch = map->epoch;
        for (unsigned slot = 0; slot < T87S__SLOTS; slot++)
            set_slot(topology, slot, map->owners[slot] ? masters[map->owners[slot] - 1] : NULL);
        /* Release: pairs with the acquires of `kind`. */
        if (atomic_exchange_explicit(&topology->kind, T87S__CLUSTER, memory_order_release) != T87S__CLUSTER)
            /* For the listener, as in set_slot(): there are more buckets than it may have counted. */
            atomic_fetch_add_explicit(&topology->changes, 1, memory_order_release);
    }
    pthread_mutex_unlock(&topology->lock);
    free(masters);
    return taken ? T87S_OK : T87S_E_NOMEM;
}

/* ---- asking ---- */

/* Whom to ask. */
struct candidates {
    struct t87s__topology *topology;
    const struct t87s__redis_uri *hint; /* NULL: none */
    struct t87s__node *masters[T87S__MOST_MASTERS];
    unsigned n, first;
};

static void gather_candidates(struct t87s__topology *topology, const struct t87s__redis_uri *hint,
                              struct candidates *all) {
    all->topology = topology;
    all->hint = hint;
    all->n = t87s__topology_masters(topology, all->masters);
    pthread_mutex_lock(&topology->lock);
    all->first = topology->turn++;
    pthread_mutex_unlock(&topology->lock);
}

/* Number `i`: the hint, the masters that answer, in turn, the others, the seeds; *out NULL: skip it. False: that was
 * all. */
static bool candidate(const struct candidates *all, unsigned i, const struct t87s__redis_uri **out) {
    *out = i == 0 ? all->hint : NULL;
    if (i == 0)
        return true;
    i--;
    if (i < 2 * all->n) {
        struct t87s__node *node = all->masters[(all->first + i) % all->n];
        if ((t87s__node_lane_up(node) != NULL) == (i < all->n))
            *out = &node->uri;
        return true;
    }
    i -= 2 * all->n;
    if (i < all->topology->seeds.n)
        *out = &all->topology->seeds.uris[i];
    return i < all->topology->seeds.n;
}

/* Asks the nodes for a map, until one has a map that is not of an older epoch: a master that is cut off from the others
 * knows nothing of what they do. If there is none the best is taken: the cluster may have been made anew. */
static enum t87s_status ask_nodes(struct t87s__redis *redis, const struct t87s__redis_uri *hint, int64_t deadline_ms) {
    struct t87s__map *maps = malloc(2 * sizeof *maps), *map = maps, *best = NULL;
    struct candidates all;
    struct t87s__redis_uri of_best;
    const struct t87s__redis_uri *uri;
    const uint64_t epoch = t87s__topology_epoch(&redis->topology);
    enum t87s_status status = maps ? T87S_E_STORE : T87S_E_NOMEM;
    gather_candidates(&redis->topology, hint, &all);
    for (unsigned i = 0; maps && (!best || best->epoch < epoch) && candidate(&all, i, &uri); i++) {
        struct t87s__link link = {.context = NULL};
        const int64_t left = deadline_ms - t87s__link_now_ms(), until = deadline_ms - left / 2;
        if (!uri)
            continue;
        if (left <= 0)
            break;
        status = t87s__link_open(&link, uri, until);
        if (status == T87S_OK)
            status = t87s__cluster_ask(&link, until, map);
        t87s__link_close(&link);
        if (status != T87S_OK || (best && map->epoch <= best->epoch))
            continue;
        best = map;
        map = best == maps ? maps + 1 : maps;
        of_best = *uri;
    }
    if (best)
        status = take_map(redis, best, &of_best);
    free(maps);
    return status;
}

/* Under lock, or alone. There is one master, wherever it is. */
static void follow_sentinels(struct t87s__topology *topology) {
    topology->masters[0] = topology->first;
    topology->n_masters = 1;
    /* Release: pairs with the acquires of `kind`. */
    atomic_store_explicit(&topology->kind, T87S__SENTINEL, memory_order_release);
}

/* What the seeds are, and then what that takes. */
static enum t87s_status ask_seeds(struct t87s__redis *redis, int64_t deadline_ms) {
    struct t87s__topology *topology = &redis->topology;
    struct t87s__link link = {.context = NULL};
    enum t87s__kind kind;
    unsigned found;
    pthread_mutex_lock(&topology->lock);
    const unsigned first = topology->turn++ % topology->seeds.n;
    pthread_mutex_unlock(&topology->lock);
    const enum t87s_status status = t87s__seeds_ask(&topology->seeds, first, deadline_ms, &link, &kind, &found);
    t87s__link_close(&link);
    if (status != T87S_OK)
        return status;
    if (kind == T87S__SENTINEL) {
        pthread_mutex_lock(&topology->lock);
        follow_sentinels(topology);
        pthread_mutex_unlock(&topology->lock);
        return T87S_OK;
    }
    /* Anything else is several servers that know nothing of each other. */
    return kind == T87S__CLUSTER ? ask_nodes(redis, &topology->seeds.uris[found], deadline_ms) : T87S_E_STORE;
}

/* Under lock, which is given away meanwhile. A map that says nothing new is not asked for again so soon. */
static enum t87s_status ask(struct t87s__redis *redis, const struct t87s__redis_uri *hint, int64_t deadline_ms) {
    struct t87s__topology *topology = &redis->topology;
    const bool known = is_known(topology);
    const unsigned maps = topology->maps;
    topology->finding = true;
    atomic_store_explicit(&topology->suspect, false, memory_order_relaxed);
    pthread_mutex_unlock(&topology->lock);
    const enum t87s_status status = known ? ask_nodes(redis, hint, deadline_ms) : ask_seeds(redis, deadline_ms);
    pthread_mutex_lock(&topology->lock);
    topology->finding = false;
    topology->back_off_ms = t87s__back_off(maps == topology->maps ? topology->back_off_ms : 0,
                                           status == T87S_OK ? MOST_REST_MS : T87S__MOST_BACK_OFF_MS);
    topology->retry_ms = t87s__link_now_ms() + topology->back_off_ms;
    pthread_cond_broadcast(&topology->found);
    return status;
}

void t87s__topology_refresh(struct t87s__redis *redis, const struct t87s__redis_uri *hint, int64_t deadline_ms) {
    struct t87s__topology *topology = &redis->topology;
    pthread_mutex_lock(&topology->lock);
    if (!topology->finding && t87s__link_now_ms() >= topology->retry_ms)
        (void)ask(redis, hint, deadline_ms);
    pthread_mutex_unlock(&topology->lock);
}

void t87s__topology_suspect(struct t87s__topology *topology) {
    atomic_store_explicit(&topology->suspect, true, memory_order_relaxed);
}

/* Who comes while somebody finds it out for the first time waits for that. */
static enum t87s_status find(struct t87s__redis *redis, int64_t deadline_ms) {
    struct t87s__topology *topology = &redis->topology;
    const struct timespec deadline = t87s__until(deadline_ms);
    enum t87s_status status = T87S_E_STORE;
    int waited = 0;
    pthread_mutex_lock(&topology->lock);
    while (topology->finding && !topology->back_off_ms && waited == 0)
        waited = pthread_cond_timedwait(&topology->found, &topology->lock, &deadline);
    if (is_known(topology))
        status = T87S_OK;
    else if (waited != 0)
        status = T87S_E_TIMEOUT;
    else if (!topology->finding && t87s__link_now_ms() >= topology->retry_ms)
        status = ask(redis, NULL, deadline_ms);
    pthread_mutex_unlock(&topology->lock);
    return status;
}

enum t87s_status t87s__topology_know(struct t87s__redis *redis, int64_t deadline_ms) {
    struct t87s__topology *topology = &redis->topology;
    uint64_t history;
    if (is_known(topology)) {
        if (atomic_load_explicit(&topology->suspect, memory_order_relaxed) && t87s__topology_is_cluster(topology))
            t87s__topology_refresh(redis, NULL, deadline_ms);
        return T87S_OK;
    }
    if (topology->seeds.n > 1)
        return find(redis, deadline_ms);
    const enum t87s_status status = t87s__lane_meet(topology->first->lanes[0], deadline_ms, &history, NULL);
    if (status == T87S_OK || atomic_load_explicit(&topology->said, memory_order_relaxed) != T87S__CLUSTER)
        return status;
    return find(redis, deadline_ms);
}

bool t87s__topology_hear(struct t87s__redis *redis, enum t87s__kind kind) {
    struct t87s__topology *topology = &redis->topology;
    enum t87s__kind known = T87S__UNKNOWN;
    atomic_store_explicit(&topology->said, kind, memory_order_relaxed);
    if (kind == T87S__CLUSTER && redis->with_typescript) /* which knows of no slots: no connection is used */
        return false;
    if (kind == T87S__UNKNOWN) /* not everybody tells; a node of a cluster does */
        kind = T87S__SERVER;
    if (topology->seeds.n == 1 && kind == T87S__SERVER)
        /* Release: pairs with the acquire in is_known(). */
        (void)atomic_compare_exchange_strong_explicit(&topology->kind, &known, kind, memory_order_release,
                                                      memory_order_relaxed);
    known = atomic_load_explicit(&topology->kind, memory_order_relaxed);
    if (known == T87S__SENTINEL)
        return kind == T87S__SERVER;
    if (known == T87S__SERVER && kind == T87S__CLUSTER) /* there is a cluster now where a server was; unless somebody
                                                           has found out more meanwhile */
        (void)atomic_compare_exchange_strong_explicit(&topology->kind, &known, T87S__UNKNOWN, memory_order_relaxed,
                                                      memory_order_relaxed);
    return known == kind;
}

enum t87s_status t87s__topology_confirm(struct t87s__topology *topology, uint64_t history, int64_t since_ms,
                                        int64_t deadline_ms, bool *moved) {
    *moved = false;
    if (!t87s__topology_has_sentinels(topology))
        return T87S_OK;
    const enum t87s_status status = t87s__sentinels_confirm(topology->sentinels, history, since_ms, deadline_ms, moved);
    if (*moved)
        t87s__node_leave(topology->first, history);
    return status;
}

/* ---- for the listener ---- */

unsigned t87s__topology_masters(struct t87s__topology *topology, struct t87s__node **masters) {
    pthread_mutex_lock(&topology->lock);
    const unsigned n = topology->n_masters;
    memcpy(masters, topology->masters, n * sizeof *masters);
    pthread_mutex_unlock(&topology->lock);
    return n;
}

uint64_t t87s__topology_epoch(struct t87s__topology *topology) {
    pthread_mutex_lock(&topology->lock);
    const uint64_t epoch = topology->epoch;
    pthread_mutex_unlock(&topology->lock);
    return epoch;
}

/* ---- beginning and end ---- */

void t87s__topology_close(struct t87s__topology *topology) {
    for (struct t87s__node *older, *node = topology->nodes; node; node = older) {
        older = node->older;
        t87s__node_close(node);
    }
    t87s__sentinels_close(topology->sentinels);
    free(topology->slots);
    t87s__seeds_free(&topology->seeds);
    pthread_cond_destroy(&topology->found);
    pthread_mutex_destroy(&topology->lock);
}

void t87s__topology_begin(struct t87s__topology *topology) {
    t87s__cond_init(&topology->found);
    topology->finding = false;
}

enum t87s_status t87s__topology_open(struct t87s__redis *redis, struct t87s__seeds *seeds) {
    struct t87s__topology *topology = &redis->topology;
    topology->seeds = *seeds;
    *seeds = (struct t87s__seeds){.n = 0};
    pthread_mutex_init(&topology->lock, NULL);
    t87s__topology_begin(topology);
    const bool named = *topology->seeds.uris->master, may_be_sentinels = named || topology->seeds.n > 1;
    topology->first = node_of(redis, &topology->seeds.uris[0]);
    if (may_be_sentinels)
        topology->sentinels = t87s__sentinels_open(&topology->seeds, redis->base.timeout_ms);
    if (!topology->first || (may_be_sentinels && !topology->sentinels)) {
        t87s__topology_close(topology);
        return T87S_E_NOMEM;
    }
    topology->masters[0] = topology->first;
    topology->n_masters = topology->seeds.n == 1;
    if (named)
        follow_sentinels(topology);
    return T87S_OK;
}
