/* SPDX-License-Identifier: MIT
 *
 * What runs inside of Redis: each script touches one name, so that it runs in a cluster, and is called by its SHA-1.
 */
#ifndef T87S_REDIS_SCRIPTS_H
#define T87S_REDIS_SCRIPTS_H

#include "layout.h"
#include "link.h"

enum t87s__script {
    /* KEYS: a bucket; ARGV: how many microseconds back its members are kept, channel, message ("": tell nobody), then
     * pairs of what to do (h: put the stamp; s: move what is there to the letter before, put the stamp) and a member.
     * Takes the next stamp and gives it back; a bucket that is new gets its floor. */
    SCRIPT_MARK,
    /* KEYS: a bucket; ARGV: as above up to the message, then a member and the stamp that it is raised to. */
    SCRIPT_RAISE,
    /* KEYS: an entry; ARGV: its bytes, its expiry in ms. 1: written, 0: one that was born later is there. */
    SCRIPT_WRITE,
    N_SCRIPTS
};

/* Loads all scripts over a fresh connection. */
enum t87s_status t87s__scripts_load(struct t87s__link *link, int64_t deadline_ms);

/* What a command begins with that calls a script on one name: by the script's own name once it is known, else by its
 * text (`by_text`: in any case, after a NOSCRIPT). */
void t87s__script_begin(enum t87s__script script, bool by_text, const struct t87s__name *key,
                        struct t87s__argument *arguments, size_t *n);

#endif
