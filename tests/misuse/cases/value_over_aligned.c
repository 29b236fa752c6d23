// error: not empty, less than 4 GiB and not over-aligned
/* SPDX-License-Identifier: MIT */
#ifdef RIGHT
#include "blog.tags.h"
#else
#define BLOG_TYPES_H
struct user {
    _Alignas(64) char lanes[64];
};
struct post {
    int id;
};
struct config {
    int theme;
};
#include "blog.tags.h"
#endif
