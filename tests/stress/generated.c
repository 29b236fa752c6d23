/* SPDX-License-Identifier: MIT */
#include "generated.h"

/* By the number of wilds that they fill. */
static struct t87s_gen_kind kinds[GENERATED_PARAMS];

#define KIND(n) \
    static const struct t87s_gen_kind *kind_##n(void) { return &kinds[n]; }
/* clang-format off */
KIND(0) KIND(1) KIND(2) KIND(3) KIND(4) KIND(5) KIND(6) KIND(7) KIND(8) KIND(9) KIND(10) KIND(11) KIND(12)
    /* clang-format on */

    void generated_set(const struct t87s_gen_kind *like) {
    static const char wilds[] = "QQQQQQQQQQQQ";
    static char params[GENERATED_PARAMS][GENERATED_PARAMS + 1];
    for (size_t n = 0; n < GENERATED_PARAMS; n++) {
        params[n][0] = 'I';
        memcpy(params[n] + 1, wilds, n);
        kinds[n] = *like;
        kinds[n].item = t87s_gen_no_item;
        kinds[n].params = params[n];
    }
}

/* A tag as a query's description has it: statics as they are, each wild a parameter more, whose value goes to the key.
 * Returns the end of both. */
static char *describe(const struct t87s_tag *tag, unsigned *n_params, char *out, unsigned char **key) {
    for (size_t at = 0; at < tag->size;) {
        if (tag->path[at] == 's') {
            const size_t size = 2 + (size_t)tag->path[at + 1];
            memcpy(out, tag->path + at, size);
            out += size;
            at += size;
        } else { /* 'u', little-endian */
            uint64_t value = 0;
            for (size_t i = 8; i > 0; i--)
                value = value << 8 | tag->path[at + i];
            *out++ = '$';
            *out++ = (char)('a' + *n_params);
            (*n_params)++;
            *key = t87s_gen_put_u64(*key, value);
            at += 9;
        }
    }
    *out++ = ';';
    return out;
}

void generated_make(struct generated *generated, const struct world *world, uint32_t key) {
    static const struct t87s_gen_kind *(*const by_wilds[GENERATED_PARAMS])(void) = {
        kind_0, kind_1, kind_2, kind_3, kind_4, kind_5, kind_6, kind_7, kind_8, kind_9, kind_10, kind_11, kind_12};
    unsigned tags[WORLD_TAGS_PER_KEY], n_tags = world_tags_of_key(world, key, tags), n_params = 1;
    memset(generated, 0, sizeof *generated);
    char *out = generated->text;
    unsigned char *end = t87s_gen_put_u32(t87s_gen_put_u64(generated->key, key), key);
    for (unsigned i = 0; i < n_tags; i++) {
        struct t87s_tag tag;
        world_make_tag(world, tags[i], &tag);
        out = describe(&tag, &n_params, out, &end);
    }
    memcpy(out, "\0payload", sizeof "\0payload");
    generated->key_size = (size_t)(end - generated->key);
    generated->query =
        (struct t87s_gen_query){.kind = by_wilds[n_params - 1], .fingerprint = key, .text = generated->text};
}

uint32_t generated_number(const unsigned char *key) {
    key += sizeof(uint64_t);
    return t87s_gen_take_u32(&key);
}
