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
    while (documents->taken[document->number])
        document->number++;
    documents->taken[document->number] = true;
    return document;
}

void documents_close(struct documents *documents, struct document *document) {
    struct document **link = &documents->first;
    while (*link != document)
        link = &(*link)->next;
    *link = document->next;
    documents->total -= document->size;
    documents->n--;
    documents->taken[document->number] = false;
    for (struct document *other = documents->first; other; other = other->next)
        other->read[document->number] = false;
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

const char *documents_find_source(void *context, const char *path, size_t *size) {
    struct documents *documents = context;
    struct document *document = documents_of_path(documents, path);
    if (!document)
        return NULL;
    if (documents->reader && documents->reader != document)
        documents->reader->read[document->number] = true;
    *size = document->size;
    return document->bytes;
}

void documents_begin_reading(struct documents *documents, struct document *reader) {
    documents->reader = reader;
    memset(reader->read, 0, sizeof reader->read);
}

struct document *documents_reader(const struct documents *documents, const struct document *document) {
    struct document *reader = documents->first;
    while (reader && (reader->is_part || !reader->read[document->number]))
        reader = reader->next;
    return reader;
}

void documents_mark_changed(struct documents *documents, const struct document *document) {
    for (struct document *other = documents->first; other; other = other->next)
        if (!document || other == document || other->read[document->number])
            other->changed = true;
}
