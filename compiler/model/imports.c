/* SPDX-License-Identifier: MIT
 *
 * Reads and parses the schema and all that it imports. A file is read once, however many files import it; it is known
 * by device and inode, so that links and ../ make no difference.
 */
#include <errno.h>
#include <string.h>

#include "front.h"
#include "parse.h"
#include "text.h"

static struct file *add_file(struct front *front, struct source *source) {
    struct file *file = ARENA_NEW(front->arena, struct file);
    file->ring.name = source->path;
    source->owner = file;
    file->ast = parse_file(front->arena, &front->intern, front->diags, source);
    if (front->last_file)
        front->last_file->next = file;
    else
        front->first_file = file;
    front->last_file = file;
    return file;
}

/* FOLDER/NAME; `folder` has `n` bytes. */
static const char *join(struct front *front, const char *folder, size_t n, const char *name) {
    struct text path;
    text_init_in(&path, front->arena);
    if (n && name[0] != '/') {
        text_append_bytes(&path, folder, n);
        if (folder[n - 1] != '/' && n > source_folder(front->sources, folder))
            text_append_char(&path, '/');
    }
    text_append(&path, name);
    return text_string(&path);
}

/* Beside the importing file, then in the folders of -I. *path is what was found, or what was tried last. */
static enum source_status find_import(struct front *front, const struct source *importer, const char *name,
                                      const char **path, struct source **source) {
    *path = join(front, importer->path, source_folder(front->sources, importer->path), name);
    enum source_status status = source_read(front->sources, *path, NULL, source);
    for (size_t i = 0; status == SOURCE_MISSING && i < front->options->n_include_dirs; i++) {
        const char *folder = front->options->include_dirs[i];
        *path = join(front, folder, strlen(folder), name);
        status = source_read(front->sources, *path, NULL, source);
    }
    return status;
}

/* A file that could not be read; `place` is the import, or the first place of the schema itself. */
static void report_unread(struct front *front, enum source_status status, int error, bool is_import, const char *path,
                          struct place place, uint32_t span) {
    if (status != SOURCE_MISSING || !is_import) {
        diag_add_unread(front->diags, status, error, path, place, span);
        return;
    }
    struct diag *diag = diag_add(front->diags, T0124, place, span, "the imported file is not found");
    if (front->options->n_include_dirs)
        diag_help(front->diags, diag, "looked for beside the file that imports it and in %s given with -I",
                  count_of(front, front->options->n_include_dirs, "folder"));
    else
        diag_help(front->diags, diag, "looked for beside the file that imports it; -I names further folders");
}

static void read_import(struct front *front, struct file *file, const struct ast_declaration *import) {
    struct place place = import->name.place;
    uint32_t span = name_span(import->name.text) + 2;
    if (!import->name.text[0]) {
        front->groups_may_be_missing = front->enums_may_be_missing = true;
        return;
    }
    const char *path = "";
    struct source *source = NULL;
    enum source_status status = find_import(front, file->ast->source, import->name.text, &path, &source);
    int error = errno;
    if (status != SOURCE_OK) {
        report_unread(front, status, error, true, path, place, span);
        front->groups_may_be_missing = front->enums_may_be_missing = true;
        return;
    }
    struct file *imported = source->owner ? source->owner : add_file(front, source);
    if (imported->importer == file) {
        struct diag *diag = diag_add(front->diags, T0219, place, span, "'%s' is imported twice", import->name.text);
        diag_note(front->diags, diag, imported->imported_at, "the first import is here");
        return;
    }
    imported->importer = file;
    imported->imported_at = place;
    struct ring_edge *edge = ARENA_NEW(front->arena, struct ring_edge);
    *edge = (struct ring_edge){.to = &imported->ring, .place = place, .span = span};
    ring_add_edge(&file->ring, edge);
}

static void report_loop(void *context, struct ring_node *last, const struct ring_edge *edge) {
    struct front *front = context;
    struct text ring;
    text_init_in(&ring, front->arena);
    ring_describe(last, edge, &ring);
    diag_add(front->diags, T0218, edge->place, edge->span, "a file imports itself: %s", text_string(&ring));
}

bool load_files(struct front *front, enum load_status *status) {
    const struct load_options *options = front->options;
    bool is_input = !strcmp(options->path, "-");
    const char *path = is_input ? "<stdin>" : options->path;
    FILE *stream = is_input ? options->input ? options->input : stdin : NULL;
    struct source *source = NULL;
    enum source_status read = source_read(front->sources, path, stream, &source);
    int error = errno;
    if (read != SOURCE_OK) {
        report_unread(front, read, error, false, path, (struct place){path, 1, 1}, 1);
        *status = LOAD_UNREADABLE;
        return false;
    }
    add_file(front, source);
    for (struct file *file = front->first_file; file; file = file->next)
        for (const struct ast_declaration *next = file->ast->first; next; next = next->next)
            if (next->kind == AST_IMPORT)
                read_import(front, file, next);
    ring_walk(&front->first_file->ring, &(struct ring_visitor){.on_ring = report_loop, .context = front});
    return true;
}
