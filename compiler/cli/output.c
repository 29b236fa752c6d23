/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* O_TMPFILE */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

static void fail(struct output *output, const char *problem) {
    if (output->problem)
        return;
    output->problem = problem;
    output->error = errno;
}

static char *concat(const char *a, size_t a_size, const char *b) {
    size_t b_size = strlen(b) + 1; /* with its NUL */
    char *whole = malloc(a_size + b_size);
    if (whole) {
        memcpy(whole, a, a_size);
        memcpy(whole + a_size, b, b_size);
    }
    return whole;
}

/* The target's folder with its slash, then `name`. */
static char *beside(const char *target, const char *name) {
    const char *slash = strrchr(target, '/');
    return concat(target, slash ? (size_t)(slash + 1 - target) : 0, name);
}

/* Where a link, or a chain of them, leads to whose end is not there yet. */
static char *end_of_links(const char *path) {
    enum { MOST_LINKS = 40 };
    char name[4096];
    char *at = concat(path, strlen(path), "");
    for (int i = 0; at && i < MOST_LINKS; i++) {
        const ssize_t size = readlink(at, name, sizeof name - 1);
        if (size < 0)
            return at;
        name[size] = 0;
        char *next = name[0] == '/' ? concat(name, (size_t)size, "") : beside(at, name);
        free(at);
        at = next;
    }
    const int reason = at ? ELOOP : ENOMEM;
    free(at);
    errno = reason;
    return NULL;
}

char *output_target(const char *path) {
    char *whole = realpath(path, NULL);
    return whole ? whole : end_of_links(path);
}

/* ---- names for a while ---- */

/* From here to end(): what has a name is left behind by who dies. Whole or absent is worth a wait of a moment. */
static void hold_signals(struct output *output) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &output->signals);
    output->holds_signals = true;
}

static int make_file(const struct output *output) {
    return open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, output->mode);
}

static int link_as(const struct output *output, const char *name) {
    char self[64];
    snprintf(self, sizeof self, "/proc/self/fd/%d", output->file);
    return linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

static int link_nameless(const struct output *output) { return link_as(output, output->temporary); }

/* Tries names that nobody else has: our number is in them, but on another machine or in another container somebody has
 * the same. Returns what `make` does, -1 when none could be made. */
static int take_name(struct output *output, int (*make)(const struct output *output)) {
    enum { MOST_ATTEMPTS = 100 };
    char name[64];
    if (!output->holds_signals)
        hold_signals(output);
    for (unsigned attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        snprintf(name, sizeof name, ".t87sc-%ld-%u", (long)getpid(), attempt);
        free(output->temporary);
        output->temporary = beside(output->target, name);
        if (!output->temporary)
            return -1;
        int made = make(output);
        if (made >= 0)
            return made;
        if (errno != EEXIST)
            break;
    }
    int reason = errno;
    free(output->temporary);
    output->temporary = NULL;
    errno = reason;
    return -1;
}

static void open_beside(struct output *output) {
#ifdef O_TMPFILE
    char *folder = beside(output->target, ".");
    /* Without /proc it could not be given a name. */
    if (folder && access("/proc/self/fd", X_OK) == 0)
        output->file = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, output->mode);
    free(folder);
#endif
    if (output->file < 0) /* a system that knows no nameless files */
        output->file = take_name(output, make_file);
    if (output->file < 0)
        fail(output, "cannot be written");
    else if (output->old >= 0)
        (void)!fchmod(output->file, output->mode); /* not every file system has modes */
}

