/* SPDX-License-Identifier: MIT */
/* The values of blog.tags: complete, trivially copyable, so the cache copies them as they are. */
#ifndef BLOG_TYPES_H
#define BLOG_TYPES_H
#include <stdint.h>

struct user {
    uint64_t id;
    char name[48];
    uint64_t version; /* counts the row's updates */
};

struct post {
    uint64_t id, author;
    char title[64];
    uint64_t version;
};

struct config {
    int32_t theme;
};

#endif
