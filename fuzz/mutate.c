/* SPDX-License-Identifier: MIT
 *
 * How libFuzzer changes a schema. Bytes changed at random soon end in the parser; three changes of four are therefore
 * made of words, list items and declarations, so that the rooms behind the parser get schemas to chew on: a word or
 * what it names gets another name, a declaration comes twice, goes, moves or comes from another input, a list item
 * comes twice or goes, a query gets one more clause, and of two schemas one becomes the other but for the next change.
 */
#define _GNU_SOURCE /* memmem */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { MAX_INPUT = 1 << 16, MAX_PARTS = 4096 };

static const char second_schema[] = "// new.tags:\n";

static const char *const words[] = {
    "str",   "u32",   "u64",    "i32",     "i64",   "uuid",     "bool",    "bytes",       "Static", "Wild",
    "key",   "exact", "soft",   "fleet",   "ttl",   "grace",    "tagged",  "invalidates", "int",    "errno",
    "NULL",  "t87s",  "a",      "b",       "a_b",   "A",        "x__y",    "_x",          "id",     "linux",
    "class", "tag",   "all",    "value",   "query", "cache",    "0",       "1",           "0s",     "1ms",
    "90s",   "25h",   "100%",   "s_query", "s_s",   "tags_a_b", "size",    "key_size",    "users",  "posts",
    "user",  "post",  "schema", "root",    "tags",  "cached",   "version", "struct",      "codec",  "mutation",
};

static const char *const clauses[] = {
    " ttl 0s",      " ttl 5m",    " grace 2d",  " negative 1s", " jitter 100%", " timeout 10ms", " fleet",
    " fleet 500ms", " verify 1%", " version 3", ", a",          "()",           " exact",        " soft",
};

struct part {
    size_t begin, end;
};

struct parts {
    size_t n;
    struct part each[MAX_PARTS];
};

struct change {
    uint32_t dice;
    size_t size, room; /* of bytes */
    char bytes[MAX_INPUT];
};

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size,
                                 uint8_t *out, size_t max_size, unsigned seed);

static size_t throw_dice(struct change *change, size_t sides) {
    change->dice ^= change->dice << 13; /* Marsaglia's xorshift32 */
    change->dice ^= change->dice >> 17;
    change->dice ^= change->dice << 5;
    return change->dice % sides;
}

static bool is_word_byte(char byte) { return isalnum((unsigned char)byte) || byte == '_'; }

/* Puts `text` in the place of a part; leaves all as it is when there is no room. */
static void put(struct change *change, struct part part, const char *text, size_t size) {
    static char kept[MAX_INPUT];
    if (change->size - (part.end - part.begin) + size > change->room)
        return;
    memcpy(kept, text, size); /* which may be of the same bytes */
    memmove(change->bytes + part.begin + size, change->bytes + part.end, change->size - part.end);
    memcpy(change->bytes + part.begin, kept, size);
    change->size = change->size - (part.end - part.begin) + size;
}

static void add_part(struct parts *parts, size_t begin, size_t end) {
    if (parts->n < MAX_PARTS && end > begin)
        parts->each[parts->n++] = (struct part){begin, end};
}

static size_t skip_comment(const char *bytes, size_t size, size_t at) {
    if (at + 1 >= size || bytes[at] != '/' || bytes[at + 1] != '/')
        return at;
    while (at < size && bytes[at] != '\n')
        at++;
    return at;
}

/* Names, types, keywords and numbers, those of comments left out. */
static void find_words(const char *bytes, size_t size, struct parts *parts) {
    parts->n = 0;
    for (size_t at = 0; at < size;) {
        size_t begin = at = skip_comment(bytes, size, at);
        while (at < size && is_word_byte(bytes[at]))
            at++;
        add_part(parts, begin, at);
        at += at == begin;
    }
}

/* What ends with a semicolon or a brace outside all braces, and with its line when nothing else follows there. */
static void find_declarations(const char *bytes, size_t size, struct parts *parts) {
    parts->n = 0;
    size_t begin = 0, depth = 0;
    for (size_t at = 0; at < size; at++) {
        at = skip_comment(bytes, size, at);
        if (at == size)
            break;
        depth += bytes[at] == '{';
        depth -= bytes[at] == '}' && depth > 0;
        if (depth == 0 && (bytes[at] == ';' || bytes[at] == '}')) {
            size_t end = at + 1 < size && bytes[at + 1] == '\n' ? at + 2 : at + 1;
            add_part(parts, begin, end);
            begin = end;
        }
    }
}

/* What stands between commas, semicolons, braces and brackets, with the comma or semicolon behind it. */
static void find_items(const char *bytes, size_t size, struct parts *parts) {
    parts->n = 0;
    size_t begin = 0;
    for (size_t at = 0; at < size; at++) {
        if (!strchr(",;{}()", bytes[at]))
            continue;
        bool behind = bytes[at] == ',' || bytes[at] == ';';
        add_part(parts, begin, at + behind);
        begin = at + 1;
    }
}

static const struct part *pick(struct change *change, const struct parts *parts) {
    return parts->n ? &parts->each[throw_dice(change, parts->n)] : NULL;
}

static bool is_same(const struct change *change, struct part part, const char *text, size_t size) {
    return part.end - part.begin == size && memcmp(change->bytes + part.begin, text, size) == 0;
}

