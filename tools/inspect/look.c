/* SPDX-License-Identifier: MIT */
#include "look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "redis_store.h"

enum { SCAN_COUNT = 200, SCAN_MOST_MS = 5000 };

const char *entry_state_name(enum entry_state state) {
    static const char *const names[ENTRY_STATES] = {
        [ENTRY_FRESH] = "fresh",       [ENTRY_STALE] = "stale",     [ENTRY_SOFT] = "soft",
        [ENTRY_OUTDATED] = "outdated", [ENTRY_EXPIRED] = "expired", [ENTRY_UNKNOWN] = "unknown",
        [ENTRY_UNREAD] = "unread",     [ENTRY_BROKEN] = "broken"};
    return names[state];
}

bool looking_call(struct looking *looking, unsigned server, struct t87s__commands *commands, redisReply **replies) {
    looking->problem = servers_call(looking->servers, server, commands, replies);
    return !looking->problem;
}

/* ---- the servers ---- */

static void look_at_server(struct looking *looking, unsigned which) {
    struct server *server = &looking->servers->list[which];
    struct seen_server *seen = &looking->look->servers[which];
    struct t87s__commands commands = {0};
    redisReply *replies[3];
    t87s__redis_ask_history(&commands);
    T87S__COMMAND(&commands, T87S__WORD("TIME"));
    if (!looking_call(looking, which, &commands, replies))
        return;
    if (replies[0]->type != REDIS_REPLY_STRING || replies[1]->type != REDIS_REPLY_STRING ||
        replies[2]->type != REDIS_REPLY_ARRAY || replies[2]->elements != 2) {
        looking->problem = "it does not tell its state: INFO and TIME have to be allowed";
    } else {
        t87s__redis_info(replies[0]->str, "\nredis_version:", server->version, sizeof server->version);
        t87s__redis_info(replies[1]->str, "\nrole:", server->role, sizeof server->role);
        server->history = t87s__redis_take_history(replies);
        server->now_us = t87s__clock_take(replies[2]);
    }
    t87s__replies_free(replies, 3);
    if (*server->uri.host)
        snprintf(seen->address, sizeof seen->address, "%s:%d", server->uri.host, server->uri.port);
    else
        snprintf(seen->address, sizeof seen->address, "%s", server->uri.path);
    memcpy(seen->version, server->version, sizeof seen->version);
    memcpy(seen->role, server->role, sizeof seen->role);
}

static void look_at_servers(struct looking *looking) {
    struct look *look = looking->look;
    look->n_servers = looking->servers->n;
    look->servers = ARENA_ARRAY(looking->arena, struct seen_server, look->n_servers);
    for (unsigned i = 0; i < look->n_servers && !looking->problem; i++)
        look_at_server(looking, i);
    if (!looking->problem)
        look->now_us = looking->servers->list[0].now_us;
}

/* ---- keys ---- */

struct page {
    struct found_key entries[T87S__MOST_ELEMENTS], beats[T87S__MOST_ELEMENTS];
    size_t n_entries, n_beats;
};

static bool begins(const redisReply *key, const struct t87s__name *head) {
    return key->len > head->size && !memcmp(key->str, head->text, head->size);
}

static struct found_key copy(struct arena *arena, const char *bytes, size_t size) {
    return (struct found_key){(const unsigned char *)arena_copy(arena, bytes, size), size};
}

static void sort_out(struct looking *looking, const redisReply *keys, struct page *page) {
    const struct t87s__layout *layout = looking->options->layout;
    const struct t87s__name entry = t87s__layout_entry_head(layout), beat = t87s__layout_beat(layout, "");
    struct t87s__name bucket = t87s__layout_bucket(layout, 0);
    bucket.size = strcspn(bucket.text, "{"); /* of them all; no prefix has one */
    page->n_entries = page->n_beats = 0;
    for (size_t i = 0; i < keys->elements; i++) {
        const redisReply *key = keys->element[i];
        if (key->type != REDIS_REPLY_STRING)
            continue;
        if (begins(key, &entry))
            page->entries[page->n_entries++] = copy(looking->arena, key->str + entry.size, key->len - entry.size);
        else if (begins(key, &beat))
            page->beats[page->n_beats++] = copy(looking->arena, key->str, key->len);
        else if (!begins(key, &bucket))
            looking->look->n_foreign++;
    }
}

/* The keys of the cache; one step of the scan. False: it was the last. */
static bool scan_on(struct looking *looking, unsigned server, char cursor[24], struct page *page) {
    struct t87s__commands commands = {0};
    const struct t87s__layout *layout = looking->options->layout;
    redisReply *reply[1];
    bool more = false;
    t87s__commands_begin(&commands, 6);
    t87s__commands_word(&commands, T87S__WORD("SCAN"));
    t87s__commands_word(&commands, t87s__argument_text(cursor));
    t87s__commands_word(&commands, T87S__WORD("MATCH"));
    t87s__commands_joined(&commands, (struct t87s__argument){layout->prefix, layout->prefix_size}, T87S__WORD(":*"));
    t87s__commands_word(&commands, T87S__WORD("COUNT"));
    t87s__commands_number(&commands, SCAN_COUNT);
    page->n_entries = page->n_beats = 0;
    if (!looking_call(looking, server, &commands, reply))
        return false;
    if (reply[0]->type == REDIS_REPLY_ARRAY && reply[0]->elements == 2 &&
        reply[0]->element[0]->type == REDIS_REPLY_STRING && reply[0]->element[1]->type == REDIS_REPLY_ARRAY) {
        const redisReply *next = reply[0]->element[0];
        more = strcmp(next->str, "0") != 0 && next->len < 24;
        memcpy(cursor, next->str, next->len < 24 ? next->len + 1 : 0);
        sort_out(looking, reply[0]->element[1], page);
    } else {
        looking->problem = "it does not allow SCAN";
    }
    t87s__replies_free(reply, 1);
    return more;
}

