/* SPDX-License-Identifier: MIT */
/* A program that knows of t87s only what pkg-config told. Exits 0 if the cache behaves. */
#include <string.h>

#include "blog.tags.h"

static unsigned fetches;

enum t87s_status blog_fetch_get_user(void *app, uint64_t user_id, struct user *out) {
    (void)app;
    fetches++;
    memset(out, 0, sizeof *out);
    out->id = user_id;
    return T87S_OK;
}

enum t87s_status blog_fetch_get_post(void *app, uint64_t post_id, uint64_t author_id, struct post *out) {
    (void)app;
    memset(out, 0, sizeof *out);
    out->id = post_id;
    out->author = author_id;
    return T87S_OK;
}

enum t87s_status blog_fetch_get_comment(void *app, uint64_t post_id, uint64_t comment_id, struct t87s_buffer *out) {
    (void)app;
    (void)post_id;
    (void)comment_id;
    return t87s_buffer_append(out, "text", 4);
}

enum t87s_status blog_fetch_list_posts(void *app, uint32_t page, struct t87s_buffer *out) {
    (void)app;
    (void)page;
    (void)out;
    return T87S_NOT_FOUND;
}

enum t87s_status blog_fetch_get_config(void *app, struct config *out) {
    (void)app;
    out->theme = 1;
    return T87S_OK;
}

enum t87s_status blog_apply_rename_user(void *app, uint64_t user_id, const char *name) {
    (void)app;
    (void)user_id;
    (void)name;
    return T87S_OK;
}

enum t87s_status blog_apply_edit_post(void *app, uint64_t post_id, uint64_t author_id, const char *title) {
    (void)app;
    (void)post_id;
    (void)author_id;
    (void)title;
    return T87S_OK;
}

int main(void) {
    struct blog_cache *cache;
    struct user user;
    if (blog_open(NULL, NULL, &cache) != T87S_OK)
        return 1;
    for (int i = 0; i < 3; i++)
        if (blog_get_user(cache, 42, &user) != T87S_OK || user.id != 42)
            return 2;
    if (fetches != 1)
        return 3;
    if (blog_rename_user(cache, 42, "Ada") != T87S_OK || blog_get_user(cache, 42, &user) != T87S_OK || fetches != 2)
        return 4;
    blog_close(cache);
    return 0;
}
