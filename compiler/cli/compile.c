/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "output.h"

static enum exit_code no_memory(void) {
    fputs("t87sc: error: out of memory\n", stderr);
    return EXIT_INTERNAL;
}

static enum exit_code work(struct compiled *compiled, const struct options *options, const char *path, bool lints) {
    struct loaded *loaded = &compiled->loaded;
    struct load_options load = {
        .path = path, .include_dirs = options->include_dirs, .n_include_dirs = options->n_include_dirs};
    enum load_status status = compile_schema(&load, compiled);
    bool memory = status != LOAD_NO_MEMORY;
    if (memory && lints)
        memory = lint(loaded, &options->lints);
    memory &= tell(&loaded->diags, options);
    if (!memory)
        return no_memory();
    if (status == LOAD_UNREADABLE)
        return EXIT_INTERNAL;
    bool findings = loaded->diags.n_errors || (options->werror && loaded->diags.n_warnings);
    return findings || status != LOAD_OK ? EXIT_FINDINGS : EXIT_FINE;
}

enum exit_code compile(struct compiled *compiled, const struct options *options, const char *path) {
    return work(compiled, options, path, false);
}

enum exit_code compile_and_lint(struct compiled *compiled, const struct options *options, const char *path) {
    return work(compiled, options, path, true);
}

static bool is_same_file(const char *a, const char *b) {
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

static const char *name_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Into `folder`; false when that is too long. */
static bool folder_of(const char *path, char folder[PATH_MAX]) {
    const char *name = name_of(path);
    return snprintf(folder, PATH_MAX, "%.*s.", (int)(name - path), path) < PATH_MAX;
}

/* One name in one folder. */
static bool is_same_entry(const char *a, const char *b) {
    char folder_a[PATH_MAX], folder_b[PATH_MAX];
    return !strcmp(name_of(a), name_of(b)) && folder_of(a, folder_a) && folder_of(b, folder_b) &&
           is_same_file(folder_a, folder_b);
}

bool is_same_place(const char *a, const char *b) {
    char *end_a = output_target(a), *end_b = output_target(b);
    bool same = is_same_file(a, b) || !strcmp(a, b) || (end_a && end_b && is_same_entry(end_a, end_b));
    free(end_a);
    free(end_b);
    return same;
}

bool compiled_spares(const struct compiled *compiled, const char *path) {
    for (size_t i = 0; i < compiled->loaded.n_files; i++)
        if (is_same_file(path, compiled->loaded.files[i])) {
            fprintf(stderr, "t87sc: error: '%s' would be written over '%s'\n", path, compiled->loaded.files[i]);
            return false;
        }
    return true;
}
