/* SPDX-License-Identifier: MIT
 *
 * The shared tier over Redis: several processes, on one machine or many, keep their answers in one Redis and hear of
 * each other's invalidations. In libt87s-redis (pkg-config t87s-redis), which needs hiredis; Redis 6.2 or newer.
 *
 *     struct t87s_store *store;
 *     t87s_redis_open(&(struct t87s_redis_options){.uri = "redis://localhost"}, &store);
 *     blog_open(&(struct t87s_options){.store = store}, app, &cache);
 *     ...
 *     blog_close(cache);
 *     t87s_store_close(store);
 *
 * What is promised. Inside one process the invalidation law holds as without a store. Across processes it holds to the
 * letter with near_off; otherwise a process may serve an answer for near_staleness_ms after an invalidation elsewhere
 * has returned, at most, whatever happens to the network. When Redis cannot be reached, queries go on with the fetch.
 *
 * One server, which has to be a master, or a cluster, or what sentinels name. Several URIs, separated by commas, are
 * nodes of a cluster or sentinels; of a cluster one is enough, and any node will do. A URI without an account has that
 * of the first, and so has what a node or a sentinel names; several have no database, but of sentinels. The nodes of a
 * cluster are reached at the IP addresses that they announce. What is asked of several masters is asked at once, and
 * one that is away costs what lies there.
 *
 * Sentinels: redis://:password@s1:26379/3?master=blog,redis://s2:26379,redis://s3:26379. The first names the database
 * and the master, which it need not where they watch only one and no database is wanted; one URI that names a master is
 * the only sentinel. Whoever of them wants an account is told it, no other. List all of them, in every process the
 * same: the master is the server that more than half of those listed name, and without such a majority there is no
 * store. An old master that goes on beside a new one deceives nobody then: an invalidation returns T87S_OK only if the
 * majority, asked after it was done, still names its server, at the cost of that trip; what is read is believed for
 * near_staleness_ms after the majority named its server, also with near_off, which is not to the letter in that case.
 *
 * A master that was restarted, or a replica that was promoted, begins with everything outdated, because it may have
 * lost invalidations. A host's name is looked up by the system, in its own time: give an address, or a name that
 * resolves without the network, where timeout_ms has to be kept by the first call after a loss, too.
 *
 * share_with_typescript: an invalidation of a tag here is one for processes of t87s in TypeScript, too, that use the
 * same Redis with the same prefix in front of their names (users/7 is <prefix>:t:users:7), and what they invalidate is
 * invalidated here, hard, in all caches over the store. A wild is there what it looks like when printed. Their clocks
 * may be a second behind or ahead of the server's, or they overlook what is invalidated here; no clock is asked the
 * other way round. What is soft here is an invalidation there. Entries are not shared, and a clear is not. A hit stays
 * one round trip. Processes with and without this option share no entries. No cache may have the prefix "t" or "c",
 * which are theirs (T87S_E_INVALID). A server that may evict what they write, with maxmemory-policy allkeys-*, is not
 * used, as if it could not be reached, until it may not; nor is one of a cluster, and several URIs that are not of
 * sentinels are T87S_E_INVALID. The names that t87s in Python uses are not understood.
 */
#ifndef T87S_REDIS_H
#define T87S_REDIS_H

#include <t87s/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/* All zero is the default. Nothing is borrowed beyond the call. */
struct t87s_redis_options {
    const char *uri;           /* redis://[user:password@]host[:port][/db], unix:///path[?db=N], or several with commas
                                  between, see above; NULL: redis://127.0.0.1:6379. Any other comma is %2C */
    const char *prefix;        /* of every name in Redis, before the cache's own; NULL: "t87s". Printable ASCII without
                                  blanks, braces and * ? [ ] \. Not another one's in this Redis and a colon */
    int64_t near_staleness_ms; /* the bound above; 0: 2000; at least 30 */
    bool near_off;             /* nothing is kept in the process: every query reads Redis */
    int64_t timeout_ms;        /* of one operation; 0: 100 */
    unsigned wait_replicas;    /* an invalidation returns T87S_OK when so many replicas have it, too; else it is done at
                                  the master, T87S_PARTIAL, and tried again; 0: no matter */
    bool share_with_typescript; /* tags, with processes of the original; see above */
};

/* Opens a store. T87S_OK even when Redis cannot be reached: it connects when it can. T87S_E_INVALID: an option breaks a
 * rule above. T87S_E_NOMEM. When the first cache is opened over it, it starts a thread that hears of invalidations (but
 * not with near_off) and one that looks how Redis is run (t87s_stats_advice) and writes what t87s-inspect reads. */
T87S_API enum t87s_status t87s_redis_open(const struct t87s_redis_options *options, struct t87s_store **out);

#ifdef __cplusplus
}
#endif

#endif
