/* SPDX-License-Identifier: MIT
 *
 * What a story about a cache needs: the cache itself on a fake clock with its trace, a source whose fetches can be
 * stopped half way, and actors, which are threads with a name that make one query each.
 *
 * A race is staged, never hoped for: a fetch that has read its source waits at a gate; the test waits for the trace
 * line that says what the others do meanwhile, then opens the gate.
 *
 *     struct scene scene;
 *     struct gate gate;
 *     struct source user = {.text = "Ada"}, slow = {.text = "Ada", .gate = &gate};
 *     scene_init(&scene);                          // here scene.options may be changed
 *     scene_open(&scene);
 *     struct t87s_tag tag = tag_of("users/7");
 *     struct t87s_query query = query_of("user:7", &slow, &tag);
 *     actor_start(&a, "A", &scene, &query);
 *     gate_await(&gate, 1);                        // A is inside its fetch
 */
#ifndef T87S_TEST_SCENE_H
#define T87S_TEST_SCENE_H

#include <pthread.h>
#include <stdatomic.h>

#include "fake_clock.h"
#include "trace.h"

/* ---- the cache ---- */

struct scene {
    struct fake_clock clock;
    struct trace trace;
    struct t87s_tracer tracer; /* in front of the trace's own: wakes who awaits a line */
    pthread_mutex_t lock;
    pthread_cond_t told;
    int announced, begun; /* under lock: answers that may come with a background fetch, and such fetches */
    struct t87s_options options;
    struct t87s_cache *cache;
    uint64_t idle_bytes; /* bytes_other of an idle cache */
};

/* Time is 0, the calling thread is "M"; options hold clock and tracer. */
void scene_init(struct scene *scene);
void scene_open(struct scene *scene);
/* Closes the cache, if it is open. */
void scene_close(struct scene *scene);

/* Waits until so many lines of the trace (since the last expect_trace) hold this text. */
void scene_await(struct scene *scene, const char *text, size_t lines);
/* Waits until the background has nothing queued or running and nobody fetches. */
void scene_settle(struct scene *scene);
struct t87s_stats scene_stats(struct scene *scene);

#define EXPECT_TRACE(scene, expected) expect_trace(&(scene)->trace, expected)

/* ---- tags and queries ---- */

/* "users/42/=ada": a number is a u64 wild, a text after `=` a str wild, all else a static segment. */
struct t87s_tag tag_of(const char *path);

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int arrived; /* under lock */
    bool open;   /* under lock */
};

void gate_init(struct gate *gate);
/* Stops the caller until the gate is open; a cancellation point. */
void gate_pass(struct gate *gate);
/* Waits until so many have ever come to the gate. */
void gate_await(struct gate *gate, int arrived);
void gate_open(struct gate *gate);

/* What a fetch reads. It reads first, as one that began then, and only after that stops at the gate. */
struct source {
    const char *_Atomic text;
    _Atomic(int) status; /* of enum t87s_status; T87S_OK */
    atomic_int fetches;  /* begun */
    struct gate *gate;   /* NULL: does not stop */
    /* NULL, or what else happens in the fetch, after the gate; its status is that of the fetch unless it is T87S_OK */
    enum t87s_status (*_Atomic inside)(void *arg); /* a background thread may have read it last */
    void *inside_arg;
};

enum t87s_status source_fetch(void *source, struct t87s_buffer *out);
/* A query of one tag, or none (NULL), with the defaults. All is borrowed; with grace or verification the
 * source until the close. */
struct t87s_query query_of(const char *key, struct source *source, const struct t87s_tag *tag);

/* ---- answers ---- */

struct answer {
    enum t87s_status status;
    char text[64]; /* "" unless the status is T87S_OK */
    struct t87s_entries entries;
};

struct answer ask(struct scene *scene, const struct t87s_query *query);
/* The same by t87s_get; no entries. */
struct answer get(struct scene *scene, const char *key);
void set(struct scene *scene, const char *key, const char *text, const struct t87s_set_options *options);
void invalidate(struct scene *scene, const char *path, unsigned flags);

/* Fails the test unless the answer is T87S_OK, this text, come by in this way, for this reason. */
#define EXPECT_ANSWER(answer, text, outcome, reason) expect_answer(__LINE__, answer, text, outcome, reason)
void expect_answer(int line, struct answer answer, const char *text, enum t87s_outcome outcome,
                   enum t87s_reason reason);

/* A thread that makes one query. */
struct actor {
    pthread_t thread;
    const char *name;
    struct scene *scene;
    const struct t87s_query *query;
    struct answer answer;
};

void actor_start(struct actor *actor, const char *name, struct scene *scene, const struct t87s_query *query);
/* Waits for its end; the answer. */
struct answer actor_join(struct actor *actor);

#endif