/* False: there was no time for all. */
static bool look_at_keys_of(struct looking *looking, unsigned server, struct page *page, int64_t until_ms) {
    char cursor[24] = "0";
    bool more = true;
    while (more && !looking->problem && t87s__link_now_ms() < until_ms) {
        more = scan_on(looking, server, cursor, page);
        if (!looking->problem)
            look_into_entries(looking, server, page->entries, page->n_entries);
        if (!looking->problem)
            look_at_processes(looking, server, page->beats, page->n_beats);
    }
    return !more;
}

static void look_at_keys(struct looking *looking) {
    struct look *look = looking->look;
    struct page *page = ARENA_NEW(looking->arena, struct page);
    const int64_t until_ms = t87s__link_deadline(SCAN_MOST_MS);
    look->most_entries = looking->options->limit;
    look->entries = ARENA_ARRAY(looking->arena, struct entry, look->most_entries + 1);
    look->processes = ARENA_ARRAY(looking->arena, struct process, LOOK_MOST_PROCESSES);
    look->whole = true;
    for (unsigned i = 0; i < look->n_servers && !looking->problem; i++)
        look->whole = look_at_keys_of(looking, i, page, until_ms) && look->whole;
}

/* ---- what happened to tags ---- */

static void add_recent(struct look *look, int64_t now_us, const redisReply *member, const redisReply *score) {
    if (member->type != REDIS_REPLY_STRING || member->len != T87S__MEMBER || !strchr("hxsyk", member->str[0]))
        return;
    const int64_t age_ms = (now_us - (int64_t)t87s__layout_number(score)) / 1000;
    const struct known *known = known_find(&look->known, (const unsigned char *)member->str + 1);
    look->recent[look->n_recent++] =
        (struct recent){known && known->name ? known : NULL, member->str[0], age_ms > 0 ? age_ms : 0};
}

static void look_at_bucket(struct looking *looking, unsigned bucket) {
    struct look *look = looking->look;
    const struct t87s__name name = t87s__layout_bucket(looking->options->layout, bucket);
    struct t87s__commands commands = {0};
    redisReply *replies[3];
    const unsigned server = servers_of_bucket(looking->servers, bucket);
    const int64_t now_us = looking->servers->list[server].now_us, since_us = now_us - (int64_t)LOOK_WINDOW_MS * 1000;
    const uint64_t since = since_us > 0 ? (uint64_t)since_us : 0;
    T87S__COMMAND(&commands, T87S__WORD("ZCARD"), t87s__argument_name(&name));
    t87s__commands_begin(&commands, 4);
    t87s__commands_word(&commands, T87S__WORD("ZCOUNT"));
    t87s__commands_word(&commands, t87s__argument_name(&name));
    t87s__commands_number(&commands, since);
    t87s__commands_word(&commands, T87S__WORD("+inf"));
    t87s__commands_begin(&commands, 8);
    t87s__commands_word(&commands, T87S__WORD("ZREVRANGEBYSCORE"));
    t87s__commands_word(&commands, t87s__argument_name(&name));
    t87s__commands_word(&commands, T87S__WORD("+inf"));
    t87s__commands_number(&commands, since);
    t87s__commands_word(&commands, T87S__WORD("WITHSCORES"));
    t87s__commands_word(&commands, T87S__WORD("LIMIT"));
    t87s__commands_number(&commands, 0);
    t87s__commands_number(&commands, LOOK_MOST_RECENT);
    if (!looking_call(looking, server, &commands, replies))
        return;
    const redisReply *members = replies[2];
    if (replies[0]->type == REDIS_REPLY_INTEGER && replies[0]->integer > 0)
        look->n_stamps += (uint64_t)replies[0]->integer;
    for (size_t i = 0; members->type == REDIS_REPLY_ARRAY && i + 1 < members->elements; i += 2)
        add_recent(look, now_us, members->element[i], members->element[i + 1]);
    if (replies[1]->type == REDIS_REPLY_INTEGER && replies[1]->integer > LOOK_MOST_RECENT)
        look->n_more += (uint64_t)replies[1]->integer - LOOK_MOST_RECENT;
    t87s__replies_free(replies, 3);
}

static int by_age(const void *a, const void *b) {
    const struct recent *left = a, *right = b;
    return left->age_ms < right->age_ms ? -1 : left->age_ms > right->age_ms;
}

static void add_static(void *arg, struct t87s_store_tag tag) { known_tag(arg, tag.path, tag.size); }

static void look_around(void *arg) {
    struct looking *looking = arg;
    struct look *look = looking->look;
    look->known.arena = looking->arena;
    look->recent =
        ARENA_ARRAY(looking->arena, struct recent, (size_t)LOOK_MOST_RECENT * looking->options->layout->n_buckets);
    look_at_servers(looking);
    names_static_tags(looking->options->names, looking->arena, add_static, &look->known);
    for (size_t i = 0; i < looking->options->n_heard; i++)
        known_tag_and_prefixes(&look->known, looking->options->heard[i], 0);
    if (!looking->problem)
        look_at_keys(looking);
    for (unsigned bucket = 0; bucket < looking->options->layout->n_buckets && !looking->problem; bucket++)
        look_at_bucket(looking, bucket);
    qsort(look->recent, look->n_recent, sizeof *look->recent, by_age); /* of several buckets */
}

const char *look_at(struct servers *servers, const struct look_options *options, struct arena *arena,
                    struct look *look) {
    struct looking looking = {.servers = servers, .options = options, .arena = arena, .look = look};
    *look = (struct look){.whole = false};
    return arena_run(arena, look_around, &looking) ? looking.problem : "out of memory";
}
