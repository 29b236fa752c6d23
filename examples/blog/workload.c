/* SPDX-License-Identifier: MIT */
/* Each thread owns a struct worker; all of them share only the workload, the zipf tables and the stop flag. */
#include "workload.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "now.h"
#include "zipf.h"

enum { MAX_READERS = 16, PAGES = DB_POSTS / DB_PAGE_POSTS };

struct shared {
    const struct workload *workload; /* immutable, as the tables */
    struct zipf users, posts, pages;
    atomic_bool stop;
};

struct worker {
    struct shared *shared;
    struct random random;
    pthread_t thread;
    struct workload_result result;
};

/* What one answer was, whichever way it came. */
struct answer {
    enum t87s_status status;
    struct t87s_entries entries;
};

static bool is_checked(const struct answer *answer) {
    return answer->status == T87S_OK && answer->entries.after.outcome != T87S_STALE;
}

/* ------------------------------------------------------------------------------------------------- reading ---- */

static struct answer read_user(struct worker *worker) {
    const struct workload *workload = worker->shared->workload;
    uint64_t id = zipf_draw(&worker->shared->users, &worker->random);
    uint64_t floor = history_floor(&workload->history->user[id]);
    struct answer answer = {0};
    struct user user = {0};
    if (workload->cache != NULL)
        answer.status = blog_get_user_entries(workload->cache, id, &user, &answer.entries);
    else
        answer.status = blog_fetch_get_user(workload->source, id, &user);
    if (is_checked(&answer))
        verdict_check(&worker->result.verdict, "user", id, floor, user.version);
    return answer;
}

static uint64_t author_of(uint64_t post_id) { return (post_id - 1) % DB_USERS + 1; }

static struct answer read_post(struct worker *worker) {
    const struct workload *workload = worker->shared->workload;
    uint64_t id = zipf_draw(&worker->shared->posts, &worker->random);
    uint64_t floor = history_floor(&workload->history->post[id]);
    struct answer answer = {0};
    struct post post = {0};
    if (workload->cache != NULL)
        answer.status = blog_get_post_entries(workload->cache, id, author_of(id), &post, &answer.entries);
    else
        answer.status = blog_fetch_get_post(workload->source, id, author_of(id), &post);
    if (is_checked(&answer))
        verdict_check(&worker->result.verdict, "post", id, floor, post.version);
    return answer;
}

/* Answers of variable size are pinned in the cache; straight from SQLite they are in a buffer. Released by the caller.
 */
struct bytes {
    struct t87s_value value;
    struct t87s_buffer buffer;
};

static void bytes_release(struct bytes *bytes) {
    t87s_value_release(&bytes->value);
    t87s_buffer_release(&bytes->buffer);
}

static struct answer read_comment(struct worker *worker) {
    const struct workload *workload = worker->shared->workload;
    uint64_t post = zipf_draw(&worker->shared->posts, &worker->random);
    uint64_t which = (uint64_t)(random_unit(&worker->random) * (DB_COMMENTS / DB_POSTS));
    uint64_t id = post + which * DB_POSTS;
    struct answer answer = {0};
    struct bytes bytes = {0};
    if (workload->cache != NULL)
        answer.status = blog_get_comment_entries(workload->cache, post, id, &bytes.value, &answer.entries);
    else
        answer.status = blog_fetch_get_comment(workload->source, post, id, &bytes.buffer);
    bytes_release(&bytes);
    return answer;
}

/* Every post on the page is held against its own floor. */
static struct answer read_page(struct worker *worker) {
    const struct workload *workload = worker->shared->workload;
    uint32_t page = (uint32_t)zipf_draw(&worker->shared->pages, &worker->random) - 1;
    uint64_t newest = DB_POSTS - (uint64_t)page * DB_PAGE_POSTS;
    uint64_t floors[DB_PAGE_POSTS];
    for (uint64_t i = 0; i < DB_PAGE_POSTS; i++)
        floors[i] = history_floor(&workload->history->post[newest - i]);

    struct answer answer = {0};
    struct bytes bytes = {0};
    if (workload->cache != NULL)
        answer.status = blog_list_posts_entries(workload->cache, page, &bytes.value, &answer.entries);
    else
        answer.status = blog_fetch_list_posts(workload->source, page, &bytes.buffer);
    const void *data = workload->cache != NULL ? bytes.value.data : bytes.buffer.data;
    size_t size = workload->cache != NULL ? bytes.value.size : bytes.buffer.size;
    if (answer.status == T87S_OK && size != DB_PAGE_POSTS * sizeof(struct post))
        answer.status = T87S_E_USER;
    if (is_checked(&answer)) {
        const struct post *posts = data;
        for (size_t i = 0; i < DB_PAGE_POSTS; i++)
            verdict_check(&worker->result.verdict, "page with post", posts[i].id, floors[i], posts[i].version);
    }
    bytes_release(&bytes);
    return answer;
}

static struct answer read_something(struct worker *worker) {
    double what = random_unit(&worker->random);
    if (what < 0.50)
        return read_post(worker);
    if (what < 0.75)
        return read_user(worker);
    if (what < 0.95)
        return read_comment(worker);
    return read_page(worker);
}

