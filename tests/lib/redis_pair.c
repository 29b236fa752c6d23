/* SPDX-License-Identifier: MIT */
#include "redis_pair.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "real_clock.h"

enum { PATIENCE_S = 40 };

static void pause_between(int tries) {
    ck_assert_int_lt(tries, PATIENCE_S * 100);
    sleep_ms(10);
}

static bool follows(const struct redis_server *replica) {
    char said[8192];
    redis_server_ask(replica, "INFO replication", said, sizeof said);
    return strstr(said, "master_link_status:up");
}

void redis_pair_start(struct redis_pair *pair) {
    char port[16], follow[64];
    *pair = (struct redis_pair){.link = ""};
    snprintf(port, sizeof port, "%d", free_port());
    redis_server_start(&pair->master, (const char *const[]){"--port", port, "--bind", "127.0.0.1", NULL});
    redis_server_start(&pair->replica, NULL);
    snprintf(follow, sizeof follow, "REPLICAOF 127.0.0.1 %s", port);
    ck_assert_str_eq(redis_server_tell(&pair->replica, follow).text, "+OK");
    for (int i = 0; !follows(&pair->replica); i++)
        pause_between(i);
    snprintf(pair->link, sizeof pair->link, "%s/link", pair->replica.folder);
    snprintf(pair->uri, sizeof pair->uri, "unix://%s", pair->link);
    ck_assert_int_eq(symlink(pair->master.socket, pair->link), 0);
}

void redis_pair_await(const struct redis_pair *pair, const char *command, const char *answer) {
    for (int i = 0; strcmp(redis_server_tell(&pair->replica, command).text, answer) != 0; i++)
        pause_between(i);
}

void redis_pair_part(const struct redis_pair *pair) {
    ck_assert_str_eq(redis_server_tell(&pair->replica, "REPLICAOF NO ONE").text, "+OK");
}

void redis_pair_replace(struct redis_pair *pair) {
    ck_assert_int_eq(unlink(pair->link), 0);
    ck_assert_int_eq(symlink(pair->replica.socket, pair->link), 0);
    redis_server_stop(&pair->master);
}

void redis_pair_stop(struct redis_pair *pair) { redis_server_stop(&pair->replica); }
