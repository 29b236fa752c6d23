/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "depfile.h"
#include "emit_header.h"
#include "output.h"

static void write_part(void *output, const char *bytes, size_t size) { output_write(output, bytes, size); }

/* The schema's name without its folder, and ".h"; NULL without memory. */
static char *default_output(const struct model *model) {
    size_t size = strlen(model->file_name);
    char *path = malloc(size + sizeof ".h");
    if (path) {
        memcpy(path, model->file_name, size);
        memcpy(path + size, ".h", sizeof ".h");
    }
    return path;
}

static bool write_depfile(const struct options *options, const struct compiled *compiled, const char *path) {
    struct text text;
    text_init(&text);
    depfile_text(&text, options->deptarget ? options->deptarget : path, compiled->loaded.files,
                 compiled->loaded.n_files);
    return output_built(options->depfile, &text);
}

static bool can_name(const char *path, bool is_target) {
    const char *flaw = depfile_flaw(path, is_target);
    if (flaw)
        fprintf(stderr, "t87sc: error: '%s' has %s, which no depfile can hold: call it otherwise\n", path, flaw);
    return !flaw;
}

/* Before anything is written. */
static bool has_depfile_names(const struct options *options, const struct compiled *compiled, const char *path) {
    bool all = can_name(options->deptarget ? options->deptarget : path, true);
    for (size_t i = 0; all && i < compiled->loaded.n_files; i++)
        all = can_name(compiled->loaded.files[i], false);
    return all;
}

/* What was read must not be written over, nor one output by the other. */
static bool is_safe(const struct options *options, const struct compiled *compiled, const char *path) {
    if (!compiled_spares(compiled, path) || (options->depfile && !compiled_spares(compiled, options->depfile)))
        return false;
    if (!options->depfile || !is_same_place(options->depfile, path))
        return true;
    fprintf(stderr, "t87sc: error: '%s' would be written over '%s'\n", options->depfile, path);
    return false;
}

static enum exit_code generate(const struct options *options, const struct compiled *compiled, const char *path) {
    static struct printer printer;
    struct output output;
    if (!is_safe(options, compiled, path))
        return EXIT_USAGE;
    if (options->depfile && !has_depfile_names(options, compiled, path))
        return EXIT_USAGE;
    output_open(&output, path, options->check ? OUTPUT_COMPARE : OUTPUT_WRITE);
    bool was_there = output.old >= 0 || output.in_place;
    printer_init(&printer, &compiled->plan.names, write_part, &output);
    if (!output.problem)
        emit_header(&printer, &compiled->plan);
    /* First: a header without its depfile would be up to date for make, whatever becomes of the imports. */
    if (options->depfile && !options->check && !output.problem && !write_depfile(options, compiled, path)) {
        output_abandon(&output);
        return EXIT_INTERNAL;
    }
    bool done = output_finish(&output);
    if (output.problem) {
        output_tell(&output, path);
        return EXIT_INTERNAL;
    }
    if (!done) {
        if (was_there)
            fprintf(stderr, "t87sc: %s is not what %s gives now: generate it again\n", path, options->arguments[0]);
        else
            fprintf(stderr, "t87sc: %s is not there: generate it from %s\n", path, options->arguments[0]);
        return EXIT_FINDINGS;
    }
    return EXIT_FINE;
}

enum exit_code run_gen(const struct options *options) {
    struct compiled compiled;
    enum exit_code code = compile(&compiled, options, options->arguments[0]);
    if (code == EXIT_FINE) {
        char *own = options->output ? NULL : default_output(compiled.plan.model);
        const char *path = options->output ? options->output : own;
        if (path) {
            code = generate(options, &compiled, path);
        } else {
            fputs("t87sc: error: out of memory\n", stderr);
            code = EXIT_INTERNAL;
        }
        free(own);
    }
    compiled_free(&compiled);
    return code;
}
