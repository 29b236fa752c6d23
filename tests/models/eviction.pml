/* SPDX-License-Identifier: MIT
 *
 * What readers without locks ask of those who take entries away: eviction, reclamation, moves within the table, and the
 * memory of entries and nodes that is used again for others.
 *
 *     reader   opens a read section, loads slots until the key is found or an empty slot, judges the entry (its number,
 *              else a walk over node and parent), perhaps pins it, ends the section, uses what it pinned
 *     writer   under the shard's lock puts an entry into its slot or takes it out, the later ones of the probe chain
 *              moving up, each stored at its new place before its old one is overwritten; what it took out it retires
 *     grow     under the lock copies all to a bigger table, then fills the old slots with MOVED; then readers begin in
 *              the new one, and the old is freed after a grace period
 *     reclaim  when every section is over that was open as an entry retired: unreferences the entry's node, then drops
 *              the table's reference; the last reference frees the block
 *
 * An address is an index: of a block (entry) or a cell (node). Key k carries tag k; key 1's tag lies below the tag TOP if
 * there is one. No two births are equal, so they tell the entries apart that follow each other in a block.
 *
 *     spin -DMUTANT=n -a eviction.pml            0: the design; the others must each violate an assertion
 *
 *     1  a retired entry is reclaimed without a grace period
 *     2  the nodes are unreferenced when an entry is taken out
 *     3  a reader pins after its section
 *     4  a forgotten node leaves no floor
 *     5  a slot is MOVED before the entry is in the new table
 *     6  no slot is MOVED
 *     7  the slots are MOVED after the lock was given up
 *     8  the table's reference is dropped when an entry is taken out
 *     9  a reader with a pin walks after its section
 *    10  the grace period begins before the entry is taken out
 *    11  a reader stores validated after its section
 *    12  a cell that is used again keeps its mark
 *    13  a moving entry's old place is overwritten first
 *    14  the old table is freed without a grace period
 *    15  the reclaimer drops the table's reference first, then unreferences the entry's node
 *    16  an invalidation of a tag without a node leaves no floor
 */
#ifndef MUTANT
#define MUTANT 0
#endif
#ifndef KEYS
#define KEYS 2 /* at most 3, all of one probe chain */
#endif
#ifndef FILLED
#define FILLED KEYS /* that many keys are in the table at the start */
#endif
#ifndef TOPS
#define TOPS 0 /* 1: key 1's tag has a parent */
#endif
#ifndef BLOCKS
#define BLOCKS KEYS /* at most 3 */
#endif
#ifndef CELLS
#define CELLS (KEYS + TOPS)
#endif
#ifndef READERS
#define READERS 2
#endif
#ifndef READS
#define READS 1 /* of each reader */
#endif
#ifndef SOUGHT
#define SOUGHT 1 /* the key that readers look for */
#endif
#ifndef WRITES
#define WRITES 2
#endif
#ifndef WRITERS
#define WRITERS 1
#endif
#ifndef SETS
#define SETS 0 /* 1: a write may be a set with a token */
#endif
#ifndef LEAVES
#define LEAVES 0 /* invalidations of tag 1 */
#endif
#ifndef PARENTS
#define PARENTS 0 /* of TOP */
#endif
#ifndef OTHERS
#define OTHERS 0 /* of tag 2 */
#endif
#ifndef GROWS
#define GROWS 0 /* 1: the table grows once */
#endif

#define TOP (KEYS + 1)
#define SLOTS (KEYS + 1)
#define MOVED 255
#define ACTORS (READERS + WRITERS + (LEAVES > 0) + (PARENTS > 0) + (OTHERS > 0) + GROWS) /* without the reclaimer */
#define bit(r) (1 << (r))

