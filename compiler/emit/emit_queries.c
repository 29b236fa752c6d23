/* SPDX-License-Identifier: MIT
 *
 * A cached query: its constant description, and functions that hand it and their arguments to those of its shape. The
 * wrapper that does the work is the _entries one; the other two differ in what they pass as `entries`.
 */
#include <string.h>

#include "emit.h"

static void say_duration(struct printer *printer, int64_t ms, bool zero_is_none) {
    if (ms == MODEL_UNSET)
        say(printer, "0, ");
    else if (ms == 0 && zero_is_none)
        say(printer, "T87S_NONE, ");
    else
        say(printer, "%d, ", (long long)ms);
}

/* In the language of struct t87s_gen_query. Literals that are longer than every compiler must take get a warning, but
 * not as an extension. */
static void say_tags(struct printer *printer, const struct model_query *query) {
    enum { PORTABLE = 4095 };
    size_t size = 0;
    for (size_t i = 0; i < query->n_tags; i++)
        size += tag_text_size(query->tags[i].node);
    say(printer, size > PORTABLE ? "__extension__ \"" : "\"");
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
    say(printer, "\"");
}

static void say_description(struct printer *printer, const struct model_query *query, size_t index, const char *shape,
                            uint64_t fingerprint) {
    say(printer, "    static const struct t87s_gen_query %$query = {\"%s\", %d, ", query->name, (long long)index);
    say_fixed_size(printer, &query->value);
    say(printer, ", ");
    say_duration(printer, query->ttl_ms, true);
    say_duration(printer, query->grace_ms, true);
    say_duration(printer, query->negative_ms, false);
    say_duration(printer, query->timeout_ms, false);
    char letters[MODEL_MAX_PARAMS + 1] = "";
    for (size_t i = 0; i < query->n_params; i++)
        letters[i] = type_letter(query->params[i].type);
    say(printer, "%d, %d, ", query->jitter_percent == MODEL_UNSET ? 0LL : (long long)query->jitter_percent,
        (long long)query->verify_percent);
    say(printer, "%n, %n, ", C_GEN_FETCH, shape, C_GEN_REFRESHED, shape);
    if (shape_has_items(query))
        say(printer, "%n", C_GEN_ITEM, shape);
    else
        say(printer, "t87s_gen_no_item");
    say(printer, ", \"%s\", 0x%x, (t87s_gen_function *)%n, ", letters, fingerprint, C_QUERY_FETCH, query->name);
    say_tags(printer, query);
    say(printer, "};\n");
}

static void emit_entries(struct printer *printer, const struct model_query *query, size_t index, const char *shape,
                         uint64_t fingerprint) {
    say(printer, "static inline enum t87s_status %n(struct %n *%$cache, ", C_QUERY_ENTRIES, query->name, C_CACHE, NULL);
    say_params(printer, query->params, query->n_params);
    say_wrapper_out(printer, &query->value);
    say(printer, ", struct t87s_entries *%$entries) {\n");
    say_wild_asserts(printer, query->name, query->tags, query->n_tags);
    say_description(printer, query, index, shape, fingerprint);
    say(printer, "    return %n(%$cache, &%$query", C_GEN_ASK, shape);
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
    c_locals_of_params(&locals, printer->names, query->params, query->n_params);
    printer->locals = &locals;
    say_doc(printer, query->doc);
    say(printer, "#define %n %d\n", C_QUERY_PARAMS, query->name, (long long)query->n_params);
    say(printer, "enum t87s_status %n(void *%$app, ", C_QUERY_FETCH, query->name);
    say_params(printer, query->params, query->n_params);
    say_fetch_out(printer, &query->value);
    say(printer, ");\n");
    emit_entries(printer, query, index, shape, plan->fingerprints[index]);
    emit_short_form(printer, query, C_QUERY, "t87s_gen_no_entries");
    emit_short_form(printer, query, C_QUERY_PEEK, "t87s_gen_peeking");
    say(printer, "static inline void %n(struct %n *%$cache, %n *%$fn, void *%$arg) {\n", C_QUERY_ON_REFRESH,
        query->name, C_CACHE, NULL, C_QUERY_REFRESHED, shape);
    say(printer, "    %n(%$cache, %d, %$fn, %$arg);\n}\n", C_GEN_ON_REFRESH, shape, (long long)index);
    printer->locals = NULL;
}

void emit_callback_check(struct printer *printer, const struct emit_plan *plan, size_t index) {
    const char *name = plan->model->queries[index].name;
    say(printer, "#define %n(cache, fn, arg) (%n)(T87S_GEN_FOR_CALLBACK(cache, fn, %n), fn, arg)\n", C_QUERY_ON_REFRESH,
        name, C_QUERY_ON_REFRESH, name, C_QUERY_REFRESHED, plan->model->queries[plan->query_shapes[index]].name);
}
