/* SPDX-License-Identifier: MIT
 *
 * From the key of a generated query to its tags: reads the description's text (t87s/codegen.h) and takes what fills
 * the wilds from the key. Each is handed to `add`.
 */
#ifndef T87S_CACHE_TAGS_OF_KEY_H
#define T87S_CACHE_TAGS_OF_KEY_H

#include <t87s/codegen.h>

enum { T87S__MAX_PARAMS = 16 }; /* of a query */

static inline size_t t87s__param_size(char type, const unsigned char *param) {
    switch (type) {
    case 's':
        return 2 + (size_t)*param;
    case 'u':
        return 16;
    case 'Q':
    case 'q':
        return 8;
    case 'b':
        return 1;
    default:
        return 4;
    }
}

/* The segment of a wild that this parameter fills. */
static inline unsigned char *t87s__param_path(unsigned char *at, const struct t87s_gen_kind *kind, unsigned number,
                                              const unsigned char *param) {
    switch (kind->params[number]) {
    case 'I':
        return t87s_gen_path_u32(at, t87s_gen_take_u32(&param));
    case 'i':
        return t87s_gen_path_i32(at, t87s_gen_take_i32(&param));
    case 'Q':
        return t87s_gen_path_u64(at, t87s_gen_take_u64(&param));
    case 'q':
        return t87s_gen_path_i64(at, t87s_gen_take_i64(&param));
    case 'u':
        return t87s_gen_path_uuid(at, param);
    case 'e':
        return t87s_gen_path_str(at, kind->item(number, t87s_gen_take_u32(&param)));
    default:
        return t87s_gen_path_str(at, t87s_gen_take_str(&param));
    }
}

static inline void t87s__tags_of_key(const struct t87s_gen_query *query, const struct t87s_gen_kind *kind,
                                     const unsigned char *key,
                                     void (*add)(void *arg, const unsigned char *path, size_t size), void *arg) {
    const unsigned char *params[T87S__MAX_PARAMS] = {NULL};
    key += sizeof query->fingerprint;
    for (unsigned i = 0; kind->params[i]; key += t87s__param_size(kind->params[i++], key))
        params[i] = key;
    struct t87s_tag tag;
    unsigned char *at = tag.path;
    for (const char *word = query->text; *word;) {
        if (*word == 's') {
            size_t size = 2 + (size_t)word[1];
            at = t87s_gen_path_static(at, word, size);
            word += size;
        } else if (*word == '$') {
            unsigned number = (unsigned)(word[1] - 'a');
            at = t87s__param_path(at, kind, number, params[number]);
            word += 2;
        } else {
            add(arg, tag.path, t87s_gen_path_size(tag.path, at));
            at = tag.path;
            word++;
        }
    }
}

#endif
