/* SPDX-License-Identifier: MIT
 *
 * An output file is whole or absent, and not touched when nothing changed.
 *
 * What is written goes to a nameless file in the target's folder (where the system has none: to a temporary one) and is
 * compared with the file that is there on the way. output_finish() gives it the target's name at once, or drops it when
 * both are equal. Without a finish, whatever ends the program, the target is as it was; and as long as a file of ours
 * has another name, signals wait, so that it is not left behind. Standard output and targets that are no files
 * (/dev/null, a pipe) are written as they are.
 */
#ifndef T87SC_OUTPUT_H
#define T87SC_OUTPUT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct output {
    char *target;    /* symbolic links followed; NULL: standard output */
    char *temporary; /* what is to be unlinked; NULL: nothing has a name yet */
    int file;        /* -1: not written, only compared */
    int old;         /* the file that is there; -1: none */
    bool in_place;   /* written as it is */
    bool same;       /* so far */
    mode_t mode;
    bool holds_signals; /* those that were let through are in `signals` */
    sigset_t signals;
    const char *problem; /* the first: a sentence for the user, or NULL */
    int error;           /* errno of it, or 0 */
};

enum output_way { OUTPUT_WRITE, OUTPUT_COMPARE /* nothing is written, finish tells */ };

/* "-" is standard output. A problem is remembered and told by output_finish(). */
void output_open(struct output *output, const char *path, enum output_way way);
void output_write(struct output *output, const char *bytes, size_t size);

/* Ends it: true when the target is now what was written (OUTPUT_COMPARE: is what would be), false when it differs or
 * there was a problem. */
bool output_finish(struct output *output);

/* Where writing to `path` leads: links are followed, even if nothing is there yet. NULL: nowhere, as errno says. */
char *output_target(const char *path);

/* Ends it without a result. */
void output_abandon(struct output *output);

/* The same for a whole text; tells a problem on standard error. */
bool output_text(const char *path, const char *text, size_t size);

/* The same for a text that was built, which it frees. There may have been no memory for it: that is told, too. */
struct text;
bool output_built(const char *path, struct text *text);

/* "t87sc: error: PATH: PROBLEM: REASON" on standard error. */
void output_tell(const struct output *output, const char *path);

#endif
