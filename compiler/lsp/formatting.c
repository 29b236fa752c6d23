/* SPDX-License-Identifier: MIT
 *
 * The layout of fmt, as edits of the lines that change: the cursor and the folds of the others stay. A text that does
 * not parse stays as it is; its diagnostics say why.
 */
#include <stdlib.h>

#include "format.h"
#include "json_parts.h"
#include "line_diff.h"
#include "server.h"

struct job {
    /* constant */
    const struct document *document;
    struct arena arena;
    /* what comes of it */
    bool parses;
    struct lines old, new;
    const uint32_t *same; /* of each old line the new one that it is, or LINE_GONE */
};

static void work(void *argument) {
    struct job *job = argument;
    const struct document *document = job->document;
    struct source *source = ARENA_NEW(&job->arena, struct source);
    *source = (struct source){.path = document->path, .bytes = document->bytes, .size = document->size};
    struct source_list sources;
    struct diag_list diags;
    struct text text;
    source_init(&sources, &job->arena);
    diag_init(&diags, &job->arena, &sources);
    job->parses = document->size <= SOURCE_MAX_BYTES && format_source(&job->arena, &diags, source, &text);
    if (!job->parses)
        return;
    job->old = lines_of(&job->arena, document->bytes, document->size);
    job->new = lines_of(&job->arena, text_string(&text), text.size);
    job->same = line_diff(&job->arena, &job->old, &job->new);
}

/* Old lines [from, to) become new ones. */
static json_t *edit_of(const struct job *job, struct positions *positions, uint32_t from, uint32_t to,
                       uint32_t new_from, uint32_t new_to) {
    struct text text;
    text_init(&text);
    uint32_t start = job->new.starts[new_from];
    text_append_bytes(&text, job->new.bytes + start, job->new.starts[new_to] - start);
    struct position first = position_at(positions, job->old.starts[from]);
    struct position end = position_at(positions, job->old.starts[to]);
    return json_pack("{s:o, s:o}", "range", json_of_range(first, end), "newText", json_of_built(&text));
}

static json_t *edits_of(const struct job *job, enum position_unit unit) {
    struct positions positions;
    positions_init(&positions, job->document->bytes, job->document->size, unit);
    json_t *edits = json_array();
    uint32_t old = 0, new = 0;
    while (old < job->old.n || new < job->new.n) {
        uint32_t old_from = old, new_from = new;
        while (old < job->old.n && job->same[old] == LINE_GONE)
            old++;
        new = old < job->old.n ? job->same[old] : job->new.n;
        if (old > old_from || new > new_from)
            edits = json_grown(edits, edit_of(job, &positions, old_from, old, new_from, new));
        while (old < job->old.n && job->same[old] == new) {
            old++;
            new ++;
        }
    }
    return edits;
}

json_t *on_formatting(struct server *server, json_t *params) {
    struct job job = {.parses = false};
    struct document *document;
    if (!document_of(server, params, &document))
        return NULL;
    job.document = document;
    arena_init(&job.arena);
    json_t *edits = NULL;
    if (arena_run(&job.arena, work, &job))
        edits = job.parses ? edits_of(&job, server->unit) : json_null();
    arena_free(&job.arena);
    return edits;
}
