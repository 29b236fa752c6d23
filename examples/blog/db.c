/* SPDX-License-Identifier: MIT */
/* Connections are kept in a list under one lock and made when the list is empty; a connection is used by one thread at
 * a time. Write-ahead logging: a reader never waits for the writer and sees every commit made before it begins. */
#include "db.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

enum statement { READ_USER, READ_POST, READ_CONFIG, READ_COMMENT, READ_PAGE, RENAME_USER, EDIT_POST, N_STATEMENTS };

static const char *const sql[N_STATEMENTS] = {
    [READ_USER] = "SELECT name, version FROM users WHERE id = ?1",
    [READ_POST] = "SELECT title, version FROM posts WHERE id = ?1 AND author = ?2",
    [READ_CONFIG] = "SELECT theme FROM config",
    [READ_COMMENT] = "SELECT text FROM comments WHERE id = ?1 AND post = ?2",
    [READ_PAGE] = "SELECT id, author, title, version FROM posts WHERE id <= ?1 ORDER BY id DESC LIMIT ?2",
    [RENAME_USER] = "UPDATE users SET name = ?2, version = version + 1 WHERE id = ?1 RETURNING version",
    [EDIT_POST] = "UPDATE posts SET title = ?2, version = version + 1 WHERE id = ?1 RETURNING version",
};

struct connection {
    struct connection *next;
    sqlite3 *handle;
    sqlite3_stmt *statements[N_STATEMENTS];
};

struct db {
    char *path; /* immutable */
    pthread_mutex_t lock;
    struct connection *idle; /* under lock */
};

/* ------------------------------------------------------------------------------------------------ creating ---- */

static const char schema[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
                             "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, version INTEGER);"
                             "CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER, title TEXT, version INTEGER);"
                             "CREATE TABLE comments (id INTEGER PRIMARY KEY, post INTEGER, text TEXT);"
                             "CREATE TABLE config (theme INTEGER);";

/* %d: users, posts, users, comments, posts. */
static const char rows[] =
    "BEGIN;"
    "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < %d)"
    " INSERT INTO users SELECT id, 'user ' || id, 1 FROM n;"
    "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < %d)"
    " INSERT INTO posts SELECT id, (id - 1) %% %d + 1, 'post ' || id, 1 FROM n;"
    "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < %d)"
    " INSERT INTO comments SELECT id, (id - 1) %% %d + 1, 'what comment ' || id || ' says about the post' FROM n;"
    "INSERT INTO config VALUES (3);"
    "COMMIT;";

int db_create(const char *path, char *problem, size_t size) {
    if (access(path, F_OK) == 0) {
        snprintf(problem, size, "%s exists already", path);
        return -1;
    }
    char fill[sizeof rows + 64];
    snprintf(fill, sizeof fill, rows, DB_USERS, DB_POSTS, DB_USERS, DB_COMMENTS, DB_POSTS);
    sqlite3 *handle = NULL;
    int result = sqlite3_open(path, &handle);
    if (result == SQLITE_OK)
        result = sqlite3_exec(handle, schema, NULL, NULL, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_exec(handle, fill, NULL, NULL, NULL);
    if (result != SQLITE_OK)
        snprintf(problem, size, "%s: %s", path, handle != NULL ? sqlite3_errmsg(handle) : sqlite3_errstr(result));
    sqlite3_close(handle);
    return result == SQLITE_OK ? 0 : -1;
}

/* --------------------------------------------------------------------------------------------- connections ---- */

struct db *db_open(const char *path) {
    struct db *db = calloc(1, sizeof *db);
    if (db == NULL)
        return NULL;
    db->path = strdup(path);
    if (db->path == NULL || pthread_mutex_init(&db->lock, NULL) != 0) {
        free(db->path);
        free(db);
        return NULL;
    }
    return db;
}

static void disconnect(struct connection *connection) {
    for (int i = 0; i < N_STATEMENTS; i++)
        sqlite3_finalize(connection->statements[i]);
    sqlite3_close(connection->handle);
    free(connection);
}

void db_close(struct db *db) {
    if (db == NULL)
        return;
    while (db->idle != NULL) {
        struct connection *connection = db->idle;
        db->idle = connection->next;
        disconnect(connection);
    }
    pthread_mutex_destroy(&db->lock);
    free(db->path);
    free(db);
}

static struct connection *connect_to(const char *path) {
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        return NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    int result = sqlite3_open_v2(path, &connection->handle, flags, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_busy_timeout(connection->handle, 5000);
    if (result == SQLITE_OK)
        result = sqlite3_exec(connection->handle, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
    for (int i = 0; result == SQLITE_OK && i < N_STATEMENTS; i++)
        result = sqlite3_prepare_v3(connection->handle, sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                                    &connection->statements[i], NULL);
    if (result != SQLITE_OK) {
        disconnect(connection);
        return NULL;
    }
    return connection;
}

static struct connection *borrow(struct db *db) {
    pthread_mutex_lock(&db->lock);
    struct connection *connection = db->idle;
    if (connection != NULL)
        db->idle = connection->next;
    pthread_mutex_unlock(&db->lock);
    return connection != NULL ? connection : connect_to(db->path);
}

static void give_back(struct db *db, struct connection *connection) {
    pthread_mutex_lock(&db->lock);
    connection->next = db->idle;
    db->idle = connection;
    pthread_mutex_unlock(&db->lock);
}

/* ------------------------------------------------------------------------------------------------- reading ---- */

static void copy_text(sqlite3_stmt *row, int column, char *out, size_t size) {
    const unsigned char *text = sqlite3_column_text(row, column);
    snprintf(out, size, "%s", text != NULL ? (const char *)text : "");
}

/* Runs a statement with up to two numbers, hands each row to `take`. */
static enum db_result read_rows(struct db *db, enum statement which, uint64_t first, uint64_t second,
                                int (*take)(void *arg, sqlite3_stmt *row), void *arg) {
    struct connection *connection = borrow(db);
    if (connection == NULL)
        return DB_FAILED;
    sqlite3_stmt *statement = connection->statements[which];
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)first); /* a number the statement does not use is refused: fine */
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)second);
    enum db_result result = DB_NO_ROW;
    int step;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        result = DB_ROW;
        if (take(arg, statement) != 0)
            break;
    }
    if (step != SQLITE_DONE)
        result = DB_FAILED;
    sqlite3_reset(statement);
    give_back(db, connection);
    return result;
}

