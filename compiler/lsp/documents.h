/* SPDX-License-Identifier: MIT
 *
 * The texts that the editor has open. They stand in the place of their files, for imports too.
 *
 * Memory is bounded: at most DOCUMENTS_MAX texts are open, and have at most DOCUMENTS_MAX_BYTES together. One that does
 * not fit is not open: then the file on disk counts.
 */
#ifndef T87SC_DOCUMENTS_H
#define T87SC_DOCUMENTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "source.h"

enum { DOCUMENTS_MAX = 1000, DOCUMENTS_MAX_BYTES = 4 * SOURCE_MAX_BYTES };

struct document {
    char *uri;
    char *path; /* of a file URI its path, else the URI itself: a text that was never saved */
    char *bytes;
    size_t size; /* a NUL follows */
    json_int_t version;
    /* of the last check */
    bool changed;             /* it, or something that was read then, has changed since */
    bool is_new;              /* of its text as it is nothing has been published, not even that nothing was found */
    bool is_part;             /* nothing but groups and enums, for others to import */
    json_t *found;            /* an object: by URI the diagnostics */
    bool read[DOCUMENTS_MAX]; /* by number: the other documents that stood in for files then */
    size_t number;            /* its own */
    struct document *next;
};

struct documents {
    struct document *first;
    size_t n, total; /* bytes of all of them */
    /* what documents_find_source() notes: who reads */
    struct document *reader;
    bool taken[DOCUMENTS_MAX]; /* the numbers */
};

void documents_free(struct documents *documents);
struct document *documents_find(const struct documents *documents, const char *uri);

/* NULL when there is no memory or no room. What had the URI is closed. */
struct document *documents_open(struct documents *documents, const char *uri, const char *bytes, size_t size);
void documents_close(struct documents *documents, struct document *document);

/* Bytes [from, to) become these. False when there is no memory or no room. */
bool document_replace(struct documents *documents, struct document *document, size_t from, size_t to, const char *bytes,
                      size_t size);

/* The open document that is the file at `path`, or NULL. */
struct document *documents_of_path(const struct documents *documents, const char *path);

/* For struct source_overlay; the context is the documents. Notes for documents.reader what it reads. */
const char *documents_find_source(void *context, const char *path, size_t *size);
void documents_begin_reading(struct documents *documents, struct document *reader);

/* The schema whose check has read the document, or NULL. */
struct document *documents_reader(const struct documents *documents, const struct document *document);

/* Those whose last check read the document, and itself. NULL: all. */
void documents_mark_changed(struct documents *documents, const struct document *document);

#endif
