/* SPDX-License-Identifier: MIT
 *
 * What makes a schema unusable: T01xx to T05xx. See diag_codes.h.
 */
#ifndef T87SC_DIAG_CODES_ERRORS_H
#define T87SC_DIAG_CODES_ERRORS_H

/* clang-format off */
#define DIAG_CODES_ERRORS(X) \
    X(T0101, ERROR, "bad-character", "a character that a schema cannot hold", \
      "A schema is UTF-8 text. Outside of comments and file names only ASCII has a meaning; control bytes, NUL " \
      "and a carriage\n" \
      "return without a line feed are refused everywhere.", \
      "schema s;\n" \
      "root { gr\303\266\303\237e: Static; }\n", \
      "schema s;\n" \
      "root { size: Static; } // gr\303\266\303\237e\n") \
    X(T0102, ERROR, "bad-utf8", "bytes that are not UTF-8", \
      "The whole file is UTF-8, its comments included. Save it in that encoding.", \
      "$ printf 'schema s; // \\377\\nroot { }\\n' | t87sc check -", \
      "schema s; // \303\277\n" \
      "root { }\n") \
    X(T0103, ERROR, "bidi-control", "a bidirectional control character", \
      "These characters make a text look other than it is, so they are refused, in comments too.", \
      "$ printf 'schema s; // \\342\\200\\256\\nroot { }\\n' | t87sc check -", \
      "schema s;\n" \
      "root { }\n") \
    X(T0104, ERROR, "open-string", "a file name that is not closed", \
      "A file name ends on the line where it begins, with the quote or bracket that belongs to it.", \
      "schema s;\n" \
      "include \"types.h;\n" \
      "root { }\n", \
      "schema s;\n" \
      "include \"types.h\";\n" \
      "root { }\n") \
    X(T0105, ERROR, "block-comment", "a comment of C's other kind", \
      "A comment begins with // and ends with the line; /// before a declaration documents it.", \
      "schema s; /* the shop */\n" \
      "root { }\n", \
      "schema s; // the shop\n" \
      "root { }\n") \
    X(T0106, ERROR, "syntax", "something else was expected here", \
      "The message says what could stand at this place. Reading goes on at the end of the declaration or segment.", \
      "schema s\n" \
      "root { }\n", \
      "schema s;\n" \
      "root { }\n") \
    X(T0107, ERROR, "deep-nesting", "blocks inside blocks inside blocks", \
      "Blocks nest at most 32 deep; a path has at most 16 segments anyhow. Name the inner part as a group.", \
      "schema s;\n" \
      "root { a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { " \
      "a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { a: " \
      "Static { a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { " \
      "a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { b: Static; " \
      "}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}} }\n", \
      "schema s;\n" \
      "tags Inner { b: Static; }\n" \
      "root { a: Static { a: Static Inner; } }\n") \
    X(T0108, ERROR, "reserved-word", "a word that is kept for later", \
      "record, service, batch, reserved, was and accept will mean something in a later version of the language. " \
      "Until then they\n" \
      "are refused, so that no schema changes its meaning.", \
      "schema s;\n" \
      "root { batch: Static; }\n", \
      "schema s;\n" \
      "root { batches: Static; }\n") \
    X(T0109, ERROR, "long-name", "a name of more than 64 bytes", \
      "Names become parts of C identifiers and have at most 64 bytes.", \
      "schema s;\n" \
      "root { aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: Static; }\n", \
      "schema s;\n" \
      "root { aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: Static; }\n") \
    X(T0110, ERROR, "bad-number", "not a number of this language", \
      "A number is written in decimal digits. A duration is a whole number directly followed by ms, s, m, h or d.", \
      "schema s;\n" \
      "default ttl 30sec;\n" \
      "root { }\n", \
      "schema s;\n" \
      "default ttl 30s;\n" \
      "root { }\n") \
    X(T0111, ERROR, "duration-overflow", "a duration that is too long", \
      "A duration is kept as a 64 bit number of milliseconds.", \
      "schema s;\n" \
      "default ttl 99999999999999d;\n" \
      "root { }\n", \
      "schema s;\n" \
      "default ttl 365d;\n" \
      "root { }\n") \
    X(T0112, ERROR, "bad-percentage", "a percentage above 100", \
      "jitter and verify take a whole percentage from 0% to 100%.", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all jitter 101%;\n", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all jitter 10%;\n") \
    X(T0113, ERROR, "bad-version", "a version that does not fit", \
      "The version of a value's layout is a number from 0 to 4294967295.", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all version 4294967296;\n", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all version 2;\n") \
    X(T0114, ERROR, "bad-file-name", "a file name that cannot be used", \
      "A file name is not empty and has no backslash: a slash divides folders everywhere.", \
      "schema s;\n" \
      "include \"types\\\\blog.h\";\n" \
      "root { }\n", \
      "schema s;\n" \
      "include \"types/blog.h\";\n" \
      "root { }\n") \
    X(T0120, ERROR, "missing-file", "a file that is not there", \
      "The schema that was asked for does not exist, or cannot be reached by that path.", \
      "$ t87sc check no-such.tags", \
      "$ t87sc check schemas/blog.tags") \
    X(T0121, ERROR, "folder", "a folder where a file is expected", \
      "t87sc reads files. To check many, name them: schemas/*.tags.", \
      "$ t87sc check schemas", \
      "$ t87sc check schemas/blog.tags") \
    X(T0122, ERROR, "too-big", "more than 16 MiB of schema", \
      "A schema together with everything that it imports has at most 16 MiB.", \
      "$ head -c 17M /dev/zero | t87sc check -", \
      "$ t87sc check schemas/blog.tags") \
    X(T0123, ERROR, "unreadable-file", "a file that cannot be read", \
      "The system refused to open or read the file, and the message carries its reason; or an import is no file but a " \
      "pipe, a device or a socket, which could be waited for without end.", \
      "$ chmod a-r blog.tags && t87sc check blog.tags", \
      "$ chmod a+r blog.tags && t87sc check blog.tags") \
    X(T0124, ERROR, "missing-import", "an import that is not found", \
      "An import is looked for beside the file that names it, then in the folders given with -I, in their order.", \
      "schema s;\n" \
      "import \"no-such.tags\";\n" \
      "root { }\n", \
      "schema s;\n" \
      "tags Common { name: Static; }\n" \
      "root { users: Wild(id: u64) Common; }\n") \
    X(T0201, ERROR, "unknown-group", "a group that is not declared", \
      "What hangs below a segment is a group declared with `tags NAME { ... }`, here or in an imported file.", \
      "schema s;\n" \
      "root { users: Wild User; }\n", \
      "schema s;\n" \
      "tags User { profile: Static; }\n" \
      "root { users: Wild User; }\n") \
    X(T0202, ERROR, "unknown-type", "a type that is not known", \
      "The types are str, u32, u64, i32, i64, uuid, bool (parameters only) and the declared enums. A query may " \
      "also give\n" \
      "`struct NAME`, `codec NAME` or bytes.", \
      "schema s;\n" \
      "root { users: Wild(id: int); }\n", \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n") \
    X(T0203, ERROR, "unknown-segment", "a segment that is not declared", \
      "Each segment of a tag must be declared below the one before it.", \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached f(id: u64) -> u64 tagged user(id);\n", \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached f(id: u64) -> u64 tagged users(id);\n") \
    X(T0204, ERROR, "unknown-parameter", "a parameter that is not declared", \
      "A wild is filled by a parameter of the query or mutation that carries the tag, by its name.", \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached f(id: u64) -> u64 tagged users(user);\n", \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached f(id: u64) -> u64 tagged users(id);\n") \
    X(T0205, ERROR, "duplicate-name", "a name that is declared twice", \
      "Groups, enums, and queries together with mutations have one declaration for a name, imported ones " \
      "included.", \
      "schema s;\n" \
      "enum zone { eu }\n" \
      "enum zone { us }\n" \
      "root { }\n", \
      "schema s;\n" \
      "enum zone { eu, us }\n" \
      "root { prices: Wild(zone: zone); }\n") \
    X(T0206, ERROR, "duplicate-segment", "a segment that is declared twice", \
      "The segments of one block have different names.", \
      "schema s;\n" \
      "root { users: Static; users: Wild; }\n", \
      "schema s;\n" \
      "root { users: Wild; }\n") \
    X(T0207, ERROR, "duplicate-parameter", "a parameter that is declared twice", \
      "The parameters of one query or mutation have different names.", \
      "schema s;\n" \
      "root { a: Wild(x: u64) { b: Wild(y: u64); } }\n" \
      "cached f(id: u64, id: u64) -> u64 tagged a().b();\n", \
      "schema s;\n" \
      "root { a: Wild(x: u64) { b: Wild(y: u64); } }\n" \
      "cached f(x: u64, y: u64) -> u64 tagged a().b();\n") \
    X(T0208, ERROR, "duplicate-item", "an item that an enum has twice", \
      "The items of one enum have different names.", \
      "schema s;\n" \
      "enum zone { eu, eu }\n" \
      "root { }\n", \
      "schema s;\n" \
      "enum zone { eu, us }\n" \
      "root { prices: Wild(zone: zone); }\n") \
    X(T0209, ERROR, "recursive-group", "a group that contains itself", \
      "Groups are expanded where they are used, so none may lead back to itself. The message prints the ring.", \
      "schema s;\n" \
      "tags A { b: Static B; }\n" \
      "tags B { a: Static A; }\n" \
      "root { a: Static A; }\n", \
      "schema s;\n" \
      "tags A { b: Static B; }\n" \
      "tags B { c: Static; }\n" \
      "root { a: Static A; }\n") \
    X(T0210, ERROR, "second-wild", "two wilds side by side", \
      "A segment has at most one wild directly below it: a value could not tell which of two it fills.", \
      "schema s;\n" \
      "root { users: Static { Wild(id: u64); Wild(name: str); } }\n", \
      "schema s;\n" \
      "root { users: Wild(id: u64); names: Wild(name: str); }\n") \
    X(T0211, ERROR, "too-many-segments", "a path of more than 16 segments", \
      "A path has at most 16 segments; a wild counts as one, like the segment before it.", \
      "schema s;\n" \
      "root { a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { " \
      "a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { b: " \
      "Static; } } } } } } } } } } } } } } } } }\n", \
      "schema s;\n" \
      "root { a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { " \
      "a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { a: Static { b: Static; } } } } } " \
      "} } } } } } } } } } }\n") \
    X(T0212, ERROR, "too-many-wilds", "a path of more than 8 wilds", \
      "A path has at most 8 wilds.", \
      "schema s;\n" \
      "root { a: Wild { Wild { Wild { Wild { Wild { Wild { Wild { Wild { Wild; } } } } } } } } }\n", \
      "schema s;\n" \
      "root { a: Wild { Wild { Wild { Wild { Wild { Wild { Wild { Wild; } } } } } } } }\n") \
    X(T0213, ERROR, "too-many-tags", "a tag tree of more than a million tags", \
      "Groups used in groups multiply: every place where a group is used has tags of its own, at most 1048575 " \
      "in all.", \
      "schema s;\n" \
      "tags G0 { a: Static G1; b: Static G1; c: Static G1; d: Static G1; e: Static G1; f: Static G1; g: Static " \
      "G1; h: Static G1; i: Static G1; j: Static G1; k: Static G1; l: Static G1; m: Static G1; n: Static G1; o: " \
      "Static G1; p: Static G1; }\n" \
      "tags G1 { a: Static G2; b: Static G2; c: Static G2; d: Static G2; e: Static G2; f: Static G2; g: Static " \
      "G2; h: Static G2; i: Static G2; j: Static G2; k: Static G2; l: Static G2; m: Static G2; n: Static G2; o: " \
      "Static G2; p: Static G2; }\n" \
      "tags G2 { a: Static G3; b: Static G3; c: Static G3; d: Static G3; e: Static G3; f: Static G3; g: Static " \
      "G3; h: Static G3; i: Static G3; j: Static G3; k: Static G3; l: Static G3; m: Static G3; n: Static G3; o: " \
      "Static G3; p: Static G3; }\n" \
      "tags G3 { a: Static G4; b: Static G4; c: Static G4; d: Static G4; e: Static G4; f: Static G4; g: Static " \
      "G4; h: Static G4; i: Static G4; j: Static G4; k: Static G4; l: Static G4; m: Static G4; n: Static G4; o: " \
      "Static G4; p: Static G4; }\n" \
      "tags G4 { a: Static G5; b: Static G5; c: Static G5; d: Static G5; e: Static G5; f: Static G5; g: Static " \
      "G5; h: Static G5; i: Static G5; j: Static G5; k: Static G5; l: Static G5; m: Static G5; n: Static G5; o: " \
      "Static G5; p: Static G5; }\n" \
      "tags G5 { a: Static; }\n" \
      "root { a: Static G0; }\n", \
      "schema s;\n" \
      "tags G0 { a: Static; }\n" \
      "root { a: Static G0; b: Static G0; }\n") \
    X(T0214, ERROR, "no-schema", "a schema without a name", \
      "`schema NAME;` gives the prefix of every generated name.", \
      "root { users: Wild; }\n", \
      "schema s;\n" \
      "root { users: Wild; }\n") \
    X(T0215, ERROR, "second-schema", "two names for a schema", \
      "`schema NAME;` stands once in a file.", \
      "schema s;\n" \
      "schema t;\n" \
      "root { }\n", \
      "schema s;\n" \
      "root { }\n") \
    X(T0216, ERROR, "no-root", "a schema without a root", \
      "`root { ... }` declares the first segments of all tags.", \
      "schema s;\n" \
      "tags User { profile: Static; }\n", \
      "schema s;\n" \
      "tags User { profile: Static; }\n" \
      "root { users: Wild User; }\n") \
    X(T0217, ERROR, "second-root", "two roots", \
      "`root { ... }` stands once in a file.", \
      "schema s;\n" \
      "root { users: Wild; }\n" \
      "root { posts: Wild; }\n", \
      "schema s;\n" \
      "root { users: Wild; posts: Wild; }\n") \
    X(T0218, ERROR, "import-loop", "a file that imports itself", \
      "Imports may not lead back to a file that is being read. The message prints the ring.", \
      "// a.tags:\n" \
      "schema s;\n" \
      "import \"a.tags\";\n" \
      "root { }\n", \
      "// zones.tags:\n" \
      "enum zone { eu, us }\n" \
      "// a.tags:\n" \
      "schema s;\n" \
      "import \"zones.tags\";\n" \
      "root { prices: Wild(zone: zone); }\n") \
    X(T0219, ERROR, "second-import", "a file that is imported twice", \
      "A file names each import once. (Two files may import the same third one.)", \
      "// zones.tags:\n" \
      "enum zone { eu, us }\n" \
      "// a.tags:\n" \
      "schema s;\n" \
      "import \"zones.tags\";\n" \
      "import \"zones.tags\";\n" \
      "root { prices: Wild(zone: zone); }\n", \
      "// zones.tags:\n" \
      "enum zone { eu, us }\n" \
      "// a.tags:\n" \
      "schema s;\n" \
      "import \"zones.tags\";\n" \
      "root { prices: Wild(zone: zone); }\n") \
    X(T0220, ERROR, "second-default", "a default that is given twice", \
      "`default ttl` and `default grace` stand at most once each.", \
      "schema s;\n" \
      "default ttl 1s;\n" \
      "default ttl 2s;\n" \
      "root { }\n", \
      "schema s;\n" \
      "default ttl 1s;\n" \
      "default grace 2s;\n" \
      "root { }\n") \
    X(T0221, ERROR, "misplaced-type", "a type that cannot stand here", \
      "bool is a type of parameters only, never of a wild; bytes is a value only.", \
      "schema s;\n" \
      "root { flags: Wild(on: bool); }\n", \
      "schema s;\n" \
      "enum flag { on, off }\n" \
      "root { flags: Wild(on: flag); }\n") \
    X(T0222, ERROR, "builtin-type", "an enum with the name of a built-in type", \
      "str, u32, u64, i32, i64, uuid, bool, bytes, struct and codec keep their meaning as types.", \
      "schema s;\n" \
      "enum uuid { a, b }\n" \
      "root { }\n", \
      "schema s;\n" \
      "enum id_kind { a, b }\n" \
      "root { ids: Wild(kind: id_kind); }\n") \
    X(T0223, ERROR, "wild-in-root", "a wild directly in the root", \
      "A tag begins with a name; a wild directly in the root could not be written.", \
      "schema s;\n" \
      "root { Wild(tenant: str); }\n", \
      "schema s;\n" \
      "root { tenants: Wild(tenant: str); }\n") \
    X(T0301, ERROR, "unfilled-wild", "a wild that nothing fills", \
      "A tag fills every wild on its path but those after its last segment's name: `users` is the segment, " \
      "`users(id)` one user, and\n" \
      "`users.posts` leaves a gap.", \
      "schema s;\n" \
      "root { users: Wild(user_id: u64) { posts: Wild(post_id: u64); } }\n" \
      "cached f(post_id: u64) -> u64 tagged users.posts(post_id);\n", \
      "schema s;\n" \
      "root { users: Wild(user_id: u64) { posts: Wild(post_id: u64); } }\n" \
      "cached f(user_id: u64, post_id: u64) -> u64 tagged users(user_id).posts(post_id);\n") \
    X(T0302, ERROR, "too-many-arguments", "more arguments than wilds", \
      "Each wild of a path is filled by one argument, in the brackets of the segment before it.", \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached f(id: u64, page: u32) -> u64 tagged users(id, page);\n", \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached f(id: u64, key page: u32) -> u64 tagged users(id);\n") \
    X(T0303, ERROR, "wrong-type", "a parameter that is not of the wild's type", \
      "A wild is filled by a parameter of exactly its type: 7 as u32 and 7 as u64 would be two tags.", \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached f(id: u32) -> u64 tagged users(id);\n", \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached f(id: u64) -> u64 tagged users(id);\n") \
    X(T0304, ERROR, "idle-parameter", "a parameter that fills no wild", \
      "Two answers that differ in such a parameter could not be invalidated apart. If that is meant, mark it " \
      "`key`.", \
      "schema s;\n" \
      "root { users: Static; }\n" \
      "cached f(page: u32) -> u64 tagged users;\n", \
      "schema s;\n" \
      "root { users: Static; }\n" \
      "cached f(key page: u32) -> u64 tagged users;\n") \
    X(T0305, ERROR, "static-argument", "an argument for a segment without a wild", \
      "A Static segment takes no brackets.", \
      "schema s;\n" \
      "root { config: Static; }\n" \
      "cached f(id: u64) -> u64 tagged config(id);\n", \
      "schema s;\n" \
      "root { config: Static; }\n" \
      "cached f(key id: u64) -> u64 tagged config;\n") \
    X(T0306, ERROR, "too-few-parameters", "empty brackets and too few parameters", \
      "Empty brackets take the parameters that are not `key`, from the left, one for each wild of the path.", \
      "schema s;\n" \
      "root { users: Wild(user_id: u64) { posts: Wild(post_id: u64); } }\n" \
      "cached f(user_id: u64) -> u64 tagged users().posts();\n", \
      "schema s;\n" \
      "root { users: Wild(user_id: u64) { posts: Wild(post_id: u64); } }\n" \
      "cached f(user_id: u64, post_id: u64) -> u64 tagged users().posts();\n") \
    X(T0307, ERROR, "ambiguous-brackets", "empty brackets where a wild is directly in a wild", \
      "With two wilds after one name, empty brackets do not say how many of them to fill. Name the parameters.", \
      "schema s;\n" \
      "root { prices: Wild(zone: str) { Wild(sku: str); } }\n" \
      "cached f(zone: str, sku: str) -> u64 tagged prices();\n", \
      "schema s;\n" \
      "root { prices: Wild(zone: str) { Wild(sku: str); } }\n" \
      "cached f(zone: str, sku: str) -> u64 tagged prices(zone, sku);\n") \
    X(T0308, ERROR, "mixed-brackets", "empty and filled brackets in one tag", \
      "The wilds of a tag are filled all by name, or all in order with empty brackets.", \
      "schema s;\n" \
      "root { users: Wild(user_id: u64) { posts: Wild(post_id: u64); } }\n" \
      "cached f(user_id: u64, post_id: u64) -> u64 tagged users(user_id).posts();\n", \
      "schema s;\n" \
      "root { users: Wild(user_id: u64) { posts: Wild(post_id: u64); } }\n" \
      "cached f(user_id: u64, post_id: u64) -> u64 tagged users(user_id).posts(post_id);\n") \
    X(T0309, ERROR, "key-in-tag", "a `key` parameter in a tag", \
      "A parameter marked `key` is part of the cache key and fills no wild. If it shall fill one, leave the " \
      "mark out.", \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached f(key id: u64) -> u64 tagged users(id);\n", \
      "schema s;\n" \
      "root { users: Wild(id: u64); }\n" \
      "cached f(id: u64) -> u64 tagged users(id);\n") \
    X(T0401, ERROR, "untagged-query", "a query without a tag", \
      "Nothing could invalidate its answers. A query carries 1 to 8 tags.", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 ttl 1s;\n", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all ttl 1s;\n") \
    X(T0402, ERROR, "too-many-query-tags", "a query with more than 8 tags", \
      "A query carries at most 8 tags. A shorter tag covers all that is below it.", \
      "schema s;\n" \
      "root { a: Static; }\n" \
      "cached f() -> u64 tagged a, a, a, a, a, a, a, a, a;\n", \
      "schema s;\n" \
      "root { a: Static; }\n" \
      "cached f() -> u64 tagged a;\n") \
    X(T0403, ERROR, "too-many-parameters", "more than 16 parameters", \
      "A query or mutation has at most 16 parameters.", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "mutation m(p0: u32, p1: u32, p2: u32, p3: u32, p4: u32, p5: u32, p6: u32, p7: u32, p8: u32, p9: u32, " \
      "p10: u32, p11: u32, p12: u32, p13: u32, p14: u32, p15: u32, p16: u32) invalidates all;\n", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "mutation m(p0: u32, p1: u32, p2: u32, p3: u32, p4: u32, p5: u32, p6: u32, p7: u32, p8: u32, p9: u32, " \
      "p10: u32, p11: u32, p12: u32, p13: u32, p14: u32, p15: u32) invalidates all;\n") \
    X(T0404, ERROR, "second-clause", "a clause that is given twice", \
      "Each clause of a query or mutation stands at most once.", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all ttl 1s ttl 2s;\n", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all ttl 1s grace 2s;\n") \
    X(T0405, ERROR, "zero-timeout", "a timeout of nothing", \
      "A timeout of 0 would allow no fetch at all. (ttl 0s, grace 0s and negative 0s mean none: not kept, not served " \
      "stale, not found is not kept.)", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all timeout 0s;\n", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all timeout 500ms;\n") \
    X(T0406, ERROR, "exact-and-soft", "exact and soft together", \
      "An invalidated tag is marked `exact` or `soft`, or neither.", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "mutation m() invalidates all exact soft;\n", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "mutation m() invalidates all soft;\n") \
    X(T0407, ERROR, "key-in-mutation", "a mutation with a `key` parameter", \
      "A mutation is not cached and has no key; its parameters need fill no wild.", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "mutation m(key id: u64) invalidates all;\n", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "mutation m(id: u64) invalidates all;\n") \
    X(T0408, ERROR, "idle-mutation", "a mutation that invalidates nothing", \
      "A mutation names the tags that it makes wrong.", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "mutation m();\n", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "mutation m() invalidates all;\n") \
    X(T0409, ERROR, "too-many-effects", "a mutation with more than 1024 tags", \
      "A mutation invalidates at most 1024 tags. A shorter tag covers all that is below it.", \
      "$ (echo 'schema s; root { a: Static; } mutation m() invalidates a'; yes ', a' | head -n 1024; echo ';') " \
      "| t87sc check -", \
      "schema s;\n" \
      "root { a: Static; }\n" \
      "mutation m() invalidates a;\n") \
    X(T0410, ERROR, "bad-fleet", "a lease that cannot work", \
      "With `fleet` one of all processes fetches, and holds a lease meanwhile. A lease of 0 is none. One that is longer\n" \
      "than the timeout of the fetch (30s where the query names none) would be there when nobody waits any more.\n" \
      "`fleet` alone is a lease of 5s, or of the timeout if that is shorter.", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all timeout 2s fleet 10s;\n", \
      "schema s;\n" \
      "root { all: Static; }\n" \
      "cached f() -> u64 tagged all timeout 2s fleet;\n") \
    X(T0501, ERROR, "c-keyword", "a keyword of C or C++ as a C name", \
      "The schema's name, and parameters and wilds that become parameters of C functions, must be usable in C11 " \
      "and C++17.", \
      "schema s;\n" \
      "root { users: Wild(class: u64); }\n", \
      "schema s;\n" \
      "root { users: Wild(class_id: u64); }\n") \
    X(T0502, ERROR, "name-collision", "two things that get one C name", \
      "Names are joined with _ in the generated header, so different paths or queries can meet in one identifier, " \
      "and a schema and one of its things in a word of C: schema size, query t.", \
      "schema s;\n" \
      "root { a: Static { b_c: Static; } a_b: Static { c: Static; } }\n", \
      "schema s;\n" \
      "root { a: Static { b_c: Static; } ab: Static { c: Static; } }\n") \
    X(T0503, ERROR, "library-prefix", "a schema that is called like the library", \
      "Every generated name begins with the schema's, and what begins with t87s_ or T87S_ is libt87s's own.", \
      "schema t87s_shop;\n" \
      "root { }\n", \
      "schema shop;\n" \
      "root { }\n") \
    X(T0504, ERROR, "taken-value", "a value's struct that is called like something of the header", \
      "A value 'struct NAME' or 'codec NAME' is the application's struct NAME, and the generated header has structs, " \
      "enums and macros of its own, which all begin with the schema's name: struct blog_cache, struct blog_tag.", \
      "schema blog;\n" \
      "root { a: Static; }\n" \
      "cached q() -> struct blog_tag tagged a;\n", \
      "schema blog;\n" \
      "root { a: Static; }\n" \
      "cached q() -> struct tag_row tagged a;\n")
/* clang-format on */

#endif