byte G, stripe = 1;
/* nodes; tag 0: the cell is free */
byte tag[CELLS + 1], mark[CELLS + 1], parent[CELLS + 1], node_refs[CELLS + 1], floor[TOP + 1];
/* entries; refs 0: the block is free. The table's reference and one for each pin. */
byte key[BLOCKS + 1], birth[BLOCKS + 1], validated[BLOCKS + 1], node[BLOCKS + 1], refs[BLOCKS + 1];
bool retired[BLOCKS + 1];
byte waits[BLOCKS + 1]; /* what a retired entry's grace period waits for: bits of readers */
#if MUTANT == 8
byte retired_node[BLOCKS + 1];
#endif
byte slot[2 * SLOTS]; /* of the old and the new table */
byte current, home;   /* the table where readers begin, the one where writers work */
byte table_waits;     /* what the old table's grace period waits for */
bool lock, table_freed;
byte seeking[KEYS + 1]; /* the open sections, by the key they look for */
byte finished;

/* ghosts */
byte begun[TOP + 1], returned[TOP + 1];             /* invalidations of a tag */
byte knows_leaf[BLOCKS + 1], knows_top[BLOCKS + 1]; /* what an answer may know of */
byte holds[KEYS + 1];                               /* the entry that is in the table */
byte since[BLOCKS + 1];                             /* the sections open since before it was retired */
byte excused;                                       /* readers whose key was absent or moved in their section */

#if KEYS == 1
#define OPEN seeking[1]
#elif KEYS == 2
#define OPEN (seeking[1] | seeking[2])
#else
#define OPEN (seeking[1] | seeking[2] | seeking[3])
#endif
#define raise(mark, stamp) if :: stamp > mark -> mark = stamp :: else fi
#define alive(e, b) (refs[e] > 0 && birth[e] == b && b != 0) /* still the entry that was born at b */
#define at(table, i) slot[(table) * SLOTS + (i)]

/* ---- nodes; each d_step is under the node's lock ---- */

inline find_node(T, N) { /* T = 0: a free cell */
    N = 1;
    do :: N <= CELLS && tag[N] != T -> N++ :: else -> break od;
    if :: N > CELLS -> N = 0 :: else fi
}
inline make_node(T, P, N) {
    find_node(0, N);
    if
    :: N != 0 ->
        tag[N] = T; parent[N] = P; node_refs[N] = 1;
#if MUTANT != 12
        mark[N] = floor[T]
#endif
    :: else
    fi
}
/* The node of tag T with a reference in N, made if need be; 0: no cell. */
inline intern(T, N, P) {
    find_node(T, N); P = 0;
    if
    :: N != 0 -> node_refs[N]++
    :: else ->
        if
        :: TOPS && T == 1 ->
            find_node(TOP, P);
            if :: P != 0 -> node_refs[P]++ :: else make_node(TOP, 0, P) fi;
            if :: P != 0 -> make_node(T, P, N) :: else fi;
            if
            :: P != 0 && N == 0 ->
                node_refs[P]--;
                if :: node_refs[P] == 0 -> forget(P) :: else fi
            :: else
            fi
        :: else -> make_node(T, 0, N)
        fi
    fi;
    P = 0
}
inline forget(N) {
#if MUTANT != 4
    raise(floor[tag[N]], mark[N]);
#endif
#if MUTANT != 12
    mark[N] = 0;
#endif
    tag[N] = 0; parent[N] = 0
}
/* Then N is its parent, if that was the last reference, which takes the one to the parent along; else 0. */
inline unref_one(N) {
    d_step {
        assert(node_refs[N] > 0);
        node_refs[N]--;
        if
        :: node_refs[N] == 0 -> above = parent[N]; forget(N); N = above; above = 0
        :: else -> N = 0
        fi
    }
}
inline unref_node(N) {
    unref_one(N);
    if :: N != 0 -> unref_one(N) :: else fi
}

proctype Invalidate(byte t; byte times) {
    byte s, n, above;
    do
    :: times > 0 ->
        d_step { G++; s = G; begun[t]++ };
        d_step {
            find_node(t, n);
            if
            :: n != 0 -> node_refs[n]++
            :: else ->
#if MUTANT != 16
                raise(floor[t], s)
#else
                skip
#endif
            fi
        };
        if
        :: n != 0 ->
            d_step { assert(tag[n] == t); raise(mark[n], s) };
            stripe++;
            unref_node(n)
        :: else
        fi;
        d_step { returned[t]++; times--; s = 0 }
    :: else -> break
    od;
    finished++
}

/* ---- entries ---- */

