/* SPDX-License-Identifier: MIT
 *
 * The messages are those of runtime/redis/tell.c.
 */
#include "feed.h"

#include <stdio.h>
#include <string.h>

#include "redis_store.h"
#include "servers.h"

void feed_close(struct feed *feed) { t87s__link_close(&feed->link); }

const char *feed_listen(struct feed *feed, const struct t87s__redis_uri *uri, const struct t87s__layout *layout,
                        int64_t now_ms) {
    const int64_t deadline = t87s__link_deadline(SERVERS_PATIENCE_MS);
    struct t87s__commands commands = {0};
    redisReply *replies[T87S__MOST_BUCKETS];
    const char *problem = NULL;
    if (feed->link.context)
        return NULL;
    for (unsigned bucket = 0; bucket < layout->n_buckets; bucket++) {
        const struct t87s__name channel = t87s__layout_channel(layout, bucket);
        T87S__COMMAND(&commands, T87S__WORD("SUBSCRIBE"), t87s__argument_name(&channel));
    }
    const unsigned n = commands.n;
    enum t87s_status status = t87s__link_open(&feed->link, uri, deadline);
    if (status == T87S_OK)
        status = t87s__link_call(&feed->link, &commands, replies, deadline);
    t87s__commands_free(&commands);
    if (status != T87S_OK)
        return servers_problem(status);
    if (replies[0]->type == REDIS_REPLY_ERROR)
        problem = "it does not allow SUBSCRIBE";
    t87s__replies_free(replies, n);
    if (problem)
        feed_close(feed);
    feed->since_ms = now_ms;
    feed->n = 0;
    return problem;
}

int feed_file(const struct feed *feed) { return feed->link.context ? feed->link.context->fd : -1; }

size_t feed_kept(const struct feed *feed) { return feed->n < FEED_MOST ? (size_t)feed->n : FEED_MOST; }

const struct heard *feed_heard(const struct feed *feed, size_t i) {
    return &feed->heard[(feed->n - 1 - i) % FEED_MOST];
}

/* ---- messages ---- */

struct hearing {
    struct feed *feed;
    const struct names *names;
    struct arena arena;
    const unsigned char *bytes;
    size_t size;
    int64_t now_ms;
};

static void add(struct hearing *hearing, const char *kind, const char *name, struct t87s_store_tag tag) {
    struct heard *heard = &hearing->feed->heard[hearing->feed->n++ % FEED_MOST];
    heard->at_ms = hearing->now_ms;
    heard->kind = kind;
    snprintf(heard->name, sizeof heard->name, "%s", name);
    heard->size = tag.size <= FEED_PATH ? tag.size : 0;
    if (heard->size)
        memcpy(heard->path, tag.path, heard->size);
}

static void add_tags(struct hearing *hearing) {
    static const char *const kinds[] = {"hard", "soft", "exact", "soft exact"};
    size_t ends[T87S_MAX_SEGMENTS];
    const unsigned char *at = hearing->bytes + 2, *end = hearing->bytes + hearing->size;
    const unsigned flags = hearing->bytes[1] & (T87S_SOFT | T87S_EXACT);
    while (end - at > 2) {
        const struct t87s_store_tag tag = {at + 2, (size_t)at[0] << 8 | at[1]};
        if (tag.size > (size_t)(end - at) - 2 || !t87s_store_prefixes(tag, ends))
            return;
        add(hearing, kinds[flags], names_of_tag(&hearing->arena, tag), tag);
        at += 2 + tag.size;
    }
}

static void take(void *arg) {
    struct hearing *hearing = arg;
    struct key_name key;
    const struct t87s_store_tag none = {NULL, 0};
    if (hearing->size > 2 && hearing->bytes[0] == MESSAGE_TAGS) {
        add_tags(hearing);
    } else if (hearing->size > 1 && hearing->bytes[0] == MESSAGE_KEY) {
        names_read(hearing->names, &hearing->arena, hearing->bytes + 1, hearing->size - 1, &key);
        add(hearing, "removed", key.text, none);
    } else if (hearing->size && hearing->bytes[0] == MESSAGE_CLEAR) {
        add(hearing, "cleared", "everything", none);
    }
}

static bool hear(struct feed *feed, const struct names *names, const redisReply *message, int64_t now_ms) {
    struct hearing hearing = {.feed = feed, .names = names, .now_ms = now_ms};
    if (message->type != REDIS_REPLY_ARRAY || message->elements != 3 ||
        message->element[0]->type != REDIS_REPLY_STRING || strcmp(message->element[0]->str, "message") != 0 ||
        message->element[2]->type != REDIS_REPLY_STRING)
        return true;
    hearing.bytes = (const unsigned char *)message->element[2]->str;
    hearing.size = message->element[2]->len;
    arena_init(&hearing.arena);
    const bool done = arena_run(&hearing.arena, take, &hearing);
    arena_free(&hearing.arena);
    return done;
}

bool feed_read(struct feed *feed, const struct names *names, int64_t now_ms) {
    struct t87s__link *link = &feed->link;
    bool lost = false, alive = t87s__link_receive(link, false) >= 0;
    for (redisReply *reply; alive && (reply = t87s__link_reply(link, &lost));) {
        alive = hear(feed, names, reply, now_ms);
        t87s__reply_free(reply);
    }
    if (!alive || lost)
        feed_close(feed);
    return alive && !lost;
}