static void open_target(struct output *output, const char *path, enum output_way way) {
    struct stat found;
    bool exists = stat(path, &found) == 0;
    output->target = output_target(path);
    if (!output->target) {
        fail(output, "cannot be written");
    } else if (exists && S_ISDIR(found.st_mode)) {
        errno = 0;
        fail(output, "is a folder");
    } else if (exists && !S_ISREG(found.st_mode)) {
        output->in_place = true;
        output->same = way == OUTPUT_WRITE;
        output->file = way == OUTPUT_WRITE ? open(path, O_WRONLY | O_CLOEXEC) : -1;
        if (way == OUTPUT_WRITE && output->file < 0)
            fail(output, "cannot be written");
    } else {
        if (exists) {
            output->mode = found.st_mode & 07777;
            output->old = open(output->target, O_RDONLY | O_CLOEXEC);
            if (output->old < 0 && way == OUTPUT_COMPARE)
                fail(output, "cannot be read");
        }
        output->same = output->old >= 0;
        if (way == OUTPUT_WRITE)
            open_beside(output);
    }
}

void output_open(struct output *output, const char *path, enum output_way way) {
    *output = (struct output){.file = -1, .old = -1, .mode = 0666};
    if (!strcmp(path, "-")) {
        output->file = STDOUT_FILENO;
        output->in_place = output->same = true;
    } else {
        open_target(output, path, way);
    }
}

/* True when the next bytes of the old file are these. */
static bool goes_on_with(int old, const char *bytes, size_t size) {
    char chunk[16384];
    while (size) {
        ssize_t n = read(old, chunk, size < sizeof chunk ? size : sizeof chunk);
        if (n <= 0 || memcmp(chunk, bytes, (size_t)n) != 0)
            return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

void output_write(struct output *output, const char *bytes, size_t size) {
    if (output->problem)
        return;
    if (output->same && output->old >= 0)
        output->same = goes_on_with(output->old, bytes, size);
    while (size && output->file >= 0) {
        ssize_t n = write(output->file, bytes, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            fail(output, "cannot be written");
            return;
        }
        bytes += n;
        size -= (size_t)n;
    }
}

/* A nameless file gets the target's name, or where that is taken another one first; nothing can come between that and
 * its renaming but SIGKILL and the death of the machine. */
static void put_in_place(struct output *output) {
    if (!output->temporary && output->old < 0 && link_as(output, output->target) == 0)
        return;
    bool named = output->temporary || take_name(output, link_nameless) >= 0;
    if (!named || rename(output->temporary, output->target) != 0) {
        fail(output, "cannot be written");
        return;
    }
    free(output->temporary);
    output->temporary = NULL;
}

static void end(struct output *output) {
    if (output->temporary)
        unlink(output->temporary);
    if (output->file > STDERR_FILENO && close(output->file) != 0)
        fail(output, "cannot be written");
    if (output->old >= 0)
        close(output->old);
    free(output->target);
    free(output->temporary);
    output->target = output->temporary = NULL;
    output->file = output->old = -1;
    if (output->holds_signals)
        sigprocmask(SIG_SETMASK, &output->signals, NULL);
    output->holds_signals = false;
}

bool output_finish(struct output *output) {
    char byte;
    if (output->same && output->old >= 0)
        output->same = read(output->old, &byte, 1) == 0;
    if (!output->problem && !output->in_place && !output->same && output->file >= 0) {
        /* Network file systems find out at a close that there is no room. */
        int copy = dup(output->file);
        if (copy < 0 || close(copy) != 0)
            fail(output, "cannot be written");
        if (!output->problem)
            put_in_place(output);
        output->same = true;
    }
    bool done = output->same;
    end(output);
    return done && !output->problem;
}

void output_abandon(struct output *output) { end(output); }

void output_tell(const struct output *output, const char *path) {
    fprintf(stderr, "t87sc: error: %s: %s%s%s\n", strcmp(path, "-") ? path : "standard output", output->problem,
            output->error ? ": " : "", output->error ? strerror(output->error) : "");
}

bool output_built(const char *path, struct text *text) {
    bool done = !text->failed;
    if (done)
        done = output_text(path, text_string(text), text->size);
    else
        fputs("t87sc: error: out of memory\n", stderr);
    text_free(text);
    return done;
}

bool output_text(const char *path, const char *text, size_t size) {
    struct output output;
    output_open(&output, path, OUTPUT_WRITE);
    output_write(&output, text, size);
    bool done = output_finish(&output);
    if (!done)
        output_tell(&output, path);
    return done;
}