inline unref(E) { /* in a d_step */
    assert(refs[E] > 0);
    refs[E]--;
    if
    :: refs[E] == 0 -> key[E] = 0; birth[E] = 0; validated[E] = 0; node[E] = 0; knows_leaf[E] = 0; knows_top[E] = 0
    :: else
    fi
}
/* What was taken out of the table goes on the list of the retired. */
inline retire(E) {
#if MUTANT == 2
    n = node[E]; unref_node(n);
#endif
    d_step {
        retired[E] = true; since[E] = OPEN;
#if MUTANT == 10
        waits[E] = before & OPEN; before = 0;
#elif MUTANT != 1
        waits[E] = OPEN;
#endif
#if MUTANT == 8
        retired_node[E] = node[E]; unref(E);
#endif
        E = 0
    }
}

#define ready(e) (retired[e] && waits[e] == 0)
#if BLOCKS == 1
#define any(what) what(1)
#elif BLOCKS == 2
#define any(what) (what(1) || what(2))
#elif BLOCKS == 3
#define any(what) (what(1) || what(2) || what(3))
#endif
#define listed(e) retired[e]

proctype Reclaim() {
    byte e, n, above, b;
    do
    :: d_step {
        any(ready) ->
        e = 1;
        do :: !ready(e) -> e++ :: else -> break od;
        n = node[e]; b = birth[e]; retired[e] = false; since[e] = 0;
#if MUTANT == 8
        n = retired_node[e]
#endif
       };
#if MUTANT == 15
       d_step { unref(e) };
       d_step { assert(alive(e, b)); n = node[e] };
#endif
#if MUTANT != 2
       unref_node(n);
#endif
#if MUTANT != 8 && MUTANT != 15
       d_step { assert(alive(e, b)); unref(e) };
#endif
       d_step { e = 0; n = 0; b = 0 }
    :: d_step { /* the end: nothing has leaked */
        finished == ACTORS && !any(listed) ->
        e = 1;
        do
        :: e <= BLOCKS ->
            assert(refs[e] == (key[e] != 0 && holds[key[e]] == e));
            n = node[e]; node_refs[n] = node_refs[n] - (n != 0);
            e++
        :: else -> break
        od;
        n = CELLS;
        do :: n > 0 -> above = parent[n]; node_refs[above] = node_refs[above] - (above != 0); n-- :: else -> break od;
        n = CELLS;
        do :: n > 0 -> assert(node_refs[n] == 0); n-- :: else -> break od
       };
       break
    od
}

/* ---- the table ---- */

#define acquire() d_step { !lock -> lock = true }

/* Where key k is in the table of the writers, or would be put; in a d_step, under the lock. */
inline find_slot(K, I) {
    I = 0;
    do
    :: at(home, I) != 0 && (at(home, I) == MOVED || key[at(home, I)] != K) -> I++
    :: else -> break
    od;
    assert(I < SLOTS)
}

/* Under the lock: key K's entry at I is overwritten by the next, and so on to the end of the chain. */
inline take_out(K, I) {
    do
    :: at(home, I + 1) != 0 ->
#if MUTANT == 13
        d_step { moving = at(home, I + 1); at(home, I + 1) = 0 };
#endif
        d_step {
#if MUTANT == 13
            at(home, I) = moving; moving = 0;
#else
            at(home, I) = at(home, I + 1);
#endif
            holds[K] = 0; excused = excused | seeking[K] | seeking[key[at(home, I)]];
            I++
        }
    :: else -> d_step { at(home, I) = 0; holds[K] = 0; excused = excused | seeking[K] }; break
    od
}

