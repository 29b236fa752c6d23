/* SPDX-License-Identifier: MIT
 *
 * The invalidation law, as the runtime keeps it: one key whose entry carries the tag `leaf` below `parent`, queries that
 * share fetches, hard invalidations of both tags, delete, set with a token, eviction, and nodes that are forgotten and made
 * anew. Names are those of runtime/: birth, stamp, floor, intern.
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
 *    12  a validated entry gets the current stamp as its birth
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

#define MAXE (QUERIES * EACH + SETS + 1)
#define FLOORS (MUTANT != 5 && MUTANT != 10)

byte G;                                     /* the last stamp */
byte parent_mark, leaf_mark, leaf_refs;     /* a leaf of 0 references is not in the tree */
byte leaf_floor, key_floor;
byte slot, flight;                          /* the entry of the key; the newest running fetch. 0: none */
byte made = 1;
byte birth[MAXE], refs[MAXE];
bool done[MAXE];

/* ghosts: events begun and returned, and what each answer may know of */
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
inline give(x) { /* a reference to entry x, which holds one to the leaf */
    d_step {
        refs[x]--;
        if
        :: refs[x] == 0 -> unintern(); birth[x] = 0; done[x] = false; knows_parent[x] = 0; knows_leaf[x] = 0; knows_key[x] = 0
        :: else
        fi
    }
}
inline fetch(x) { d_step { knows_parent[x] = begun_parent; knows_leaf[x] = begun_leaf; knows_key[x] = begun_key } }
inline answer(x) { assert(knows_parent[x] >= need_parent && knows_leaf[x] >= need_leaf && knows_key[x] >= need_key) }

proctype InvalidateParent() {
    byte s, n;
    do
    :: n < PARENTS ->
        begun_parent++;
#if MUTANT == 9
        raise(parent_mark, G); G++;
#else
        d_step { G++; s = G };
        d_step { raise(parent_mark, s) };
#endif
        d_step { returned_parent++; n++; s = 0 }
    :: else -> break
    od
}

proctype InvalidateLeaf() {
    byte s, n;
    bool known;
    do
    :: n < LEAVES ->
        begun_leaf++;
        d_step { G++; s = G };
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
        :: known -> d_step { raise(leaf_mark, s) }; d_step { unintern() }
        :: else ->
#if MUTANT == 6
            d_step { raise(leaf_floor, s) }
#else
            skip
#endif
        fi;
        d_step { returned_leaf++; n++; s = 0; known = false }
    :: else -> break
    od
}

proctype Delete() {
    byte s, n, old;
    do
    :: n < DELETES ->
        begun_key++;
        d_step { G++; s = G };
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
    byte n, id, old, token;
    bool good;
    do
    :: n < SETS ->
        d_step { G++; token = G; begun_key++ }; /* the value counts as read from here on */
        d_step { id = made; made++ };
        fetch(id);
        d_step { intern(); refs[id] = 1; birth[id] = token; done[id] = true };
        d_step { raise(key_floor, token) };
        d_step { if :: slot != 0 && birth[slot] < token -> old = slot; slot = 0 :: else fi };
        if :: old != 0 -> give(old) :: else fi;
        old = 0;
        good = !(parent_mark > token);
        if :: good -> good = !(leaf_mark > token) :: else fi;
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
    byte q, id, e, old, need_parent, need_leaf, need_key;
    bool good, led;
    do
    :: q < EACH ->
        d_step { q++; need_parent = returned_parent; need_leaf = returned_leaf; need_key = returned_key };
        d_step { e = slot; if :: e != 0 -> refs[e]++ :: else fi };
        if
        :: e != 0 ->
            good = !(leaf_mark > birth[e]);
#if MUTANT != 11
            if :: good -> good = !(parent_mark > birth[e]) :: else fi;
#endif
            if
            :: good ->
                answer(e);
#if MUTANT == 12
                birth[e] = G;
#endif
                give(e); goto next
            :: else -> give(e)
            fi
        :: else
        fi;
        /* prepare: a flight, with its tag interned */
        d_step { id = made; made++; refs[id] = 1 };
#if MUTANT != 10
        d_step { intern() };
#endif
        d_step { /* the lock of the key's flights: look once more, join or lead */
            e = slot; good = false; led = false;
            if :: e != 0 -> good = !(leaf_mark > birth[e]) && !(parent_mark > birth[e]) :: else fi;
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
                    flight = id
                fi
            fi
        };
        if
        :: !led -> /* a hit after all, or a join */
#if MUTANT == 10
            d_step { intern() };
#endif
            d_step { (done[e]) -> answer(e) };
            give(e); give(id)
        :: else ->
            fetch(id);
#if MUTANT == 10
            d_step { intern() };
#endif
#if MUTANT == 1
            d_step { G++; birth[id] = G };
#endif
            good = !(leaf_mark > birth[id]);
            if :: good -> good = !(parent_mark > birth[id]) :: else fi;
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
                done[id] = true
            };
            answer(id);
            if :: old != 0 -> give(old) :: else fi;
            give(id)
        fi;
next:
        skip;
        d_step { id = 0; e = 0; old = 0; need_parent = 0; need_leaf = 0; need_key = 0; good = false; led = false }
    :: else -> break
    od
}

init {
    atomic {
        byte i = 0;
        do :: i < QUERIES -> run Query(); i++ :: else -> break od;
        run InvalidateParent(); run InvalidateLeaf(); run Delete(); run Set(); run Evict()
    }
}
