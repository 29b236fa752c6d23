/* SPDX-License-Identifier: MIT
 *
 * Mistakes that can be switched on, one at a time, to prove that the tests would see them. A normal build has none:
 * T87S__MUTANT() is a constant 0 there and nothing of it is left.
 *
 *     ./dev mutants              builds and tests one library a mutant; each must be caught within a minute
 *     ./dev mutants BLIND_JOIN   these alone
 *
 * To add one: a row here, and the mistake in one line where the right thing is done,
 *
 *     if (T87S__MUTANT(BLIND_JOIN))
 *         return true;
 *
 * A mistake that no test catches is either a missing test or no mistake at all: then the row goes, and what it taught
 * belongs into a comment where the line would have stood. One mistake may need two lines (two guards of one law): both
 * then ask for the same name.
 */
#ifndef T87S_MUTANTS_H
#define T87S_MUTANTS_H

/* X(name, what is broken) */
#define T87S__MUTANTS(X)                                                                                         \
    /* what writes and invalidates: cache/write.c */                                                             \
    X(STAMP_AFTER_MARK, "an invalidation marks with the newest stamp there is and draws its own afterwards")     \
    X(SET_WITHOUT_FLOOR, "a set takes out the old entry, but a fetch under way may still be kept after it")      \
    X(DELETE_WITHOUT_FLOOR, "the same for a delete")                                                             \
    X(CLEAR_WITHOUT_FLOOR, "the same for a clear")                                                               \
    X(FLOOR_AFTER_REMOVAL, "a set or delete takes the entry out before it raises the key's floor")               \
    /* fetches: flight/, cache/background.c, cache/keep.c */                                                     \
    X(BLIND_JOIN, "any running fetch of the key is joined, whatever happened since it began")                    \
    X(BIRTH_AFTER_FETCH, "a fetch gets its birth when it has ended")                                             \
    X(LATE_BIRTH_IN_BACKGROUND, "the same for a fetch in the background only")                                   \
    X(SUPERSEDED_INSTALLED, "an answer that was superseded takes the place of a younger one")                    \
    /* the tag tree: tags/ */                                                                                    \
    X(BIRTH_BEFORE_INTERN, "a fetch draws its birth before its tags are interned, and no floor makes up for it") \
    X(FORGOTTEN_NODE, "a node that is made anew knows nothing of what was invalidated before")                   \
    X(FORGOTTEN_SIDE, "a node that goes forgets what its side record knows")                                     \
    X(UNKNOWN_WITHOUT_FLOOR, "an invalidation of a tag nobody carries leaves no trace")                          \
    /* the one compare of a hit: tags/mark.c, store/entry.c, cache/ */                                           \
    X(BUMP_BEFORE_MARK, "an invalidation bumps the epoch before it marks the version")                           \
    X(NO_BUMP, "an invalidation bumps nothing")                                                                  \
    X(EXACT_WITHOUT_BUMP, "an exact one bumps nothing")                                                          \
    X(SOFT_WITHOUT_BUMP, "a soft one bumps nothing")                                                             \
    X(SUM_AFTER_WALK, "an entry is validated with a sum that was read after its tags were walked")               \
    X(SUM_AFTER_COVER, "the same for an answer that is kept")                                                    \
    X(SUM_OF_FIRST_TAG, "the sum leaves out the stripes of all tags but the first")                              \
    X(MERGED_STAMPS, "an entry that was found uncovered is taken for born just now")                             \
    X(VALIDATED_STORED, "an entry is validated by a plain store, though it may be in a list of those that left") \
    X(RETIRED_VALIDATED, "an entry that is in such a list is looked at as if it were not")                       \
    X(LISTED_IGNORED, "an entry that left the table is judged by tags that may be gone")                         \
    /* readers without a lock: store/, cache/hit.h */                                                            \
    X(NO_GRACE_PERIOD, "what left the table is freed without a wait for its readers")                            \
    X(YOUNG_RIPENS, "what left the table during a wait is freed after it")                                       \
    X(TAGS_LET_GO_EARLY, "the tags of what leaves the table are let go at once")                                 \
    X(TABLE_LETS_GO_EARLY, "so are its reference and all else")                                                  \
    X(REFERENCE_TOO_LATE, "a hit takes its reference after its read section")                                    \
    X(COPY_TOO_LATE, "a hit copies the value after its read section")                                            \
    X(JUDGED_OUTSIDE, "a query judges an entry outside a read section")                                          \
    X(MOVED_BEFORE_COPY, "a table that grows sends its readers on before the copy is there")                     \
    X(NEVER_MOVED, "a table that grows leaves its readers where they are")                                       \
    X(GENERATION_FREED_EARLY, "the cells that a table grew out of are freed at once")                            \
    X(CHANGE_TOLD_LATE, "cells that change say so only afterwards")                                              \
    X(FIRST_LOOK_TRUSTED, "a query that found nothing does not ask whether anything changed since")              \
    /* writers of the table: store/ */                                                                           \
    X(FLOOR_NOT_ASKED, "the key's floor is not asked when an entry is put in")                                   \
    X(DISPLACED_STAYS, "what was displaced keeps its place in the table")                                        \
    X(OLDER_DISPLACES, "an older entry displaces a younger one")                                                 \
    X(PROMOTED_TWICE, "an entry that goes to the main queue still counts in the small one")                      \
    X(EVICTED_COUNTS, "an entry that left the table still counts in its queue")                                  \
    /* clocks and counters: base/ */                                                                             \
    X(TIME_NEVER_CHECKED, "nobody compares the time word with the clock")                                        \
    X(ROWS_SHARED, "a thread's row of counts is given to another, too")                                          \
    /* the cache's end of a store: tier/, cache/shared.c */                                                      \
    X(PENDING_DROPPED, "an invalidation that the store did not take is tried once more, and then forgotten")     \
    X(PENDING_NOT_ASKED, "what is pending does not stand between this process and the store")                    \
    X(PARTIAL_UNTOLD, "what is pending is told as done")                                                         \
    X(NEAR_FIRST, "an invalidation is done here before the store knows, and not after")                          \
    X(BIRTH_OF_NOW, "what was fetched is written with the birth of its writing")                                 \
    X(LOST_IGNORED, "what is kept stays when something was missed")                                              \
    X(WAITED_UNJUDGED, "who waits for another process takes what that wrote, right or not")                      \
    X(LEASE_IGNORED, "who vouched once vouches for ever")                                                        \
    /* Redis: redis/ */                                                                                          \
    X(VOUCHED_TOO_LONG, "a PONG vouches for twice the bound")                                                    \
    X(VOUCHED_FROM_PONG, "it vouches from when it came, not from when its PING was sent")                        \
    X(VOUCHED_UNCONFIRMED, "nobody asks whether the listener's server is that of the calls")                     \
    X(LOST_UNTOLD, "who subscribes again says nothing of what came before")                                      \
    X(SENSELESS_IGNORED, "a message that nobody understands is none")                                            \
    X(HISTORY_IGNORED, "a bucket of another history is believed")                                                \
    X(FLOOR_IGNORED, "the floor of a bucket is not looked at")                                                   \
    X(KIN_IGNORED, "an entry is given to who asks for other tags")                                               \
    X(ANY_ANSWER_IS_DONE, "whatever is no error says that a mark was done")                                      \
    X(FULL_IS_DONE, "a mark for which there is no memory is given up, and told as done")                         \
    X(GIVEN_UP_NOT_AWAITED, "the answers to a call that was given up are taken for those of the next")

enum t87s__mutant {
    T87S__MUTANT_NONE,
#define T87S__MUTANT_NUMBER(name, sentence) T87S__MUTANT_##name,
    T87S__MUTANTS(T87S__MUTANT_NUMBER)
#undef T87S__MUTANT_NUMBER
};

#ifndef T87S_MUTANT
#define T87S_MUTANT NONE
#endif
#define T87S__MUTANT_PASTE(name) T87S__MUTANT_##name
#define T87S__MUTANT_OF(name) T87S__MUTANT_PASTE(name)

#define T87S__MUTANT(name) (T87S__MUTANT_OF(T87S_MUTANT) == T87S__MUTANT_##name)

#endif
