/* SPDX-License-Identifier: MIT
 *
 * A cached query. The wrapper that does the work is the _entries one: it writes the arguments as a key and names the
 * constant description of the query; the other two differ in what they pass as `entries`. The three functions named
 * _gen_ turn a key back into arguments, for the library: now or later, in this thread or another.
 */
#include "emit.h"

static void say_duration(struct printer *printer, int64_t ms, bool zero_is_none) {
    if (ms == MODEL_UNSET)
        say(printer, "0, ");
    else if (ms == 0 && zero_is_none)
        say(printer, "T87S_NONE, ");
    else
        say(printer, "%d, ", (long long)ms);
}

static void emit_fetch(struct printer *printer, const struct model_query *query) {
    say(printer, "enum t87s_status %n(void *%$app, ", C_QUERY_FETCH, query->name);
    say_params(printer, query->params, query->n_params);
    say_fetch_out(printer, &query->value);
    say(printer, ");\nstatic inline enum t87s_status %n(void *%$app, const unsigned char *%$key, void *%$out) {\n",
        C_GEN_FETCH, query->name);
    say_fetch_locals(printer, &query->value);
    say_take(printer, query->params, query->n_params, ~0u);
    say_fetch_body(printer, query);
    say(printer, "}\n");
}

static void emit_tags_function(struct printer *printer, const struct model_query *query) {
    uint32_t used = 0;
    size_t n_needed = 0;
    for (size_t i = 0; i < query->n_tags; i++)
        for (size_t j = 0; j < query->tags[i].node->n_wilds; j++) {
            uint32_t param = query->tags[i].params[j];
            used |= 1u << param;
            n_needed = param >= n_needed ? param + 1 : n_needed;
        }
    say(printer, "static inline void %n(const unsigned char *%$key, struct t87s_gen_tags *%$tags) {\n", C_GEN_TAGS,
        query->name);
    say_wild_asserts(printer, query->name, query->tags, query->n_tags);
    say_take(printer, query->params, n_needed, used);
    for (size_t i = 0; i < query->n_tags; i++) {
        say(printer, "    %n(%$tags, ", C_GEN_ADD, NULL);
        say_tag_call(printer, &query->tags[i]);
        say(printer, ");\n");
    }
    say(printer, "}\n");
}

static void emit_refreshed(struct printer *printer, const struct model_query *query) {
    say(printer, "typedef void %n(void *%$arg, ", C_QUERY_REFRESHED, query->name);
    say_params(printer, query->params, query->n_params);
    say_refreshed_values(printer, &query->value);
    say(printer, ", bool %$changed);\n");
    say(printer, "static inline void %n(t87s_gen_function *%$fn, void *%$arg, const unsigned char *%$key, ",
        C_GEN_REFRESHED, query->name);
    say(printer, "const struct t87s_value *%$old, const struct t87s_value *%$fresh, bool %$changed) {\n");
    say_take(printer, query->params, query->n_params, ~0u);
    say(printer, "    ((%n *)%$fn)(%$arg", C_QUERY_REFRESHED, query->name);
    say_arguments(printer, query->n_params);
    say(printer, ", ");
    say_refreshed_argument(printer, &query->value, "%$old");
    say(printer, ", ");
    say_refreshed_argument(printer, &query->value, "%$fresh");
    say(printer, ", %$changed);\n}\n");
}

static void say_description(struct printer *printer, const struct model_query *query, size_t index) {
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
    say(printer, "%n, %n, %n, \"%s\"};\n", C_GEN_FETCH, query->name, C_GEN_TAGS, query->name, C_GEN_REFRESHED,
        query->name, letters);
}

static void emit_entries(struct printer *printer, const struct model_query *query, size_t index, uint64_t fingerprint) {
    size_t key_size = sizeof fingerprint;
    for (size_t i = 0; i < query->n_params; i++)
        key_size += type_key_size(query->params[i].type);
    say(printer, "static inline enum t87s_status %n(struct %n *%$cache, ", C_QUERY_ENTRIES, query->name, C_CACHE, NULL);
    say_params(printer, query->params, query->n_params);
    say_wrapper_out(printer, &query->value);
    say(printer, ", struct t87s_entries *%$entries) {\n");
    say_description(printer, query, index);
    say(printer, "    unsigned char %$key[%d], *%$at = t87s_gen_put_u64(%$key, UINT64_C(0x%x));\n", (long long)key_size,
        fingerprint);
    for (size_t i = 0; i < query->n_params; i++) {
        bool wrong = type_can_be_wrong(query->params[i].type);
        say(printer, wrong ? "    if (!(%$at = " : "    %$at = ");
        say_put_function(printer, query->params[i].type);
        say(printer, "(%$at, %s)", printer->locals->params[i]);
        say(printer, wrong ? ")) return t87s_gen_refuse(%$out, " : ";\n");
        if (wrong && value_is_fixed(&query->value))
            say_fixed_size(printer, &query->value);
        else if (wrong)
            say(printer, "sizeof *%$out");
        say(printer, wrong ? ", %$entries);\n" : "");
    }
    say(printer, "    return t87s_gen_answer(%$cache, &%$query, %$key, %$at, %$out, %$entries);\n}\n");
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

void emit_query(struct printer *printer, const struct model_query *query, size_t index, uint64_t fingerprint) {
    struct c_locals locals;
    c_locals_of_params(&locals, printer->names, query->params, query->n_params);
    printer->locals = &locals;
    say(printer, "\n");
    say_doc(printer, query->doc);
    say(printer, "#define %n %d\n", C_QUERY_PARAMS, query->name, (long long)query->n_params);
    emit_fetch(printer, query);
    emit_tags_function(printer, query);
    emit_refreshed(printer, query);
    emit_entries(printer, query, index, fingerprint);
    emit_short_form(printer, query, C_QUERY, "NULL");
    emit_short_form(printer, query, C_QUERY_PEEK, "T87S_GEN_PEEK");
    say(printer, "static inline void %n(struct %n *%$cache, %n *%$fn, void *%$arg) {\n", C_QUERY_ON_REFRESH,
        query->name, C_CACHE, NULL, C_QUERY_REFRESHED, query->name);
    say(printer, "    t87s_gen_on_refresh((struct t87s_cache *)%$cache, %d, (t87s_gen_function *)%$fn, %$arg);\n}\n",
        (long long)index);
    printer->locals = NULL;
}

void emit_callback_check(struct printer *printer, const struct model_query *query) {
    const char *name = query->name;
    say(printer, "#define %n(cache, fn, arg) (%n)(T87S_GEN_FOR_CALLBACK(cache, fn, %n, ", C_QUERY_ON_REFRESH, name,
        C_QUERY_ON_REFRESH, name, C_QUERY_REFRESHED, name);
    say(printer, "\"the callback of %s must be a %n\"), fn, arg)\n", name, C_QUERY_REFRESHED, name);
}
