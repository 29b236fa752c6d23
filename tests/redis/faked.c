/* SPDX-License-Identifier: MIT */
#include "faked.h"

struct redis_server server;
struct fake_redis fake;
struct client client, direct;

void faked_open(struct client *opened, int64_t timeout_ms) {
    client_open(opened, (struct t87s_redis_options){.uri = fake.uri, .timeout_ms = timeout_ms, .near_off = true});
}

void faked_start(int64_t timeout_ms) {
    redis_server_start(&server, NULL);
    fake_start(&fake, server.socket);
    faked_open(&client, timeout_ms);
    client_open(&direct, (struct t87s_redis_options){.uri = server.uri, .timeout_ms = 20000, .near_off = true});
    await_answer(&client);
}

void faked_stop(void) {
    client_close(&direct);
    client_close(&client);
    fake_stop(&fake);
    redis_server_stop(&server);
}
