/* SPDX-License-Identifier: MIT */
#include "redis_sentinel.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum { PATIENCE_TURNS = 6000, AGAIN_TURNS = 1500, TURN_MS = 10, OFTEN_MS = 100 };
enum { LATE = 1 }; /* the sentinel that never begins a failover: so one of the other two is always elected at once */

static void await(bool (*reached)(struct redis_sentinel *set, int n), struct redis_sentinel *set, int n,
                  const char *what) {
    for (int i = 0; !reached(set, n); i++) {
        ck_assert_msg(i < PATIENCE_TURNS, "in vain: %s", what);
        nanosleep(&(struct timespec){.tv_nsec = TURN_MS * 1000000}, NULL);
    }
}

static bool says(const struct redis_server *server, const char *command, const char *expected) {
    char said[4096];
    redis_server_ask(server, command, said, sizeof said);
    return strstr(said, expected);
}

/* ---- servers ---- */

static void start_server(struct redis_sentinel *set, int i, bool again) {
    char port[16], of_other[16];
    snprintf(port, sizeof port, "%d", set->ports[i]);
    snprintf(of_other, sizeof of_other, "%d", set->ports[!i]);
    const char *const arguments[] = {"--port",
                                     port,
                                     "--bind",
                                     "127.0.0.1",
                                     "--repl-diskless-sync-delay",
                                     "0",
                                     "--repl-ping-replica-period",
                                     "1",
                                     i == 0 ? NULL : "--replicaof",
                                     "127.0.0.1",
                                     of_other,
                                     NULL};
    if (again)
        redis_server_restart(&set->servers[i], arguments);
    else
        redis_server_start(&set->servers[i], arguments);
    ck_assert(says(&set->servers[i], "ACL SETUSER app on >app ~* &* +@all", "+OK"));
}

/* How far it has got in what was written to the master; -1: it does not say. */
static long offset(const struct redis_server *server) {
    static const char field[] = "master_repl_offset:";
    char said[4096];
    redis_server_ask(server, "INFO replication", said, sizeof said);
    const char *at = strstr(said, field);
    return at ? atol(at + sizeof field - 1) : -1;
}

static bool has_replica(struct redis_sentinel *set, int master) {
    const long written = offset(&set->servers[master]); /* before what the replica says */
    return says(&set->servers[master], "INFO replication", "state=online") &&
           says(&set->servers[!master], "INFO replication", "master_link_status:up") &&
           offset(&set->servers[!master]) >= written;
}

void redis_sentinel_await_replica(struct redis_sentinel *set, int master) {
    await(has_replica, set, master, "a replica that has everything");
}

void redis_sentinel_kill(struct redis_server *server) {
    kill(server->process, SIGKILL);
    waitpid(server->process, NULL, 0);
}

void redis_sentinel_revive(struct redis_sentinel *set, int server) { start_server(set, server, true); }

void redis_sentinel_isolate(struct redis_sentinel *set, int server) {
    ck_assert(says(&set->servers[server], "ACL SETUSER default -@all", "+OK"));
}

/* ---- sentinels ---- */

static void start_sentinel(struct redis_sentinel *set, int i) {
    struct redis_server *sentinel = &set->sentinels[i];
    char port[16];
    set->sentinel_ports[i] = free_port();
    snprintf(port, sizeof port, "%d", set->sentinel_ports[i]);
    snprintf(set->configs[i], sizeof set->configs[i], "%s-%d.conf", set->servers[0].folder, i);
    FILE *config = fopen(set->configs[i], "w");
    ck_assert_ptr_nonnull(config);
    fprintf(config,
            "sentinel monitor blog 127.0.0.1 %d 2\n"
            "sentinel down-after-milliseconds blog %d\n"
            "sentinel failover-timeout blog 5000\n",
            set->ports[0], i == LATE ? 3000 : 1000);
    fclose(config);
    sentinel->config = set->configs[i];
    redis_server_start(sentinel, (const char *const[]){"--sentinel", "--port", port, "--bind", "127.0.0.1", NULL});
    /* What a replica said is good for five pings, and while its master is down it is asked each second. */
    redis_server_tell(sentinel, "SENTINEL DEBUG INFO-PERIOD 100 PING-PERIOD 300 ASK-PERIOD 100 TILT-TRIGGER 60000");
    snprintf(set->uri + strlen(set->uri), sizeof set->uri - strlen(set->uri), "%sredis://127.0.0.1:%s", i ? "," : "",
             port);
}

void redis_sentinel_pace(struct redis_sentinel *set, int ms) {
    char command[64];
    snprintf(command, sizeof command, "SENTINEL DEBUG PUBLISH-PERIOD %d", ms);
    for (int i = 0; i < SENTINELS; i++)
        redis_server_tell(&set->sentinels[i], command);
}

static bool know_each_other(struct redis_sentinel *set, int n) {
    (void)n;
    for (int i = 0; i < SENTINELS; i++)
        if (!says(&set->sentinels[i], "INFO sentinel", "status=ok") ||
            !says(&set->sentinels[i], "INFO sentinel", "slaves=1,sentinels=3"))
            return false;
    return true;
}

void redis_sentinel_start(struct redis_sentinel *set) {
    *set = (struct redis_sentinel){.uri = ""};
    for (int i = 0; i < 2; i++)
        set->ports[i] = free_port();
    for (int i = 0; i < 2; i++)
        start_server(set, i, false);
    redis_sentinel_await_replica(set, 0);
    for (int i = 0; i < SENTINELS; i++)
        start_sentinel(set, i);
    redis_sentinel_pace(set, OFTEN_MS);
    await(know_each_other, set, 0, "sentinels that know of each other");
}

void redis_sentinel_stop(struct redis_sentinel *set) {
    for (int i = 0; i < SENTINELS; i++) {
        redis_server_stop(&set->sentinels[i]);
        remove(set->configs[i]);
    }
    for (int i = 0; i < 2; i++)
        redis_server_stop(&set->servers[i]);
}

int redis_sentinel_master(struct redis_sentinel *set, int sentinel) {
    for (int i = 0; i < 2; i++) {
        char port[16];
        snprintf(port, sizeof port, "\r\n%d\r\n", set->ports[i]);
        if (says(&set->sentinels[sentinel], "SENTINEL GET-MASTER-ADDR-BY-NAME blog", port))
            return i;
    }
    return -1;
}

static bool all_say(struct redis_sentinel *set, int server) {
    for (int i = 0; i < SENTINELS; i++)
        if (redis_sentinel_master(set, i) == !server)
            return false;
    return redis_sentinel_master(set, 0) == server || redis_sentinel_master(set, SENTINELS - 1) == server;
}

void redis_sentinel_await(struct redis_sentinel *set, int server) {
    await(all_say, set, server, "sentinels that name another master");
}

/* It may be refused for a while, and undone by a sentinel that was told too late: then it is asked for once more. */
void redis_sentinel_failover(struct redis_sentinel *set, int server) {
    for (int i = 0, next = 0; !all_say(set, server); i++) {
        ck_assert_msg(i < PATIENCE_TURNS, "in vain: a failover");
        if (i >= next && says(&set->sentinels[0], "SENTINEL FAILOVER blog", "+OK"))
            next = i + AGAIN_TURNS;
        nanosleep(&(struct timespec){.tv_nsec = TURN_MS * 1000000}, NULL);
    }
}
