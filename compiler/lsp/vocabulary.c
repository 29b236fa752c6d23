/* SPDX-License-Identifier: MIT */
#include "vocabulary.h"

#include <string.h>

const struct vocabulary_word vocabulary[] = {
    {"schema", WORD_DECLARATION, "Names the schema: `schema blog;`. Every generated name begins with it."},
    {"include", WORD_DECLARATION, "A C header that declares the structs of the values: `include \"blog_types.h\";`."},
    {"import", WORD_DECLARATION,
     "Brings the groups and enums of another schema: `import \"common.tags\";`. It is found "
     "beside this file or through `-I`."},
    {"default", WORD_DECLARATION, "The ttl or grace of queries without that clause: `default ttl 30s;`."},
    {"enum", WORD_DECLARATION, "A type of wilds, parameters and values: `enum region { eu, us, asia }`."},
    {"tags", WORD_DECLARATION, "A group of segments, to hang below others: `tags Post { comments: Wild(id: u64); }`."},
    {"root", WORD_DECLARATION, "The first segments of all tags: `root { users: Wild(user_id: u64) User; }`."},
    {"cached", WORD_DECLARATION,
     "A query whose answers are kept: `cached get_user(user_id: u64) -> struct user tagged "
     "users(user_id);`."},
    {"mutation", WORD_DECLARATION,
     "A change, and the tags that it makes wrong: `mutation rename_user(user_id: u64) "
     "invalidates users(user_id);`."},
    {"ttl", WORD_DEFAULT, "How long an answer is fresh when its query does not say."},
    {"grace", WORD_DEFAULT, "How much longer an answer may be served stale when its query does not say."},
    {"Static", WORD_SEGMENT, "A fixed segment. A block or a group behind it is what hangs below."},
    {"Wild", WORD_SEGMENT,
     "A fixed segment followed by a parameter: `users: Wild(user_id: u64)`. A bare `Wild` is "
     "`Wild(id: str)`."},
    {"key", WORD_PARAM, "This parameter tells answers apart, and fills no wild."},
    {"str", WORD_TYPE, "Text of 1 to 255 bytes; in C `const char *`."},
    {"u32", WORD_TYPE, "In C `uint32_t`."},
    {"u64", WORD_TYPE, "In C `uint64_t`."},
    {"i32", WORD_TYPE, "In C `int32_t`."},
    {"i64", WORD_TYPE, "In C `int64_t`."},
    {"uuid", WORD_TYPE, "16 bytes; in C `const uint8_t[16]`."},
    {"bool", WORD_TYPE_PARAM, "In C `bool`. Not for wilds: an enum of two items can be one."},
    {"struct", WORD_VALUE, "A complete C struct of an included header, which is copied: `struct user`."},
    {"codec", WORD_VALUE, "A C struct with pointers, which the application encodes and decodes: `codec cart`."},
    {"bytes", WORD_VALUE, "Any bytes, given back as a `struct t87s_value` without a copy."},
    {"tagged", WORD_CLAUSE, "The tags that an answer carries, 1 to 8: what invalidates one of them invalidates it."},
    {"ttl", WORD_CLAUSE, "How long an answer is fresh: `ttl 30s`."},
    {"grace", WORD_CLAUSE,
     "How long after its ttl an answer may be served stale while a fresh one is fetched: "
     "`grace 5m`."},
    {"negative", WORD_CLAUSE, "How long \"not found\" is kept: `negative 10s`."},
    {"jitter", WORD_CLAUSE,
     "Shortens each ttl by up to so much, so that answers do not expire together: `jitter "
     "10%`."},
    {"timeout", WORD_CLAUSE, "How long one fetch may take: `timeout 250ms`."},
    {"fleet", WORD_CLAUSE,
     "Over a shared tier one of all processes fetches and the others wait for it, at most so long: `fleet`, which is "
     "`fleet 5s` or the timeout if that is shorter."},
    {"verify", WORD_CLAUSE, "So many of the fresh hits are fetched again in the background and compared: `verify 1%`."},
    {"version", WORD_CLAUSE, "Of the value's layout, and a part of the key: answers of another version are not found."},
    {"invalidates", WORD_EFFECT, "The tags that the mutation makes wrong, each with all that is below it."},
    {"exact", WORD_MARK, "Invalidates this very tag, not those below it."},
    {"soft", WORD_MARK, "What is invalidated may still be served stale, within its grace."},
    {NULL, WORD_DECLARATION, NULL},
};

const struct vocabulary_word *vocabulary_find(const char *word, size_t size, enum word_use first, enum word_use last) {
    for (const struct vocabulary_word *each = vocabulary; each->word; each++)
        if (each->use >= first && each->use <= last && strlen(each->word) == size && !memcmp(each->word, word, size))
            return each;
    return NULL;
}
