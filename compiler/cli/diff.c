/* SPDX-License-Identifier: MIT
 *
 * `diff`: finds the old schema, on disk or in a commit, and tells what became of it. Breaking changes are errors:
 * all of SOURCE, and of INVALIDATION whatever makes an answer stale less than before. The others are warnings.
 */
#include "diff.h"

#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "git_tree.h"

static enum exit_code no_memory(void) {
    fputs("t87sc: error: out of memory\n", stderr);
    return EXIT_INTERNAL;
}

/* Where there is no such file, git's own way to name a commit may have been meant, or buf's. */
static void help_with_against(struct loaded *old, const char *against) {
    const char *dot = strrchr(against, '.');
    struct diag *first = old->diags.first;
    if (first && first->rule->code == T0120 && (!dot || strcmp(dot, ".tags") != 0 || strchr(against, ':')))
        diag_help(&old->diags, first, "the schema of a commit is 'git:REF' or 'git:REF:PATH', such as git:origin/main");
}

static enum exit_code load_old(struct loaded *old, const struct options *options, const struct load_options *load) {
    enum load_status status = load_schema(load, old);
    if (!load->tree)
        help_with_against(old, load->path);
    if (!tell(&old->diags, options) || status == LOAD_NO_MEMORY)
        return no_memory();
    return status == LOAD_OK ? EXIT_FINE : status == LOAD_REFUSED ? EXIT_FINDINGS : EXIT_INTERNAL;
}

/* ---- git:REF[:PATH] ---- */

static const char git_mark[] = "git:";

struct git_place {
    const char *ref;
    const char *path; /* NULL: the schema's own */
    const char *folder, *schema;
    struct arena *arena;
};

static const char *concat(struct arena *arena, const char *a, const char *b) {
    struct text whole;
    text_init_in(&whole, arena);
    text_printf(&whole, "%s%s", a, b);
    return whole.failed ? NULL : text_string(&whole);
}

static const char *copy_start(struct arena *arena, const char *bytes, size_t size) {
    char *copy = arena_try(arena, size + 1);
    return copy ? memcpy(copy, bytes, size) : NULL;
}

static bool parse_place(struct git_place *place, const struct options *options, struct arena *arena) {
    const char *ref = options->against + strlen(git_mark), *colon = strchr(ref, ':');
    const char *schema = options->arguments[0], *slash = strcmp(schema, "-") ? strrchr(schema, '/') : NULL;
    *place = (struct git_place){.ref = copy_start(arena, ref, strcspn(ref, ":")),
                                .path = colon && colon[1] ? colon + 1 : NULL,
                                .folder = copy_start(arena, schema, slash ? (size_t)(slash - schema) + 1 : 0),
                                .schema = schema,
                                .arena = arena};
    return place->ref && place->folder;
}

static const char *why_refused(const struct git_place *place) {
    if (!*place->ref)
        return "names no commit: write git:REF or git:REF:PATH";
    if (*place->ref == '-')
        return "names no commit: a REF does not begin with '-'";
    if (!place->path && !strcmp(place->schema, "-"))
        return "needs a PATH, for the new schema comes from standard input: write git:REF:PATH";
    return NULL;
}

/* What is called so in the commit; NULL: it is not in the work tree, or there is no memory. */
static const char *path_in_tree(const struct git_tree *tree, struct arena *arena, const char *path) {
    struct text inside;
    text_init_in(&inside, arena);
    return path && git_tree_path(tree, path, &inside) ? text_string(&inside) : NULL;
}

/* PATH is from the top of the repository or, with ./ or ../, from the schema's folder. */
static const char *schema_in_tree(const struct git_tree *tree, const struct git_place *place) {
    const char *path = place->path;
    if (!path)
        return path_in_tree(tree, place->arena, place->schema);
    if (!strncmp(path, "./", 2) || !strncmp(path, "../", 3))
        return path_in_tree(tree, place->arena, concat(place->arena, place->folder, path));
    return concat(place->arena, tree->root, path);
}

