/* SPDX-License-Identifier: MIT */
/* A program over the shared tier that knows only what pkg-config told. Nobody listens where it looks: exits 0 if that
 * is no reason to fail. */
#include <string.h>
#include <t87s/redis.h>

static enum t87s_status fetch(void *arg, struct t87s_buffer *out) {
    (void)arg;
    return t87s_buffer_append(out, "Ada", 3);
}

int main(void) {
    const struct t87s_redis_options wrong = {.uri = "redis://a,"}, options = {.uri = "unix:///nowhere/at/all"};
    struct t87s_store *store;
    struct t87s_cache *cache;
    struct t87s_value value;
    if (t87s_redis_open(&wrong, &store) != T87S_E_INVALID || t87s_redis_open(&options, &store) != T87S_OK)
        return 1;
    const struct t87s_options over = {.store = store};
    if (t87s_open(&over, &cache) != T87S_OK)
        return 2;
    const struct t87s_query query = {.key = "user:42", .key_len = 7, .fetch = fetch};
    if (t87s_query(cache, &query, &value, NULL) != T87S_OK || value.size != 3 || memcmp(value.data, "Ada", 3) != 0)
        return 3;
    t87s_value_release(&value);
    t87s_close(cache);
    t87s_store_close(store);
    return 0;
}