/* One word, or all that are the same, become another of the input or of the list. */
static void change_word(struct change *change, bool everywhere) {
    static struct parts parts;
    static char old[MAX_INPUT], new[MAX_INPUT];
    find_words(change->bytes, change->size, &parts);
    const struct part *part = pick(change, &parts), *other = pick(change, &parts);
    if (!part)
        return;
    size_t old_size = part->end - part->begin, new_size = other->end - other->begin;
    memcpy(old, change->bytes + part->begin, old_size);
    memcpy(new, change->bytes + other->begin, new_size);
    if (throw_dice(change, 2)) {
        const char *word = words[throw_dice(change, sizeof words / sizeof *words)];
        new_size = strlen(word);
        memcpy(new, word, new_size);
    }
    if (!everywhere) {
        put(change, *part, new, new_size);
        return;
    }
    for (size_t i = parts.n; i-- > 0;)
        if (is_same(change, parts.each[i], old, old_size))
            put(change, parts.each[i], new, new_size);
}

static void drop(struct change *change, const struct parts *parts) {
    const struct part *part = pick(change, parts);
    if (part)
        put(change, *part, "", 0);
}

static void put_before(struct change *change, size_t at, const char *text, size_t size) {
    put(change, (struct part){at, at}, text, size);
}

static void move(struct change *change, const struct parts *parts, bool is_copied) {
    static char moved[MAX_INPUT];
    const struct part *part = pick(change, parts), *to = pick(change, parts);
    if (!part)
        return;
    size_t size = part->end - part->begin;
    memcpy(moved, change->bytes + part->begin, size);
    if (is_copied || to->begin > part->begin) {
        put_before(change, to->begin, moved, size);
        if (!is_copied)
            put(change, *part, "", 0);
    } else {
        put(change, *part, "", 0);
        put_before(change, to->begin, moved, size);
    }
}

/* A declaration comes twice, the second time under another name: its second word gets one more letter. */
static void copy_declaration(struct change *change) {
    static struct parts parts, own;
    find_declarations(change->bytes, change->size, &parts);
    const struct part *part = pick(change, &parts);
    if (!part)
        return;
    size_t begin = part->begin, size = part->end - part->begin;
    find_words(change->bytes + begin, size, &own);
    const char letter = (char)('a' + throw_dice(change, 26));
    const size_t before = change->size;
    put_before(change, part->end, change->bytes + begin, size);
    if (own.n > 1 && change->size > before)
        put_before(change, begin + size + own.each[1].end, &letter, 1);
}

static void add_clause(struct change *change) {
    static struct parts parts;
    const char *clause = clauses[throw_dice(change, sizeof clauses / sizeof *clauses)];
    find_declarations(change->bytes, change->size, &parts);
    const struct part *part = pick(change, &parts);
    const char *end = part ? memchr(change->bytes + part->begin, ';', part->end - part->begin) : NULL;
    if (end)
        put_before(change, (size_t)(end - change->bytes), clause, strlen(clause));
}

/* Of a pair of schemas the second becomes the first once more, or the other way round. */
static void make_equal(struct change *change) {
    const char *mark = memmem(change->bytes, change->size, second_schema, sizeof second_schema - 1);
    if (!mark)
        return;
    const struct part first = {0, (size_t)(mark - change->bytes)},
                      second = {first.end + sizeof second_schema - 1, change->size};
    if (throw_dice(change, 2))
        put(change, second, change->bytes, first.end);
    else
        put(change, first, change->bytes + second.begin, second.end - second.begin);
}

static void change_once(struct change *change) {
    static struct parts parts;
    switch (throw_dice(change, 12)) {
    case 0:
    case 1:
        change_word(change, false);
        break;
    case 2:
    case 3:
        change_word(change, true);
        break;
    case 4:
        find_declarations(change->bytes, change->size, &parts);
        drop(change, &parts);
        break;
    case 5:
        find_declarations(change->bytes, change->size, &parts);
        move(change, &parts, false);
        break;
    case 6:
    case 7:
        copy_declaration(change);
        break;
    case 8:
        find_items(change->bytes, change->size, &parts);
        drop(change, &parts);
        break;
    case 9:
        find_items(change->bytes, change->size, &parts);
        move(change, &parts, throw_dice(change, 2));
        break;
    case 10:
        add_clause(change);
        break;
    case 11:
        make_equal(change);
        break;
    }
}

static void begin_change(struct change *change, const uint8_t *data, size_t size, size_t max_size, unsigned seed) {
    change->dice = seed ? seed : 1;
    change->room = max_size < MAX_INPUT ? max_size : MAX_INPUT;
    change->size = size < change->room ? size : change->room;
    memcpy(change->bytes, data, change->size);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
    static struct change change;
    begin_change(&change, data, size, max_size, seed);
    if (throw_dice(&change, 4) == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    for (size_t n = 1 + throw_dice(&change, 4); n > 0; n--)
        change_once(&change);
    memcpy(data, change.bytes, change.size);
    return change.size;
}

/* One input with a declaration of the other. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size,
                                 uint8_t *out, size_t max_size, unsigned seed) {
    static struct change change;
    static struct parts parts;
    begin_change(&change, one, one_size, max_size, seed);
    find_declarations((const char *)other, other_size, &parts);
    const struct part *from = pick(&change, &parts);
    if (from && from->end - from->begin <= MAX_INPUT) {
        const struct part part = *from;
        find_declarations(change.bytes, change.size, &parts);
        const struct part *to = pick(&change, &parts);
        put_before(&change, to ? to->end : change.size, (const char *)other + part.begin, part.end - part.begin);
    }
    memcpy(out, change.bytes, change.size);
    return change.size;
}
