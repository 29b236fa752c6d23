/* SPDX-License-Identifier: MIT
 *
 * The invalidation law, as the runtime keeps it: one key whose entry carries the tag `leaf` below `parent`, queries that
 * share fetches, hard invalidations of both tags and of an unrelated one, delete, set with a token, eviction, and nodes
 * that are forgotten and made anew. Names are those of runtime/: birth, stamp, floor, intern, stripe, validated.
 *
 * A hit compares one number: an invalidation bumps its tag's stripe after it has marked the node, an entry remembers the
 * sum of its stripes at which it was last found valid, and while the sum is still the same nothing is walked. The parent
 * has one stripe, the leaf and the unrelated tag share the other. A reader's section stands here as a reference to the
 * entry: that a section is as good as one is shown by eviction.pml.
 *
 *     spin -DMUTANT=n -a invalidation.pml        0: the design; the others must each violate the assertion
 *
 *     1  a fetch draws its birth after it has fetched
 *     2  blind join: a running fetch is joined whatever was invalidated
 *     3  a delete or set does not hinder the join of an older fetch
 *     4  an answer is kept whatever the key's floor says
 *     5  forgotten tags leave no floor, and a set may carry an old token
 *     6  the floor of an unknown tag is raised after the node's lock was given up
 *     7  an older answer replaces a younger one
 *     8  delete takes the entry out before it raises the floor
 *     9  an invalidation draws its stamp after it has marked the node (with the counter's value)
 *    10  the tags are interned after the fetch, and forgotten tags leave no floor
 *    11  a hit looks at the leaf only
 *    12  birth and validated are one field: an entry found valid is as if born then, at the stamp read before the walk
 *    13  an invalidation bumps the stripe before it marks the node
 *    14  a hit reads the stripes after the walk
 *    15  a hit compares the stripes read before the walk, but stores as validated what it reads after it
 *    16  an answer is published as validated at the stripes read after the keeper's own look at the marks
 *    17  an invalidation bumps no stripe
 */
#ifndef MUTANT
#define MUTANT 0
#endif
#ifndef QUERIES
#define QUERIES 2 /* processes */
#endif
#ifndef EACH
#define EACH 2 /* queries of each */
#endif
#ifndef SETS
#define SETS 1
#endif
#ifndef DELETES
#define DELETES 1
#endif
#ifndef EVICTIONS
#define EVICTIONS 1
#endif
#ifndef LEAVES
#define LEAVES 1 /* invalidations of the leaf */
#endif
#ifndef PARENTS
#define PARENTS 1
#endif
#ifndef OTHERS
#define OTHERS 0 /* invalidations of a tag that only shares the leaf's stripe */
#endif
#ifndef VALIDATED
#define VALIDATED 1 /* an answer is published as validated; 0: as never validated */
#endif

#define MAXE (QUERIES * EACH + SETS + 1)
#define FLOORS (MUTANT != 5 && MUTANT != 10)

byte G;                                     /* the last stamp */
byte parent_mark, leaf_mark, leaf_refs;     /* a leaf of 0 references is not in the tree */
byte leaf_floor, key_floor;
byte parent_stripe = 1, leaf_stripe = 1;
byte slot, flight;                          /* the entry of the key; the newest running fetch. 0: none */
byte birth[MAXE], validated[MAXE], refs[MAXE];
bool done[MAXE];

/* ghosts: events begun and returned, and what each answer may know of. They change together with a step beside them,
 * always to the stricter side: an event begins when it draws its stamp, a fetch when it has its birth, an event has
 * returned with its last step, a query begins when it looks. */
byte begun_parent, begun_leaf, begun_key, returned_parent, returned_leaf, returned_key;
byte knows_parent[MAXE], knows_leaf[MAXE], knows_key[MAXE];

#define raise(mark, stamp) if :: stamp > mark -> mark = stamp :: else fi

inline intern() { /* under the node's lock */
    if :: leaf_refs == 0 -> leaf_mark = (FLOORS -> leaf_floor : 0) :: else fi;
    leaf_refs++
}
inline unintern() {
    leaf_refs--;
    if
    :: leaf_refs == 0 ->
        if :: FLOORS -> raise(leaf_floor, leaf_mark) :: else fi;
        leaf_mark = 0
    :: else
    fi
}
inline make(x) { x = 1; do :: refs[x] > 0 -> x++ :: else -> break od; refs[x] = 1 }
inline drop(x) { /* a reference to entry x, which holds one to the leaf */
    refs[x]--;
    if
    :: refs[x] == 0 ->
        unintern();
        birth[x] = 0; validated[x] = 0; done[x] = false; knows_parent[x] = 0; knows_leaf[x] = 0; knows_key[x] = 0
    :: else
    fi
}
inline give(x) { d_step { drop(x) } }
inline fetch(x) { knows_parent[x] = begun_parent; knows_leaf[x] = begun_leaf; knows_key[x] = begun_key }
inline answer(x) { assert(knows_parent[x] >= need_parent && knows_leaf[x] >= need_leaf && knows_key[x] >= need_key) }

