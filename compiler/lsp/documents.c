/* SPDX-License-Identifier: MIT */
#include "documents.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "uri.h"

static void free_document(struct document *document) {
    free(document->uri);
    free(document->path);
    free(document->bytes);
    free(document->read);
    json_decref(document->found);
    free(document);
}

void documents_free(struct documents *documents) {
    while (documents->first) {
        struct document *next = documents->first->next;
        free_document(documents->first);
        documents->first = next;
    }
    *documents = (struct documents){0};
}

struct document *documents_find(const struct documents *documents, const char *uri) {
    struct document *document = documents->first;
    while (document && strcmp(document->uri, uri) != 0)
        document = document->next;
    return document;
}

static char *path_of_uri(const char *uri) {
    struct text path;
    text_init(&path);
    if (!uri_to_path(uri, &path))
        text_append(&path, uri);
    if (path.failed)
        text_free(&path);
    return path.data; /* the text is given away */
}

struct document *documents_open(struct documents *documents, const char *uri, const char *bytes, size_t size) {
    struct document *old = documents_find(documents, uri);
    if (old)
        documents_close(documents, old);
    struct document *document = documents->n < DOCUMENTS_MAX ? calloc(1, sizeof *document) : NULL;
    if (!document)
        return NULL;
    document->uri = strdup(uri);
    document->path = path_of_uri(uri);
    if (!document->uri || !document->path || !document_replace(documents, document, 0, 0, bytes, size)) {
        free_document(document);
        return NULL;
    }
    struct document **end = &documents->first;
    while (*end)
        end = &(*end)->next;
    *end = document;
    documents->n++;
    return document;
}

void documents_close(struct documents *documents, struct document *document) {
    struct document **link = &documents->first;
    while (*link != document)
        link = &(*link)->next;
    *link = document->next;
    documents->total -= document->size;
    documents->n--;
    for (struct document *other = documents->first; other; other = other->next)
        for (size_t i = 0; i < other->n_read; i++)
            if (other->read[i] == document)
                other->read[i] = other->read[--other->n_read];
    free_document(document);
}

bool document_replace(struct documents *documents, struct document *document, size_t from, size_t to, const char *bytes,
                      size_t size) {
    size_t rest = document->size - to, whole = from + size + rest;
    if (size > DOCUMENTS_MAX_BYTES || documents->total - document->size + whole > DOCUMENTS_MAX_BYTES)
        return false;
    char *fresh = malloc(whole + 1);
    if (!fresh)
        return false;
    if (from)
        memcpy(fresh, document->bytes, from);
    if (size)
        memcpy(fresh + from, bytes, size);
    if (rest)
        memcpy(fresh + from + size, document->bytes + to, rest);
    fresh[whole] = '\0';
    documents->total = documents->total - document->size + whole;
    free(document->bytes);
    document->bytes = fresh;
    document->size = whole;
    return true;
}

struct document *documents_of_path(const struct documents *documents, const char *path) {
    struct stat wanted, found;
    bool exists = stat(path, &wanted) == 0;
    for (struct document *document = documents->first; document; document = document->next) {
        if (!strcmp(document->path, path))
            return document;
        if (exists && stat(document->path, &found) == 0 && found.st_dev == wanted.st_dev &&
            found.st_ino == wanted.st_ino)
            return document;
    }
    return NULL;
}

static bool has_read(const struct document *reader, const struct document *document) {
    for (size_t i = 0; i < reader->n_read; i++)
        if (reader->read[i] == document)
            return true;
    return false;
}

static bool note_read(struct document *reader, struct document *document) {
    if (reader == document || has_read(reader, document))
        return true;
    struct document **read = realloc(reader->read, (reader->n_read + 1) * sizeof *read);
    if (!read)
        return false;
    reader->read = read;
    read[reader->n_read++] = document;
    return true;
}

const char *documents_find_source(void *context, const char *path, size_t *size) {
    struct documents *documents = context;
    struct document *document = documents_of_path(documents, path);
    if (!document)
        return NULL;
    if (documents->reader && !note_read(documents->reader, document))
        documents->failed = true;
    *size = document->size;
    return document->bytes;
}

void document_forget_read(struct document *document) { document->n_read = 0; }

struct document *documents_reader(const struct documents *documents, const struct document *document) {
    struct document *reader = documents->first;
    while (reader && (reader->is_part || !has_read(reader, document)))
        reader = reader->next;
    return reader;
}

void documents_mark_changed(struct documents *documents, const struct document *document) {
    for (struct document *other = documents->first; other; other = other->next)
        if (!document || other == document || has_read(other, document))
            other->changed = true;
}