/* The folders of -I: of those in the work tree what they are in the commit, others as they are. NULL: no memory. */
static const char **folders_in_tree(const struct git_tree *tree, const struct options *options, struct arena *arena) {
    const char **folders = arena_try(arena, (options->n_include_dirs + 1) * sizeof *folders);
    for (size_t i = 0; folders && i < options->n_include_dirs; i++) {
        const char *folder = options->include_dirs[i];
        const char *inside = path_in_tree(tree, arena, concat(arena, folder, "/."));
        folders[i] = inside ? inside : folder;
    }
    return folders;
}

static enum exit_code load_from_tree(struct loaded *old, const struct options *options, struct git_tree *tree,
                                     const struct git_place *place) {
    const char *path = schema_in_tree(tree, place);
    const char **folders = folders_in_tree(tree, options, place->arena);
    if (!folders)
        return no_memory();
    if (!path) {
        fprintf(stderr, "t87sc: error: '%s' is not in a work tree of the repository\n",
                place->path ? place->path : place->schema);
        return EXIT_INTERNAL;
    }
    struct load_options load = {
        .path = path, .include_dirs = folders, .n_include_dirs = options->n_include_dirs, .tree = &tree->tree};
    return load_old(old, options, &load);
}

static enum exit_code load_from_git(struct loaded *old, const struct options *options) {
    struct arena arena;
    struct git_place place;
    struct git_tree tree;
    enum exit_code code = EXIT_INTERNAL;
    arena_init(&arena);
    if (!parse_place(&place, options, &arena)) {
        arena_free(&arena);
        return no_memory();
    }
    const char *refused = why_refused(&place);
    if (refused) {
        fprintf(stderr, "t87sc: error: '%s' %s\n", options->against, refused);
        code = EXIT_USAGE;
    } else {
        if (git_tree_open(&tree, place.ref, place.folder))
            code = load_from_tree(old, options, &tree, &place);
        git_tree_close(&tree);
    }
    arena_free(&arena);
    return code;
}

/* ---- both ---- */

static enum exit_code compare(const struct loaded *old, const struct loaded *new, const struct options *options) {
    struct diff diff;
    struct diff_options wanted = {.max_each = options->max_errors, .warnings_count = options->werror};
    for (int i = 0; i < DIFF_N_CATEGORIES; i++)
        wanted.left_out[i] = options->categories && !(options->categories >> i & 1);
    bool memory = diff_schemas(&diff, old, new, &wanted) && tell(&diff.diags, options);
    size_t n_bad = 0;
    for (int i = 0; i < DIFF_N_CATEGORIES; i++)
        n_bad += diff.n_errors[i] + (options->werror ? diff.n_warnings[i] : 0);
    options->totals->is_closed = true;
    if (memory && options->diagnostics == REPORT_TEXT) {
        struct text line;
        text_init(&line);
        diff_summary(&diff, &line);
        fprintf(stderr, "%s against %s: %s\n", new->sources.first->path, old->sources.first->path, text_string(&line));
        memory = !line.failed;
        text_free(&line);
    }
    diff_free(&diff);
    return !memory ? no_memory() : n_bad ? EXIT_FINDINGS : EXIT_FINE;
}

enum exit_code run_diff(const struct options *options) {
    struct compiled new;
    struct loaded old = {0};
    bool from_git = !strncmp(options->against, git_mark, strlen(git_mark));
    struct load_options load = {
        .path = options->against, .include_dirs = options->include_dirs, .n_include_dirs = options->n_include_dirs};
    if (!strcmp(options->against, "-") && !strcmp(options->arguments[0], "-")) {
        fputs("t87sc: error: only one of two schemas can come from standard input\n", stderr);
        return EXIT_USAGE;
    }
    enum exit_code code = compile(&new, options, options->arguments[0]);
    enum exit_code of_old = from_git ? load_from_git(&old, options) : load_old(&old, options, &load);
    code = of_old > code ? of_old : code;
    if (code == EXIT_FINE)
        code = compare(&old, &new.loaded, options);
    load_free(&old);
    compiled_free(&new);
    return code;
}
