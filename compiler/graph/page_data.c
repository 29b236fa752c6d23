/* SPDX-License-Identifier: MIT
 *
 * Things are called by their numbers. What reaches what is said as spans, so that the page has nothing to decide:
 * `below` are tags, `own` and `reach` are carriers, each from the first to before the last. Members without a value
 * are left out.
 */
#include "page_data.h"

#include <inttypes.h>
#include <string.h>

#include "json_parts.h"
#include "words.h"

static json_t *number(size_t n) { return json_integer((json_int_t)n); }

/* As an HTML parser reads it, `<` could end the script or begin a comment. In JSON it stands only in strings. */
static void append_for_html(struct text *out, const char *json) {
    for (;;) {
        size_t size = strcspn(json, "<");
        text_append_bytes(out, json, size);
        if (!json[size])
            return;
        text_append(out, "\\u003c");
        json += size + 1;
    }
}

/* An object that grows by members with a value; NULL when there was no memory. Takes the value. */
static json_t *with(json_t *object, const char *name, json_t *value) {
    if (object && value && json_object_set_new(object, name, value) == 0)
        return object;
    json_decref(object);
    if (!object)
        json_decref(value);
    return NULL;
}

static json_t *with_text(json_t *object, const char *name, const char *text) {
    return text ? with(object, name, json_string(text)) : object;
}

static json_t *with_number(json_t *object, const char *name, int64_t value) {
    return value == MODEL_UNSET ? object : with(object, name, json_integer(value));
}

/* "blog.tags:20" */
static json_t *with_place(json_t *object, struct place place) {
    json_t *file = json_of_file_name(place.file);
    struct text text;
    text_init(&text);
    text_printf(&text, "%s:%" PRIu32, file ? json_string_value(file) : "", place.line);
    text.failed |= !file;
    json_decref(file);
    return with(object, "place", json_of_built(&text));
}

static json_t *span(size_t first, size_t end) { return json_pack("[o, o]", number(first), number(end)); }

static json_t *carriers_of(const struct graph *graph, const struct model_node *tag, bool exact) {
    struct span carriers = reach_of_tag(&graph->map, tag, exact);
    return span(carriers.first, carriers.end);
}

static json_t *tag_at(const struct graph *graph, size_t i) {
    const struct model_node *node = graph->model->nodes[i];
    json_t *tag = json_object();
    tag = with_text(tag, "name", node->name);
    if (node->parent)
        tag = with(tag, "parent", number(node->parent->index));
    if (node->kind == NODE_WILD)
        tag = with_text(tag, "type", words_type(node->type));
    tag = with(tag, "wilds", number(node->n_wilds));
    tag = with(tag, "below", span(i, graph->map.afters[i]));
    tag = with(tag, "own", carriers_of(graph, node, true));
    tag = with(tag, "reach", carriers_of(graph, node, false));
    tag = with_text(tag, "doc", node->doc);
    return with_place(tag, node->place);
}

static json_t *carrier_at(const struct graph *graph, size_t i) {
    return json_pack("[o, o]", number(graph->map.carriers[i].query), number(graph->map.carriers[i].tag));
}

static json_t *params_of(const struct model_param *params, size_t n) {
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *param = json_pack("{s:s, s:s}", "name", params[i].name, "type", words_type(params[i].type));
        array = json_grown(array, params[i].is_key ? with(param, "key", json_true()) : param);
    }
    return array;
}

/* Which tag, and which of the owner's parameters fill its wilds. */
static json_t *spec_of(const struct model_spec *spec) {
    json_t *fills = json_array();
    for (size_t i = 0; i < spec->node->n_wilds; i++)
        fills = json_grown(fills, number(spec->params[i]));
    return json_pack("{s:o, s:o}", "tag", number(spec->node->index), "fills", fills);
}

static json_t *value_of(const struct model_value *value) {
    struct text text;
    text_init(&text);
    words_value(&text, value);
    return json_of_built(&text);
}

