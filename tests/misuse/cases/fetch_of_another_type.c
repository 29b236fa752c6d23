// error: conflicting types for
/* SPDX-License-Identifier: MIT */
#include "blog.tags.h"

#ifdef RIGHT
enum t87s_status blog_fetch_list_posts(void *app, uint32_t page, struct t87s_buffer *out) {
    (void)app, (void)page, (void)out;
    return T87S_NOT_FOUND;
}
#else
enum t87s_status blog_fetch_list_posts(void *app, uint64_t page, struct t87s_buffer *out) {
    (void)app, (void)page, (void)out;
    return T87S_NOT_FOUND;
}
#endif
