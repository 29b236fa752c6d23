// error: blog_tag_user
/* SPDX-License-Identifier: MIT */
#include "blog.tags.h"

#ifdef RIGHT
enum t87s_status use(struct blog_cache *cache);
enum t87s_status use(struct blog_cache *cache) { return blog_invalidate(cache, blog_tag_users(1)); }
#else
enum t87s_status use(struct blog_cache *cache);
enum t87s_status use(struct blog_cache *cache) { return blog_invalidate(cache, blog_tag_user(1)); }
#endif
