/* SPDX-License-Identifier: MIT
 *
 * What is legal, and most likely not meant: T1xxx. See diag_codes.h. T10xx are the lints, T11xx are about allowances.
 */
#ifndef T87SC_DIAG_CODES_WARNINGS_H
#define T87SC_DIAG_CODES_WARNINGS_H

/* clang-format off */
#define DIAG_CODES_WARNINGS(X) \
    X(T1001, WARNING, "unused-tag", "a tag that nothing uses", \
      "No query carries this tag or one below it, and no mutation names it: a change there makes nothing\n" \
      "wrong, or a query forgot to say that it reads it. Told of the outermost segment, once for a group, and\n" \
      "not of what an imported file declares.", \
      "schema s;\n" \
      "root { users: Wild(id: u64) { profile: Static; } }\n" \
      "cached f(id: u64) -> u64 tagged users(id);\n", \
      "schema s;\n" \
      "root { users: Wild(id: u64) { profile: Static; } }\n" \
      "cached f(id: u64) -> u64 tagged users(id).profile;\n") \
    X(T1002, WARNING, "unreached-query", "a query that no mutation can reach", \
      "No mutation invalidates a tag of this query or a tag above one, so that only its ttl ends what it\n" \
      "answered. Not told in a schema without mutations, which invalidates by hand.", \
      "schema s;\n" \
      "root { users: Wild(id: u64); posts: Wild(id: u64); }\n" \
      "cached user(id: u64) -> u64 tagged users(id);\n" \
      "cached post(id: u64) -> u64 tagged posts(id);\n" \
      "mutation edit_post(id: u64) invalidates posts(id);\n", \
      "schema s;\n" \
      "root { users: Wild(id: u64); posts: Wild(id: u64); }\n" \
      "cached user(id: u64) -> u64 tagged users(id);\n" \
      "cached post(id: u64) -> u64 tagged posts(id);\n" \
      "mutation edit_post(id: u64) invalidates posts(id);\n" \
      "mutation rename(id: u64) invalidates users(id);\n") \
    X(T1003, WARNING, "idle-path", "an invalidated tag that no query carries", \
      "A mutation invalidates a tag, and no query carries it or, without `exact`, a tag below it: the path\n" \
      "does nothing. Not told in a schema without queries.", \
      "schema s;\n" \
      "root { users: Wild(id: u64); teams: Wild(id: u64); }\n" \
      "cached user(id: u64) -> u64 tagged users(id);\n" \
      "mutation rename(id: u64, team: u64) invalidates users(id), teams(team);\n", \
      "schema s;\n" \
      "root { users: Wild(id: u64); teams: Wild(id: u64); }\n" \
      "cached user(id: u64) -> u64 tagged users(id);\n" \
      "cached team(id: u64) -> u64 tagged teams(id);\n" \
      "mutation rename(id: u64, team: u64) invalidates users(id), teams(team);\n") \
    X(T1004, WARNING, "invalidated-below", "a tag of which only what is below it is invalidated", \
      "An invalidated tag reaches what carries it or a tag below it, never what carries a tag above it. A\n" \
      "list that carries the segment `posts` itself stays as it is when `posts(id)` is invalidated: add\n" \
      "`posts exact`, which reaches the lists alone, or `posts`, which reaches every post too.", \
      "schema s;\n" \
      "root { posts: Wild(id: u64); }\n" \
      "cached post(id: u64) -> u64 tagged posts(id);\n" \
      "cached list() -> bytes tagged posts;\n" \
      "mutation edit(id: u64) invalidates posts(id);\n", \
      "schema s;\n" \
      "root { posts: Wild(id: u64); }\n" \
      "cached post(id: u64) -> u64 tagged posts(id);\n" \
      "cached list() -> bytes tagged posts;\n" \
      "mutation edit(id: u64) invalidates posts(id), posts exact;\n") \
    X(T1005, WARNING, "redundant-tag", "a tag that says nothing new", \
      "One tag of the query is the beginning of another, or the same: whatever invalidates the shorter one,\n" \
      "or a tag above it, reaches the longer one too. Only `exact` could tell them apart, so nothing is told\n" \
      "where a mutation uses that.", \
      "schema s;\n" \
      "root { users: Wild(id: u64) { profile: Static; } }\n" \
      "cached f(id: u64) -> u64 tagged users(id), users(id).profile;\n", \
      "schema s;\n" \
      "root { users: Wild(id: u64) { profile: Static; } }\n" \
      "cached f(id: u64) -> u64 tagged users(id).profile;\n") \
    X(T1006, WARNING, "redundant-path", "an invalidated tag that another one covers", \
      "A mutation invalidates a tag and, once more, that tag or one below it. What is hard covers what is\n" \
      "soft, and what is not exact covers what is.", \
      "schema s;\n" \
      "root { users: Wild(id: u64) { profile: Static; } }\n" \
      "cached f(id: u64) -> u64 tagged users(id).profile;\n" \
      "mutation m(id: u64) invalidates users(id), users(id).profile;\n", \
      "schema s;\n" \
      "root { users: Wild(id: u64) { profile: Static; } }\n" \
      "cached f(id: u64) -> u64 tagged users(id).profile;\n" \
      "mutation m(id: u64) invalidates users(id);\n") \
    X(T1007, WARNING, "long-grace", "a grace of more than a day", \
      "The grace is how long after its ttl an answer may still be served, marked as stale, while a new one is\n" \
      "fetched or the source fails. It is often taken for how long an answer is kept, which is the ttl.", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all ttl 1m grace 7d;\n", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all ttl 7d grace 1h;\n") \
    X(T1008, WARNING, "zero-ttl", "a ttl of 0", \
      "No answer is ever fresh: each query fetches, or is served stale within its grace while one fetches.\n" \
      "What is left of the cache is that queries at one moment wait for the same fetch.", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all ttl 0s;\n", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all ttl 500ms;\n") \
    X(T1009, WARNING, "full-jitter", "a jitter of 100%", \
      "The jitter shortens each ttl by a random part of it, up to so much: with 100% some answers are kept\n" \
      "for no time at all.", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all jitter 100%;\n", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all jitter 50%;\n") \
    X(T1010, WARNING, "str-beside-static", "a `str` wild beside a segment", \
      "The text of the wild may be the name of the segment. To the cache the two are different tags, but they\n" \
      "print the same, in logs and in the eyes of who reads them.", \
      "schema s;\n" \
      "root { users: Static { settings: Static; Wild(name: str); } }\n", \
      "schema s;\n" \
      "root { users: Wild(name: str); settings: Static; }\n") \
    X(T1011, WARNING, "whole-segment", "a mutation that invalidates a whole segment", \
      "The wild below the segment is left off, so that all of its values are invalidated at once, where one\n" \
      "was meant or the segment itself. Not told when no query carries a tag with that wild.", \
      "schema s;\n" \
      "root { posts: Wild(id: u64); }\n" \
      "cached post(id: u64) -> u64 tagged posts(id);\n" \
      "mutation edit(id: u64) invalidates posts;\n", \
      "schema s;\n" \
      "root { posts: Wild(id: u64); }\n" \
      "cached post(id: u64) -> u64 tagged posts(id);\n" \
      "mutation edit(id: u64) invalidates posts(id);\n") \
    X(T1012, WARNING, "many-tags", "a query with more than 4 tags", \
      "Each tag of an answer is looked at in every hit, and kept in memory. A query with many tags often\n" \
      "reads things that one segment of their own could stand for.", \
      "schema s;\n" \
      "root { a: Static; b: Static; c: Static; d: Static; e: Static; }\n" \
      "cached f() -> u64 tagged a, b, c, d, e;\n", \
      "schema s;\n" \
      "root { front_page: Static; }\n" \
      "cached f() -> u64 tagged front_page;\n") \
    X(T1013, WARNING, "similar-names", "names that differ only in case or underscores", \
      "Segments of one block, groups, enums and their items, queries together with mutations, and parameters\n" \
      "of one of these: two of them are taken for each other sooner or later.", \
      "schema s;\n" \
      "root { user_posts: Static; userPosts: Static; }\n", \
      "schema s;\n" \
      "root { user_posts: Static; user_drafts: Static; }\n") \
    X(T1014, WARNING, "ignored-declarations", "an import that leaves something out", \
      "An import brings the groups and enums of a file. Its queries, mutations, root, defaults and includes\n" \
      "are its own, when it is a schema too; they are left out without a word from who reads it.", \
      "// common.tags:\n" \
      "enum region { eu, us }\n" \
      "default ttl 1h;\n" \
      "// s.tags:\n" \
      "schema s;\n" \
      "import \"common.tags\";\n" \
      "root { prices: Wild(zone: region); }\n", \
      "// common.tags:\n" \
      "enum region { eu, us }\n" \
      "// s.tags:\n" \
      "schema s;\n" \
      "import \"common.tags\";\n" \
      "default ttl 1h;\n" \
      "root { prices: Wild(zone: region); }\n") \
    X(T1015, WARNING, "unused-group", "a group that nothing uses", \
      "No segment has this group below it. Not told of the groups of an imported file.", \
      "schema s;\n" \
      "tags User { profile: Static; }\n" \
      "root { users: Wild(id: u64); }\n", \
      "schema s;\n" \
      "tags User { profile: Static; }\n" \
      "root { users: Wild(id: u64) User; }\n") \
    X(T1016, WARNING, "unused-enum", "an enum that nothing uses", \
      "No wild, parameter or value is of this type. Not told of the enums of an imported file.", \
      "schema s;\n" \
      "enum region { eu, us }\n" \
      "root { prices: Wild(zone: str); }\n", \
      "schema s;\n" \
      "enum region { eu, us }\n" \
      "root { prices: Wild(zone: region); }\n") \
    X(T1017, WARNING, "unused-import", "an import that the schema does not use", \
      "Neither the root nor a query or mutation needs a group or enum of this file, or of one that it\n" \
      "imports.", \
      "// common.tags:\n" \
      "enum region { eu, us }\n" \
      "// s.tags:\n" \
      "schema s;\n" \
      "import \"common.tags\";\n" \
      "root { prices: Wild(zone: str); }\n", \
      "// common.tags:\n" \
      "enum region { eu, us }\n" \
      "// s.tags:\n" \
      "schema s;\n" \
      "import \"common.tags\";\n" \
      "root { prices: Wild(zone: region); }\n") \
    X(T1018, WARNING, "idle-fleet", "a `fleet` that has nothing to share", \
      "With a ttl of 0 no answer is given to the shared tier, so that the other processes find nothing there\n" \
      "and each of them fetches, `fleet` or not.", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all ttl 0s fleet; // t87sc: allow(T1008) fetches are to be joined\n", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all ttl 1s fleet;\n") \
    X(T1101, WARNING, "bare-allowance", "an allowance without a reason", \
      "Behind the brackets stands why the warning is not right here, for whoever reads the schema next.", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "// t87sc: allow(T1008)\n" \
      "cached f() -> u64 tagged all ttl 0s;\n", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "// t87sc: allow(T1008) only its fetches are to be joined\n" \
      "cached f() -> u64 tagged all ttl 0s;\n") \
    X(T1102, WARNING, "bad-allowance", "an allowance that cannot be understood", \
      "An allowance is a comment `// t87sc: allow(T1002, T1003) reason`, with codes or names of warnings. At\n" \
      "the end of a line it covers that line and, behind a `;` or `}`, all that this ends: a declaration, a\n" \
      "segment. On a line of its own it covers what begins after it, up to the `;` or `}` that ends that;\n" \
      "before `schema NAME;` the whole file. Codes of diff, T2xxx, are allowed for the change that brings the\n" \
      "comment in; what is gone is named, wherever the comment stands: `allow(T2302 rename_user)`.", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all ttl 1h; // t87sc: allow(T1088) no such warning\n", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all ttl 0s; // t87sc: allow(T1008) fetches are to be joined\n") \
    X(T1103, WARNING, "idle-allowance", "an allowance that allows nothing", \
      "The warning is not told where the allowance stands, perhaps not any more. Not told of imported files,\n" \
      "which may be read with other schemas, nor while the warning is switched off.", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all ttl 1h; // t87sc: allow(T1008) fetches are to be joined\n", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all ttl 0s; // t87sc: allow(T1008) fetches are to be joined\n")
/* clang-format on */

#endif
