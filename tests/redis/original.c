/* SPDX-License-Identifier: MIT */
#include "original.h"

#include <check.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LONGEST_NAME = 1024 };

struct name {
    char text[LONGEST_NAME];
};

/* The first n segments of a tag. */
static struct name name_of(const struct original *original, const char *const *tag, size_t n) {
    struct name name;
    char *at = name.text + sprintf(name.text, "%s:t", original->p);
    for (size_t i = 0; i < n; i++) {
        *at++ = ':';
        for (const char *from = tag[i]; *from; *at++ = *from++) {
            if (*from == '\\' || *from == ':')
                *at++ = '\\';
            ck_assert(at < name.text + LONGEST_NAME - 32);
        }
    }
    *at = '\0';
    return name;
}

static size_t depth_of(const char *const *tag) {
    size_t n = 0;
    while (tag[n])
        n++;
    return n;
}

static int64_t clock_of(const struct original *original) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + original->ahead_ms;
}

static void must_set(struct original *original, const char *name, const char *value) {
    redisReply *reply = redisCommand(original->redis, "SET %s %s", name, value);
    ck_assert(reply && reply->type == REDIS_REPLY_STATUS);
    freeReplyObject(reply);
}

/* As JavaScript reads one: the digits, whatever follows; no digits: before all times. */
static int64_t time_at(struct original *original, struct name name) {
    redisReply *reply = redisCommand(original->redis, "GET %s", name.text);
    ck_assert(reply && (reply->type == REDIS_REPLY_NIL || reply->type == REDIS_REPLY_STRING));
    const int64_t ms = reply->type == REDIS_REPLY_NIL ? 0 : strtoll(reply->str, NULL, 10);
    freeReplyObject(reply);
    return ms;
}

void original_open(struct original *original, const char *socket, const char *p) {
    *original = (struct original){.redis = redisConnectUnix(socket), .p = p};
    ck_assert(original->redis && !original->redis->err);
}

void original_close(struct original *original) { redisFree(original->redis); }

static void set_time(struct original *original, struct name name) {
    char ms[24];
    snprintf(ms, sizeof ms, "%lld", (long long)clock_of(original));
    must_set(original, name.text, ms);
}

void original_invalidate(struct original *original, const char *const *tag) {
    set_time(original, name_of(original, tag, depth_of(tag)));
}

void original_invalidate_exactly(struct original *original, const char *const *tag) {
    struct name name = name_of(original, tag, depth_of(tag));
    strcat(name.text, ":__exact__");
    set_time(original, name);
}

void original_keep(struct original *original, const char *key, const char *const *tag) {
    char name[LONGEST_NAME], entry[128];
    (void)tag; /* it would be in the entry, too */
    snprintf(name, sizeof name, "%s:c:its:%s", original->p, key);
    snprintf(entry, sizeof entry, "{\"value\":\"Ada\",\"createdAt\":%lld}", (long long)clock_of(original));
    must_set(original, name, entry);
}

bool original_serves(struct original *original, const char *key, const char *const *tag) {
    const size_t depth = depth_of(tag);
    redisReply *reply = redisCommand(original->redis, "GET %s:c:its:%s", original->p, key);
    ck_assert(reply && reply->type == REDIS_REPLY_STRING);
    const char *created = strstr(reply->str, "\"createdAt\":");
    ck_assert_ptr_nonnull(created);
    const int64_t created_ms = strtoll(created + strlen("\"createdAt\":"), NULL, 10);
    freeReplyObject(reply);
    for (size_t n = 1; n <= depth; n++)
        if (time_at(original, name_of(original, tag, n)) >= created_ms)
            return false;
    struct name exactly = name_of(original, tag, depth);
    strcat(exactly.text, ":__exact__");
    return time_at(original, exactly) < created_ms;
}

const char *original_value(struct original *original, const char *name) {
    redisReply *reply = redisCommand(original->redis, "GET %s:t:%s", original->p, name);
    ck_assert(reply && (reply->type == REDIS_REPLY_NIL || reply->type == REDIS_REPLY_STRING));
    const bool there = reply->type == REDIS_REPLY_STRING;
    snprintf(original->value, sizeof original->value, "%s", there ? reply->str : "");
    freeReplyObject(reply);
    return there ? original->value : NULL;
}

void original_put(struct original *original, const char *name, const char *value) {
    char whole[LONGEST_NAME];
    snprintf(whole, sizeof whole, "%s:t:%s", original->p, name);
    must_set(original, whole, value);
}
