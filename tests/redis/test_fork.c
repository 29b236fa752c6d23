/* SPDX-License-Identifier: MIT
 *
 * fork(): the child has connections of its own and hears by itself; the parent notices nothing.
 */
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "cluster_places.h"
#include "lateness.h"
#include "redis_cluster.h"
#include "scene.h"
#include "suites.h"

static struct redis_server server;
static struct redis_cluster cluster;
static struct client client;
static atomic_bool stop;

static void start(void) {
    redis_server_start(&server, NULL);
    client_open(&client, (struct t87s_redis_options){.uri = server.uri, .timeout_ms = 5000});
    must_write(&client, "k", "users/7");
    await_vouch(&client);
}

static void end(void) {
    client_close(&client);
    redis_server_stop(&server);
}

/* The listener's thread may have held the test's own lock. */
static void begin_child(void) {
    pthread_mutex_init(&client.lock, NULL);
    alarm(20);
}

static void expect_success(pid_t child) {
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child failed: %x", (unsigned)status);
}

START_TEST(a_child_uses_the_store_and_hears_by_itself)
{
    const int64_t late_ms = lateness_ms();
    const unsigned before = lost_so_far(&client);
    const pid_t child = fork();
    if (!child) {
        begin_child();
        ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
        await_lost(&client, before); /* what it missed meanwhile */
        await_vouch(&client);
        must_invalidate(&client, "users/7");
        client_close(&client);
        _exit(0);
    }
    expect_success(child);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
    pthread_mutex_lock(&client.lock);
    while (client.invalidated == 0 && client.lost == before)
        pthread_cond_wait(&client.told, &client.lock);
    pthread_mutex_unlock(&client.lock);
    /* Unless the machine stood still: then it hears over another connection. */
    ck_assert(lost_so_far(&client) == before || lateness_ms() - late_ms > client.bound_ms / 2);
    must_write(&client, "k", "users/7");
    await_vouch(&client);
}
END_TEST

START_TEST(a_child_that_does_nothing_can_close_the_store)
{
    const pid_t child = fork();
    if (!child) {
        begin_child();
        client_close(&client);
        _exit(0);
    }
    expect_success(child);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
}
END_TEST

/* Check's own lock may be held by any thread that asserts, so while threads and children are made nobody does. */
struct question {
    struct t87s_tag tag;
    struct t87s_store_tag list;
    struct t87s_store_query query;
    atomic_int failed;
};

static void ask_for(struct question *question, const char *key, const char *tag) {
    question->tag = tag_of(tag);
    question->list = (struct t87s_store_tag){question->tag.path, question->tag.size};
    question->query = (struct t87s_store_query){key, strlen(key), &question->list, 1, client.deadline_ms};
}

static bool is_valid(const struct question *question) {
    struct t87s_buffer bytes = {.size = 0};
    struct t87s_store_answer answer = {.value = &bytes};
    const enum t87s_status status = client.store->read(client.store, client.scope, &question->query, &answer);
    t87s_buffer_release(&bytes);
    return status == T87S_OK && answer.state == T87S_STORE_VALID;
}

static bool is_written(const struct question *question) {
    struct t87s_store_value value = {.bytes = "value", .size = 5, .ttl_ms = 600000};
    return client.store->birth(client.store, client.scope, client.deadline_ms, &value.birth) == T87S_OK &&
           client.store->write(client.store, client.scope, &question->query, &value) == T87S_OK;
}

static void *hammer(void *arg) {
    struct question *question = arg;
    while (!atomic_load(&stop))
        if (!is_written(question) || !is_valid(question))
            atomic_fetch_add(&question->failed, 1);
    return NULL;
}

START_TEST(children_are_made_while_threads_use_the_store)
{
    static struct question hammered[4], old, of_child;
    static const char *const keys[] = {"a", "b", "c", "d"};
    pthread_t threads[4];
    int statuses[30];
    ask_for(&old, "k", "users/7");
    ask_for(&of_child, "child", "users/8");
    for (int i = 0; i < 4; i++)
        ask_for(&hammered[i], keys[i], "posts");
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, hammer, &hammered[i]), 0);
    for (int i = 0; i < 30; i++) {
        const pid_t child = fork();
        if (!child) {
            begin_child();
            _exit(is_valid(&old) && is_written(&of_child) && is_valid(&of_child) ? 0 : 1);
        }
        if (waitpid(child, &statuses[i], 0) != child)
            statuses[i] = -1;
    }
    atomic_store(&stop, true);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 30; i++)
        ck_assert_msg(WIFEXITED(statuses[i]) && WEXITSTATUS(statuses[i]) == 0, "child %d: %x", i,
                      (unsigned)statuses[i]);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(hammered[i].failed, 0);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
}
END_TEST

static int sockets(void) {
    int n = 0;
    char path[300], is[64];
    DIR *folder = opendir("/proc/self/fd");
    for (struct dirent *entry; (entry = readdir(folder));) {
        snprintf(path, sizeof path, "/proc/self/fd/%s", entry->d_name);
        const ssize_t size = readlink(path, is, sizeof is - 1);
        is[size > 0 ? size : 0] = '\0';
        n += is[0] == 's'; /* socket:[...] */
    }
    closedir(folder);
    return n;
}

START_TEST(a_child_has_closed_the_sockets_of_its_parent)
{
    const int before = sockets();
    ck_assert_int_gt(before, 1);
    const pid_t child = fork();
    if (!child) {
        begin_child();
        _exit(sockets() == 0 ? 0 : 1);
    }
    expect_success(child);
    ck_assert_int_eq(sockets(), before);
}
END_TEST

/* ---- over a cluster ---- */

static void start_cluster(void) {
    redis_cluster_start(&cluster, CLUSTER_STAYS_MS);
    client_open(&client, (struct t87s_redis_options){.uri = cluster.uri, .timeout_ms = 5000});
    await_vouch(&client);
}

static void end_cluster(void) {
    client_close(&client);
    redis_cluster_stop(&cluster);
}

static void expect_law_at_all_servers(void) {
    for (int master = 0; master < CLUSTER_MASTERS; master++) {
        const struct place key = key_at(master, 0), tag = tag_at(master, 0);
        must_write(&client, key.name, tag.name);
        ck_assert_int_eq(must_read(&client, key.name, tag.name), T87S_STORE_VALID);
        must_invalidate(&client, tag.name);
        ck_assert_int_eq(must_read(&client, key.name, tag.name), T87S_STORE_OUTDATED);
    }
}

START_TEST(a_child_has_connections_of_its_own_to_all_servers)
{
    const pid_t child = fork();
    if (!child) {
        begin_child();
        expect_law_at_all_servers();
        await_vouch(&client);
        client_close(&client);
        _exit(0);
    }
    expect_success(child);
    await_heard(&client, CLUSTER_MASTERS);
    expect_law_at_all_servers();
}
END_TEST

int main(void) {
    Suite *suite = suite_create("fork over a store in Redis");
    TCase *tests = case_of(suite, "fork", start, end, 60);
    tcase_add_test(tests, a_child_uses_the_store_and_hears_by_itself);
    tcase_add_test(tests, a_child_that_does_nothing_can_close_the_store);
    tcase_add_test(tests, children_are_made_while_threads_use_the_store);
    tcase_add_test(tests, a_child_has_closed_the_sockets_of_its_parent);
    tcase_add_test(case_of(suite, "fork over a cluster", start_cluster, end_cluster, 60),
                   a_child_has_connections_of_its_own_to_all_servers);
    return run_suites(suite, NULL);
}
