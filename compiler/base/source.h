/* SPDX-License-Identifier: MIT
 *
 * The files of one run of the compiler, and places in them.
 *
 * A file is known by its path as it was given or found; that pointer is the `file` of every place in it, and the order
 * of reading is the order of diagnostics. Bytes are kept as they are, followed by a NUL that `size` does not count.
 */
#ifndef T87SC_SOURCE_H
#define T87SC_SOURCE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct arena;

enum { SOURCE_MAX_BYTES = 16 << 20 }; /* of all files of a schema together */

/* Where a thing stands; line and column count from 1, columns in code points. */
struct place {
    const char *file;
    uint32_t line, column;
};

struct source {
    const char *path;
    const char *bytes;
    size_t size;
    uint64_t device, inode; /* which file it is, whatever it is called; 0 when it is none on disk */
    void *owner;            /* of who has read it first: what was made of it */
    struct source *next;
    struct source *next_in_slot;
};

enum source_status {
    SOURCE_OK,
    SOURCE_MISSING,
    SOURCE_IS_FOLDER,
    SOURCE_IS_SPECIAL, /* a pipe, a device, a socket */
    SOURCE_TOO_BIG,
    SOURCE_UNREADABLE /* errno says why */
};

/* What stands in the place of files: the texts that an editor has open. */
struct source_overlay {
    /* The bytes of the file at `path`, with a NUL behind them, or NULL: the one on disk. They live as long as the list.
     */
    const char *(*find)(void *context, const char *path, size_t *size);
    void *context;
};

/* Files that are not on disk: those of a commit, say. Their paths begin with its root, and no others do. */
struct source_tree {
    const char *root; /* "HEAD:" */
    /* Fills path, bytes, size and which file it is; at most `most` bytes. Must not leave through the arena:
     * arena_try(), and ENOMEM in errno for a lack of memory. */
    enum source_status (*read)(void *context, struct arena *arena, const char *path, size_t most, struct source *out);
    void *context;
};

enum { SOURCE_SLOTS = 1024 }; /* a power of two */

struct source_list {
    struct arena *arena;
    const struct source_overlay *overlay; /* or NULL */
    const struct source_tree *tree;       /* or NULL */
    struct source *first, *last;
    size_t n;
    size_t total;                       /* bytes of all of them */
    struct source *slots[SOURCE_SLOTS]; /* those on disk or in the tree, by which file they are */
};

void source_init(struct source_list *list, struct arena *arena);

/* Reads a file, or `stream` when it is not NULL, and appends it to the list. A file that the list has already is not
 * read again: *out is that one. The first may be a pipe or a device, as a shell makes for <(...); what it imports may
 * not. Only under arena_run(). */
enum source_status source_read(struct source_list *list, const char *path, FILE *stream, struct source **out);

/* The size of the folder's part of a path, its slash included: "HEAD:schemas/", "HEAD:". */
size_t source_folder(const struct source_list *list, const char *path);

/* The file that a place names, or NULL. */
const struct source *source_find(const struct source_list *list, const char *path);

#endif
