/* SPDX-License-Identifier: MIT */
#include "trial.h"

#include <stdlib.h>
#include <string.h>

/* A file of the schema, as it would be. */
struct changed {
    const char *path; /* of the schema that is known */
    struct text text;
};

struct texts {
    const struct documents *documents;
    struct changed *all;
    size_t n;
};

/* For struct source_overlay. */
static const char *find_text(void *context, const char *path, size_t *size) {
    const struct texts *texts = context;
    for (size_t i = 0; i < texts->n; i++) {
        if (strcmp(texts->all[i].path, path) != 0)
            continue;
        *size = texts->all[i].text.size;
        return text_string(&texts->all[i].text);
    }
    const struct document *document = documents_of_path(texts->documents, path);
    *size = document ? document->size : 0;
    return document ? document->bytes : NULL;
}

struct extent {
    size_t from, to;
};

static int compare(const void *left, const void *right) {
    const struct extent *a = left, *b = right;
    return (a->from > b->from) - (a->from < b->from);
}

/* The bytes of the places, in their order. NULL: no memory. */
static struct extent *extents_of(const struct server *server, const struct source *source, json_t *places) {
    struct extent *extents = calloc(json_object_size(places) + 1, sizeof *extents);
    size_t n = 0;
    const char *key;
    json_t *use;
    if (!extents)
        return NULL;
    struct positions positions;
    positions_init(&positions, source->bytes, source->size, server->unit);
    json_object_foreach(places, key, use) {
        json_t *range = json_object_get(use, "range");
        struct position start = {0}, end = {0};
        position_of(json_object_get(range, "start"), &start);
        position_of(json_object_get(range, "end"), &end);
        extents[n].from = position_offset(&positions, start);
        extents[n++].to = position_offset(&positions, end);
    }
    qsort(extents, n, sizeof *extents, compare);
    return extents;
}

static bool change(const struct server *server, struct changed *changed, const struct source *source, json_t *places,
                   const char *name) {
    struct extent *extents = extents_of(server, source, places);
    size_t at = 0;
    if (!extents)
        return false;
    text_init(&changed->text);
    changed->path = source->path;
    for (size_t i = 0; i < json_object_size(places); i++) {
        text_append_bytes(&changed->text, source->bytes + at, extents[i].from - at);
        text_append(&changed->text, name);
        at = extents[i].to;
    }
    text_append_bytes(&changed->text, source->bytes + at, source->size - at);
    free(extents);
    return !changed->text.failed;
}

/* The files of the schema that is known in which something changes. False: no memory. */
static bool make_texts(struct server *server, struct texts *texts, json_t *uses, const char *name) {
    const struct outline *outline = &server->knowledge.compiled.loaded.outline;
    bool whole = true;
    texts->all = calloc(outline->n_files + 1, sizeof *texts->all);
    for (size_t i = 0; i < outline->n_files && texts->all && whole; i++) {
        const struct source *source = outline->files[i]->source;
        json_t *uri = json_of_uri(server, source->path);
        json_t *places = uri ? json_object_get(uses, json_string_value(uri)) : NULL;
        whole = uri != NULL;
        if (places && whole)
            whole = change(server, &texts->all[texts->n++], source, places, name);
        json_decref(uri);
    }
    return texts->all && whole;
}

static void free_texts(struct texts *texts) {
    for (size_t i = 0; i < texts->n; i++)
        text_free(&texts->all[i].text);
    free(texts->all);
}

static void refuse_for(struct server *server, const struct diag_list *before, const struct diag_list *after,
                       const char *name) {
    const struct diag *first = after->first;
    while (first && first->level != DIAG_ERROR)
        first = first->next;
    if (before->n_errors || !first)
        refuse(server, RPC_REQUEST_FAILED, "with '%s' there would be more errors than there are", name);
    else
        refuse(server, RPC_REQUEST_FAILED, "'%s' would not check: %s", name, first->message);
}

static bool is_as_good(struct server *server, struct texts *texts, const char *name) {
    const struct diag_list *before = &server->knowledge.compiled.loaded.diags;
    struct load_options options = load_options_of(server, server->knowledge.schema);
    struct compiled compiled;
    options.overlay = &(struct source_overlay){find_text, texts};
    bool whole = compile_schema(&options, &compiled) != LOAD_NO_MEMORY;
    const struct diag_list *after = &compiled.loaded.diags;
    bool is_good = whole && after->n_errors <= before->n_errors;
    if (whole && !is_good)
        refuse_for(server, before, after, name);
    compiled_free(&compiled);
    return is_good;
}

bool trial(struct server *server, struct document *schema, json_t *uses, const char *name) {
    const struct compiled *compiled = know(server, schema);
    if (!compiled)
        return false;
    struct texts texts = {.documents = &server->documents};
    bool is_good = make_texts(server, &texts, uses, name);
    if (is_good && texts.n && compiled->loaded.diags.n_unreadable)
        is_good = refuse(server, RPC_REQUEST_FAILED, "something here cannot be read, and may name it too") != NULL;
    else if (is_good && texts.n)
        is_good = is_as_good(server, &texts, name);
    free_texts(&texts);
    return is_good;
}
