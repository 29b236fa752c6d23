/* SPDX-License-Identifier: MIT */
#include "operation.h"

#include <string.h>

/* The last three are carried by nobody. */
static const struct {
    const char *name;
    int parent;
    struct t87s_segment last;
} tree[TAGS] = {
    {"a", -1, {T87S_SEGMENT_STATIC, "a", 0, 0}},       {"a/1", 0, {T87S_SEGMENT_UINT, NULL, 0, 1}},
    {"a/1/x", 1, {T87S_SEGMENT_STATIC, "x", 0, 0}},    {"a/1/y", 1, {T87S_SEGMENT_STATIC, "y", 0, 0}},
    {"a/2", 0, {T87S_SEGMENT_UINT, NULL, 0, 2}},       {"b", -1, {T87S_SEGMENT_STATIC, "b", 0, 0}},
    {"b/one", 5, {T87S_SEGMENT_STR, "one", 3, 0}},     {"b/one/x", 6, {T87S_SEGMENT_STATIC, "x", 0, 0}},
    {"c", -1, {T87S_SEGMENT_STATIC, "c", 0, 0}},       {"c/-1", 8, {T87S_SEGMENT_INT, NULL, 0, UINT64_MAX}},
    {"z", -1, {T87S_SEGMENT_STATIC, "z", 0, 0}},       {"a/2/x", 4, {T87S_SEGMENT_STATIC, "x", 0, 0}},
    {"b/one/x/2", 7, {T87S_SEGMENT_UINT, NULL, 0, 2}},
};

static const struct {
    unsigned n, tags[TAGS_OF_KEY];
} keys[KEYS] = {{1, {2}}, {2, {2, 6}}, {1, {4}}, {2, {7, 9}}, {0, {0}}, {2, {3, 8}}};

int tag_parent(unsigned tag) { return tree[tag].parent; }

const char *tag_name(unsigned tag) { return tree[tag].name; }

void tag_make(unsigned tag, struct t87s_tag *out) {
    struct t87s_segment segments[T87S_MAX_SEGMENTS];
    size_t at = T87S_MAX_SEGMENTS;
    for (int i = (int)tag; i >= 0; i = tree[i].parent)
        segments[--at] = tree[i].last;
    t87s_tag_make(out, T87S_MAX_SEGMENTS - at, segments + at);
}

unsigned tags_of_key(unsigned key, unsigned *tags) {
    memcpy(tags, keys[key].tags, sizeof keys[key].tags);
    return keys[key].n;
}

uint64_t random_next(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state >> 11;
}

static unsigned pick(uint64_t *state, unsigned bound) { return (unsigned)(random_next(state) % bound); }

