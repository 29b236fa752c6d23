/* SPDX-License-Identifier: MIT
 *
 * What every store needs to know of tags, so that all of them agree: prefixes, and names of 16 bytes.
 */
#define XXH_INLINE_ALL
#include <string.h>
#include <xxhash.h>

#include <t87s/store.h>

#include "tag_path.h"

size_t t87s_store_prefixes(struct t87s_store_tag tag, size_t *ends) {
    if (!t87s__tag_path_valid(tag.path, tag.size))
        return 0;
    size_t n = 0;
    for (size_t at = 0; at < tag.size; ends[n++] = at)
        at += t87s__tag_path_segment(tag.path, tag.size, at);
    return n;
}

void t87s_store_hash(const unsigned char *path, size_t size, unsigned char *out) {
    XXH128_canonical_t bytes; /* the same on every machine */
    XXH128_canonicalFromHash(&bytes, XXH3_128bits(path, size));
    memcpy(out, bytes.digest, sizeof bytes.digest);
}

void t87s_store_close(struct t87s_store *store) {
    if (store)
        store->close(store);
}
