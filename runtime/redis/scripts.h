/* SPDX-License-Identifier: MIT
 *
 * What runs inside of Redis: each script touches one name, so that it runs in a cluster, and is called by its SHA-1.
 */
#ifndef T87S_REDIS_SCRIPTS_H
#define T87S_REDIS_SCRIPTS_H

#include "layout.h"
#include "link.h"

enum t87s__script {
    /* KEYS: a bucket; ARGV: the member of its last stamp, a life for it should it need one, how many microseconds its
     * stamps are to be kept at least, channel, message ("": tell nobody), then pairs of what to do (h: put the stamp;
     * l: raise the floor to it; else: move what is there to the member of that letter, put the stamp) and a member.
     * Takes the next stamp; gives back that and the bucket's life, as its score. */
    SCRIPT_BIRTH,
    /* The same, of which only the stamp is wanted; how long the stamps are to be kept need not be remembered. */
    SCRIPT_MARK,
    /* The same, but the last: a member, the stamp that it is raised to, and the life that this is of; in another life
     * it is the next stamp. */
    SCRIPT_RAISE,
    /* KEYS: an entry; ARGV: its bytes, its expiry in ms. 1: written, 0: one of its kin that was born later is there. */
    SCRIPT_WRITE,
    /* KEYS, ARGV up to the message: as a birth; then the skew in ms, or "" to take over only, and pairs of a name and a
     * member: as typescript.h says. Gives back a birth where something was taken over, or nothing else was wanted. */
    SCRIPT_SHARE,
    /* KEYS: a lease; ARGV: its bytes, how long it lasts in ms (0: not to be taken), and the bytes of one that may be
     * taken over ("": none). Gives back the bytes that are there now, and how long they are. */
    SCRIPT_LEASE,
    /* KEYS: a lease; ARGV: its holder. Ends it, if it is his. */
    SCRIPT_RELEASE,
    N_SCRIPTS
};

/* Loads all scripts over a fresh connection. */
enum t87s_status t87s__scripts_load(struct t87s__link *link, int64_t deadline_ms);

/* What a command begins with that calls a script, with so many arguments, on one name: by the script's own name once it
 * is known, else by its text (`by_text`: in any case, after a NOSCRIPT). */
void t87s__script_begin(struct t87s__commands *commands, enum t87s__script script, bool by_text,
                        struct t87s__argument name, struct t87s__argument rest_of_name, size_t n_arguments);

#endif
