/* SPDX-License-Identifier: MIT
 *
 * Lexer and parser alone, the first to see bytes of strangers, and by far the fastest harness. Whatever comes in, there
 * is a tree; what could not be read is told at a place that exists.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "parse.h"

#define CHECK(condition) ((condition) ? (void)0 : fail(__LINE__, #condition))

static void fail(int line, const char *what) {
    fprintf(stderr, "fuzz_parse.c:%d: not so: %s\n", line, what);
    abort();
}

struct job {
    struct arena arena;
    struct source_list sources;
    struct source source;
    struct diag_list diags;
    const struct ast_file *file;
};

static void parse(void *argument) {
    struct job *job = argument;
    struct intern intern;
    intern_init(&intern, &job->arena);
    job->file = parse_file(&job->arena, &intern, &job->diags, &job->source);
}

static uint32_t count_lines(const struct source *source) {
    uint32_t n = 1;
    for (size_t i = 0; i < source->size; i++)
        n += source->bytes[i] == '\n';
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct job job = {.file = NULL};
    arena_init(&job.arena);
    source_init(&job.sources, &job.arena);
    diag_init(&job.diags, &job.arena, &job.sources);
    char *bytes = arena_try(&job.arena, size + 1); /* followed by a NUL, as sources are */
    CHECK(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)data[i];
    job.source = (struct source){.path = "input", .bytes = bytes, .size = size};
    CHECK(arena_run(&job.arena, parse, &job) && job.file && !job.diags.failed);
    const uint32_t n_lines = job.diags.first ? count_lines(&job.source) : 0;
    for (const struct diag *diag = job.diags.first; diag; diag = diag->next)
        CHECK(diag->place.line >= 1 && diag->place.line <= n_lines && diag->place.column >= 1 && *diag->message);
    arena_free(&job.arena);
    return 0;
}