proctype Write(byte times) {
    byte k, i, b, e, n, above, token, c, moving, before;
    bool good;
    do
    :: times > 0 ->
        times--;
        if :: k = 1 :: KEYS > 1 -> k = 2 :: KEYS > 2 -> k = 3 fi;
        if
        :: /* evict or delete */
#if MUTANT == 10
            before = OPEN;
#endif
            acquire();
            d_step { find_slot(k, i); e = at(home, i) };
            if :: e != 0 -> take_out(k, i) :: else fi;
            lock = false;
            if :: e != 0 -> retire(e) :: else fi
        :: /* keep what was fetched; or set what was read after the token was drawn */
            d_step { /* a block, if there is one */
                b = 1;
                do :: b <= BLOCKS && refs[b] > 0 -> b++ :: else -> break od;
                if :: b > BLOCKS -> b = 0 :: else -> refs[b] = 1 fi
            };
            if
            :: SETS && b != 0 -> d_step { G++; token = G; knows_leaf[b] = begun[k]; knows_top[b] = begun[TOP] }
            :: true
            fi;
            if
            :: b != 0 ->
                d_step { intern(k, n, above) };
                if
                :: n != 0 ->
                    d_step {
                        if
                        :: token == 0 -> G++; token = G; knows_leaf[b] = begun[k]; knows_top[b] = begun[TOP]
                        :: else
                        fi;
                        key[b] = k; birth[b] = token; node[b] = n; token = 0
                    };
                    c = stripe;
                    d_step {
                        good = !(mark[n] > birth[b]) && !(parent[n] != 0 && mark[parent[n]] > birth[b]);
                        assert(good || begun[k] > knows_leaf[b] || begun[TOP] > knows_top[b]); /* none inherited */
                        validated[b] = c; c = 0
                    };
                    if
                    :: good ->
                        acquire();
                        d_step {
                            find_slot(k, i); e = at(home, i);
                            if
                            :: e == 0 || birth[e] <= birth[b] -> at(home, i) = b; holds[k] = b; b = 0; n = 0
                            :: else -> e = 0
                            fi
                        };
                        lock = false;
                        if :: e != 0 -> retire(e) :: else fi
                    :: else
                    fi
                :: else
                fi;
                if /* not kept: nobody has seen it */
                :: b != 0 -> if :: n != 0 -> unref_node(n) :: else fi; d_step { unref(b) }
                :: else
                fi
            :: else
            fi
        fi;
        d_step { k = 0; i = 0; b = 0; e = 0; n = 0; token = 0; before = 0; good = false }
    :: else -> break
    od;
    finished++
}

#if GROWS
proctype Grow() {
    byte i, moving;
    acquire();
    do
    :: i < SLOTS ->
#if MUTANT == 5
        d_step { moving = at(0, i); at(0, i) = MOVED };
        d_step { at(1, i) = moving; moving = 0; i++ }
#else
        d_step { at(1, i) = at(0, i); i++ }
#endif
    :: else -> break
    od;
#if MUTANT == 7
    home = 1;
    lock = false;
#endif
    i = 0;
#if MUTANT != 5 && MUTANT != 6
    do :: i < SLOTS -> d_step { at(0, i) = MOVED; i++ } :: else -> break od;
#endif
#if MUTANT != 7
    home = 1;
    lock = false;
#endif
    current = 1;
#if MUTANT != 14
    table_waits = OPEN;
    table_waits == 0;
#endif
    d_step { table_freed = true; i = 0; do :: i < SLOTS -> at(0, i) = 0; i++ :: else -> break od; i = 0; finished++ }
}
#endif

/* ---- readers ---- */

/* A walk over the node of entry e and its parent. */
inline walk(E) {
    d_step { assert(alive(E, b)); n = node[E]; assert(node_refs[n] > 0 && tag[n] == k); good = !(mark[n] > b) };
    d_step { assert(node_refs[n] > 0 && tag[n] == k); n = parent[n] };
    if
    :: n != 0 -> d_step { assert(node_refs[n] > 0 && tag[n] == TOP); good = good && !(mark[n] > b); n = 0 }
    :: else
    fi
}
inline open_section() {
    d_step {
        need_leaf = returned[k]; need_top = returned[TOP];
        seeking[k] = seeking[k] | bit(r);
        if :: holds[k] == 0 -> excused = excused | bit(r) :: else fi
    }
}
inline close_section() {
    d_step {
        seeking[k] = seeking[k] & ~bit(r); excused = excused & ~bit(r); table_waits = table_waits & ~bit(r);
        i = 1;
        do :: i <= BLOCKS -> waits[i] = waits[i] & ~bit(r); since[i] = since[i] & ~bit(r); i++ :: else -> break od;
        i = 0
    }
}

