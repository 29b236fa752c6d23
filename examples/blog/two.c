/* SPDX-License-Identifier: MIT */
/* blog-two REDIS: the blog in two processes over one Redis. One renames a user, again and again; the other asks for him
 * all the time and notes when it got the new name. Exit: 0 all arrived in time, 1 not, 2 it could not be tried. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <t87s/redis.h>

#include "now.h"
#include "source.h"

#include "blog.tags.h"

enum { ROUNDS = 6, SHOWN_USER = 42, BOUND_MS = 2000, PATIENCE_MS = 10000 };

/* What the asking process tells after each round; the first is only that it is there. */
struct seen {
    uint64_t when_ns; /* 0: never */
    uint64_t hits;    /* answers from its cache until then */
};

static int could_not(const char *what) {
    fprintf(stderr, "blog-two: %s\n", what);
    return 2;
}

/* ---- a process of the blog ---- */

struct blog {
    struct source source;
    struct t87s_store *store;
    struct blog_cache *cache;
};

static int open_blog(struct blog *blog, const char *database, const char *redis) {
    const struct t87s_redis_options over = {.uri = redis, .near_staleness_ms = BOUND_MS};
    *blog = (struct blog){.source = {.db = db_open(database)}};
    if (blog->source.db == NULL || t87s_redis_open(&over, &blog->store) != T87S_OK)
        return -1;
    /* This is the line that makes many processes of one: the rest of the program stays as it was. */
    const struct t87s_options options = {.store = blog->store};
    return blog_open(&options, &blog->source, &blog->cache) == T87S_OK ? 0 : -1;
}

static void close_blog(struct blog *blog) {
    blog_close(blog->cache);
    t87s_store_close(blog->store);
    db_close(blog->source.db);
}

static void name_of_round(int round, char *out, size_t size) { snprintf(out, size, "Ada the %d.", round); }

/* ---- the one that asks ---- */

static struct seen wait_for_name(struct blog *blog, const char *name) {
    struct seen seen = {0};
    const uint64_t until = now_ns() + (uint64_t)PATIENCE_MS * 1000000;
    uint64_t now;
    do {
        struct user user;
        const bool here = blog_get_user(blog->cache, SHOWN_USER, &user) == T87S_OK && strcmp(user.name, name) == 0;
        now = now_ns();
        if (here) {
            seen.when_ns = now;
            return seen;
        }
        seen.hits++;
    } while (now < until);
    return seen;
}

static int ask(const char *database, const char *redis, int out) {
    struct blog blog;
    int result = open_blog(&blog, database, redis) == 0 ? 0 : 2;
    for (int round = 0; round <= ROUNDS && result == 0; round++) {
        char name[sizeof((struct user *)0)->name];
        name_of_round(round, name, sizeof name);
        const struct seen seen = wait_for_name(&blog, name);
        result = write(out, &seen, sizeof seen) == (ssize_t)sizeof seen ? 0 : 2;
    }
    close_blog(&blog);
    return result;
}

/* ---- the one that writes ---- */

static const char *milliseconds(double ns, char *out, size_t size) {
    snprintf(out, size, "%.3f ms %s", fabs(ns) / 1e6, ns < 0 ? "before" : "after");
    return out;
}

static int rename_once(struct blog *blog, int round, int in) {
    char name[sizeof((struct user *)0)->name], delay[32];
    struct seen seen;
    name_of_round(round, name, sizeof name);
    const uint64_t began = now_ns();
    const enum t87s_status status = blog_rename_user(blog->cache, SHOWN_USER, name);
    const uint64_t ended = now_ns();
    if (read(in, &seen, sizeof seen) != (ssize_t)sizeof seen)
        return could_not("the other process is gone");
    if (round == 0) /* it has begun */
        return 0;
    if (seen.when_ns == 0) {
        printf("  %-12s %s, and never arrived\n", name, t87s_strstatus(status));
        return 1;
    }
    const double late = (double)seen.when_ns - (double)ended;
    printf(
        "  %-12s written and invalidated in %.3f ms; the other process had it %s that returned (%llu old answers from "
        "its cache until then)\n",
        name, (double)(ended - began) / 1e6, milliseconds(late, delay, sizeof delay), (unsigned long long)seen.hits);
    return status == T87S_OK && late <= BOUND_MS * 1e6 ? 0 : 1;
}

static int write_names(const char *database, const char *redis, int in) {
    struct blog blog;
    struct t87s_stats stats;
    int result = open_blog(&blog, database, redis) == 0 ? 0 : could_not("no blog over that Redis");
    for (int round = 0; round <= ROUNDS && result == 0; round++)
        result = rename_once(&blog, round, in);
    if (result == 0) {
        t87s_stats(blog_primitives(blog.cache), &stats);
        printf(
            "  promised are %d ms at most (near_staleness_ms); invalidations that Redis did not take at once: %llu\n",
            BOUND_MS, (unsigned long long)stats.store_mark_errors);
    }
    close_blog(&blog);
    return result;
}

static int run(const char *database, const char *redis) {
    int ends[2];
    if (pipe(ends) != 0)
        return could_not("no pipe");
    fflush(stdout);
    const pid_t other = fork();
    if (other < 0)
        return could_not("no second process");
    if (other == 0) {
        close(ends[0]);
        _exit(ask(database, redis, ends[1]));
    }
    close(ends[1]);
    const int result = write_names(database, redis, ends[0]);
    close(ends[0]);
    waitpid(other, NULL, 0);
    return result;
}

int main(int argc, char **argv) {
    char folder[] = "/tmp/t87s-blog-XXXXXX", path[64], problem[256];
    if (argc != 2)
        return could_not("usage: blog-two REDIS");
    if (mkdtemp(folder) == NULL)
        return could_not("no temporary folder");
    snprintf(path, sizeof path, "%s/blog.db", folder);
    int result = db_create(path, problem, sizeof problem) == 0 ? 0 : could_not(problem);
    if (result == 0) {
        printf("Two processes, one Redis: %s\n", argv[1]);
        result = run(path, argv[1]);
    }
    unlink(path);
    rmdir(folder);
    return result;
}
