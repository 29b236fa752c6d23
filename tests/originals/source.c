/* SPDX-License-Identifier: MIT */
#include "source.h"

#include <stdio.h>

static enum t87s_status say(const struct blog *blog, struct t87s_buffer *out, const char *what, const char *id) {
    char text[600];
    int size = snprintf(text, sizeof text, "%s %s v%u", what, id, blog->version);
    return blog->status == T87S_OK ? t87s_buffer_append(out, text, (size_t)size) : blog->status;
}

enum t87s_status original_fetch_get_user(void *app, const char *user_id, struct t87s_buffer *out) {
    struct blog *blog = app;
    blog->users++;
    return say(blog, out, "user", user_id);
}

enum t87s_status original_fetch_get_post(void *app, const char *post_id, const char *author_id,
                                         struct t87s_buffer *out) {
    struct blog *blog = app;
    (void)author_id;
    blog->posts++;
    return say(blog, out, "post", post_id);
}

enum t87s_status original_fetch_get_comment(void *app, const char *post_id, const char *comment_id,
                                            struct t87s_buffer *out) {
    struct blog *blog = app;
    (void)post_id;
    blog->comments++;
    return say(blog, out, "comment", comment_id);
}

enum t87s_status original_fetch_get_config(void *app, uint64_t *out) {
    struct blog *blog = app;
    blog->configs++;
    *out = blog->version;
    return blog->status;
}

static enum t87s_status profile(void *app, uint64_t *out) {
    struct blog *blog = app;
    blog->profiles++;
    *out = blog->version;
    return blog->status;
}

enum t87s_status original_fetch_for_seconds(void *app, const char *user_id, uint64_t *out) {
    (void)user_id;
    return profile(app, out);
}

enum t87s_status original_fetch_for_minutes(void *app, const char *user_id, uint64_t *out) {
    (void)user_id;
    return profile(app, out);
}

enum t87s_status original_fetch_for_hours(void *app, const char *user_id, uint64_t *out) {
    (void)user_id;
    return profile(app, out);
}

enum t87s_status original_fetch_for_a_day(void *app, const char *user_id, uint64_t *out) {
    (void)user_id;
    return profile(app, out);
}

enum t87s_status original_fetch_for_milliseconds(void *app, const char *user_id, uint64_t *out) {
    (void)user_id;
    return profile(app, out);
}

enum t87s_status original_apply_rename_user(void *app, const char *user_id, const char *name) {
    struct blog *blog = app;
    (void)user_id, (void)name;
    blog->renames++;
    blog->version++;
    return blog->status;
}
