/* SPDX-License-Identifier: MIT */
#include "draw.h"

#include <inttypes.h>

#include "words.h"

static struct box_id tag_id(const struct model_node *node) { return (struct box_id){'t', node->index}; }

static struct box_id query_id(size_t i) { return (struct box_id){'q', (uint32_t)i}; }

static struct box_id mutation_id(size_t i) { return (struct box_id){'m', (uint32_t)i}; }

static struct box tag_box(const struct graph *graph, const struct model_node *node) {
    static const enum box_kind kinds[] = {[NODE_ROOT] = BOX_SCHEMA, [NODE_STATIC] = BOX_STATIC, [NODE_WILD] = BOX_WILD};
    bool is_root = node->kind == NODE_ROOT;
    return (struct box){.kind = kinds[node->kind],
                        .id = tag_id(node),
                        .name = is_root ? graph->model->schema : node->name,
                        .type = node->kind == NODE_WILD ? words_type(node->type) : NULL,
                        .note = "",
                        .doc = is_root ? graph->model->doc : node->doc};
}

/* "ttl 30s grace 5m fleet" */
static void write_lifetime(struct text *note, const struct model_query *query) {
    text_rewind(note);
    if (query->ttl_ms != MODEL_UNSET) {
        text_append(note, "ttl ");
        words_duration(note, query->ttl_ms);
    }
    if (query->grace_ms != MODEL_UNSET) {
        text_append(note, note->size ? " grace " : "grace ");
        words_duration(note, query->grace_ms);
    }
    if (query->fleet_ms != MODEL_UNSET)
        text_append(note, note->size ? " fleet" : "fleet");
}

static void write_count(struct text *note, const struct graph *graph, const struct model_mutation *mutation) {
    text_rewind(note);
    if (!graph->is_counted)
        return;
    size_t n = reach_count(&graph->map, mutation, graph->marks).all;
    if (n)
        text_printf(note, "reaches %zu of %zu quer%s", n, graph->model->n_queries,
                    graph->model->n_queries == 1 ? "y" : "ies");
    else
        text_append(note, "reaches no query");
}

static void draw_boxes(struct text *out, const struct graph *graph, const struct draw_syntax *syntax) {
    const struct model *model = graph->model;
    struct text note;
    text_init(&note);
    for (size_t i = 0; i < model->n_nodes; i++) {
        struct box box = tag_box(graph, model->nodes[i]);
        syntax->box(out, &box);
    }
    for (size_t i = 0; i < model->n_queries; i++) {
        const struct model_query *query = &model->queries[i];
        write_lifetime(&note, query);
        syntax->box(out, &(struct box){BOX_QUERY, query_id(i), query->name, NULL, text_string(&note), query->doc});
    }
    for (size_t i = 0; i < model->n_mutations; i++) {
        const struct model_mutation *mutation = &model->mutations[i];
        write_count(&note, graph, mutation);
        syntax->box(
            out, &(struct box){BOX_MUTATION, mutation_id(i), mutation->name, NULL, text_string(&note), mutation->doc});
    }
    out->failed |= note.failed;
    text_free(&note);
}

/* Two tags of one function may be the same node, with other parameters: that is one line. last_owners has for each
 * node and way the function that had it last, counted from 1. */
static bool is_repeated(uint32_t *last_owners, const struct model_spec *spec, enum reach way, size_t owner) {
    uint32_t *last = &last_owners[(size_t)spec->node->index * REACH_WAYS + (size_t)way];
    bool repeated = *last == owner + 1;
    *last = (uint32_t)owner + 1;
    return repeated;
}

static void add_line(struct graph *graph, enum line_kind kind, struct box_id from, struct box_id to) {
    graph->lines[graph->n_lines++] = (struct line){kind, from, to};
}

static void add_carried(struct graph *graph, uint32_t *last_owners) {
    for (size_t i = 0; i < graph->model->n_queries; i++)
        for (size_t j = 0; j < graph->model->queries[i].n_tags; j++) {
            const struct model_spec *tag = &graph->model->queries[i].tags[j];
            if (!is_repeated(last_owners, tag, REACH_NOT, i))
                add_line(graph, LINE_CARRIED, tag_id(tag->node), query_id(i));
        }
}

static void add_arrows(struct graph *graph, uint32_t *last_owners) {
    static const enum line_kind kinds[] = {
        [REACH_PREFIX] = LINE_PREFIX, [REACH_EXACT] = LINE_EXACT, [REACH_SOFT] = LINE_SOFT};
    size_t before = graph->n_lines;
    for (size_t i = 0; i < graph->model->n_mutations; i++)
        for (size_t j = 0; j < graph->model->mutations[i].n_invalidates; j++) {
            const struct model_spec *tag = &graph->model->mutations[i].invalidates[j];
            enum reach way = reach_way(tag);
            if (!is_repeated(last_owners, tag, way, i))
                add_line(graph, kinds[way], mutation_id(i), tag_id(tag->node));
        }
    graph->n_arrows = graph->n_lines - before;
}

bool draw_lines_make(struct graph *graph, struct arena *arena) {
    const struct model *model = graph->model;
    size_t most = model->n_nodes + graph->map.n_carriers;
    for (size_t i = 0; i < model->n_mutations; i++)
        most += model->mutations[i].n_invalidates;
    graph->lines = arena_try(arena, most * sizeof *graph->lines);
    uint32_t *last_owners = arena_try(arena, model->n_nodes * REACH_WAYS * sizeof *last_owners);
    if (!graph->lines || !last_owners)
        return false;
    for (size_t i = 1; i < model->n_nodes; i++)
        add_line(graph, LINE_CHILD, tag_id(model->nodes[i]->parent), tag_id(model->nodes[i]));
    add_carried(graph, last_owners);
    add_arrows(graph, last_owners);
    return true;
}

void draw_id(struct text *out, struct box_id id) { text_printf(out, "%c%" PRIu32, id.letter, id.number); }

void draw(struct text *out, const struct graph *graph, const struct draw_syntax *syntax) {
    syntax->begin(out, graph);
    draw_boxes(out, graph, syntax);
    for (size_t i = 0; i < graph->n_lines; i++)
        syntax->line(out, &graph->lines[i]);
    syntax->end(out, graph);
}
