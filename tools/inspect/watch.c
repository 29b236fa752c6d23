/* SPDX-License-Identifier: MIT */
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "page.h"
#include "screen.h"

struct watching {
    const struct watch_options *options;
    struct servers servers;
    struct t87s__layout layout;
    struct feed feed;
    struct look looks[2];
    struct arena arenas[2];
    int current;         /* of the looks; -1: none yet */
    const char *problem; /* of the last one; NULL */
    int64_t good_ms;     /* when there was news last, or it began */
    struct text text;
};

static enum exit_code fail(const char *what, const char *why) {
    fprintf(stderr, "t87s-inspect: error: %s: %s\n", what, why);
    return EXIT_INTERNAL;
}

/* ---- looking ---- */

static void look_again(struct watching *watching) {
    const struct watch_options *options = watching->options;
    const int next = watching->current == 0;
    struct t87s_store_tag heard[FEED_MOST];
    size_t n = 0;
    for (size_t i = 0; i < feed_kept(&watching->feed); i++) {
        const struct heard *one = feed_heard(&watching->feed, i);
        if (one->size)
            heard[n++] = (struct t87s_store_tag){one->path, one->size};
    }
    watching->problem = servers_find(&watching->servers);
    if (watching->problem)
        return;
    t87s__layout_init(&watching->layout, options->options->prefix, options->options->cache,
                      watching->servers.is_cluster ? T87S__MOST_BUCKETS : 1);
    const struct look_options look = {.names = options->names,
                                      .layout = &watching->layout,
                                      .limit = (size_t)options->options->limit,
                                      .heard = heard,
                                      .n_heard = n};
    arena_free(&watching->arenas[next]);
    arena_init(&watching->arenas[next]);
    watching->problem = look_at(&watching->servers, &look, &watching->arenas[next], &watching->looks[next]);
    if (watching->problem)
        return;
    watching->current = next;
    watching->good_ms = t87s__link_now_ms();
}

/* ---- showing ---- */

struct showing {
    struct watching *watching;
    struct arena arena;
    struct page_style style;
    bool on_one_line;
};

static void show(void *arg) {
    struct showing *showing = arg;
    struct watching *watching = showing->watching;
    const int64_t now = t87s__link_now_ms();
    const struct picture picture = {.model = watching->options->names->model,
                                    .address = watching->servers.address,
                                    .layout = &watching->layout,
                                    .look = watching->current < 0 ? NULL : &watching->looks[watching->current],
                                    .problem = watching->problem,
                                    .problem_ms = now - watching->good_ms,
                                    .feed = feed_file(&watching->feed) < 0 ? NULL : &watching->feed,
                                    .now_ms = now};
    text_rewind(&watching->text);
    if (watching->options->options->json && !watching->problem)
        json_append(&watching->text, &picture, &showing->arena, showing->on_one_line);
    else if (!watching->options->options->json)
        page_append(&watching->text, &picture, &showing->arena, &showing->style);
}

/* False: no memory. */
static bool make_text(struct watching *watching, struct page_style style, bool on_one_line) {
    struct showing showing = {.watching = watching, .style = style, .on_one_line = on_one_line};
    arena_init(&showing.arena);
    const bool done = arena_run(&showing.arena, show, &showing) && !watching->text.failed;
    arena_free(&showing.arena);
    return done;
}

static enum exit_code print(struct watching *watching, bool on_one_line) {
    const struct page_style style = {.colour = watching->options->colour, .end = "\n"};
    if (!make_text(watching, style, on_one_line))
        return fail("standard output", "out of memory");
    if (fwrite(text_string(&watching->text), 1, watching->text.size, stdout) != watching->text.size ||
        fflush(stdout) != 0)
        return fail("standard output", strerror(errno));
    return EXIT_FINE;
}

/* ---- the three ways ---- */

static enum exit_code watch_once(struct watching *watching) {
    look_again(watching);
    return watching->problem ? fail(watching->servers.address, watching->problem) : print(watching, false);
}

static enum exit_code watch_as_text(struct watching *watching) {
    enum exit_code code = EXIT_FINE;
    while (code == EXIT_FINE) {
        look_again(watching);
        if (watching->problem && watching->options->options->json)
            fprintf(stderr, "t87s-inspect: %s: %s\n", watching->servers.address, watching->problem);
        code = print(watching, true);
        if (code == EXIT_FINE && !watching->options->options->json)
            putchar('\n');
        poll(NULL, 0, (int)watching->options->options->interval_ms);
    }
    return code;
}

static bool draw(struct watching *watching) {
    static const char last[] = "q ends it";
    struct page_style style = {.colour = watching->options->colour, .end = "\x1b[K\r\n"};
    size_t rows;
    screen_size(&style.columns, &rows);
    style.rows = rows - 1;
    text_rewind(&watching->text);
    if (style.rows && !make_text(watching, style, false))
        return false;
    text_append(&watching->text, last);
    return !watching->text.failed && screen_draw(watching->text.data, watching->text.size);
}

static enum exit_code watch_on_screen(struct watching *watching) {
    enum screen_event event = SCREEN_NOTHING;
    int64_t next_ms = 0;
    enum exit_code code = EXIT_FINE;
    if (!screen_open())
        return fail("the terminal", strerror(errno));
    while (event != SCREEN_QUIT && code == EXIT_FINE) {
        const int64_t now = t87s__link_now_ms();
        if (event == SCREEN_READABLE)
            feed_read(&watching->feed, watching->options->names, now);
        if (now >= next_ms) {
            look_again(watching);
            if (!watching->problem)
                (void)feed_listen(&watching->feed, &watching->servers.list[0].uri, &watching->layout,
                                  t87s__link_now_ms()); /* without it, stamps still tell */
            next_ms = t87s__link_now_ms() + watching->options->options->interval_ms;
        }
        code = draw(watching) ? EXIT_FINE : EXIT_INTERNAL;
        if (code == EXIT_FINE)
            event = screen_wait(feed_file(&watching->feed), next_ms - t87s__link_now_ms());
    }
    screen_close();
    return code;
}

enum exit_code watch(const struct watch_options *options) {
    struct watching watching = {.options = options, .current = -1, .good_ms = t87s__link_now_ms()};
    enum exit_code code;
    text_init(&watching.text);
    arena_init(&watching.arenas[0]);
    arena_init(&watching.arenas[1]);
    t87s__layout_init(&watching.layout, options->options->prefix, options->options->cache, 1);
    if (!servers_init(&watching.servers, options->uri)) {
        fputs("t87s-inspect: error: that is no address of a Redis: redis://[user:password@]host[:port][/db] or "
              "unix:///path[?db=N]\n",
              stderr);
        code = EXIT_USAGE;
    } else if (options->options->once) {
        code = watch_once(&watching);
    } else if (!options->options->json && screen_possible()) {
        code = watch_on_screen(&watching);
    } else {
        code = watch_as_text(&watching);
    }
    feed_close(&watching.feed);
    servers_close(&watching.servers);
    arena_free(&watching.arenas[0]);
    arena_free(&watching.arenas[1]);
    text_free(&watching.text);
    return code;
}