static int take_user(void *arg, sqlite3_stmt *row) {
    struct user *user = arg;
    copy_text(row, 0, user->name, sizeof user->name);
    user->version = (uint64_t)sqlite3_column_int64(row, 1);
    return 0;
}

enum db_result db_read_user(struct db *db, uint64_t user_id, struct user *out) {
    *out = (struct user){.id = user_id};
    return read_rows(db, READ_USER, user_id, 0, take_user, out);
}

static int take_post(void *arg, sqlite3_stmt *row) {
    struct post *post = arg;
    copy_text(row, 0, post->title, sizeof post->title);
    post->version = (uint64_t)sqlite3_column_int64(row, 1);
    return 0;
}

enum db_result db_read_post(struct db *db, uint64_t post_id, uint64_t author_id, struct post *out) {
    *out = (struct post){.id = post_id, .author = author_id};
    return read_rows(db, READ_POST, post_id, author_id, take_post, out);
}

static int take_config(void *arg, sqlite3_stmt *row) {
    struct config *config = arg;
    config->theme = sqlite3_column_int(row, 0);
    return 0;
}

enum db_result db_read_config(struct db *db, struct config *out) {
    return read_rows(db, READ_CONFIG, 0, 0, take_config, out);
}

struct text_taker {
    int (*take)(void *arg, const void *text, size_t size);
    void *arg;
};

static int take_comment(void *arg, sqlite3_stmt *row) {
    struct text_taker *taker = arg;
    const void *text = sqlite3_column_blob(row, 0);
    return taker->take(taker->arg, text, (size_t)sqlite3_column_bytes(row, 0));
}

enum db_result db_read_comment(struct db *db, uint64_t post_id, uint64_t comment_id,
                               int (*take)(void *arg, const void *text, size_t size), void *arg) {
    struct text_taker taker = {.take = take, .arg = arg};
    return read_rows(db, READ_COMMENT, comment_id, post_id, take_comment, &taker);
}

struct post_taker {
    int (*take)(void *arg, const struct post *post);
    void *arg;
};

static int take_page_row(void *arg, sqlite3_stmt *row) {
    struct post_taker *taker = arg;
    struct post post = {.id = (uint64_t)sqlite3_column_int64(row, 0), .author = (uint64_t)sqlite3_column_int64(row, 1)};
    copy_text(row, 2, post.title, sizeof post.title);
    post.version = (uint64_t)sqlite3_column_int64(row, 3);
    return taker->take(taker->arg, &post);
}

enum db_result db_read_page(struct db *db, uint32_t page, int (*take)(void *arg, const struct post *post), void *arg) {
    struct post_taker taker = {.take = take, .arg = arg};
    uint64_t skipped = (uint64_t)page * DB_PAGE_POSTS;
    uint64_t newest = skipped < DB_POSTS ? DB_POSTS - skipped : 0;
    return read_rows(db, READ_PAGE, newest, DB_PAGE_POSTS, take_page_row, &taker);
}

/* ------------------------------------------------------------------------------------------------- writing ---- */

static enum db_result update(struct db *db, enum statement which, uint64_t id, const char *text, uint64_t *version) {
    struct connection *connection = borrow(db);
    if (connection == NULL)
        return DB_FAILED;
    sqlite3_stmt *statement = connection->statements[which];
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)id);
    sqlite3_bind_text(statement, 2, text, -1, SQLITE_TRANSIENT);
    enum db_result result = DB_NO_ROW;
    int step = sqlite3_step(statement);
    if (step == SQLITE_ROW) {
        *version = (uint64_t)sqlite3_column_int64(statement, 0);
        result = DB_ROW;
        step = sqlite3_step(statement); /* the commit comes with the last step */
    }
    if (step != SQLITE_DONE)
        result = DB_FAILED;
    if (sqlite3_reset(statement) != SQLITE_OK)
        result = DB_FAILED;
    give_back(db, connection);
    return result;
}

enum db_result db_rename_user(struct db *db, uint64_t user_id, const char *name, uint64_t *version) {
    return update(db, RENAME_USER, user_id, name, version);
}

enum db_result db_edit_post(struct db *db, uint64_t post_id, const char *title, uint64_t *version) {
    return update(db, EDIT_POST, post_id, title, version);
}
