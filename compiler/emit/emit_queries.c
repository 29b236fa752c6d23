/* SPDX-License-Identifier: MIT
 *
 * A cached query: its constant description, and functions that hand it and their arguments to those of its shape. The
 * wrapper that does the work is the _entries one; the other two differ in what they pass as `entries`.
 */
#include <string.h>

#include "emit.h"

/* In the language of struct t87s_gen_query: the tags, NUL, the name. */
static void say_text(struct printer *printer, const struct model_query *query) {
    size_t size = 1 + strlen(query->name);
    for (size_t i = 0; i < query->n_tags; i++)
        size += tag_text_size(query->tags[i].node);
    say(printer, size > C_PORTABLE_LITERAL ? "__extension__ \"" : "\"");
    for (size_t i = 0; i < query->n_tags; i++) {
        const struct model_spec *spec = &query->tags[i];
        const struct model_node *segments[MODEL_MAX_SEGMENTS];
        size_t n = segments_of(spec->node, segments), wild = 0;
        for (size_t j = 0; j < n; j++)
            if (segments[j]->kind == NODE_STATIC) {
                say_static(printer, segments[j]);
            } else {
                const char fill[] = {'$', (char)('a' + spec->params[wild++]), '\0'};
                say(printer, "%s", fill);
            }
        say(printer, ";");
    }
    say(printer, "\\0%s\"", query->name);
}

static void emit_entries(struct printer *printer, const struct emit_plan *plan, size_t index, const char *shape) {
    const struct model_query *query = &plan->model->queries[index];
    say(printer, "static inline enum t87s_status %n(struct %n *%$cache, ", C_QUERY_ENTRIES, query->name, C_CACHE, NULL);
    say_params(printer, query->params, query->n_params);
    say_wrapper_out(printer, &query->value);
    say(printer, ", struct t87s_entries *%$entries) {\n");
    say_wild_asserts(printer, plan, index, query->name, query->tags, query->n_tags);
    say(printer, "    static const struct t87s_gen_query %$query = {%n, %d%s, ", C_GEN_KIND,
        plan->model->queries[plan->query_kinds[index]].name, (long long)index,
        query->verify_percent > 0 ? " | T87S_GEN_VERIFIED" : "");
    say_fixed_size(printer, &query->value);
    say(printer, ", 0x%x, (t87s_gen_function *)%n, ", plan->fingerprints[index], C_QUERY_FETCH, query->name);
    say_text(printer, query);
    say(printer, "};\n    return %n(%$cache, &%$query", C_GEN_ASK, shape);
    say_arguments(printer, query->n_params);
    say(printer, ", %$out, %$entries);\n}\n");
}

static void emit_short_form(struct printer *printer, const struct model_query *query, enum c_name name,
                            const char *entries) {
    say(printer, "static inline enum t87s_status %n(struct %n *%$cache, ", name, query->name, C_CACHE, NULL);
    say_params(printer, query->params, query->n_params);
    say_wrapper_out(printer, &query->value);
    say(printer, ") {\n    return %n(%$cache", C_QUERY_ENTRIES, query->name);
    say_arguments(printer, query->n_params);
    say(printer, ", %$out, %s);\n}\n", entries);
}

void emit_query(struct printer *printer, const struct emit_plan *plan, size_t index) {
    const struct model_query *query = &plan->model->queries[index];
    const char *shape = plan->model->queries[plan->query_shapes[index]].name;
    struct c_locals locals;
    say(printer, "\n");
    if (plan->query_shapes[index] == index)
        emit_shape(printer, query);
    if (plan->query_kinds[index] == index)
        emit_kind(printer, query, shape);
    c_locals_of_params(&locals, printer->names, query->params, query->n_params);
    printer->locals = &locals;
    say_doc(printer, query->doc);
    say(printer, "#define %n %d\n", C_QUERY_PARAMS, query->name, (long long)query->n_params);
    say(printer, "enum t87s_status %n(void *%$app, ", C_QUERY_FETCH, query->name);
    say_params(printer, query->params, query->n_params);
    say_fetch_out(printer, &query->value);
    say(printer, ");\n");
    emit_entries(printer, plan, index, shape);
    emit_short_form(printer, query, C_QUERY, "t87s_gen_no_entries");
    emit_short_form(printer, query, C_QUERY_PEEK, "t87s_gen_peeking");
    say(printer, "static inline void %n(struct %n *%$cache, %n *%$fn, void *%$arg) {\n", C_QUERY_ON_REFRESH,
        query->name, C_CACHE, NULL, C_QUERY_REFRESHED, shape);
    say(printer, "    %n(%$cache, %d, %$fn, %$arg);\n}\n", C_GEN_ON_REFRESH, shape, (long long)index);
    printer->locals = NULL;
}

void emit_callback_check(struct printer *printer, const struct emit_plan *plan, size_t index) {
    const char *name = plan->model->queries[index].name;
    const char *shape = plan->model->queries[plan->query_shapes[index]].name;
    if (plan->query_shapes[index] == index)
        say(printer, "#define %n(cache, fn, arg) T87S_GEN_FOR_CALLBACK(cache, fn, %n), fn, arg\n", C_GEN_CHECKED, name,
            C_QUERY_REFRESHED, name);
    say(printer, "#define %n(...) (%n)(%n(__VA_ARGS__))\n", C_QUERY_ON_REFRESH, name, C_QUERY_ON_REFRESH, name,
        C_GEN_CHECKED, shape);
}
