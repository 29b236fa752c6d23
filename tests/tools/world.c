/* SPDX-License-Identifier: MIT
 *
 * usage: world URI: a process with a cache over a Redis, which does what it is told, a line at a time, and says "done":
 *
 *     ask          every query of the schema once
 *     ask USER     get_user
 *     large USER   get_post, which is too large to be looked into
 *     hand KEY     a query by hand under this key
 *     hard TAG, soft TAG, exact TAG     invalidates users, users/N or config
 *     delete KEY   of a query by hand
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <t87s/redis.h>
#include <time.h>

#include "world.tags.h"

enum { LARGE = 300000, NOBODY = 404 };

enum t87s_status world_fetch_get_user(void *app, uint64_t user_id, uint64_t *out) {
    (void)app;
    *out = user_id;
    return user_id == NOBODY ? T87S_NOT_FOUND : T87S_OK;
}

enum t87s_status world_fetch_get_post(void *app, uint64_t user_id, const char *slug, bool draft,
                                      struct t87s_buffer *out) {
    static const char large[LARGE];
    (void)app, (void)user_id, (void)draft;
    return strcmp(slug, "large") ? t87s_buffer_append(out, slug, strlen(slug)) : t87s_buffer_append(out, large, LARGE);
}

enum t87s_status world_fetch_get_price(void *app, enum world_region zone, uint64_t *out) {
    (void)app;
    *out = (uint64_t)zone;
    return T87S_OK;
}

enum t87s_status world_fetch_get_file(void *app, const uint8_t file_id[16], uint32_t part, struct t87s_buffer *out) {
    (void)app, (void)part;
    return t87s_buffer_append(out, file_id, 16);
}

enum t87s_status world_fetch_get_shift(void *app, int32_t hour, int64_t since, uint64_t *out) {
    (void)app, (void)since;
    *out = (uint64_t)hour;
    return T87S_OK;
}

enum t87s_status world_fetch_get_config(void *app, struct t87s_buffer *out) {
    (void)app;
    return t87s_buffer_append(out, "config", 6);
}

enum t87s_status world_fetch_never_asked(void *app, uint64_t user_id, uint64_t *out) {
    (void)app, (void)user_id, (void)out;
    return T87S_NOT_FOUND;
}

enum t87s_status world_apply_move_user(void *app, uint64_t user_id) {
    (void)app, (void)user_id;
    return T87S_OK;
}

static struct world_cache *world;

static enum t87s_status post(uint64_t user_id, const char *slug) {
    struct t87s_value value;
    const enum t87s_status status = world_get_post(world, user_id, slug, true, &value);
    t87s_value_release(&value);
    return status;
}

static enum t87s_status ask_all(void) {
    static const uint8_t file_id[16] = {0x12, 0x3e, 0x45, 0x67, 0xe8, 0x9b, 0x12, 0xd3,
                                        0xa4, 0x56, 0x42, 0x66, 0x14, 0x17, 0x40, 0x00};
    uint64_t number;
    struct t87s_value file, config;
    enum t87s_status worst = world_get_user(world, 7, &number);
    worst |= world_get_user(world, UINT64_MAX, &number);
    worst |= world_get_user(world, NOBODY, &number) == T87S_NOT_FOUND ? T87S_OK : T87S_E_FETCH;
    worst |= post(7, "a \"b\" \xc3\xa4\x1b[2J/%\xff");
    worst |= world_get_price(world, WORLD_REGION_ASIA, &number);
    worst |= world_get_shift(world, -3, INT64_MIN, &number);
    worst |= world_get_file(world, file_id, 9, &file);
    worst |= world_get_config(world, &config);
    t87s_value_release(&file);
    t87s_value_release(&config);
    return worst;
}

static enum t87s_status fetch_by_hand(void *arg, struct t87s_buffer *out) {
    return t87s_buffer_append(out, arg, strlen(arg));
}

static enum t87s_status ask_by_hand(char *key) {
    struct t87s_value value;
    const struct t87s_query query = {.key = key, .key_len = strlen(key), .fetch = fetch_by_hand, .fetch_arg = key};
    const enum t87s_status status = t87s_query(world_primitives(world), &query, &value, NULL);
    t87s_value_release(&value);
    return status;
}

static enum t87s_status invalidate(const char *how, const char *tag) {
    const struct world_tag named = !strcmp(tag, "config")  ? world_tag_config()
                                   : !strcmp(tag, "users") ? world_tag_users_all()
                                                           : world_tag_users(strtoull(tag + 6, NULL, 10));
    return !strcmp(how, "soft")    ? world_invalidate_soft(world, named)
           : !strcmp(how, "exact") ? world_invalidate_exact(world, named)
                                   : world_invalidate(world, named);
}

static enum t87s_status obey(const char *word, char *rest) {
    uint64_t number;
    if (!strcmp(word, "ask"))
        return *rest ? world_get_user(world, strtoull(rest, NULL, 10), &number) : ask_all();
    if (!strcmp(word, "large"))
        return post(strtoull(rest, NULL, 10), "large");
    if (!strcmp(word, "hand"))
        return ask_by_hand(rest);
    if (!strcmp(word, "delete"))
        return t87s_delete(world_primitives(world), rest, strlen(rest));
    return invalidate(word, rest);
}

/* From then on what is asked for twice is found near, so that it can be said how often Redis is read. */
static void await_vouch(void) {
    struct t87s_stats stats = {0};
    for (int i = 0; i < 30000 && !stats.store_vouched_ms; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        t87s_stats(world_primitives(world), &stats);
    }
}

int main(int argc, char *argv[]) {
    struct t87s_store *store;
    char line[256];
    const struct t87s_redis_options of_store = {
        .uri = argc > 1 ? argv[1] : NULL, .near_staleness_ms = 60000, .timeout_ms = 10000};
    if (t87s_redis_open(&of_store, &store) != T87S_OK)
        return 2;
    const struct t87s_options of_cache = {.store = store};
    enum t87s_status status = world_open(&of_cache, NULL, &world);
    if (status == T87S_OK)
        await_vouch();
    while (status == T87S_OK && fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        char *blank = strchr(line, ' ');
        if (blank)
            *blank = '\0';
        status = obey(line, blank ? blank + 1 : line + strlen(line));
        puts(status == T87S_OK ? "done" : t87s_strstatus(status));
        fflush(stdout);
    }
    if (status == T87S_OK)
        world_close(world);
    t87s_store_close(store);
    return status == T87S_OK ? 0 : 1;
}