static int64_t pick_ms(uint64_t *state, const int64_t *from, unsigned n) { return from[pick(state, n)]; }
#define PICK_MS(state, ...) \
    pick_ms(state, (const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

void operation_random(struct operation *operation, enum mode mode, uint64_t *state) {
    static const unsigned weights[OPERATION_KINDS] = {
        [OP_QUERY] = 46,      [OP_GET] = 8,     [OP_SET] = 10, [OP_DELETE] = 4, [OP_CLEAR] = 1,
        [OP_INVALIDATE] = 12, [OP_ADVANCE] = 7, [OP_EDGE] = 5, [OP_TOKEN] = 4,  [OP_RELEASE] = 3};
    bool graced = mode != MODE_PLAIN;
    unsigned roll = pick(state, 100), kind = 0;
    while (roll >= weights[kind])
        roll -= weights[kind++];
    memset(operation, 0, sizeof *operation);
    operation->kind = (enum operation_kind)kind;
    operation->key = pick(state, KEYS);
    operation->tags = pick(state, 12) ? operation->key : pick(state, KEYS);
    roll = pick(state, 10);
    operation->fetch = roll < 7 ? T87S_OK : roll < 9 ? T87S_NOT_FOUND : T87S_E_USER;
    operation->nested = pick(state, 8) ? 0 : 1 + pick(state, 3);
    operation->ttl = PICK_MS(state, 0, 100, 1500, 1500, 1500, 9000, 9000, 9000, 9000, T87S_NONE);
    operation->grace = graced ? PICK_MS(state, T87S_NONE, 0, 50, 400, 3000, 3000, 3000, 3000) : T87S_NONE;
    operation->negative = PICK_MS(state, 0, 200, 2000, 9000);
    /* A refresh does not say when its answer expires, so what may be refreshed has no jitter. */
    operation->jitter = operation->grace == T87S_NONE && !pick(state, 8) ? 1 + pick(state, 99) : 0;
    operation->ms = PICK_MS(state, 1, 1, 49, 49, 300, 300, 999, 999, 1000, 1000, 2500, 6000, 20000);
    operation->tag = pick(state, TAGS);
    operation->flags = graced && pick(state, 2) ? T87S_SOFT : pick(state, 4);
    operation->token = pick(state, 2) ? -1 : (int)pick(state, TOKENS);
    if (operation->kind == OP_TOKEN && operation->token < 0)
        operation->token = 0;
    operation->size = mode == MODE_EVICTING ? pick(state, 2500) : pick(state, 24);
    operation->pin = !pick(state, 6);
    operation->edge = pick(state, 4);
}

const char *mode_name(enum mode mode) {
    static const char *const names[MODES] = {"plain", "grace", "evicting"};
    return names[mode];
}

static const char *ms_text(int64_t ms, char *text, size_t size) {
    snprintf(text, size, ms == T87S_NONE ? "none" : ms == 0 ? "default" : "%lld", (long long)ms);
    return text;
}

static void print_query(const struct operation *op, FILE *out) {
    char ttl[24], grace[24];
    fprintf(out, "query k%u, ttl %s, grace %s, negative %lld", op->key, ms_text(op->ttl, ttl, sizeof ttl),
            ms_text(op->grace, grace, sizeof grace), (long long)op->negative);
    if (op->jitter)
        fprintf(out, ", jitter %u%%", op->jitter);
    fprintf(out, "; a fetch %s",
            op->fetch == T87S_OK          ? "succeeds"
            : op->fetch == T87S_NOT_FOUND ? "finds nothing"
                                          : "fails");
    if (op->nested)
        fprintf(out, " after the next %u operations", op->nested);
}

void operation_print(const struct operation *op, FILE *out) {
    static const char *const edges[] = {"just before its expiry", "to its expiry", "just before the end of its grace",
                                        "to the end of its grace"};
    char ttl[24], grace[24];
    switch (op->kind) {
    case OP_QUERY:
        print_query(op, out);
        break;
    case OP_GET:
        fprintf(out, "get k%u", op->key);
        break;
    case OP_SET:
        fprintf(out, "set k%u, %zu bytes, ttl %s, grace %s", op->key, op->size, ms_text(op->ttl, ttl, sizeof ttl),
                ms_text(op->grace, grace, sizeof grace));
        if (op->token >= 0)
            fprintf(out, ", as read at token %d", op->token);
        break;
    case OP_DELETE:
        fprintf(out, "delete k%u", op->key);
        break;
    case OP_CLEAR:
        fputs("clear", out);
        break;
    case OP_INVALIDATE:
        fprintf(out, "invalidate %s%s%s", tag_name(op->tag), op->flags & T87S_SOFT ? " softly" : "",
                op->flags & T87S_EXACT ? " exactly" : "");
        break;
    case OP_ADVANCE:
        fprintf(out, "%lld ms pass", (long long)op->ms);
        break;
    case OP_EDGE:
        fprintf(out, "time passes for k%u %s", op->key, edges[op->edge]);
        break;
    case OP_TOKEN:
        fprintf(out, "token %d", op->token);
        break;
    default:
        fputs("release what is held", out);
    }
    if ((op->kind == OP_QUERY || op->kind == OP_SET) && op->tags != op->key)
        fprintf(out, ", with the tags of k%u", op->tags);
    unsigned tags[TAGS_OF_KEY], n = tags_of_key(op->tags, tags);
    for (unsigned i = 0; (op->kind == OP_QUERY || op->kind == OP_SET) && i < n; i++)
        fprintf(out, "%s%s", i ? ", " : " tagged ", tag_name(tags[i]));
    fputc('\n', out);
}
