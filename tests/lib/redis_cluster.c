/* SPDX-License-Identifier: MIT */
#include "redis_cluster.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 16384, BUS = 10000 /* above the port */, PATIENCE_S = 40, LONGEST_ANSWER = 8192 };

/* ---- talking to a node ---- */

struct answer {
    char text[LONGEST_ANSWER];
};

static struct answer ask(const struct redis_server *server, const char *format, ...) {
    struct answer answer;
    char command[1024];
    va_list values;
    va_start(values, format);
    vsnprintf(command, sizeof command, format, values);
    va_end(values);
    redis_server_ask(server, command, answer.text, sizeof answer.text);
    return answer;
}

static void tell(const struct redis_server *server, const char *command) {
    const struct redis_reply reply = redis_server_tell(server, command);
    ck_assert_msg(reply.text[0] == '+' || reply.text[0] == ':', "%s: %s", command, reply.text);
}

static void order(const struct redis_server *server, const char *format, ...) {
    char command[1024];
    va_list values;
    va_start(values, format);
    vsnprintf(command, sizeof command, format, values);
    va_end(values);
    tell(server, command);
}

/* ---- starting ---- */

static int pick_port(void) {
    static unsigned seed;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    seed = seed * 1103515245 + (unsigned)now.tv_nsec + (unsigned)getpid();
    for (unsigned i = 0;; i++) {
        const int port = 11000 + (int)((seed / 7 + i) % 11000);
        if (take_port(port) && take_port(port + BUS))
            return port;
        ck_assert_uint_lt(i, 11000);
    }
}

static void start_node(struct redis_cluster *cluster, int i, int timeout_ms) {
    char port[8], timeout[12];
    const char *const options[] = {"--port",
                                   port,
                                   "--bind",
                                   "127.0.0.1",
                                   "--cluster-enabled",
                                   "yes",
                                   "--cluster-node-timeout",
                                   timeout,
                                   "--cluster-config-file",
                                   "nodes.conf",
                                   "--cluster-require-full-coverage",
                                   "no",
                                   "--repl-diskless-sync-delay",
                                   "0",
                                   NULL};
    cluster->ports[i] = pick_port();
    snprintf(port, sizeof port, "%d", cluster->ports[i]);
    snprintf(timeout, sizeof timeout, "%d", timeout_ms);
    redis_server_start(&cluster->nodes[i], options);
    const struct answer id = ask(&cluster->nodes[i], "CLUSTER MYID");
    ck_assert_int_eq(sscanf(id.text, "$40\r\n%40s", cluster->ids[i]), 1);
}

void redis_cluster_start(struct redis_cluster *cluster, int timeout_ms) {
    size_t size = 0;
    for (int i = 0; i < CLUSTER_NODES; i++) {
        start_node(cluster, i, timeout_ms);
        order(&cluster->nodes[i], "CLUSTER SET-CONFIG-EPOCH %d", i + 1);
        for (int other = 0; other < i; other++)
            order(&cluster->nodes[i], "CLUSTER MEET 127.0.0.1 %d", cluster->ports[other]);
    }
    for (int i = 0; i < CLUSTER_MASTERS; i++) {
        order(&cluster->nodes[i], "CLUSTER ADDSLOTSRANGE %d %d", i * SLOTS / CLUSTER_MASTERS,
              (i + 1) * SLOTS / CLUSTER_MASTERS - 1);
        size += (size_t)snprintf(cluster->uri + size, sizeof cluster->uri - size, "%sredis://127.0.0.1:%d",
                                 i ? "," : "", cluster->ports[i]);
    }
    for (int i = CLUSTER_MASTERS; i < CLUSTER_NODES; i++) {
        struct redis_reply reply;
        do { /* until it has met its master */
            char command[96];
            snprintf(command, sizeof command, "CLUSTER REPLICATE %s", cluster->ids[i - CLUSTER_MASTERS]);
            reply = redis_server_tell(&cluster->nodes[i], command);
            nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        } while (reply.text[0] != '+');
    }
    redis_cluster_await(cluster, -1);
}

void redis_cluster_stop(struct redis_cluster *cluster) {
    for (int i = 0; i < CLUSTER_NODES; i++)
        redis_server_stop(&cluster->nodes[i]);
}

/* ---- waiting ---- */

