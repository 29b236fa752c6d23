/* SPDX-License-Identifier: MIT
 *
 * From a path to a resolved schema: reads the file and its imports, parses, resolves, checks.
 *
 * struct loaded (which must stay where it is) owns everything that comes out, the model included, until load_free().
 * The emitters may go on adding diagnostics to `diags`: its memory is the same arena. Nothing depends on the folder
 * that the compiler is called from but the finding of relative paths.
 */
#ifndef T87SC_LOAD_H
#define T87SC_LOAD_H

#include <stdio.h>

#include "arena.h"
#include "ast.h"
#include "diag.h"
#include "model.h"
#include "outline.h"
#include "ring.h"
#include "source.h"

struct load_options {
    const char *path;                /* "-": standard input, which messages call <stdin> */
    FILE *input;                     /* what "-" reads; NULL: stdin */
    const char *const *include_dirs; /* -I, in order */
    size_t n_include_dirs;
    const struct source_overlay *overlay; /* what is read instead of files; NULL: nothing */
    const struct source_tree *tree;       /* what is read beside files; NULL: nothing */
};

enum load_status {
    LOAD_OK,         /* a model; perhaps warnings */
    LOAD_REFUSED,    /* no model: the schema has errors */
    LOAD_UNREADABLE, /* no model: the schema itself could not be read */
    LOAD_NO_MEMORY   /* no model, and the diagnostics may be incomplete */
};

struct file {
    struct ring_node ring; /* to the files it imports; first member */
    struct ast_file *ast;
    const struct file *importer; /* the last that imports it, or NULL, and where it does */
    struct place imported_at;
    struct file *next;
};

struct loaded {
    const struct model *model;     /* LOAD_OK only, else NULL */
    const struct file *first_file; /* what was written, in the order of reading: the schema first; NULL: nothing */
    struct diag_list diags;
    const char **files; /* that were read, the schema first: what a depfile lists. Standard input is not among them. */
    size_t n_files;
    struct outline outline;
    /* the loader's own */
    struct source_list sources;
    struct arena arena;
};

enum load_status load_schema(const struct load_options *options, struct loaded *out);
void load_free(struct loaded *loaded);

#endif
