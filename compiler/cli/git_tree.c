/* SPDX-License-Identifier: MIT */
#include "git_tree.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"

enum { MAX_LINE = 2 * PATH_MAX, DIGITS = 16 };

/* ---- paths ---- */

/* Appends `path`, which may have . and .. in it, to a folder that is "" or whole segments with slashes between; what
 * was in `out` before `start` stays. False when it leads above the folder's top. */
static bool append_path(struct text *out, size_t start, const char *path) {
    while (*path) {
        size_t size = strcspn(path, "/");
        if (size == 2 && !strncmp(path, "..", 2)) {
            if (out->size == start)
                return false;
            while (out->size > start && out->data[--out->size] != '/')
                ;
        } else if (size && !(size == 1 && *path == '.')) {
            if (out->size > start)
                text_append_char(out, '/');
            text_append_bytes(out, path, size);
        }
        path += size + (path[size] == '/');
    }
    return !out->failed;
}

/* From the root of the file system, as "usr/share"; links in the folder's part are followed, if it is there. */
static bool append_absolute(struct text *out, const char *path) {
    char folder[PATH_MAX], real[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t size = slash ? (size_t)(slash - path) + 1 : 0;
    if (size >= sizeof folder)
        return false;
    memcpy(folder, path, size);
    folder[size] = '\0';
    if (realpath(size ? folder : ".", real))
        return append_path(out, 0, real) && append_path(out, 0, path + size);
    return (*path == '/' || (getcwd(real, sizeof real) && append_path(out, 0, real))) && append_path(out, 0, path);
}

bool git_tree_path(const struct git_tree *tree, const char *path, struct text *out) {
    struct text absolute, top;
    text_init(&absolute);
    text_init(&top);
    bool inside = tree->top && append_path(&top, 0, tree->top) && append_absolute(&absolute, path) &&
                  !strncmp(text_string(&absolute), text_string(&top), top.size);
    const char *rest = text_string(&absolute) + (inside ? top.size : 0);
    inside = inside && (!top.size || *rest == '/' || !*rest);
    if (inside)
        text_printf(out, "%s%s", tree->root, rest + (*rest == '/'));
    text_free(&absolute);
    text_free(&top);
    return inside && !out->failed;
}

/* ---- reading ---- */

static enum source_status broken(int error) {
    errno = error;
    return SOURCE_UNREADABLE;
}

/* Reads away what is left of an answer, and the newline behind it. */
static enum source_status skip(struct git_tree *tree, size_t size, enum source_status status) {
    char bytes[4096];
    for (size++; size;) {
        size_t n = fread(bytes, 1, size < sizeof bytes ? size : sizeof bytes, tree->answer);
        if (!n)
            return broken(EIO);
        size -= n;
    }
    return status;
}

static enum source_status read_blob(struct git_tree *tree, struct arena *arena, size_t size, struct source *out) {
    char *bytes = arena_try(arena, size + 1);
    if (!bytes)
        return broken(ENOMEM);
    if (fread(bytes, 1, size, tree->answer) != size || fgetc(tree->answer) != '\n')
        return broken(EIO);
    out->bytes = bytes;
    out->size = size;
    return SOURCE_OK;
}

/* Sixteen hexadecimal digits: an object's name has forty or more. */
static bool parse_digits(const char *at, uint64_t *number) {
    static const char digits[] = "0123456789abcdef";
    *number = 0;
    for (int i = 0; i < DIGITS; i++) {
        const char *digit = at[i] ? strchr(digits, at[i]) : NULL;
        if (!digit)
            return false;
        *number = *number << 4 | (uint64_t)(digit - digits);
    }
    return true;
}

/* "OBJECT blob SIZE" and the file, "OBJECT missing", or of a link that leads nowhere "dangling SIZE" and the like. */
static enum source_status read_answer(struct git_tree *tree, struct arena *arena, size_t most, struct source *out) {
    static const char missing[] = " missing\n";
    char line[MAX_LINE];
    if (!fgets(line, sizeof line, tree->answer))
        return broken(EIO);
    size_t length = strlen(line), n_missing = sizeof missing - 1;
    if (length >= n_missing && !strcmp(line + length - n_missing, missing))
        return SOURCE_MISSING;
    char *kind = strchr(line, ' '), *number = strrchr(line, ' '), *end = NULL;
    if (!kind)
        return broken(EIO);
    unsigned long long size = strtoull(number, &end, 10);
    if (*end != '\n' || size >= SIZE_MAX)
        return broken(EIO);
    if (kind == number) {
        enum source_status status = skip(tree, (size_t)size, SOURCE_MISSING);
        return status == SOURCE_MISSING && !strncmp(line, "loop ", 5) ? broken(ELOOP) : status;
    }
    if (strncmp(kind, " blob ", 6) != 0)
        return skip(tree, (size_t)size, !strncmp(kind, " tree ", 6) ? SOURCE_IS_FOLDER : SOURCE_MISSING);
    if (size > most)
        return skip(tree, (size_t)size, SOURCE_TOO_BIG);
    /* The same bytes are the same file, for who reads them. */
    if (!parse_digits(line, &out->device) || !parse_digits(line + DIGITS, &out->inode))
        return broken(EIO);
    return read_blob(tree, arena, (size_t)size, out);
}

/* `git` in the folder of the schema; where the environment already says which repository it is, here. */
static size_t begin_command(const struct git_tree *tree, const char **argv) {
    size_t n = 0;
    argv[n++] = "git";
    if (!getenv("GIT_DIR")) {
        argv[n++] = "-C";
        argv[n++] = tree->folder;
    }
    return n;
}

static int start(struct git_tree *tree) {
    const char *argv[8];
    size_t n = begin_command(tree, argv);
    argv[n++] = "cat-file";
    argv[n++] = "--batch";
    argv[n++] = "--follow-symlinks";
    argv[n] = NULL;
    int error = program_start(&tree->git, argv, true, PROGRAM_ERRORS_OURS);
    if (error)
        return error;
    tree->runs = true;
    tree->ask = fdopen(tree->git.in, "w");
    tree->answer = fdopen(tree->git.out, "r");
    return tree->ask && tree->answer ? 0 : ENOMEM;
}

/* `path` is from the top of the repository. */
static enum source_status ask(struct git_tree *tree, const char *path) {
    int error = tree->runs ? 0 : start(tree);
    if (error)
        return broken(error);
    if (fprintf(tree->ask, "%s:%s\n", tree->object, path) < 0 || fflush(tree->ask) != 0)
        return broken(EIO);
    return SOURCE_OK;
}

static enum source_status read_file(void *context, struct arena *arena, const char *path, size_t most,
                                    struct source *out) {
    struct git_tree *tree = context;
    size_t n_root = strlen(tree->root);
    enum source_status status = SOURCE_MISSING;
    struct text whole;
    text_init(&whole);
    text_append(&whole, tree->root);
    /* git reads a line, and a path that long is none of a file. */
    if (append_path(&whole, n_root, path + n_root) && whole.size < PATH_MAX && !strchr(whole.data, '\n')) {
        char *copy = arena_try(arena, whole.size + 1);
        status = copy ? ask(tree, whole.data + n_root) : broken(ENOMEM);
        if (copy)
            out->path = memcpy(copy, whole.data, whole.size + 1);
        if (status == SOURCE_OK)
            status = read_answer(tree, arena, most, out);
    } else if (whole.failed) {
        status = broken(ENOMEM);
    }
    int error = errno;
    text_free(&whole);
    errno = error;
    return status;
}

/* ---- opening ---- */

/* Runs git with these arguments; true if it is content. What it says beside its answer (a warning, a trace) must not
 * get into the answer. */
static bool ask_git(const struct git_tree *tree, const char *const *arguments, enum program_errors errors,
                    struct text *out, int *error) {
    const char *argv[8];
    size_t n = begin_command(tree, argv);
    while (*arguments)
        argv[n++] = *arguments++;
    argv[n] = NULL;
    return program_output(argv, errors, out, error) == 0 && !out->failed;
}

static bool tell_failure(int error, const char *format, const char *what, const char *reason) {
    fputs("t87sc: error: ", stderr);
    if (error)
        fprintf(stderr, "git cannot be run: %s", error == ENOENT ? "it is not installed" : strerror(error));
    else
        fprintf(stderr, format, what, reason);
    fputc('\n', stderr);
    return false;
}

static char *copy_of(const char *string, const char *end) {
    size_t size = strlen(string) + strlen(end) + 1;
    char *copy = malloc(size);
    if (copy)
        snprintf(copy, size, "%s%s", string, end);
    return copy;
}

static bool find_object(struct git_tree *tree, const char *ref) {
    static const char *const repository[] = {"rev-parse", "--git-dir", NULL};
    struct text said, wanted;
    int error = 0;
    text_init(&said);
    text_init(&wanted);
    text_printf(&wanted, "%s^{tree}", ref);
    const char *const object[] = {"rev-parse", "--verify", "--quiet", text_string(&wanted), NULL};
    bool is_repository = ask_git(tree, repository, PROGRAM_ERRORS_TO_OUT, &said, &error), found = false;
    if (!is_repository && !said.failed)
        tell_failure(error, "'%s' is in no git repository: %s", *tree->folder ? tree->folder : ".", text_string(&said));
    if (is_repository && !wanted.failed) {
        text_rewind(&said);
        found = ask_git(tree, object, PROGRAM_ERRORS_OURS, &said, &error);
        if (!found && !said.failed)
            tell_failure(error, "the repository has no commit '%s'%s", ref, "");
    }
    if (found)
        tree->object = copy_of(text_string(&said), "");
    if (said.failed || wanted.failed || (found && !tree->object))
        tell_failure(0, "%s%s", "out of memory", "");
    text_free(&said);
    text_free(&wanted);
    return tree->object != NULL;
}

/* A bare repository has none. */
static void find_top(struct git_tree *tree) {
    static const char *const top[] = {"rev-parse", "--show-toplevel", NULL};
    struct text said;
    int error = 0;
    text_init(&said);
    if (ask_git(tree, top, PROGRAM_ERRORS_NOWHERE, &said, &error))
        tree->top = realpath(text_string(&said), NULL);
    text_free(&said);
}

bool git_tree_open(struct git_tree *tree, const char *ref, const char *folder) {
    *tree = (struct git_tree){.root = copy_of(ref, ":"), .folder = copy_of(folder, "")};
    tree->tree = (struct source_tree){.root = tree->root, .read = read_file, .context = tree};
    if (!tree->root || !tree->folder)
        return tell_failure(0, "%s%s", "out of memory", "");
    if (!find_object(tree, ref))
        return false;
    find_top(tree);
    return true;
}

void git_tree_close(struct git_tree *tree) {
    if (tree->runs) {
        if (tree->ask)
            fclose(tree->ask);
        else
            close(tree->git.in);
        if (tree->answer)
            fclose(tree->answer);
        else
            close(tree->git.out);
        program_wait(&tree->git);
    }
    free(tree->root);
    free(tree->folder);
    free(tree->object);
    free(tree->top);
    *tree = (struct git_tree){0};
}
