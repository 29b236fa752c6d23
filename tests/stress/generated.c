/* SPDX-License-Identifier: MIT */
#include "generated.h"

/* A tag as a query's description has it: statics as they are, each wild a parameter more, whose value goes to the key.
 * Returns the end of both. */
static char *describe(struct generated *generated, const struct t87s_tag *tag, unsigned *n_params, char *out,
                      unsigned char **key) {
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
            generated->params[(*n_params)++] = 'Q';
            *key = t87s_gen_put_u64(*key, value);
            at += 9;
        }
    }
    *out++ = ';';
    return out;
}

void generated_make(struct generated *generated, const struct world *world, uint32_t key) {
    unsigned tags[WORLD_TAGS_PER_KEY], n_tags = world_tags_of_key(world, key, tags), n_params = 1;
    memset(generated, 0, sizeof *generated);
    char *out = generated->tags;
    unsigned char *end = t87s_gen_put_u32(t87s_gen_put_u64(generated->key, key), key);
    generated->params[0] = 'I';
    for (unsigned i = 0; i < n_tags; i++) {
        struct t87s_tag tag;
        world_make_tag(world, tags[i], &tag);
        out = describe(generated, &tag, &n_params, out, &end);
    }
    generated->key_size = (size_t)(end - generated->key);
    generated->query = (struct t87s_gen_query){.name = "payload",
                                               .item = t87s_gen_no_item,
                                               .params = generated->params,
                                               .fingerprint = key,
                                               .tags = generated->tags};
}

uint32_t generated_number(const unsigned char *key) {
    key += sizeof(uint64_t);
    return t87s_gen_take_u32(&key);
}
