// error: too many arguments
/* SPDX-License-Identifier: MIT */
#include "blog.tags.h"

#ifdef RIGHT
enum t87s_status use(struct blog_cache *cache);
enum t87s_status use(struct blog_cache *cache) { return blog_invalidate(cache, blog_tag_config()); }
#else
enum t87s_status use(struct blog_cache *cache);
enum t87s_status use(struct blog_cache *cache) { return blog_invalidate(cache, blog_tag_config(1)); }
#endif
