// error: conflicting types for
/* SPDX-License-Identifier: MIT */
#include "blog.tags.h"

#ifdef RIGHT
enum t87s_status blog_fetch_get_user(void *app, uint64_t user_id, struct user *out) {
    (void)app, (void)user_id, (void)out;
    return T87S_NOT_FOUND;
}
#else
enum t87s_status blog_fetch_get_user(void *app, struct user *out) {
    (void)app, (void)out;
    return T87S_NOT_FOUND;
}
#endif
