/* SPDX-License-Identifier: MIT
 *
 * One line a tag, indented by depth, then one paragraph a query and a mutation.
 */
#include <inttypes.h>

#include "dump.h"
#include "words.h"

static void append_doc(struct text *out, const char *indent, const char *doc) {
    while (doc && *doc) {
        const char *end = doc;
        while (*end && *end != '\n')
            end++;
        text_printf(out, "%s/// %.*s\n", indent, (int)(end - doc), doc);
        doc = *end ? end + 1 : end;
    }
}

static void append_duration(struct text *out, const char *name, int64_t ms) {
    if (ms == MODEL_UNSET)
        return;
    text_printf(out, " %s ", name);
    words_duration(out, ms);
}

static void append_percentage(struct text *out, const char *name, int64_t percent) {
    if (percent != MODEL_UNSET)
        text_printf(out, " %s %" PRId64 "%%", name, percent);
}

static void append_tag(struct text *out, const struct emit_plan *plan, const struct model_node *node) {
    char name[C_NAME_MAX + 1];
    name[c_name_of_node(name, &plan->names, C_NODE, node)] = '\0';
    size_t before = out->size;
    text_append_repeated(out, ' ', 2 * (size_t)node->depth);
    if (node->kind == NODE_WILD)
        text_printf(out, "<%s: %s>", node->name, words_type(node->type));
    else
        text_append(out, node->name);
    size_t width = out->size - before;
    text_append_repeated(out, ' ', width < 40 ? 40 - width : 1);
    text_printf(out, "%s, %" PRIu32 " wild%s\n", name, node->n_wilds, node->n_wilds == 1 ? "" : "s");
}

static void append_query(struct text *out, const struct emit_plan *plan, size_t index) {
    const struct model_query *query = &plan->model->queries[index];
    text_append(out, "\n");
    append_doc(out, "", query->doc);
    text_printf(out, "cached %s", query->name);
    words_params(out, query->params, query->n_params);
    text_append(out, " -> ");
    words_value(out, &query->value);
    text_append(out, "\n  ");
    append_duration(out, "ttl", query->ttl_ms);
    append_duration(out, "grace", query->grace_ms);
    append_duration(out, "negative", query->negative_ms);
    append_duration(out, "timeout", query->timeout_ms);
    append_duration(out, "fleet", query->fleet_ms);
    append_percentage(out, "jitter", query->jitter_percent);
    append_percentage(out, "verify", query->verify_percent);
    text_printf(out, " version %" PRIu32 " fingerprint %016" PRIx64 "\n", query->version, plan->fingerprints[index]);
    for (size_t i = 0; i < query->n_tags; i++) {
        text_append(out, "   tagged ");
        words_spec(out, &query->tags[i], query->params);
        text_append(out, "\n");
    }
}

static void append_mutation(struct text *out, const struct model_mutation *mutation) {
    text_append(out, "\n");
    append_doc(out, "", mutation->doc);
    text_printf(out, "mutation %s", mutation->name);
    words_params(out, mutation->params, mutation->n_params);
    text_append(out, "\n");
    for (size_t i = 0; i < mutation->n_invalidates; i++) {
        const struct model_spec *spec = &mutation->invalidates[i];
        text_append(out, "   invalidates ");
        words_spec(out, spec, mutation->params);
        text_printf(out, "%s%s\n", spec->exact ? " exact" : "", spec->soft ? " soft" : "");
    }
}

void dump_text(struct text *out, const struct emit_plan *plan) {
    const struct model *model = plan->model;
    append_doc(out, "", model->doc);
    text_printf(out, "schema %s\n", model->schema);
    for (size_t i = 0; i < model->n_enums; i++) {
        text_append(out, "\n");
        append_doc(out, "", model->enums[i]->doc);
        text_printf(out, "enum %s {", model->enums[i]->name);
        for (size_t j = 0; j < model->enums[i]->n_items; j++)
            text_printf(out, "%s %s", j ? "," : "", model->enums[i]->items[j]);
        text_append(out, " }\n");
    }
    text_append(out, "\nroot\n");
    for (size_t i = 1; i < model->n_nodes; i++)
        append_tag(out, plan, model->nodes[i]);
    for (size_t i = 0; i < model->n_queries; i++)
        append_query(out, plan, i);
    for (size_t i = 0; i < model->n_mutations; i++)
        append_mutation(out, &model->mutations[i]);
}
