/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "c_clash.h"
#include "commands.h"

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