/* Does this node see three masters with slots, not the dead one, and as many nodes as there are? */
static int is_well(const struct redis_cluster *cluster, int node, int dead) {
    const struct answer info = ask(&cluster->nodes[node], "CLUSTER INFO");
    struct answer nodes = ask(&cluster->nodes[node], "CLUSTER NODES");
    int masters = 0, all = 0;
    if (!strstr(info.text, "cluster_state:ok") || !strstr(info.text, "cluster_slots_ok:16384"))
        return 0;
    for (char *rest = nodes.text, *line; (line = strtok_r(rest, "\r\n", &rest));) {
        char flags[64], state[16], slots[64] = "";
        const int fields = sscanf(line, "%*40s %*s %63s %*s %*s %*s %*s %15s %63s", flags, state, slots);
        if (fields < 2)
            continue;
        all++;
        masters += strstr(flags, "master") && fields == 3 && !strstr(flags, "fail") &&
                   (dead < 0 || strncmp(line, cluster->ids[dead], 40) != 0);
    }
    const struct answer replication = ask(&cluster->nodes[node], "INFO replication");
    return masters == CLUSTER_MASTERS && all == CLUSTER_NODES &&
           (strstr(replication.text, "role:master") || strstr(replication.text, "master_link_status:up"));
}

void redis_cluster_await(const struct redis_cluster *cluster, int dead) {
    struct timespec now, begun;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    for (int i = 0; i < CLUSTER_NODES; i++) {
        while (i != dead && !is_well(cluster, i, dead)) {
            clock_gettime(CLOCK_MONOTONIC, &now);
            ck_assert_msg(now.tv_sec - begun.tv_sec < PATIENCE_S, "the cluster does not get well");
            nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        }
    }
}

/* The replica gives up after five seconds. The others, who may have voted for it meanwhile, do not vote again for twice
 * the cluster's timeout, so then it takes what it was not given. */
void redis_cluster_promote(const struct redis_cluster *cluster, int replica) {
    for (int i = 0; !strstr(ask(&cluster->nodes[replica], "INFO replication").text, "role:master"); i++) {
        if (i % 600 == 0)
            tell(&cluster->nodes[replica], i ? "CLUSTER FAILOVER TAKEOVER" : "CLUSTER FAILOVER");
        ck_assert_int_lt(i, PATIENCE_S * 100);
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
}

/* ---- looking ---- */

long redis_cluster_calls(const struct redis_cluster *cluster, int node, const char *command) {
    const struct answer stats = ask(&cluster->nodes[node], "INFO commandstats");
    char field[64];
    snprintf(field, sizeof field, "cmdstat_%s:calls=", command);
    const char *at = strstr(stats.text, field);
    return at ? strtol(at + strlen(field), NULL, 10) : 0;
}

/* ---- slots ---- */

int redis_cluster_owner(unsigned slot) {
    int owner = 0;
    while ((int)slot >= (owner + 1) * SLOTS / CLUSTER_MASTERS)
        owner++;
    return owner;
}

void redis_cluster_open_slot(struct redis_cluster *cluster, unsigned slot, int from, int to) {
    order(&cluster->nodes[to], "CLUSTER SETSLOT %u IMPORTING %s", slot, cluster->ids[from]);
    order(&cluster->nodes[from], "CLUSTER SETSLOT %u MIGRATING %s", slot, cluster->ids[to]);
}

void redis_cluster_move_names(struct redis_cluster *cluster, unsigned slot, int from, int to) {
    for (;;) {
        char name[256];
        const struct answer names =
            ask(&cluster->nodes[from], "EVAL \"local n = redis.call('CLUSTER', 'GETKEYSINSLOT', %u, 1) return n[1]\" 0",
                slot);
        if (sscanf(names.text, "$%*d\r\n%255s", name) != 1)
            return;
        order(&cluster->nodes[from], "MIGRATE 127.0.0.1 %d %s 0 5000", cluster->ports[to], name);
    }
}

void redis_cluster_close_slot(struct redis_cluster *cluster, unsigned slot, int from, int to) {
    order(&cluster->nodes[to], "CLUSTER SETSLOT %u NODE %s", slot, cluster->ids[to]);
    order(&cluster->nodes[from], "CLUSTER SETSLOT %u NODE %s", slot, cluster->ids[to]);
}
