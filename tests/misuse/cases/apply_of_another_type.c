// error: conflicting types for
/* SPDX-License-Identifier: MIT */
#include "blog.tags.h"

#ifdef RIGHT
enum t87s_status blog_apply_rename_user(void *app, uint64_t user_id, const char *name) {
    (void)app, (void)user_id, (void)name;
    return T87S_OK;
}
#else
enum t87s_status blog_apply_rename_user(void *app, uint64_t user_id, char *name) {
    (void)app, (void)user_id, (void)name;
    return T87S_OK;
}
#endif
