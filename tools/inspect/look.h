/* SPDX-License-Identifier: MIT
 *
 * One look at a Redis: what lies there for one cache, by name. All of it is of one arena. When the memory runs out, or
 * the Redis goes away meanwhile, the look is over; there is no half of one.
 */
#ifndef T87S_INSPECT_LOOK_H
#define T87S_INSPECT_LOOK_H

#include "arena.h"
#include "heartbeat.h"
#include "layout.h"
#include "names.h"
#include "servers.h"
#include "tags.h"

enum { LOOK_WINDOW_MS = 5 * 60 * 1000, LOOK_MOST_RECENT = 400, LOOK_MOST_PROCESSES = 256 };
enum { LOOK_LARGEST = 256 << 10 }; /* of an entry that is read whole */

enum entry_state {
    ENTRY_FRESH,
    ENTRY_STALE,    /* its ttl is over, its grace is not */
    ENTRY_SOFT,     /* softly invalidated */
    ENTRY_OUTDATED, /* invalidated, or older than what is known */
    ENTRY_EXPIRED,  /* and its grace is over */
    ENTRY_UNKNOWN,  /* nobody here knows its tags */
    ENTRY_UNREAD,   /* too large to be read for this */
    ENTRY_BROKEN,   /* no entry, whatever it is */
    ENTRY_STATES
};
const char *entry_state_name(enum entry_state state);

struct entry {
    struct key_name key;
    enum entry_state state;
    const char *because; /* of what was invalidated, a tag's name or a sentence; NULL */
    bool not_found;
    int64_t age_ms, fresh_ms, grace_ms; /* of those that were read */
    int64_t expires_ms;                 /* until Redis drops it */
    uint64_t size;                      /* of what lies there */
    const char **tags;                  /* key.n_tags of them */
};

/* A stamp that somebody put lately. */
struct recent {
    const struct known *known; /* NULL: nobody knows what of */
    char letter;               /* of its member: layout.h */
    int64_t age_ms;
};

struct process {
    char id[T87S__BEAT_ID];
    int64_t age_ms; /* of what it says */
    struct t87s__beat beat;
};

/* A server as it was then. */
struct seen_server {
    char address[300], version[24], role[16];
};

struct look {
    struct seen_server *servers;
    unsigned n_servers;
    int64_t now_us; /* by the clock of the first one, which all stamps here are moved to */
    /* entries */
    struct entry *entries;
    size_t n_entries, most_entries; /* looked into */
    uint64_t n_counted;             /* found */
    uint64_t n_foreign;             /* keys below the prefix that are nothing of t87s */
    bool whole;                     /* all keys were seen */
    /* tags */
    struct known_table known;
    uint64_t n_stamps; /* all that is kept of tags and keys */
    struct recent *recent;
    size_t n_recent;
    uint64_t n_more; /* that were not fetched */
    struct process *processes;
    size_t n_processes;
};

struct look_options {
    const struct names *names;
    const struct t87s__layout *layout;
    size_t limit;
    /* tags that were heard of, so that their stamps have names */
    const struct t87s_store_tag *heard;
    size_t n_heard;
};

/* Into `look`, of an empty arena; NULL, or a sentence. */
const char *look_at(struct servers *servers, const struct look_options *options, struct arena *arena,
                    struct look *look);

/* ---- for the files of this room; all under arena_run() ---- */

struct looking {
    struct servers *servers;
    const struct look_options *options;
    struct arena *arena;
    struct look *look;
    const char *problem;     /* NULL: none yet; after that nothing is asked any more */
    struct page_entry *page; /* entries.c's */
};

/* False: there is a problem, and no replies. */
bool looking_call(struct looking *looking, unsigned server, struct t87s__commands *commands, redisReply **replies);

/* entries.c: looks into entries, whose names are without P:e:. */
struct found_key {
    const unsigned char *bytes;
    size_t size;
};
void look_into_entries(struct looking *looking, unsigned server, const struct found_key *keys, size_t n);
/* processes.c: names are whole. */
void look_at_processes(struct looking *looking, unsigned server, const struct found_key *names, size_t n);

/* judge.c: an entry as its bytes have it, then what each of its buckets says, the answer to ZMSCORE of its last stamp
 * and what was asked, then whether it is all for these tags. */
struct t87s__blob;
void judge_bytes(struct entry *entry, const struct t87s__blob *blob, int64_t now_us);
void judge_bucket(struct looking *looking, struct entry *entry, const struct t87s__bucket_asked *asked,
                  const redisReply *reply, uint64_t birth, struct t87s_store_birth *lives);
void judge_kin(const struct looking *looking, struct entry *entry, const struct t87s_store_query *query, uint64_t kin,
               struct t87s_store_birth *lives);

#endif
