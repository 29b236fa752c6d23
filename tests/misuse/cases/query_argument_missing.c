// error: too few arguments
/* SPDX-License-Identifier: MIT */
#include "blog.tags.h"

#ifdef RIGHT
enum t87s_status use(struct blog_cache *cache, struct user *out);
enum t87s_status use(struct blog_cache *cache, struct user *out) { return blog_get_user(cache, 1, out); }
#else
enum t87s_status use(struct blog_cache *cache, struct user *out);
enum t87s_status use(struct blog_cache *cache, struct user *out) { return blog_get_user(cache, out); }
#endif
