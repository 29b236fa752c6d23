/* SPDX-License-Identifier: MIT */
#include "proxy.h"

#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_un address_of(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path) + 1);
    return address;
}

static void hang_up(struct proxy_pair *pair) {
    if (pair->client >= 0)
        close(pair->client);
    if (pair->server >= 0)
        close(pair->server);
    *pair = (struct proxy_pair){.client = -1, .server = -1};
}

static void welcome(struct proxy *proxy) {
    struct proxy_pair *pair = proxy->pairs;
    const int client = accept(proxy->listening, NULL, NULL);
    const struct sockaddr_un address = address_of(proxy->server);
    while (pair < proxy->pairs + PROXY_CONNECTIONS && pair->client >= 0)
        pair++;
    if (pair == proxy->pairs + PROXY_CONNECTIONS || atomic_load(&proxy->turned_away)) {
        close(client);
        return;
    }
    *pair = (struct proxy_pair){.client = client, .server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (connect(pair->server, (const struct sockaddr *)&address, sizeof address) != 0)
        hang_up(pair);
}

static bool send_all(int to, const char *bytes, ssize_t size) {
    while (size > 0) {
        const ssize_t n = send(to, bytes, (size_t)size, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        bytes += n;
        size -= n;
    }
    return true;
}

/* False: this connection is at its end. */
static bool pass_on(struct proxy *proxy, struct proxy_pair *pair, bool from_server) {
    char bytes[4096];
    const int from = from_server ? pair->server : pair->client, to = from_server ? pair->client : pair->server;
    bool *torn = from_server ? &pair->to_client_torn : &pair->to_server_torn;
    const ssize_t n = recv(from, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n <= 0)
        return false;
    if (atomic_load(from_server ? &proxy->mute : &proxy->deaf)) {
        *torn = true;
        atomic_fetch_add(&proxy->swallowed, n);
        return true;
    }
    if (*torn)
        return false;
    const long left = from_server ? atomic_load(&proxy->left) : -1;
    const ssize_t passes = left >= 0 && left < n ? left : n;
    if (from_server)
        atomic_fetch_add(&proxy->forwarded, passes);
    if (from_server && left >= 0)
        atomic_store(&proxy->left, left - passes);
    return send_all(to, bytes, passes) && passes == n;
}

static void *forward(void *arg) {
    struct proxy *proxy = arg;
    while (!atomic_load(&proxy->stop)) {
        struct pollfd ready[1 + 2 * PROXY_CONNECTIONS] = {{proxy->listening, POLLIN, 0}};
        for (int i = 0; i < PROXY_CONNECTIONS; i++) {
            ready[1 + 2 * i] = (struct pollfd){proxy->pairs[i].client, POLLIN, 0};
            ready[2 + 2 * i] = (struct pollfd){proxy->pairs[i].server, POLLIN, 0};
        }
        poll(ready, 1 + 2 * PROXY_CONNECTIONS, 5);
        if (ready[0].revents)
            welcome(proxy);
        bool cut = false;
        for (int i = 0; i < PROXY_CONNECTIONS; i++) {
            struct proxy_pair *pair = &proxy->pairs[i];
            const bool from_client = ready[1 + 2 * i].revents, from_server = ready[2 + 2 * i].revents;
            if ((from_client && !pass_on(proxy, pair, false)) || (from_server && !pass_on(proxy, pair, true)))
                hang_up(pair);
            cut = cut || atomic_load(&proxy->left) == 0;
        }
        for (int i = 0; i < PROXY_CONNECTIONS && cut; i++)
            hang_up(&proxy->pairs[i]);
    }
    return NULL;
}

void proxy_open(struct proxy *proxy, const char *folder, const char *server) {
    *proxy = (struct proxy){.server = server, .left = -1};
    for (int i = 0; i < PROXY_CONNECTIONS; i++)
        proxy->pairs[i] = (struct proxy_pair){.client = -1, .server = -1};
    snprintf(proxy->path, sizeof proxy->path, "%s/proxy", folder);
    snprintf(proxy->uri, sizeof proxy->uri, "unix://%s", proxy->path);
    const struct sockaddr_un address = address_of(proxy->path);
    proxy->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(proxy->listening, (const struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(proxy->listening, 16), 0);
    ck_assert_int_eq(pthread_create(&proxy->thread, NULL, forward, proxy), 0);
}

void proxy_close(struct proxy *proxy) {
    atomic_store(&proxy->stop, true);
    pthread_join(proxy->thread, NULL);
    for (int i = 0; i < PROXY_CONNECTIONS; i++)
        hang_up(&proxy->pairs[i]);
    close(proxy->listening);
    unlink(proxy->path);
}

void proxy_cut_after(struct proxy *proxy, long bytes) { atomic_store(&proxy->left, bytes); }

void proxy_heal(struct proxy *proxy) {
    atomic_store(&proxy->left, -1);
    atomic_store(&proxy->deaf, false);
    atomic_store(&proxy->mute, false);
    atomic_store(&proxy->turned_away, false);
}
