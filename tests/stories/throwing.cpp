/* SPDX-License-Identifier: MIT */
#include "throwing.h"

namespace {
struct trouble {};
} // namespace

enum t87s_status throw_trouble(void *) { throw trouble(); }

bool query_throws(struct t87s_cache *cache, const struct t87s_query *query, struct t87s_value *out) {
    try {
        (void)t87s_query(cache, query, out, nullptr);
    } catch (const trouble &) {
        return true;
    }
    return false;
}