/* The sum of an entry's stripes. Not one moment: each is read by itself. */
inline sum(into) { into = parent_stripe; into = into + leaf_stripe }
/* The keeper's look at the marks before it publishes answer x; sets good and, still private, validated. */
inline keeper_looks(x) {
#if VALIDATED && MUTANT != 16
    sum(c);
#endif
    good = !(parent_mark > birth[x]);
    if :: good -> good = !(leaf_mark > birth[x]) :: else fi;
#if VALIDATED
#if MUTANT == 16
    sum(c);
#endif
    d_step { validated[x] = c; c = 0 }
#endif
}

proctype InvalidateParent() {
    byte s, n;
    do
    :: n < PARENTS ->
#if MUTANT == 9
        d_step { begun_parent++; raise(parent_mark, G) };
        G++;
        d_step { parent_stripe++; returned_parent++; n++ }
#else
        d_step { begun_parent++; G++; s = G };
#if MUTANT == 13
        parent_stripe++;
        d_step { raise(parent_mark, s); returned_parent++; n++; s = 0 }
#else
        d_step { raise(parent_mark, s) };
        d_step {
#if MUTANT != 17
            parent_stripe++;
#endif
            returned_parent++; n++; s = 0
        }
#endif
#endif
    :: else -> break
    od
}

proctype InvalidateLeaf() {
    byte s, n;
    bool known;
    do
    :: n < LEAVES ->
        d_step { begun_leaf++; G++; s = G };
        d_step { /* the node's lock */
            known = leaf_refs > 0;
            if
            :: known -> leaf_refs++
            :: else ->
#if MUTANT != 6
                if :: FLOORS -> raise(leaf_floor, s) :: else fi
#else
                skip
#endif
            fi
        };
        if
        :: known ->
#if MUTANT == 13
            leaf_stripe++;
#endif
            d_step { raise(leaf_mark, s) };
#if MUTANT != 13 && MUTANT != 17
            leaf_stripe++;
#endif
            d_step { unintern(); returned_leaf++; n++; s = 0; known = false }
        :: else ->
#if MUTANT == 6
            d_step { raise(leaf_floor, s) };
#endif
            d_step { returned_leaf++; n++; s = 0 }
        fi
    :: else -> break
    od
}

/* Its stamp and its mark concern nobody here. */
proctype InvalidateOther() {
    byte n;
    do
    :: n < OTHERS -> G++; d_step { leaf_stripe++; n++ }
    :: else -> break
    od
}

proctype Delete() {
    byte s, n, old;
    do
    :: n < DELETES ->
        d_step { begun_key++; G++; s = G };
#if MUTANT == 8
        d_step { if :: slot != 0 && birth[slot] < s -> old = slot; slot = 0 :: else fi };
        d_step { raise(key_floor, s) };
#else
        d_step { raise(key_floor, s) };
        d_step { if :: slot != 0 && birth[slot] < s -> old = slot; slot = 0 :: else fi };
#endif
        if :: old != 0 -> give(old) :: else fi;
        d_step { returned_key++; n++; s = 0; old = 0 }
    :: else -> break
    od
}

/* A value read from the source by hand: a token, the read, and some time later the set. */
proctype Set() {
    byte n, id, old, token, c;
    bool good;
    do
    :: n < SETS ->
        d_step { G++; token = G; begun_key++; make(id); fetch(id) }; /* the value counts as read from here on */
        d_step { intern(); birth[id] = token; done[id] = true };
        d_step { raise(key_floor, token) };
        d_step { if :: slot != 0 && birth[slot] < token -> old = slot; slot = 0 :: else fi };
        if :: old != 0 -> give(old) :: else fi;
        old = 0;
        keeper_looks(id);
        if
        :: good ->
            d_step { /* the table's lock */
                old = slot;
                if
#if MUTANT == 7
                :: true ->
#else
                :: key_floor <= token && (old == 0 || birth[old] <= token) ->
#endif
                    slot = id; refs[id]++
                :: else -> old = 0
                fi
            };
            if :: old != 0 -> give(old) :: else fi
        :: else
        fi;
        give(id);
        d_step { returned_key++; n++; id = 0; old = 0; token = 0; good = false }
    :: else -> break
    od
}