static void count_answer(struct workload_result *result, const struct answer *answer, bool cached, uint64_t ns) {
    result->answers++;
    if (answer->status != T87S_OK) {
        result->failures++;
        return;
    }
    histogram_add(&result->answer_time, ns);
    if (!cached)
        return;
    const struct t87s_entry_info *after = &answer->entries.after;
    result->by_outcome[after->outcome]++;
    if (after->outcome == T87S_FRESH)
        histogram_add(&result->fresh_time, ns);
    if (after->outcome == T87S_FETCHED) {
        histogram_add(&result->fetched_time, ns);
        result->by_reason[after->reason]++;
    }
}

static void *read_on(void *arg) {
    struct worker *worker = arg;
    bool cached = worker->shared->workload->cache != NULL;
    uint64_t before = now_ns();
    while (!atomic_load_explicit(&worker->shared->stop, memory_order_relaxed)) {
        struct answer answer = read_something(worker);
        uint64_t after = now_ns();
        count_answer(&worker->result, &answer, cached, after - before);
        before = after;
    }
    return NULL;
}

/* ------------------------------------------------------------------------------------------------- writing ---- */

static void rename_someone(struct worker *worker) {
    const struct workload *workload = worker->shared->workload;
    uint64_t id = zipf_draw(&worker->shared->users, &worker->random);
    uint64_t number = ++worker->result.renames;
    char name[48];
    snprintf(name, sizeof name, "user %" PRIu64 ", rename %" PRIu64, id, number);
    enum t87s_status status = workload->cache != NULL ? blog_rename_user(workload->cache, id, name)
                                                      : blog_apply_rename_user(workload->source, id, name);
    if (status == T87S_OK)
        history_raise(&workload->history->user[id], workload->source->written_version);
    else
        worker->result.failures++;
}

static void edit_something(struct worker *worker) {
    const struct workload *workload = worker->shared->workload;
    uint64_t id = zipf_draw(&worker->shared->posts, &worker->random);
    uint64_t number = ++worker->result.edits;
    char title[64];
    snprintf(title, sizeof title, "post %" PRIu64 ", edit %" PRIu64, id, number);
    enum t87s_status status = workload->cache != NULL
                                  ? blog_edit_post(workload->cache, id, author_of(id), title)
                                  : blog_apply_edit_post(workload->source, id, author_of(id), title);
    if (status == T87S_OK)
        history_raise(&workload->history->post[id], workload->source->written_version);
    else
        worker->result.failures++;
}

static void *write_on(void *arg) {
    struct worker *worker = arg;
    uint64_t pause = UINT64_C(1000000000) / worker->shared->workload->writes_per_second;
    for (uint64_t next = now_ns(); !atomic_load_explicit(&worker->shared->stop, memory_order_relaxed); next += pause) {
        sleep_until_ns(next);
        if (random_unit(&worker->random) < 0.3)
            rename_someone(worker);
        else
            edit_something(worker);
    }
    return NULL;
}

/* ------------------------------------------------------------------------------------------------- running ---- */

static void merge(struct workload_result *into, const struct workload_result *from) {
    into->answers += from->answers;
    into->failures += from->failures;
    for (int i = 0; i < N_OUTCOMES; i++)
        into->by_outcome[i] += from->by_outcome[i];
    for (int i = 0; i < N_REASONS; i++)
        into->by_reason[i] += from->by_reason[i];
    into->renames += from->renames;
    into->edits += from->edits;
    histogram_merge(&into->answer_time, &from->answer_time);
    histogram_merge(&into->fresh_time, &from->fresh_time);
    histogram_merge(&into->fetched_time, &from->fetched_time);
    verdict_merge(&into->verdict, &from->verdict);
}

static int run_threads(struct shared *shared, struct worker *workers, unsigned n) {
    unsigned started = 0;
    for (; started < n; started++) {
        struct worker *worker = &workers[started];
        worker->shared = shared;
        random_init(&worker->random, started + 1);
        if (pthread_create(&worker->thread, NULL, started == 0 ? write_on : read_on, worker) != 0)
            break;
    }
    if (started == n)
        sleep_until_ns(now_ns() + (uint64_t)(shared->workload->seconds * 1e9));
    atomic_store(&shared->stop, true);
    for (unsigned i = 0; i < started; i++)
        pthread_join(workers[i].thread, NULL);
    return started == n ? 0 : -1;
}

int workload_run(const struct workload *workload, struct workload_result *result) {
    struct shared shared = {.workload = workload};
    unsigned n = 1 + (workload->readers < MAX_READERS ? workload->readers : MAX_READERS);
    struct worker *workers = calloc(n, sizeof *workers);
    int failed = workers == NULL;
    failed |= zipf_init(&shared.users, DB_USERS) | zipf_init(&shared.posts, DB_POSTS) | zipf_init(&shared.pages, PAGES);
    *result = (struct workload_result){0};
    if (!failed) {
        uint64_t reached = atomic_load(&workload->source->fetches), start = now_ns();
        failed = run_threads(&shared, workers, n);
        result->seconds = (double)(now_ns() - start) / 1e9;
        result->reached_sqlite = atomic_load(&workload->source->fetches) - reached;
        for (unsigned i = 0; i < n; i++)
            merge(result, &workers[i].result);
    }
    zipf_release(&shared.users);
    zipf_release(&shared.posts);
    zipf_release(&shared.pages);
    free(workers);
    return failed ? -1 : 0;
}