proctype Read(byte r; byte k; byte times) {
    byte t, i, e, b, v, c, n, need_leaf, need_top;
    bool good, pinned;
    do
    :: times > 0 ->
        times--;
        open_section();
        t = current;
        do
        :: d_step {
            assert(!(t == 0 && table_freed) && i < SLOTS);
            e = at(t, i);
            b = (e != 0 && e != MOVED -> birth[e] : 0)
            };
            if
            :: e == 0 -> break
            :: e == MOVED -> d_step { t = 1; i = 0; e = 0 }
            :: else ->
                d_step { assert(alive(e, b)); good = key[e] == k };
                if :: good -> break :: else -> d_step { i++; e = 0; b = 0 } fi
            fi
        od;
        if
        :: e == 0 -> assert(excused & bit(r)) /* only a key that moved or was not there is missed */
        :: else ->
            assert(!retired[e] || since[e] & bit(r)); /* it was there when the section began, or later */
            d_step { assert(alive(e, b)); v = validated[e] };
            c = stripe;
#if MUTANT == 9 || MUTANT == 11
            good = v == c;
            if
            :: !good ->
#if MUTANT == 9
                d_step { refs[e]++; pinned = true };
                close_section();
                walk(e);
#else
                walk(e);
                close_section();
#endif
                if :: good -> d_step { assert(alive(e, b)); validated[e] = c } :: else fi;
                goto over
            :: else
            fi;
#else
            if
            :: v == c -> good = true
            :: else -> walk(e); if :: good -> d_step { assert(alive(e, b)); validated[e] = c } :: else fi
            fi;
#endif
            d_step {
                assert(alive(e, b));
                assert(!good || knows_leaf[e] >= need_leaf && knows_top[e] >= need_top); /* the law */
                assert(good || begun[k] > knows_leaf[e] || begun[TOP] > knows_top[e]); /* a new tag inherits nothing */
                v = 0; c = 0
            };
            if
            :: good ->
                if
                :: d_step { assert(alive(e, b)) } /* used within the section */
                :: d_step {
#if MUTANT == 3
                    pinned = true
#else
                    assert(alive(e, b)); refs[e]++; pinned = true
#endif
                   }
                fi
            :: else
            fi
        fi;
        close_section();
#if MUTANT == 3
        if :: pinned -> d_step { assert(alive(e, b)); refs[e]++ } :: else fi;
#endif
over:
        if
        :: e == 0 -> /* looks again under the lock, and pins what is there; to judge it needs the lock or a section */
            d_step {
                !lock ->
                find_slot(k, i); e = at(home, i); i = 0;
                assert(e == holds[k]);
                if :: e != 0 -> b = birth[e]; assert(alive(e, b)); refs[e]++; pinned = true :: else fi
            }
        :: else
        fi;
        if
        :: pinned -> d_step { assert(alive(e, b) && key[e] == k); unref(e) }
        :: else
        fi;
        d_step {
            t = 0; i = 0; e = 0; b = 0; v = 0; c = 0; n = 0;
            need_leaf = 0; need_top = 0; good = false; pinned = false
        }
    :: else -> break
    od;
    finished++
}

init {
    atomic {
        byte i = 1, n, above;
        do
        :: i <= FILLED ->
            d_step {
                intern(i, n, above);
                G++; key[i] = i; birth[i] = G; validated[i] = stripe; node[i] = n; refs[i] = 1;
                at(0, i - 1) = i; holds[i] = i; i++
            }
        :: else -> break
        od;
        n = 0; i = 0;
        do :: i < READERS -> run Read(i, SOUGHT, READS); i++ :: else -> break od;
        i = 0;
        do :: i < WRITERS -> run Write(WRITES); i++ :: else -> break od;
        i = 0;
#if GROWS
        run Grow();
#endif
        if :: LEAVES > 0 -> run Invalidate(1, LEAVES) :: else fi;
        if :: OTHERS > 0 -> run Invalidate(2, OTHERS) :: else fi;
        if :: PARENTS > 0 -> run Invalidate(TOP, PARENTS) :: else fi;
        run Reclaim()
    }
}
