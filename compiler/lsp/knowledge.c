/* SPDX-License-Identifier: MIT
 *
 * What is known of a document. One schema is known at a time, so that memory does not grow with the open ones; what
 * was asked for last is what is asked for next.
 */
#include "ast.h"
#include "server.h"

void forget(struct server *server) {
    if (server->knowledge.schema)
        compiled_free(&server->knowledge.compiled);
    server->knowledge.schema = NULL;
}

struct load_options load_options_of(const struct server *server, const struct document *schema) {
    return (struct load_options){.path = schema->path,
                                 .include_dirs = server->options->include_dirs,
                                 .n_include_dirs = server->options->n_include_dirs};
}

const struct compiled *compile_document(struct server *server, struct document *document) {
    struct documents *documents = &server->documents;
    forget(server);
    struct load_options options = load_options_of(server, document);
    options.overlay = &(struct source_overlay){documents_find_source, documents};
    documents_begin_reading(documents, document);
    enum load_status status = compile_schema(&options, &server->knowledge.compiled);
    documents->reader = NULL;
    server->knowledge.schema = document;
    if (status == LOAD_OK && !lint(&server->knowledge.compiled.loaded, &server->options->lints))
        status = LOAD_NO_MEMORY;
    if (status != LOAD_NO_MEMORY)
        return &server->knowledge.compiled;
    forget(server);
    return NULL;
}

const struct compiled *know(struct server *server, struct document *document) {
    if (!check_changed(server))
        return NULL;
    struct document *reader = document->is_part ? documents_reader(&server->documents, document) : NULL;
    struct document *schema = reader ? reader : document;
    return server->knowledge.schema == schema ? &server->knowledge.compiled : compile_document(server, schema);
}

const struct ast_file *file_of_document(const struct outline *outline, const struct document *document) {
    for (size_t i = 0; i < outline->n_files; i++)
        if (outline->files[i]->source->bytes == document->bytes)
            return outline->files[i];
    return NULL;
}
