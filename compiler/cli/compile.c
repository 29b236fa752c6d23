/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "c_clash.h"
#include "commands.h"

/* The flag, then NO_COLOR, then CLICOLOR_FORCE, then a terminal that is not dumb. */
static bool wants_colour(enum colour flag) {
    const char *no = getenv("NO_COLOR"), *force = getenv("CLICOLOR_FORCE"), *terminal = getenv("TERM");
    if (flag != COLOUR_AUTO)
        return flag == COLOUR_ALWAYS;
    if (no && *no)
        return false;
    if (force && *force && strcmp(force, "0") != 0)
        return true;
    return isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
}

static bool tell(struct diag_list *diags, const struct options *options) {
    struct diag_style style = {wants_colour(options->colour), options->max_errors};
    struct text text;
    text_init(&text);
    diag_render(diags, &style, &text);
    fwrite(text_string(&text), 1, text.size, stderr);
    bool all = !text.failed && !diags->failed;
    text_free(&text);
    return all;
}

static enum exit_code no_memory(void) {
    fputs("t87sc: error: out of memory\n", stderr);
    return EXIT_INTERNAL;
}

enum exit_code compile(struct compiled *compiled, const struct options *options, const char *path) {
    struct loaded *loaded = &compiled->loaded;
    struct load_options load = {
        .path = path, .include_dirs = options->include_dirs, .n_include_dirs = options->n_include_dirs};
    enum load_status status = load_schema(&load, loaded);
    bool memory = status != LOAD_NO_MEMORY;
    if (status == LOAD_OK)
        memory = emit_plan_make(&compiled->plan, loaded->model, &loaded->arena) &&
                 c_names_check(&compiled->plan, &loaded->diags, &loaded->arena);
    memory &= tell(&loaded->diags, options);
    if (!memory)
        return no_memory();
    if (status == LOAD_UNREADABLE)
        return EXIT_INTERNAL;
    bool findings = loaded->diags.n_errors || (options->werror && loaded->diags.n_warnings);
    return findings || status != LOAD_OK ? EXIT_FINDINGS : EXIT_FINE;
}

void compiled_free(struct compiled *compiled) { load_free(&compiled->loaded); }
