/* SPDX-License-Identifier: MIT
 *
 * What the store would say of an entry if it were asked for now (runtime/redis/read.c), and because of what.
 */
#include "blob.h"
#include "look.h"

static void outdate(struct entry *entry, const char *because) {
    if (entry->state != ENTRY_OUTDATED)
        entry->because = because;
    entry->state = ENTRY_OUTDATED;
}

/* Keeps the stamps of tags for their table, whatever they mean for this entry. */
static struct known *remember(struct looking *looking, const struct server *server, const struct t87s__member *member,
                              uint64_t stamp) {
    struct known *known = known_find(&looking->look->known, member->bytes + 1);
    if (!known || known->is_key)
        return known;
    const char letter = (char)member->bytes[0];
    uint64_t *kept = letter == 'h' ? &known->hard : letter == 'x' ? &known->exact : &known->soft;
    const uint64_t here = stamp + (uint64_t)(looking->look->now_us - server->now_us);
    if (letter != 'p' && letter != 'q' && *kept < here)
        *kept = here;
    return known;
}

static const char lost_tags[] = "Redis has lost what it knew of these tags, or was restarted";

/* What a bucket answers: its last stamp, then what was asked. */
static bool is_answer(const redisReply *reply, const struct t87s__bucket_asked *asked) {
    return reply->type == REDIS_REPLY_ARRAY && reply->elements == 1 + asked->n;
}

void judge_bucket(struct looking *looking, struct entry *entry, const struct t87s__bucket_asked *asked,
                  const redisReply *reply, uint64_t birth, struct t87s_store_birth *lives) {
    const struct server *server = &looking->servers->list[servers_of_bucket(looking->servers, asked->bucket)];
    if (!is_answer(reply, asked)) {
        outdate(entry, lost_tags);
        return;
    }
    redisReply *const *scores = reply->element + 1;
    const uint64_t life = t87s__layout_number(scores[ASKED_LIFE]);
    *t87s__birth_life(lives, asked->bucket) = life;
    /* Whose history it is can be told of a master alone. */
    if ((server->history && !t87s__layout_number(reply->element[0])) || !life)
        outdate(entry, lost_tags);
    else if (!birth || t87s__layout_stamp(scores[ASKED_FLOOR]) > birth)
        outdate(entry, "everything was cleared, or it is older than what is kept of tags");
    for (unsigned i = ASKED_KEY; i < asked->n; i++) {
        const uint64_t stamp = t87s__layout_stamp(scores[i]);
        const struct known *known =
            stamp && stamp < T87S__NUMBERS ? remember(looking, server, &asked->members[i], stamp) : NULL;
        if (stamp <= birth)
            continue;
        if (asked->kinds[i] == ASKED_KEY) {
            outdate(entry, "its key was removed");
        } else if (asked->kinds[i] == ASKED_HARD) {
            outdate(entry, known ? known->name : "?");
        } else if (entry->state != ENTRY_OUTDATED) {
            entry->state = ENTRY_SOFT;
            entry->because = known ? known->name : "?";
        }
    }
}

void judge_bytes(struct entry *entry, const struct t87s__blob *blob, int64_t now_us) {
    const int64_t age_ms = (now_us - blob->written_us) / 1000;
    entry->age_ms = age_ms > 0 ? age_ms : 0; /* written since this look began */
    entry->fresh_ms = blob->ttl_ms - entry->age_ms;
    entry->grace_ms = blob->grace_ms;
    entry->not_found = blob->not_found;
    entry->state = ENTRY_FRESH;
}

void judge_kin(const struct looking *looking, struct entry *entry, const struct t87s_store_query *query, uint64_t kin,
               struct t87s_store_birth *lives) {
    if (entry->key.kind == KEY_OF_QUERY) {
        if (entry->state != ENTRY_OUTDATED && t87s__layout_kin(looking->options->layout, query, lives) != kin)
            outdate(entry, "it was written for other tags, or in an earlier life of its bucket");
    } else if (entry->state != ENTRY_OUTDATED) {
        entry->state = ENTRY_UNKNOWN; /* by hand, or of another schema */
    }
    if (entry->state == ENTRY_FRESH && entry->fresh_ms <= 0)
        entry->state = ENTRY_STALE;
    if ((entry->state == ENTRY_STALE || entry->state == ENTRY_SOFT || entry->state == ENTRY_UNKNOWN) &&
        entry->fresh_ms + entry->grace_ms <= 0)
        entry->state = ENTRY_EXPIRED;
}
