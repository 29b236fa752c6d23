/* SPDX-License-Identifier: MIT
 *
 * t87s-inspect: shows what lies in a Redis by the names of a schema, and changes nothing there.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compiled.h"
#include "layout.h"
#include "options.h"
#include "watch.h"

/* The flag, then NO_COLOR, then CLICOLOR_FORCE, then if the stream is a terminal that is not dumb. */
static bool wants_colour(const struct options *options, int stream) {
    const char *no = getenv("NO_COLOR"), *force = getenv("CLICOLOR_FORCE"), *terminal = getenv("TERM");
    if (options->colour != COLOUR_AUTO)
        return options->colour == COLOUR_ALWAYS;
    if (no && *no)
        return false;
    if (force && *force && strcmp(force, "0") != 0)
        return true;
    return isatty(stream) && terminal && strcmp(terminal, "dumb") != 0;
}

static enum exit_code print(struct text *text) {
    const bool done =
        !text->failed && fwrite(text_string(text), 1, text->size, stdout) == text->size && fflush(stdout) == 0;
    text_free(text);
    if (!done)
        fputs("t87s-inspect: error: standard output cannot be written\n", stderr);
    return done ? EXIT_FINE : EXIT_INTERNAL;
}

static enum exit_code tell_about_itself(const struct options *options) {
    struct text text;
    text_init(&text);
    if (options->want == WANT_HELP)
        options_help(&text);
    else if (options->want == WANT_VERSION)
        text_append(&text, T87S_INSPECT_VERSION " (t87s-inspect)\n");
    else
        options_completion(&text, options->shell);
    return print(&text);
}

static enum exit_code tell_diagnostics(struct compiled *compiled, enum load_status status,
                                       const struct options *options) {
    struct text text;
    text_init(&text);
    diag_render(&compiled->loaded.diags, &(struct diag_style){wants_colour(options, STDERR_FILENO), 20}, &text);
    fwrite(text_string(&text), 1, text.size, stderr);
    text_free(&text);
    if (status == LOAD_NO_MEMORY)
        fputs("t87s-inspect: error: out of memory\n", stderr);
    return status == LOAD_NO_MEMORY || status == LOAD_UNREADABLE  ? EXIT_INTERNAL
           : status != LOAD_OK || compiled->loaded.diags.n_errors ? EXIT_FINDINGS
                                                                  : EXIT_FINE;
}

struct naming {
    struct compiled *compiled;
    struct names names;
};

static void make_names(void *arg) {
    struct naming *naming = arg;
    names_init(&naming->names, &naming->compiled->loaded.arena, &naming->compiled->plan);
}

static enum exit_code run(const struct options *options) {
    struct compiled compiled;
    struct naming naming = {.compiled = &compiled};
    const char *environment = getenv("T87S_REDIS");
    if (!t87s__layout_prefix_valid(options->prefix) || !t87s__layout_prefix_valid(options->cache)) {
        fputs(
            "t87s-inspect: error: no store has such a prefix: printable ASCII without blanks, braces and * ? [ ] \\\n",
            stderr);
        return EXIT_USAGE;
    }
    const struct load_options load = {
        .path = options->schema, .include_dirs = options->include_dirs, .n_include_dirs = options->n_include_dirs};
    enum load_status status = compile_schema(&load, &compiled);
    enum exit_code code = tell_diagnostics(&compiled, status, options);
    if (code == EXIT_FINE && !arena_run(&compiled.loaded.arena, make_names, &naming))
        code = tell_diagnostics(&compiled, LOAD_NO_MEMORY, options);
    if (code == EXIT_FINE)
        code = watch(&(struct watch_options){.options = options,
                                             .names = &naming.names,
                                             .uri = options->redis ? options->redis : environment,
                                             .colour = wants_colour(options, STDOUT_FILENO)});
    compiled_free(&compiled);
    return code;
}

int main(int argc, char *argv[]) {
    struct options options;
    enum exit_code code = EXIT_USAGE;
    signal(SIGPIPE, SIG_IGN); /* an error of a write, told like others */
    switch (options_parse(&options, argc, (const char *const *)argv)) {
    case OPTIONS_OK:
        code = options.want == WANT_RUN ? run(&options) : tell_about_itself(&options);
        break;
    case OPTIONS_WRONG:
        break;
    case OPTIONS_NO_MEMORY:
        fputs("t87s-inspect: error: out of memory\n", stderr);
        code = EXIT_INTERNAL;
        break;
    }
    options_free(&options);
    return (int)code;
}
