/* SPDX-License-Identifier: MIT
 *
 * Tags shared with processes of the TypeScript original, over the same Redis (share_with_typescript). Such a process
 * keeps the time at which a tag was last invalidated, and finds an entry stale by comparing times; p is the store's
 * prefix:
 *
 *     p:t:users:7              "1700000000000"    the tag users/7 and all below it; milliseconds
 *     p:t:users:7:__exact__                       this very tag
 *
 * In a segment \ is \\ and : is \:, and wilds are what they look like when printed. What is invalidated here is written
 * there as "1700000000000c": the digits, which are all that is read there, are the server's time and SKEW_MS more, so
 * far may the clocks of those processes be behind or ahead.
 *
 * The other way round no clock is asked (law 2). A value without the c is TypeScript's, and nobody here knows of it
 * yet: whoever reads it takes what has the tag for outdated, and takes it over, which is one script: it puts a stamp at
 * a member of a bucket, and the c. From then on it is an invalidation like any other. The bucket is one for all caches
 * of the store, since the tags there are, too:
 *
 *     p:%typescript:t:{0}      as layout.h has it; members h only, of what follows p:t:
 *
 * of names, not of paths, because a number and a text of its digits are the same there. The values are read before the
 * bucket: what has its c by then has its stamp. If clocks differ by more than SKEW_MS, only TypeScript is wrong.
 */
#ifndef T87S_REDIS_TYPESCRIPT_H
#define T87S_REDIS_TYPESCRIPT_H

#include "redis_store.h"

/* How a tag is called there: its prefixes, itself the last, and itself exactly; each begins with the one before. */
enum { T87S__TYPESCRIPT_TEXT = T87S_MAX_SEGMENTS * (2 * T87S_MAX_TEXT + 1) + 16 };
struct t87s__typescript_names {
    char text[T87S__TYPESCRIPT_TEXT];
    size_t ends[T87S_MAX_SEGMENTS + 1];
    unsigned n;
};
/* Of what is no tag: none. */
void t87s__typescript_names(struct t87s_store_tag tag, struct t87s__typescript_names *names);

/* p:t:, which the name follows. */
struct t87s__name t87s__typescript_head(const struct t87s__layout *layout);

/* layout.c: what a query asks of the bucket. */
void t87s__typescript_ask(const struct t87s_store_query *query, struct t87s__bucket_asked *asked);

/* read.c: reads the values of a query's tags, ahead of the bucket. */
void t87s__typescript_add_question(const struct t87s__layout *layout, const struct t87s_store_query *query,
                                   struct t87s__commands *commands);
/* What it said: T87S_OK, and *news: there is something that nobody has taken over. */
enum t87s_status t87s__typescript_take(const struct t87s__part *part, const struct t87s_store_query *query, bool *news);
/* Takes over whatever there is of the query's tags, and gives a birth in the bucket that is after it. */
enum t87s_status t87s__typescript_take_over(struct t87s__redis *redis, struct t87s__scope *scope,
                                            const struct t87s_store_query *query, int64_t deadline_ms,
                                            struct t87s_store_birth *birth);

/* invalidate.c: tells TypeScript, and takes over what it writes over. */
void t87s__typescript_add_share(const struct t87s__call *call, const struct t87s_store_tag *tags, size_t n,
                                unsigned flags, uint64_t history, bool by_text, struct t87s__commands *commands);

/* greet.c: whether the server of a fresh connection keeps what TypeScript writes. T87S_E_STORE: it may evict it, or
 * does not say. (One of a cluster, where a script cannot have both keys, has been refused before: topology.c.) */
enum t87s_status t87s__typescript_accept(struct t87s__link *link, int64_t deadline_ms);
/* By its maxmemory-policy. */
static inline bool t87s__typescript_evicts(const char *policy) { return !strncmp(policy, "allkeys-", 8); }

/* listen.c, in typescript_hear.c: asks for what is written under p:t:, over a fresh connection. */
enum t87s_status t87s__typescript_track(struct t87s__redis *redis, struct t87s__link *link, int64_t deadline_ms);
/* Whether a message came of that; then it is told to the listeners. With the telling lock held. */
bool t87s__typescript_is_heard(const redisReply *channel);
void t87s__typescript_hear(struct t87s__redis *redis, const redisReply *keys);
/* One name, told to one listener. A segment may have been a text or, if it looks so, a number or a uuid: it is told as
 * each of them. Where that would be too much, what is above it is told. */
void t87s__typescript_tell(const struct t87s_store_listener *listener, const char *name, size_t size);

#endif
