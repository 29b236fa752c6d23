/* SPDX-License-Identifier: MIT
 *
 * An element a line: a big schema is never in memory as a tree, and line tools can work with it.
 */
#include <inttypes.h>
#include <stdio.h>

#include "dump.h"
#include "json_parts.h"
#include "words.h"

static json_t *number_or_null(int64_t number) { return number == MODEL_UNSET ? json_null() : json_integer(number); }

static json_t *place_of(struct place place) {
    return json_pack("{s:o, s:I, s:I}", "file", json_of_file_name(place.file), "line", (json_int_t)place.line, "column",
                     (json_int_t)place.column);
}

static json_t *tag_path(const struct model_node *tag) {
    struct text path;
    text_init(&path);
    words_tag(&path, tag);
    return json_of_built(&path);
}

static json_t *segments_of(const struct model_node *node) {
    const struct model_node *segments[MODEL_MAX_SEGMENTS];
    json_t *array = json_array();
    words_path(node, segments);
    for (uint32_t i = 0; i < node->depth; i++)
        array = json_grown(array, segments[i]->kind == NODE_WILD ? json_pack("{s:s, s:s}", "wild", segments[i]->name,
                                                                             "type", words_type(segments[i]->type))
                                                                 : json_pack("{s:s}", "static", segments[i]->name));
    return array;
}

static json_t *tag_of(const struct emit_plan *plan, const struct model_node *node) {
    char name[C_NAME_MAX + 1];
    name[c_name_of_node(name, &plan->names, C_NODE, node)] = '\0';
    return json_pack("{s:o, s:s, s:I, s:o, s:o, s:o}", "path", tag_path(node), "function", name, "wilds",
                     (json_int_t)node->n_wilds, "segments", segments_of(node), "doc", json_of_text(node->doc), "place",
                     place_of(node->place));
}

static json_t *params_of(const struct model_param *params, size_t n) {
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        array = json_grown(array, json_pack("{s:s, s:s, s:b}", "name", params[i].name, "type",
                                            words_type(params[i].type), "key", (int)params[i].is_key));
    return array;
}

/* The parameters that fill the wilds, by name. */
static json_t *fills_of(const struct model_spec *spec, const struct model_param *params) {
    json_t *array = json_array();
    for (size_t i = 0; i < spec->node->n_wilds; i++)
        array = json_grown(array, json_string(params[spec->params[i]].name));
    return array;
}

static json_t *value_of(const struct model_value *value) {
    const char *name = value->kind == VALUE_SCALAR ? words_type(value->type) : value->name;
    return json_pack("{s:s, s:s?}", "kind", words_value_kind(value->kind), "name", name);
}

static json_t *query_of(const struct emit_plan *plan, size_t index) {
    const struct model_query *query = &plan->model->queries[index];
    json_t *tags = json_array();
    for (size_t i = 0; i < query->n_tags; i++)
        tags = json_grown(tags, json_pack("{s:o, s:o}", "path", tag_path(query->tags[i].node), "params",
                                          fills_of(&query->tags[i], query->params)));
    char fingerprint[17];
    snprintf(fingerprint, sizeof fingerprint, "%016" PRIx64, plan->fingerprints[index]);
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:s, s:o, s:o}", "name", query->name,
                     "params", params_of(query->params, query->n_params), "value", value_of(&query->value), "tags",
                     tags, "ttl_ms", number_or_null(query->ttl_ms), "grace_ms", number_or_null(query->grace_ms),
                     "negative_ms", number_or_null(query->negative_ms), "timeout_ms", number_or_null(query->timeout_ms),
                     "fleet_ms", number_or_null(query->fleet_ms), "jitter_percent",
                     number_or_null(query->jitter_percent), "verify_percent", number_or_null(query->verify_percent),
                     "version", (json_int_t)query->version, "fingerprint", fingerprint, "doc", json_of_text(query->doc),
                     "place", place_of(query->place));
}

static json_t *mutation_of(const struct model_mutation *mutation) {
    json_t *invalidates = json_array();
    for (size_t i = 0; i < mutation->n_invalidates; i++) {
        const struct model_spec *spec = &mutation->invalidates[i];
        invalidates = json_grown(invalidates, json_pack("{s:o, s:o, s:b, s:b}", "path", tag_path(spec->node), "params",
                                                        fills_of(spec, mutation->params), "exact", (int)spec->exact,
                                                        "soft", (int)spec->soft));
    }
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "name", mutation->name, "params",
                     params_of(mutation->params, mutation->n_params), "invalidates", invalidates, "doc",
                     json_of_text(mutation->doc), "place", place_of(mutation->place));
}

static json_t *enum_of(const struct model_enum *enumeration) {
    json_t *items = json_array();
    for (size_t i = 0; i < enumeration->n_items; i++)
        items = json_grown(items, json_string(enumeration->items[i]));
    return json_pack("{s:s, s:o, s:o, s:o}", "name", enumeration->name, "items", items, "doc",
                     json_of_text(enumeration->doc), "place", place_of(enumeration->place));
}

static void append_member(struct text *out, const char *name, json_t *value) {
    text_printf(out, ",\n  \"%s\": ", name);
    append_json(out, value);
}

static json_t *include_at(const struct emit_plan *plan, size_t index) {
    const struct model_include *include = &plan->model->includes[index];
    return json_pack("{s:s, s:b}", "path", include->path, "angled", (int)include->angled);
}

static json_t *enum_at(const struct emit_plan *plan, size_t index) { return enum_of(plan->model->enums[index]); }

static json_t *tag_at(const struct emit_plan *plan, size_t index) {
    return tag_of(plan, plan->model->nodes[index + 1]); /* the root is no tag */
}

static json_t *mutation_at(const struct emit_plan *plan, size_t index) {
    return mutation_of(&plan->model->mutations[index]);
}

static void append_array(struct text *out, const struct emit_plan *plan, const char *name, size_t n,
                         json_t *(*element_at)(const struct emit_plan *plan, size_t index)) {
    text_printf(out, ",\n  \"%s\": [", name);
    for (size_t i = 0; i < n && !out->failed; i++) {
        text_append(out, i ? ",\n    " : "\n    ");
        append_json(out, element_at(plan, i));
    }
    text_append(out, n ? "\n  ]" : "]");
}

void dump_json(struct text *out, const struct emit_plan *plan) {
    const struct model *model = plan->model;
    text_append(out, "{\n  \"format\": 1");
    append_member(out, "schema", json_string(model->schema));
    append_member(out, "file", json_of_file_name(model->file_name));
    append_member(out, "doc", json_of_text(model->doc));
    append_member(out, "defaults",
                  json_pack("{s:o, s:o}", "ttl_ms", number_or_null(model->default_ttl_ms), "grace_ms",
                            number_or_null(model->default_grace_ms)));
    append_array(out, plan, "includes", model->n_includes, include_at);
    append_array(out, plan, "enums", model->n_enums, enum_at);
    append_array(out, plan, "tags", model->n_nodes - 1, tag_at);
    append_array(out, plan, "queries", model->n_queries, query_of);
    append_array(out, plan, "mutations", model->n_mutations, mutation_at);
    text_append(out, "\n}\n");
}
