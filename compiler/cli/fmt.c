/* SPDX-License-Identifier: MIT
 *
 * fmt: each schema is read, laid out, and then printed, written back, listed or compared, one after the other; what is
 * wrong with one keeps no other from its turn.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "format.h"
#include "output.h"
#include "unified.h"

struct formatting {
    /* constant */
    const struct options *options;
    const char *path; /* as it is told */
    FILE *stream;     /* NULL: the file of that path */
    /* what comes of it */
    struct arena arena;
    struct source_list sources;
    struct diag_list diags;
    struct source *source; /* NULL: it could not be read */
    struct text result;    /* the schema, or the diff */
    bool parses, is_same;
};

static void work(void *argument) {
    struct formatting *f = argument;
    struct text text;
    errno = 0;
    enum source_status status = source_read(&f->sources, f->path, f->stream, &f->source);
    if (status != SOURCE_OK) {
        diag_add_unread(&f->diags, status, errno, f->path, (struct place){f->path, 1, 1}, 1);
        return;
    }
    f->parses = format_source(&f->arena, &f->diags, f->source, &text);
    if (!f->parses)
        return;
    f->is_same = text.size == f->source->size && !memcmp(text_string(&text), f->source->bytes, text.size);
    f->result = text;
    if (f->options->show_diff) {
        struct lines old = lines_of(&f->arena, f->source->bytes, f->source->size);
        struct lines new = lines_of(&f->arena, text_string(&text), text.size);
        text_init_in(&f->result, &f->arena);
        unified_diff(&f->arena, &f->result, f->path, &old, &new, wants_colour(f->options->colour, STDOUT_FILENO));
    }
}

static bool is_written(const struct formatting *f, const char *path) {
    return output_text(path, text_string(&f->result), f->result.size);
}

static bool is_written_back(const struct formatting *f) {
    if (f->is_same)
        return true;
    if (f->source->inode && access(f->path, W_OK) != 0) {
        fprintf(stderr, "t87sc: error: %s: cannot be written back: %s\n", f->path, strerror(errno));
        return false;
    }
    if (f->source->inode)
        return is_written(f, f->path);
    fprintf(stderr, "t87sc: error: %s: is no file that could be written back\n", f->path);
    return false;
}

static bool is_listed(const struct formatting *f) {
    return f->is_same || (output_text("-", f->path, strlen(f->path)) && output_text("-", "\n", 1));
}

/* What the options ask for, with a schema that parses. */
static enum exit_code deliver(const struct formatting *f) {
    const struct options *options = f->options;
    bool done = options->write ? is_written_back(f) : options->check ? is_listed(f) : is_written(f, "-");
    bool finding = (options->check || options->show_diff) && !f->is_same;
    return !done ? EXIT_INTERNAL : finding ? EXIT_FINDINGS : EXIT_FINE;
}

static enum exit_code format_one(const struct options *options, const char *path) {
    bool is_input = !strcmp(path, "-");
    struct formatting f = {.options = options, .path = is_input ? "<stdin>" : path, .stream = is_input ? stdin : NULL};
    arena_init(&f.arena);
    source_init(&f.sources, &f.arena);
    diag_init(&f.diags, &f.arena, &f.sources);
    bool memory = arena_run(&f.arena, work, &f);
    f.diags.failed |= !memory;
    enum exit_code code = EXIT_INTERNAL;
    if (!tell(&f.diags, options))
        fputs("t87sc: error: out of memory\n", stderr);
    else if (f.source)
        code = f.parses ? deliver(&f) : EXIT_FINDINGS;
    arena_free(&f.arena);
    return code;
}

/* What is wrong with the command line, or NULL. */
static const char *find_misuse(const struct options *options) {
    bool reads_input = options->n_arguments == 0;
    for (size_t i = 0; i < options->n_arguments; i++)
        reads_input |= !strcmp(options->arguments[i], "-");
    if (options->write + options->check + options->show_diff > 1)
        return "-w, --check and --diff exclude each other";
    if (options->write && reads_input)
        return "-w writes schemas back to their files: standard input is none";
    if (options->diagnostics != REPORT_TEXT && !options->write)
        return "diagnostics and schemas cannot both go to standard output: such a --format needs -w";
    return NULL;
}

enum exit_code run_fmt(const struct options *options) {
    enum exit_code worst = EXIT_FINE;
    const char *misuse = find_misuse(options);
    if (misuse) {
        fprintf(stderr, "t87sc: error: %s\nTry 't87sc fmt --help'.\n", misuse);
        return EXIT_USAGE;
    }
    if (options->n_arguments == 0)
        return format_one(options, "-");
    for (size_t i = 0; i < options->n_arguments; i++) {
        enum exit_code code = format_one(options, options->arguments[i]);
        worst = code > worst ? code : worst;
    }
    return worst;
}