proctype Evict() {
    byte n, x;
    do
    :: n < EVICTIONS ->
        if
        :: d_step { slot != 0 -> x = slot; slot = 0 }; give(x); x = 0
        :: skip
        fi;
        n++
    :: else -> break
    od
}

proctype Query() {
    byte q, id, e, old, v, c, need_parent, need_leaf, need_key;
    bool good, led;
    do
    :: q < EACH ->
        d_step {
            q++; need_parent = returned_parent; need_leaf = returned_leaf; need_key = returned_key;
            e = slot;
            if :: e != 0 -> refs[e]++ :: else fi
        };
        if
        :: e != 0 ->
            v = validated[e];
#if MUTANT == 12
            id = G;
#endif
#if MUTANT != 14
            sum(c);
            if
            :: v == c -> good = true
            :: else ->
#endif
                good = !(leaf_mark > birth[e]);
#if MUTANT != 11
                if :: good -> good = !(parent_mark > birth[e]) :: else fi;
#endif
#if MUTANT == 14
            sum(c);
            if
            :: v == c -> good = true
            :: else ->
#elif MUTANT == 15
                sum(c);
#endif
                if
                :: good ->
                    validated[e] = c;
#if MUTANT == 12
                    birth[e] = id
#endif
                :: else
                fi
            fi;
            if
            :: good -> d_step { answer(e); drop(e) }; goto next
            :: else -> give(e)
            fi;
            d_step { v = 0; c = 0 }
        :: else
        fi;
        /* prepare: a flight, with its tag interned */
        d_step {
            make(id);
#if MUTANT != 10
            intern()
#endif
        };
        d_step { /* the lock of the key's flights: look once more, join or lead */
            e = slot; good = false; led = false;
            if
            :: e != 0 ->
                good = validated[e] == parent_stripe + leaf_stripe ||
                       !(leaf_mark > birth[e]) && !(parent_mark > birth[e])
            :: else
            fi;
            if
            :: good -> refs[e]++
            :: else ->
                e = flight;
                if
                :: e != 0 ->
#if MUTANT == 2
                    good = true
#elif MUTANT == 3
                    good = !(leaf_mark > birth[e]) && !(parent_mark > birth[e])
#else
                    good = !(leaf_mark > birth[e]) && !(parent_mark > birth[e]) && key_floor <= birth[e]
#endif
                :: else
                fi;
                if
                :: good -> refs[e]++
                :: else ->
                    led = true;
#if MUTANT == 1
                    birth[id] = 255;
#else
                    G++; birth[id] = G;
#endif
                    fetch(id);
                    flight = id
                fi
            fi
        };
        if
        :: !led -> /* a hit after all, or a join */
#if MUTANT == 10
            d_step { intern() };
#endif
            d_step { (done[e]) -> answer(e); drop(e); drop(id); e = 0; id = 0 }
        :: else ->
#if MUTANT == 10
            d_step { intern() };
#endif
#if MUTANT == 1
            d_step { G++; birth[id] = G };
#endif
            keeper_looks(id);
            d_step { /* the lock of the flights, and the table's in it */
                old = 0;
                if
#if MUTANT == 4
                :: good && (slot == 0 || birth[slot] <= birth[id]) ->
#elif MUTANT == 7
                :: good && key_floor <= birth[id] ->
#else
                :: good && key_floor <= birth[id] && (slot == 0 || birth[slot] <= birth[id]) ->
#endif
                    old = slot; slot = id; refs[id]++
                :: else
                fi;
                if :: flight == id -> flight = 0 :: else fi;
                done[id] = true;
                answer(id)
            };
            if :: old != 0 -> give(old) :: else fi;
            give(id)
        fi;
next:
        skip;
        d_step {
            id = 0; e = 0; old = 0; v = 0; c = 0; need_parent = 0; need_leaf = 0; need_key = 0;
            good = false; led = false
        }
    :: else -> break
    od
}

init {
    atomic {
        byte i = 0;
        do :: i < QUERIES -> run Query(); i++ :: else -> break od;
        run InvalidateParent(); run InvalidateLeaf(); run InvalidateOther(); run Delete(); run Set(); run Evict()
    }
}
