/* SPDX-License-Identifier: MIT */
#include "moments.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "now.h"

/* ------------------------------------------------------------------------------------- one invalidation ---- */

enum { LISTED_PAGES = 5 }; /* the last edit has invalidated them all */

static struct census take_census(struct blog_cache *cache) {
    struct census census = {0};
    struct user user;
    struct post post;
    struct t87s_value value = {0};
    for (uint64_t id = 1; id <= DB_USERS; id++)
        census.users += blog_peek_get_user(cache, id, &user) == T87S_OK;
    for (uint64_t id = 1; id <= DB_POSTS; id++)
        census.posts += blog_peek_get_post(cache, id, (id - 1) % DB_USERS + 1, &post) == T87S_OK;
    for (uint64_t id = 1; id <= DB_COMMENTS; id++) {
        census.comments += blog_peek_get_comment(cache, (id - 1) % DB_POSTS + 1, id, &value) == T87S_OK;
        t87s_value_release(&value);
    }
    for (uint32_t page = 0; page < DB_POSTS / DB_PAGE_POSTS; page++) {
        census.pages += blog_peek_list_posts(cache, page, &value) == T87S_OK;
        t87s_value_release(&value);
    }
    return census;
}

void moment_touch(struct blog_cache *cache, uint64_t user_id, struct touch *out) {
    struct user user;
    struct post post;
    (void)blog_get_user(cache, user_id, &user);
    for (uint64_t id = user_id; id <= DB_POSTS; id += DB_USERS)
        (void)blog_get_post(cache, id, user_id, &post);
    for (uint32_t page = 0; page < LISTED_PAGES; page++) {
        struct t87s_value value = {0};
        (void)blog_list_posts(cache, page, &value);
        t87s_value_release(&value);
    }

    struct blog_tag tag = blog_tag_users(user_id);
    blog_tag_format(tag, out->tag, sizeof out->tag);
    out->before = take_census(cache);
    uint64_t start = now_ns();
    (void)blog_invalidate(cache, tag);
    out->ns = now_ns() - start;
    out->after = take_census(cache);
}

/* ---------------------------------------------------------------------------------- stale, then revalidated ---- */

/* What the background tells; the waiter gives up after two seconds. */
struct refresh_news {
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    uint64_t user_id; /* immutable: the one waited for */
    bool here;        /* under lock, as all below */
    bool changed;
    struct user from, to;
    uint64_t when_ns;
};

static void on_refresh(void *arg, uint64_t user_id, const struct user *old, const struct user *fresh, bool changed) {
    struct refresh_news *news = arg;
    if (user_id != news->user_id)
        return;
    pthread_mutex_lock(&news->lock);
    news->here = true;
    news->changed = changed;
    news->from = *old;
    news->to = *fresh;
    news->when_ns = now_ns();
    pthread_cond_signal(&news->arrived);
    pthread_mutex_unlock(&news->lock);
}

static bool wait_for_news(struct refresh_news *news) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 2;
    pthread_mutex_lock(&news->lock);
    while (!news->here && pthread_cond_timedwait(&news->arrived, &news->lock, &until) != ETIMEDOUT)
        continue;
    bool here = news->here;
    pthread_mutex_unlock(&news->lock);
    return here;
}

static int ask(struct blog_cache *cache, uint64_t user_id, int step, struct revalidation *out) {
    struct t87s_entries entries;
    uint64_t start = now_ns();
    if (blog_get_user_entries(cache, user_id, &out->answers[step], &entries) != T87S_OK)
        return -1;
    out->ns[step] = now_ns() - start;
    out->entries[step] = entries.after;
    return 0;
}

int moment_revalidation(struct blog_cache *cache, struct source *source, uint64_t user_id, struct revalidation *out) {
    /* Static: the background may still tell after the wait was given up. */
    static struct refresh_news news = {.lock = PTHREAD_MUTEX_INITIALIZER, .arrived = PTHREAD_COND_INITIALIZER};
    *out = (struct revalidation){0};

    /* The first refresh of a cache starts its thread; that is not what shall be timed. */
    uint64_t other = user_id + 1;
    if (ask(cache, other, 0, out) != 0 || blog_invalidate_soft(cache, blog_tag_users(other)) != T87S_OK ||
        ask(cache, other, 0, out) != 0)
        return -1;

    news.user_id = user_id;
    blog_on_refresh_get_user(cache, on_refresh, &news);
    if (blog_rename_user(cache, user_id, "Ada Byron") != T87S_OK || ask(cache, user_id, 0, out) != 0 ||
        ask(cache, user_id, 0, out) != 0) /* once to fetch, once to hit */
        return -1;

    /* The row changes, and only softly is the cache told. */
    if (blog_apply_rename_user(source, user_id, "Ada Lovelace") != T87S_OK ||
        blog_invalidate_soft(cache, blog_tag_users(user_id)) != T87S_OK || ask(cache, user_id, 1, out) != 0)
        return -1;
    uint64_t stale_at = now_ns();

    out->refreshed = wait_for_news(&news);
    if (!out->refreshed || ask(cache, user_id, 2, out) != 0)
        return -1;
    out->changed = news.changed;
    out->refreshed_from = news.from;
    out->refreshed_to = news.to;
    out->refresh_ns = news.when_ns > stale_at ? news.when_ns - stale_at : 0;
    blog_on_refresh_get_user(cache, NULL, NULL);

    bool as_promised = out->entries[0].outcome == T87S_FRESH && out->entries[1].outcome == T87S_STALE &&
                       out->entries[2].outcome == T87S_FRESH && out->changed &&
                       strcmp(out->answers[1].name, "Ada Byron") == 0 &&
                       strcmp(out->answers[2].name, "Ada Lovelace") == 0;
    return as_promised ? 0 : -1;
}
