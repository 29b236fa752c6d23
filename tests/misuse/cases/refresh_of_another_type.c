// error: the callback must be a blog_refreshed_get_user
/* SPDX-License-Identifier: MIT */
#include "blog.tags.h"

#ifdef RIGHT
static void refreshed(void *arg, uint64_t user_id, const struct user *old, const struct user *fresh, bool changed) {
    (void)arg, (void)user_id, (void)old, (void)fresh, (void)changed;
}
#else
static void refreshed(void *arg, uint64_t user_id, const struct post *old, const struct post *fresh, bool changed) {
    (void)arg, (void)user_id, (void)old, (void)fresh, (void)changed;
}
#endif

void use(struct blog_cache *cache);
void use(struct blog_cache *cache) {
    blog_on_refresh_get_user(cache, refreshed, NULL);
    blog_on_refresh_get_user(cache, &refreshed, NULL);
    blog_on_refresh_get_user(cache, NULL, NULL);
}
