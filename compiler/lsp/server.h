/* SPDX-License-Identifier: MIT
 *
 * One session, and what its parts share. session.c reads messages and answers, methods.c is the table of what can be
 * asked for; the others each do one thing that is in the table.
 *
 * A handler of a request gives the result, which is sent and freed. NULL is an error: the one in `refused`, or else
 * there was no memory. Memory comes from malloc here, and jansson passes its lack on as NULL; arenas only live in what
 * was compiled.
 */
#ifndef T87SC_SERVER_H
#define T87SC_SERVER_H

#include <jansson.h>

#include "compiled.h"
#include "documents.h"
#include "frames.h"
#include "lines.h"
#include "lsp.h"
#include "positions.h"

struct ast_file;
struct symbol;

enum rpc_code {
    RPC_FINE = 0,
    RPC_PARSE_ERROR = -32700,
    RPC_INVALID_REQUEST = -32600,
    RPC_METHOD_NOT_FOUND = -32601,
    RPC_INVALID_PARAMS = -32602,
    RPC_INTERNAL = -32603,
    RPC_NOT_INITIALIZED = -32002,
    RPC_REQUEST_FAILED = -32803 /* a good one, which cannot be done */
};

enum phase { PHASE_NEW, PHASE_RUNNING, PHASE_SHUT_DOWN, PHASE_ENDED };

/* What is known of a document as it is now: that of the schema it belongs to, which is the one that was looked at last.
 * `schema` NULL: nothing. */
struct knowledge {
    const struct document *schema;
    struct compiled compiled;
};

struct server {
    /* constant */
    const struct lsp_options *options;
    /* from initialize */
    enum position_unit unit;
    bool has_snippets, has_related, has_tags, can_prepare, can_watch; /* what the client can */
    /* the session */
    enum phase phase;
    struct frames frames;
    struct documents documents;
    struct knowledge knowledge;
    bool was_shut_down;
    bool was_closed;   /* a document, since the last time something was published */
    json_t *published; /* an object: by URI what was published last */
    bool broken;       /* the client cannot be written to */
    bool failed;       /* memory ran out where nobody could be told */
    enum rpc_code refused;
    struct text reason; /* of refused */
};

/* session.c */
__attribute__((format(printf, 3, 4))) json_t *refuse(struct server *server, enum rpc_code code, const char *reason,
                                                     ...);              /* gives NULL */
void notify(struct server *server, const char *method, json_t *params); /* these take the params */
void ask_client(struct server *server, const char *method, json_t *params);

/* methods.c */
struct method {
    const char *name;
    json_t *(*request)(struct server *server, json_t *params); /* or */
    void (*notification)(struct server *server, json_t *params);
};

const struct method *find_method(const char *name);
json_t *on_initialize(struct server *server, json_t *params);
void on_exit_notification(struct server *server, json_t *params);

/* knowledge.c */
const struct compiled *know(struct server *server, struct document *document); /* NULL: no memory */
const struct compiled *compile_document(struct server *server, struct document *document);
struct load_options load_options_of(const struct server *server, const struct document *schema); /* no overlay */
const struct ast_file *file_of_document(const struct outline *outline, const struct document *document);
void forget(struct server *server); /* before any text changes: what is known points into the texts */

/* diagnostics.c: what was found in the schema that is known, as an object: by URI an array of Diagnostics. NULL: no
 * memory. */
json_t *json_of_diagnostics(struct server *server, bool is_part);

/* publish.c */
bool check_changed(struct server *server); /* brings `found` of every document up to date; false: no memory */
void publish(struct server *server);       /* that, and tells the client */

/* targets.c */

/* What a request is about: a document, and a place in it. */
struct target {
    struct document *document;
    struct positions positions;
    size_t offset;
};

/* From params: {textDocument: {uri}, position: {line, character}}. False, and refused, when it is none. */
bool target_of(struct server *server, json_t *params, struct target *target);
bool document_of(struct server *server, json_t *params, struct document **document);
bool position_of(json_t *position, struct position *out);

/* The name that it is about. False: there is none. */
bool locate_target(const struct compiled *compiled, const struct target *target, struct symbol *symbol);

/* From places of one file to positions; those that come in order cost one walk over it. */
struct place_map {
    struct line_finder finder;
    struct positions positions;
    const char *file, *bytes;
};

void place_map_init(struct place_map *map, const struct server *server, const struct source_list *sources,
                    const char *file);
struct position place_map_at(struct place_map *map, uint32_t line, uint32_t column);
json_t *place_map_range(struct place_map *map, struct place place, uint32_t span);

struct place place_of_offset(const struct document *document, size_t offset); /* of the compiler */

json_t *json_of_range(struct position start, struct position end);
json_t *json_of_place(struct server *server, struct place place, uint32_t span); /* a Location */
json_t *json_of_uri(struct server *server, const char *path);                    /* the client's own, if it has it */
json_t *json_of_markdown(struct text *text);                                     /* takes the text */
json_t *array_under(json_t *object, const char *key); /* made when there is none; NULL: no memory */

/* The notifications about texts: texts.c. */
void on_open(struct server *server, json_t *params);
void on_change(struct server *server, json_t *params);
void on_save(struct server *server, json_t *params);
void on_close(struct server *server, json_t *params);

/* The requests, each in the file of its name. */
json_t *on_hover(struct server *server, json_t *params);
json_t *on_definition(struct server *server, json_t *params);
json_t *on_completion(struct server *server, json_t *params);
json_t *on_formatting(struct server *server, json_t *params);
json_t *on_symbols(struct server *server, json_t *params);
json_t *on_actions(struct server *server, json_t *params);
json_t *on_references(struct server *server, json_t *params); /* references.c */
json_t *on_highlight(struct server *server, json_t *params);
json_t *on_prepare_rename(struct server *server, json_t *params); /* rename.c */
json_t *on_rename(struct server *server, json_t *params);

#endif
