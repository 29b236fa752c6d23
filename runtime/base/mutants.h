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
#ifndef T87S_BASE_MUTANTS_H
#define T87S_BASE_MUTANTS_H

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
    X(FORGOTTEN_NODE, "a node that is made anew knows nothing of what was invalidated before")

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
