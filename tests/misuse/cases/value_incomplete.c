// error: incomplete type
/* SPDX-License-Identifier: MIT */
#ifdef RIGHT
#include "blog.tags.h"
#else
#define BLOG_TYPES_H
struct user;
struct post {
    int id;
};
struct config {
    int theme;
};
#include "blog.tags.h"
#endif
