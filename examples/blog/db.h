/* SPDX-License-Identifier: MIT */
#ifndef BLOG_DB_H
#define BLOG_DB_H

#include <stddef.h>
#include <stdint.h>

#include "blog_types.h"

/* The blog's rows in SQLite, and nothing of the cache. Every row carries a version that counts its updates.
 *
 * User u wrote the posts u, u + DB_USERS, u + 2 DB_USERS, ...; post p has the comments p, p + DB_POSTS, ...
 * so that the program knows every relation without asking. */
enum { DB_USERS = 1000, DB_POSTS = 10000, DB_COMMENTS = 50000, DB_PAGE_POSTS = 20 };

enum db_result { DB_ROW, DB_NO_ROW, DB_FAILED };

/* A file and its connections; any thread may call everything below, each call borrows a connection for itself. */
struct db;

/* Creates the file, which must not be there yet, and fills it. 0, or -1 with a sentence in `problem`. */
int db_create(const char *path, char *problem, size_t size);

/* NULL if there is no memory. Connections are opened when they are needed. */
struct db *db_open(const char *path);
void db_close(struct db *db);

enum db_result db_read_user(struct db *db, uint64_t user_id, struct user *out);
enum db_result db_read_post(struct db *db, uint64_t post_id, uint64_t author_id, struct post *out);
enum db_result db_read_config(struct db *db, struct config *out);

/* Calls `take` with the text while the row is held; a result other than 0 of it is DB_FAILED. */
enum db_result db_read_comment(struct db *db, uint64_t post_id, uint64_t comment_id,
                               int (*take)(void *arg, const void *text, size_t size), void *arg);

/* The posts of one page of the list, newest first: calls `take` for each. DB_NO_ROW for a page past the end. */
enum db_result db_read_page(struct db *db, uint32_t page, int (*take)(void *arg, const struct post *post), void *arg);

/* Commit before they return; *version is the row's new one. */
enum db_result db_rename_user(struct db *db, uint64_t user_id, const char *name, uint64_t *version);
enum db_result db_edit_post(struct db *db, uint64_t post_id, const char *title, uint64_t *version);

#endif
