/* SPDX-License-Identifier: MIT */
#include "scene.h"

#include <check.h>
#include <ctype.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

/* ---- the cache ---- */

static bool ends_with(const char *line, const char *end) {
    size_t length = strlen(line), tail = strlen(end);
    return length >= tail && strcmp(line + length - tail, end) == 0;
}

/* A background fetch begins as soon as it is queued, maybe before its query has said so; the story tells it the other
 * way round. */
static void in_order(struct scene *scene, const char *line) {
    bool query = strncmp(line, "query ", 6) == 0, begins = ends_with(line, ": fetch");
    if (query && (ends_with(line, ", refresh") || ends_with(line, ": fresh")))
        scene->announced++;
    if (!begins || (strncmp(line, "refresh ", 8) != 0 && strncmp(line, "verify ", 7) != 0))
        return;
    while (scene->announced <= scene->begun)
        pthread_cond_wait(&scene->told, &scene->lock);
    scene->begun++;
}

static void tell(void *arg, int64_t now_ms, const char *line) {
    struct scene *scene = arg;
    pthread_mutex_lock(&scene->lock);
    in_order(scene, line);
    scene->trace.tracer.event(scene->trace.tracer.arg, now_ms, line);
    pthread_cond_broadcast(&scene->told);
    pthread_mutex_unlock(&scene->lock);
}

void scene_init(struct scene *scene) {
    memset(scene, 0, sizeof *scene);
    fake_clock_init(&scene->clock, 0);
    trace_init(&scene->trace);
    trace_name_thread("M");
    pthread_mutex_init(&scene->lock, NULL);
    pthread_cond_init(&scene->told, NULL);
    scene->tracer = (struct t87s_tracer){.event = tell, .arg = scene};
    scene->options = (struct t87s_options){.clock = &scene->clock.clock, .tracer = &scene->tracer};
}

void scene_open(struct scene *scene) {
    ck_assert_int_eq(t87s_open(&scene->options, &scene->cache), T87S_OK);
    scene->idle_bytes = scene_stats(scene).bytes_other;
}

void scene_close(struct scene *scene) {
    t87s_close(scene->cache);
    scene->cache = NULL;
    trace_release(&scene->trace);
    pthread_cond_destroy(&scene->told);
    pthread_mutex_destroy(&scene->lock);
}

void scene_await(struct scene *scene, const char *text, size_t lines) {
    pthread_mutex_lock(&scene->lock);
    while (trace_count(&scene->trace, text) < lines)
        pthread_cond_wait(&scene->told, &scene->lock);
    pthread_mutex_unlock(&scene->lock);
}

void scene_settle(struct scene *scene) {
    while (scene_stats(scene).bytes_other != scene->idle_bytes) /* a job and what a fetch brings are counted there */
        sched_yield();
}

struct t87s_stats scene_stats(struct scene *scene) {
    struct t87s_stats stats;
    t87s_stats(scene->cache, &stats);
    return stats;
}

/* ---- tags and queries ---- */

struct t87s_tag tag_of(const char *path) {
    char texts[T87S_MAX_SEGMENTS][64];
    struct t87s_segment segments[T87S_MAX_SEGMENTS];
    size_t n = 0;
    while (*path) {
        size_t length = strcspn(path, "/");
        ck_assert_uint_lt(n, T87S_MAX_SEGMENTS);
        ck_assert_uint_lt(length, sizeof texts[n]);
        memcpy(texts[n], path, length);
        texts[n][length] = '\0';
        if (isdigit((unsigned char)texts[n][0]))
            segments[n] = T87S_WILD_U64(strtoull(texts[n], NULL, 10));
        else if (texts[n][0] == '=')
            segments[n] = T87S_WILD_STR(texts[n] + 1, length - 1);
        else
            segments[n] = T87S_STATIC(texts[n]);
        n++;
        path += length + (path[length] == '/');
    }
    struct t87s_tag tag;
    ck_assert_int_eq(t87s_tag_make(&tag, n, segments), T87S_OK);
    return tag;
}

void gate_init(struct gate *gate) {
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->changed, NULL);
    gate->arrived = 0;
    gate->open = false;
}

static void unlock(void *mutex) { pthread_mutex_unlock(mutex); }

