/* SPDX-License-Identifier: MIT */
#include "load.h"

#include <string.h>

#include "front.h"

struct job {
    const struct load_options *options;
    struct loaded *loaded;
    enum load_status status;
};

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return !strcmp(path, "-") ? "schema.tags" : slash ? slash + 1 : path;
}

static void list_files(struct loaded *loaded) {
    loaded->files = ARENA_ARRAY(&loaded->arena, const char *, loaded->sources.n + 1);
    for (const struct source *source = loaded->sources.first; source; source = source->next)
        if (strcmp(source->path, "<stdin>") != 0)
            loaded->files[loaded->n_files++] = source->path;
}

static void work(void *argument) {
    struct job *job = argument;
    struct loaded *loaded = job->loaded;
    struct arena *arena = &loaded->arena;
    struct front *front = ARENA_NEW(arena, struct front);
    front->options = job->options;
    front->arena = arena;
    front->diags = &loaded->diags;
    front->sources = &loaded->sources;
    intern_init(&front->intern, arena);
    scope_init(&front->scope, arena);
    bool read = load_files(front, &job->status);
    list_files(loaded);
    loaded->first_file = front->first_file;
    if (!read)
        return;
    front->model = ARENA_NEW(arena, struct model);
    const char *name = base_name(job->options->path);
    front->model->file_name = arena_copy(arena, name, strlen(name));
    run_checks(front);
    outline_make(&loaded->outline, front);
    job->status = loaded->diags.n_errors ? LOAD_REFUSED : LOAD_OK;
    if (job->status == LOAD_OK)
        loaded->model = front->model;
}

enum load_status load_schema(const struct load_options *options, struct loaded *out) {
    *out = (struct loaded){0};
    arena_init(&out->arena);
    source_init(&out->sources, &out->arena);
    out->sources.overlay = options->overlay;
    out->sources.tree = options->tree;
    diag_init(&out->diags, &out->arena, &out->sources);
    struct job job = {.options = options, .loaded = out, .status = LOAD_NO_MEMORY};
    if (!arena_run(&out->arena, work, &job) || out->diags.failed) {
        out->diags.failed = true;
        out->model = NULL;
        return LOAD_NO_MEMORY;
    }
    return job.status;
}

void load_free(struct loaded *loaded) {
    arena_free(&loaded->arena);
    *loaded = (struct loaded){0};
}
