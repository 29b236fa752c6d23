/* SPDX-License-Identifier: MIT */
/* The application's half of the schema: how each query is fetched, how each mutation is applied. */
#include "source.h"

#include <inttypes.h>
#include <stdio.h>

#include "blog.tags.h"

static enum t87s_status status_of(enum db_result result) {
    switch (result) {
    case DB_ROW:
        return T87S_OK;
    case DB_NO_ROW:
        return T87S_NOT_FOUND;
    case DB_FAILED:
        break;
    }
    return T87S_E_FETCH;
}

static struct db *count_fetch(void *app) {
    struct source *source = app;
    atomic_fetch_add_explicit(&source->fetches, 1, memory_order_relaxed);
    return source->db;
}

enum t87s_status blog_fetch_get_user(void *app, uint64_t user_id, struct user *out) {
    return status_of(db_read_user(count_fetch(app), user_id, out));
}

enum t87s_status blog_fetch_get_post(void *app, uint64_t post_id, uint64_t author_id, struct post *out) {
    return status_of(db_read_post(count_fetch(app), post_id, author_id, out));
}

enum t87s_status blog_fetch_get_config(void *app, struct config *out) {
    return status_of(db_read_config(count_fetch(app), out));
}

static int append_text(void *arg, const void *text, size_t size) {
    return t87s_buffer_append(arg, text, size) == T87S_OK ? 0 : -1;
}

enum t87s_status blog_fetch_get_comment(void *app, uint64_t post_id, uint64_t comment_id, struct t87s_buffer *out) {
    return status_of(db_read_comment(count_fetch(app), post_id, comment_id, append_text, out));
}

static int append_post(void *arg, const struct post *post) {
    return t87s_buffer_append(arg, post, sizeof *post) == T87S_OK ? 0 : -1;
}

/* The answer is an array of struct post. */
enum t87s_status blog_fetch_list_posts(void *app, uint32_t page, struct t87s_buffer *out) {
    return status_of(db_read_page(count_fetch(app), page, append_post, out));
}

enum t87s_status blog_apply_rename_user(void *app, uint64_t user_id, const char *name) {
    struct source *source = app;
    return status_of(db_rename_user(source->db, user_id, name, &source->written_version));
}

enum t87s_status blog_apply_edit_post(void *app, uint64_t post_id, uint64_t author_id, const char *title) {
    struct source *source = app;
    (void)author_id; /* only the tags need it */
    return status_of(db_edit_post(source->db, post_id, title, &source->written_version));
}