static json_t *query_at(const struct graph *graph, size_t i) {
    const struct model_query *query = &graph->model->queries[i];
    json_t *tags = json_array(), *object = json_object();
    for (size_t j = 0; j < query->n_tags; j++)
        tags = json_grown(tags, spec_of(&query->tags[j]));
    object = with_text(object, "name", query->name);
    object = with(object, "params", params_of(query->params, query->n_params));
    object = with(object, "value", value_of(&query->value));
    object = with(object, "tags", tags);
    object = with_number(object, "ttl_ms", query->ttl_ms);
    object = with_number(object, "grace_ms", query->grace_ms);
    object = with_number(object, "negative_ms", query->negative_ms);
    object = with_number(object, "timeout_ms", query->timeout_ms);
    object = with_number(object, "fleet_ms", query->fleet_ms);
    object = with_number(object, "jitter_percent", query->jitter_percent);
    object = with_number(object, "verify_percent", query->verify_percent);
    object = with_number(object, "version", query->version);
    object = with_text(object, "doc", query->doc);
    return with_place(object, query->place);
}

static json_t *invalidates_of(const struct graph *graph, const struct model_spec *spec) {
    static const char *const ways[] = {[REACH_PREFIX] = "prefix", [REACH_EXACT] = "exact", [REACH_SOFT] = "soft"};
    uint32_t tag = spec->node->index;
    json_t *object = spec_of(spec);
    object = with_text(object, "way", ways[reach_way(spec)]);
    object = with(object, "below", span(tag, spec->exact ? tag + 1 : graph->map.afters[tag]));
    return with(object, "reach", carriers_of(graph, spec->node, spec->exact));
}

static json_t *mutation_at(const struct graph *graph, size_t i) {
    const struct model_mutation *mutation = &graph->model->mutations[i];
    json_t *invalidates = json_array(), *object = json_object();
    for (size_t j = 0; j < mutation->n_invalidates; j++)
        invalidates = json_grown(invalidates, invalidates_of(graph, &mutation->invalidates[j]));
    object = with_text(object, "name", mutation->name);
    object = with(object, "params", params_of(mutation->params, mutation->n_params));
    object = with(object, "invalidates", invalidates);
    object = with_text(object, "doc", mutation->doc);
    return with_place(object, mutation->place);
}

static json_t *enum_at(const struct graph *graph, size_t i) {
    const struct model_enum *enumeration = graph->model->enums[i];
    json_t *items = json_array(), *object = json_object();
    for (size_t j = 0; j < enumeration->n_items; j++)
        items = json_grown(items, json_string(enumeration->items[j]));
    object = with_text(object, "name", enumeration->name);
    object = with(object, "items", items);
    return with_text(object, "doc", enumeration->doc);
}

/* Takes the value; `line` is a text for use. */
static void append_element(struct text *out, struct text *line, json_t *value) {
    text_rewind(line);
    append_json(line, value);
    append_for_html(out, text_string(line));
}

static void append_array(struct text *out, const struct graph *graph, const char *name, size_t n,
                         json_t *(*element_at)(const struct graph *graph, size_t i)) {
    struct text line;
    text_init(&line);
    text_printf(out, ",\n\"%s\": [", name);
    for (size_t i = 0; i < n && !out->failed && !line.failed; i++) {
        text_append(out, i ? ",\n" : "\n");
        append_element(out, &line, element_at(graph, i));
    }
    text_append(out, "]");
    out->failed |= line.failed;
    text_free(&line);
}

void page_data(struct text *out, const struct graph *graph) {
    const struct model *model = graph->model;
    struct text line;
    text_init(&line);
    json_t *about = with_text(json_object(), "schema", model->schema);
    about = with_text(with(about, "file", json_of_file_name(model->file_name)), "doc", model->doc);
    text_append(out, "{\"about\": ");
    append_element(out, &line, about);
    out->failed |= line.failed;
    text_free(&line);
    append_array(out, graph, "enums", model->n_enums, enum_at);
    append_array(out, graph, "tags", model->n_nodes, tag_at);
    append_array(out, graph, "carriers", graph->map.n_carriers, carrier_at);
    append_array(out, graph, "queries", model->n_queries, query_at);
    append_array(out, graph, "mutations", model->n_mutations, mutation_at);
    text_append(out, "}\n");
}