void gate_pass(struct gate *gate) {
    pthread_mutex_lock(&gate->lock);
    pthread_cleanup_push(unlock, &gate->lock);
    gate->arrived++;
    pthread_cond_broadcast(&gate->changed);
    while (!gate->open)
        pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_cleanup_pop(1);
}

void gate_await(struct gate *gate, int arrived) {
    pthread_mutex_lock(&gate->lock);
    while (gate->arrived < arrived)
        pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

void gate_open(struct gate *gate) {
    pthread_mutex_lock(&gate->lock);
    gate->open = true;
    pthread_cond_broadcast(&gate->changed);
    pthread_mutex_unlock(&gate->lock);
}

enum t87s_status source_fetch(void *arg, struct t87s_buffer *out) {
    struct source *source = arg;
    atomic_fetch_add(&source->fetches, 1);
    const char *text = source->text;
    enum t87s_status status = (enum t87s_status)atomic_load(&source->status);
    if (source->gate)
        gate_pass(source->gate);
    enum t87s_status (*inside)(void *arg) = source->inside;
    if (inside) {
        enum t87s_status happened = inside(source->inside_arg);
        if (happened != T87S_OK)
            return happened;
    }
    return status == T87S_OK ? t87s_buffer_append(out, text, strlen(text)) : status;
}

struct t87s_query query_of(const char *key, struct source *source, const struct t87s_tag *tag) {
    return (struct t87s_query){
        .key = key,
        .key_len = strlen(key),
        .tags = tag,
        .n_tags = tag ? 1 : 0,
        .fetch = source_fetch,
        .fetch_arg = source,
    };
}

/* ---- answers ---- */

static void take_text(struct answer *answer, struct t87s_value *value) {
    if (value->size >= sizeof answer->text)
        abort(); /* not a check: those take a lock of Check's, which another thread may have held at a fork */
    if (value->size)
        memcpy(answer->text, value->data, value->size);
    t87s_value_release(value);
}

struct answer ask(struct scene *scene, const struct t87s_query *query) {
    struct answer answer = {.text = ""};
    struct t87s_value value;
    int cancel_state;
    answer.status = t87s_query(scene->cache, query, &value, &answer.entries);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state); /* the value is ours: a check may not end us here */
    take_text(&answer, &value);
    pthread_setcancelstate(cancel_state, NULL);
    return answer;
}

struct answer get(struct scene *scene, const char *key) {
    struct answer answer = {.text = ""};
    struct t87s_value value;
    answer.status = t87s_get(scene->cache, key, strlen(key), &value);
    take_text(&answer, &value);
    return answer;
}

void set(struct scene *scene, const char *key, const char *text, const struct t87s_set_options *options) {
    ck_assert_int_eq(t87s_set(scene->cache, key, strlen(key), text, strlen(text), options), T87S_OK);
}

void invalidate(struct scene *scene, const char *path, unsigned flags) {
    struct t87s_tag tag = tag_of(path);
    ck_assert_int_eq(t87s_invalidate(scene->cache, &tag, 1, flags), T87S_OK);
}

void expect_answer(int line, struct answer answer, const char *text, enum t87s_outcome outcome,
                   enum t87s_reason reason) {
    ck_assert_msg(answer.status == T87S_OK, "line %d: status %d", line, (int)answer.status);
    ck_assert_msg(strcmp(answer.text, text) == 0, "line %d: \"%s\", not \"%s\"", line, answer.text, text);
    ck_assert_msg(answer.entries.before.outcome == outcome, "line %d: outcome %d, not %d", line,
                  (int)answer.entries.before.outcome, (int)outcome);
    ck_assert_msg(answer.entries.before.reason == reason, "line %d: reason %d, not %d", line,
                  (int)answer.entries.before.reason, (int)reason);
}

static void *act(void *arg) {
    struct actor *actor = arg;
    trace_name_thread(actor->name);
    actor->answer = ask(actor->scene, actor->query);
    return NULL;
}

void actor_start(struct actor *actor, const char *name, struct scene *scene, const struct t87s_query *query) {
    *actor = (struct actor){.name = name, .scene = scene, .query = query};
    ck_assert_int_eq(pthread_create(&actor->thread, NULL, act, actor), 0);
}

struct answer actor_join(struct actor *actor) {
    ck_assert_int_eq(pthread_join(actor->thread, NULL), 0);
    return actor->answer;
}
