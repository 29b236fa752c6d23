/* SPDX-License-Identifier: MIT
 *
 * What a change of a schema does to running systems: T2xxx. See diag_codes.h.
 *
 * T21xx SOURCE, T22xx KEY, T23xx INVALIDATION: `t87sc diff --category` goes by the number. T24xx are about allowances.
 * An example is two schemas, the old one and the new one; the wrong one is a change that the code is for, the right one
 * what to do instead.
 */
#ifndef T87SC_DIAG_CODES_DIFF_H
#define T87SC_DIAG_CODES_DIFF_H

/* clang-format off */
#define DIAG_CODES_DIFF(X) \
    X(T2101, ERROR, "schema-renamed", "SOURCE: the schema has another name", \
      "Every generated name begins with the schema's, so every caller must be changed. The name is part of every cache " \
      "key\ntoo: all queries start with a cold cache. Tags do not have it, so invalidations go on to be heard on both " \
      "sides.", \
      "// old.tags:\n" \
      "schema shop;\n" \
      "root { all: Static; }\n" \
      "// new.tags:\n" \
      "schema store;\n" \
      "root { all: Static; }\n", \
      "// old.tags:\n" \
      "schema shop;\n" \
      "root { all: Static; }\n" \
      "// new.tags:\n" \
      "/// The store.\n" \
      "schema shop;\n" \
      "root { all: Static; }\n") \
    X(T2102, ERROR, "query-gone", "SOURCE: a query is gone, or has another name", \
      "Its functions are no longer generated, and who calls them does not compile. Keep the old query beside a new one " \
      "until\nnobody calls it.", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached get_user(id: u64) -> bytes tagged users(id);\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached load_user(id: u64) -> bytes tagged users(id);\n", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached get_user(id: u64) -> bytes tagged users(id);\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached get_user(id: u64) -> bytes tagged users(id);\n" \
      "cached load_user(id: u64) -> bytes tagged users(id);\n") \
    X(T2103, ERROR, "mutation-gone", "SOURCE: a mutation is gone, or has another name", \
      "Its functions are no longer generated, and who calls them does not compile. What it invalidated is another " \
      "matter:\nsee T2302.", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "mutation rename_user(id: u64) invalidates users(id);\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "mutation rename_user(id: u64) invalidates users(id);\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "mutation rename_user(id: u64) invalidates users(id);\n" \
      "mutation change_user(id: u64) invalidates users(id);\n") \
    X(T2104, ERROR, "tag-gone", "SOURCE: a segment is gone, has another name or another place", \
      "The constructors of its tags are no longer generated, and who calls them does not compile. To the cache a segment " \
      "with\nanother name is another segment: what is cached under the old one is not reached by invalidations of the " \
      "new one.\n" \
      "Declare the new segment beside the old one, carry and invalidate both, and drop the old one a deploy later.", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { people: Wild(id: u64); }\n", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); people: Wild(id: u64); }\n") \
    X(T2105, ERROR, "tag-changed", "SOURCE: the constructor of a tag takes other arguments, or has another name", \
      "A segment became Wild, or its wild has another type. Unless both types are written alike (u32 as u64, i32 as " \
      "i64, the\nitems of an enum as str) all tags below are others than before, as if the segment had another name.", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: str); }\n", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(user_id: u64); users_by_name: Wild(name: str); }\n") \
    X(T2106, ERROR, "other-parameters", "SOURCE: a query or mutation takes other parameters", \
      "Its functions, and those that the application defines for it, have another signature. Declare a new query beside " \
      "the\nold one to let callers move one by one.", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached find(key text: str) -> bytes tagged all;\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached find(key text: str, key page: u32) -> bytes tagged all;\n", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached find(key text: str) -> bytes tagged all;\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached find(key words: str) -> bytes tagged all;\n" \
      "cached find_page(key words: str, key page: u32) -> bytes tagged all;\n") \
    X(T2107, ERROR, "swapped-parameters", "SOURCE: parameters of one type changed places", \
      "The C compiler cannot tell: a caller that is not changed compiles, and passes each value for the other. Give the " \
      "new\norder a new name.", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached rights(user_id: u64, key group_id: u64) -> bytes tagged users(user_id);\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached rights(key group_id: u64, user_id: u64) -> bytes tagged users(user_id);\n", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached rights(user_id: u64, key group_id: u64) -> bytes tagged users(user_id);\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached rights(user_id: u64, key group_id: u64) -> bytes tagged users(user_id);\n" \
      "cached rights_in(key group_id: u64, user_id: u64) -> bytes tagged users(user_id);\n") \
    X(T2108, ERROR, "other-value", "SOURCE: a query gives another C type", \
      "Callers and the fetch that the application defines have another signature. (Where only the layout of a struct " \
      "changed,\nwhich a schema cannot see, give the query another `version`.)", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached total() -> u32 tagged all;\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached total() -> u64 tagged all;\n", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached total() -> u32 tagged all;\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached total() -> u32 tagged all;\n" \
      "cached big_total() -> u64 tagged all;\n") \
    X(T2109, ERROR, "enum-narrowed", "SOURCE: an enum or an item of it is gone", \
      "Its C constant is no longer generated. A tag that holds an item holds its name: what is cached under the old name " \
      "is\nreached by no invalidation of a new one.", \
      "// old.tags:\n" \
      "schema s;\n" \
      "enum zone { eu, us }\n" \
      "root { }\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "enum zone { eu, america }\n" \
      "root { }\n", \
      "// old.tags:\n" \
      "schema s;\n" \
      "enum zone { eu, us }\n" \
      "root { }\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "enum zone { eu, us, america }\n" \
      "root { }\n") \
    X(T2201, WARNING, "orphan", "KEY: a query starts with a cold cache (ORPHAN)", \
      "The keys of its answers have changed: the query's name, its parameters' types, its value, its version or its tags " \
      "are\npart of them. New processes do not find what old ones have cached, and fetch it again; the old answers stay " \
      "until\nthey expire or are evicted. That is right, for they are of another kind; but a busy query is felt at its " \
      "source.\nDeploy in steps, so that one process warms the cache for the next.", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached find(key text: str) -> bytes tagged all version 1;\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached find(key text: str) -> bytes tagged all version 2;\n", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached find(key text: str) -> bytes tagged all version 1;\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached find(key text: str) -> bytes tagged all version 1 ttl 1m;\n") \
    X(T2301, ERROR, "query-narrowed", "INVALIDATION: a query escapes what made it stale (NARROW)", \
      "The query lost a tag, carries a shorter one, or fills a wild with another parameter. What is invalidated as " \
      "before,\nby a mutation or by the application through a tag's constructor, leaves its answers alone: they are " \
      "wrong until their\nttl ends, and nobody is told. (The application is named for tags that no mutation concerns.) Keep the old " \
      "tag until all\nmutations invalidate the new one.", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); posts: Wild(id: u64); }\n" \
      "cached get_post(post_id: u64, user_id: u64) -> bytes tagged posts(post_id), users(user_id);\n" \
      "mutation rename_user(user_id: u64) invalidates users(user_id);\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); posts: Wild(id: u64); }\n" \
      "cached get_post(post_id: u64, key user_id: u64) -> bytes tagged posts(post_id);\n" \
      "mutation rename_user(user_id: u64) invalidates users(user_id);\n", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); posts: Wild(id: u64); }\n" \
      "cached get_post(post_id: u64, user_id: u64) -> bytes tagged posts(post_id), users(user_id);\n" \
      "mutation rename_user(user_id: u64) invalidates users(user_id);\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64) { names: Static; } posts: Wild(id: u64); }\n" \
      "cached get_post(post_id: u64, user_id: u64) -> bytes tagged posts(post_id), users(user_id).names;\n" \
      "mutation rename_user(user_id: u64) invalidates users(user_id);\n") \
    X(T2302, ERROR, "mutation-narrowed", "INVALIDATION: a mutation spares what it made stale (NARROW)", \
      "The mutation is gone, lost a path, has a longer one or an `exact` one. The answers that it made stale are served " \
      "until\ntheir ttl ends, and nobody is told. Invalidate the old path too until no query needs it.", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64) { posts: Static; } }\n" \
      "cached posts_of(id: u64) -> bytes tagged users(id).posts;\n" \
      "mutation rename_user(id: u64) invalidates users(id);\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64) { posts: Static; } }\n" \
      "cached posts_of(id: u64) -> bytes tagged users(id).posts;\n" \
      "mutation rename_user(id: u64) invalidates users(id) exact;\n", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64) { posts: Static; } }\n" \
      "cached posts_of(id: u64) -> bytes tagged users(id).posts;\n" \
      "mutation rename_user(id: u64) invalidates users(id);\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64) { posts: Static; } }\n" \
      "cached posts_of(id: u64) -> bytes tagged users(id).posts;\n" \
      "mutation rename_user(id: u64) invalidates users(id) exact, users(id).posts;\n") \
    X(T2303, ERROR, "weakened", "INVALIDATION: answers that were gone may be served within their grace (NARROW)", \
      "What was invalidated hard is invalidated softly: within its grace an old answer is served once more, marked " \
      "stale,\nwhile a new one is fetched. (A query with `grace 0s` has none, and is not named here.)", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached get_user(id: u64) -> bytes tagged users(id) grace 5m;\n" \
      "mutation rename_user(id: u64) invalidates users(id);\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached get_user(id: u64) -> bytes tagged users(id) grace 5m;\n" \
      "mutation rename_user(id: u64) invalidates users(id) soft;\n", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached get_user(id: u64) -> bytes tagged users(id) grace 5m;\n" \
      "mutation rename_user(id: u64) invalidates users(id);\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached get_user(id: u64) -> bytes tagged users(id) grace 5m;\n" \
      "mutation rename_user(id: u64) invalidates users(id);\n" \
      "mutation touch_user(id: u64) invalidates users(id) soft;\n") \
    X(T2304, ERROR, "missed-in-deploy", "INVALIDATION: not heard between old and new processes (NARROW for the deploy)", \
      "Query and mutation moved to another tag together: before and after all is well. But while old and new processes " \
      "run\nside by side over a shared tier, what one of them invalidates leaves the answers of the other alone. Move in " \
      "two\ndeploys: first carry and invalidate both tags, then drop the old ones. Where all processes stop before the " \
      "first new\none starts, or nothing is shared between them, it does not matter.", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached get_user(id: u64) -> bytes tagged users(id);\n" \
      "mutation rename_user(id: u64) invalidates users(id);\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { people: Wild(id: u64); }\n" \
      "cached get_user(id: u64) -> bytes tagged people(id);\n" \
      "mutation rename_user(id: u64) invalidates people(id);\n", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached get_user(id: u64) -> bytes tagged users(id);\n" \
      "mutation rename_user(id: u64) invalidates users(id);\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); people: Wild(id: u64); }\n" \
      "cached get_user(id: u64) -> bytes tagged users(id), people(id);\n" \
      "mutation rename_user(id: u64) invalidates users(id), people(id);\n") \
    X(T2311, WARNING, "query-widened", "INVALIDATION: more makes a query stale (WIDEN)", \
      "The query carries another tag, or a longer one. Nothing is served wrong, but there are more misses, and more " \
      "fetches\nat the source.", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); config: Static; }\n" \
      "cached get_user(id: u64) -> bytes tagged users(id);\n" \
      "mutation reload() invalidates config;\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); config: Static; }\n" \
      "cached get_user(id: u64) -> bytes tagged users(id), config;\n" \
      "mutation reload() invalidates config;\n", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); config: Static; }\n" \
      "cached get_user(id: u64) -> bytes tagged users(id);\n" \
      "mutation reload() invalidates config;\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); config: Static { rights: Static; } }\n" \
      "cached get_user(id: u64) -> bytes tagged users(id);\n" \
      "cached get_rights(id: u64) -> bytes tagged users(id), config.rights;\n" \
      "mutation reload() invalidates config;\n") \
    X(T2312, WARNING, "mutation-widened", "INVALIDATION: a mutation makes more stale (WIDEN)", \
      "The mutation has another path, a shorter one, or one without the `exact` or `soft` that it had. Nothing is served " \
      "wrong,\nbut there are more misses, and more fetches at the source.", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64) { posts: Static; } }\n" \
      "cached posts_of(id: u64) -> bytes tagged users(id).posts;\n" \
      "mutation rename_user(id: u64) invalidates users(id) exact;\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64) { posts: Static; } }\n" \
      "cached posts_of(id: u64) -> bytes tagged users(id).posts;\n" \
      "mutation rename_user(id: u64) invalidates users(id);\n", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64) { posts: Static; } }\n" \
      "cached posts_of(id: u64) -> bytes tagged users(id).posts;\n" \
      "mutation rename_user(id: u64) invalidates users(id) exact;\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64) { posts: Static; names: Static; } }\n" \
      "cached posts_of(id: u64) -> bytes tagged users(id).posts;\n" \
      "mutation rename_user(id: u64) invalidates users(id) exact, users(id).names;\n") \
    X(T2313, WARNING, "deploy-order", "INVALIDATION: a query and what makes it stale come, or go, in one deploy", \
      "The query is new, and so is the path by which a mutation makes it stale. While old processes run they execute the " \
      "mutation\nwithout that path, and the answers of the new query stay as they are. Deploy the mutation first, then " \
      "the query. The\nother way round when both go: the query first, then the path.", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "mutation rename_user(id: u64) invalidates users(id);\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); names: Static; }\n" \
      "cached all_names() -> bytes tagged names;\n" \
      "mutation rename_user(id: u64) invalidates users(id), names;\n", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "mutation rename_user(id: u64) invalidates users(id);\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); names: Static; }\n" \
      "mutation rename_user(id: u64) invalidates users(id), names;\n") \
    X(T2390, ERROR, "not-judged", "INVALIDATION: too many changes to judge them all", \
      "So many queries and mutations changed at once that not every pair was looked at. What is told is right; what is " \
      "not\ntold may be wrong. Make the change in steps.", \
      "$ n=6000; schema() { echo 'schema s; root { a: Static { b: Static {'; seq $n | sed 's/.*/x&: Static;/'; " \
      "echo '} }'; seq $n | sed 's/.*/y&: Static { z: Static; }/'; echo '}'; " \
      "seq $n | sed \"s/.*/cached q&() -> u64 tagged a.b.x&; mutation m&() invalidates a$1, y&$2;/\"; }; " \
      "schema > old.tags; schema .b .z > new.tags; t87sc diff --against old.tags new.tags", \
      "$ t87sc diff --against blog.tags blog.tags") \
    X(T2401, NOTICE, "old-allowance", "an allowance that was for an earlier change", \
      "What diff finds may be meant: a comment `// t87sc: allow(T2302) reason` in the new schema says so. It counts for " \
      "the\nchange that brings it in. The old schema has this one too, at the same place and with the same reason: so it " \
      "is from\nan earlier change, does not count any more, and can go. A change of today needs a reason of its own.", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "mutation rename_user(id: u64) invalidates users(id); // t87sc: allow(T2302) the names went\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "mutation rename_user(id: u64) invalidates users(id); // t87sc: allow(T2302) the names went\n", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "mutation rename_user(id: u64) invalidates users(id); // t87sc: allow(T2302) the names went\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "mutation rename_user(id: u64) invalidates users(id);\n") \
    X(T2402, NOTICE, "nothing-to-allow", "an allowance of something that diff does not find", \
      "This change brings the comment in, and it covers no finding of its code. It stands at another place than the " \
      "finding,\nor there is none any more. What is gone has no place: its name stands behind the code, " \
      "`allow(T2302 rename_user)`,\nwherever the comment is. Not told of imported files, which may be read with other " \
      "schemas.", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "mutation rename_user(id: u64) invalidates users(id);\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "mutation rename_user(id: u64) invalidates users(id); // t87sc: allow(T2302) the names went\n", \
      "// old.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "mutation rename_user(id: u64) invalidates users(id);\n" \
      "// new.tags:\n" \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "mutation rename_user(id: u64) invalidates users(id);\n")
/* clang-format on */

#endif
