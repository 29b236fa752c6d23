/* SPDX-License-Identifier: MIT
 *
 * What the queries of a shape share, and those of a kind: how their key is written and how it is turned back into
 * arguments, for the application's fetch function and its refresh callback; now or later, in this thread or another.
 */
#include "emit.h"

static void say_types(struct printer *printer, const struct model_query *query) {
    for (size_t i = 0; i < query->n_params; i++) {
        say_type(printer, query->params[i].type);
        say(printer, ", ");
    }
}

static void emit_fetch(struct printer *printer, const struct model_query *query) {
    say(printer, "typedef enum t87s_status %n(void *app, ", C_GEN_FETCHES, query->name);
    say_types(printer, query);
    say_fetch_out(printer, &query->value);
    say(printer, ");\nstatic inline enum t87s_status %n(const struct t87s_gen_query *query, void *app, ", C_GEN_FETCH,
        query->name);
    say(printer, "const unsigned char *key, void *out) {\n");
    say_fetch_locals(printer, &query->value);
    say_take(printer, query->params, query->n_params);
    say_fetch_body(printer, query);
    say(printer, "}\n");
}

static void emit_refreshed(struct printer *printer, const struct model_query *query) {
    say(printer, "typedef void %n(void *arg, ", C_QUERY_REFRESHED, query->name);
    say_types(printer, query);
    say_refreshed_values(printer, &query->value);
    say(printer, ", bool changed);\n");
    say(printer, "static inline void %n(t87s_gen_function *fn, void *arg, const unsigned char *key, ", C_GEN_REFRESHED,
        query->name);
    say(printer, "const struct t87s_value *old, const struct t87s_value *fresh, bool changed) {\n");
    say_take(printer, query->params, query->n_params);
    say(printer, "    ((%n *)fn)(arg", C_QUERY_REFRESHED, query->name);
    say_arguments(printer, query->n_params);
    say(printer, ", ");
    say_refreshed_argument(printer, &query->value, "old");
    say(printer, ", ");
    say_refreshed_argument(printer, &query->value, "fresh");
    say(printer, ", changed);\n}\n");
    say(printer, "static inline void %n(struct %n *cache, uint32_t index, %n *fn, void *arg) {\n", C_GEN_ON_REFRESH,
        query->name, C_CACHE, NULL, C_QUERY_REFRESHED, query->name);
    say(printer, "    t87s_gen_on_refresh((struct t87s_cache *)cache, index, (t87s_gen_function *)fn, arg);\n}\n");
}

/* Has an enum among its parameters. */
static bool has_items(const struct model_query *query) {
    for (size_t i = 0; i < query->n_params; i++)
        if (query->params[i].type.kind == TYPE_ENUM)
            return true;
    return false;
}

static void emit_items(struct printer *printer, const struct model_query *query) {
    if (!has_items(query))
        return;
    say(printer, "static inline const char *%n(unsigned param, uint32_t number) {\n", C_GEN_ITEM, query->name);
    for (size_t i = 0; i < query->n_params; i++)
        if (query->params[i].type.kind == TYPE_ENUM) {
            const char *name = query->params[i].type.enumeration->name;
            say(printer, "    if (param == %d) return %n((enum %n)number);\n", (long long)i, C_ENUM_TEXT, name, C_ENUM,
                name);
        }
    say(printer, "    return NULL;\n}\n");
}

static void emit_ask(struct printer *printer, const struct model_query *query) {
    size_t key_size = sizeof(uint64_t);
    for (size_t i = 0; i < query->n_params; i++)
        key_size += type_key_size(query->params[i].type);
    say(printer, "static inline enum t87s_status %n(struct %n *cache, const struct t87s_gen_query *query, ", C_GEN_ASK,
        query->name, C_CACHE, NULL);
    say_params(printer, query->params, query->n_params);
    say_wrapper_out(printer, &query->value);
    say(printer, ", struct t87s_entries *entries) {\n");
    say(printer, "    unsigned char key[%d], *at = t87s_gen_put_u64(key, query->fingerprint);\n", (long long)key_size);
    for (size_t i = 0; i < query->n_params; i++) {
        bool wrong = type_can_be_wrong(query->params[i].type);
        say(printer, wrong ? "    if (!(at = " : "    at = ");
        say_put_function(printer, query->params[i].type);
        say(printer, "(at, %s)", printer->locals->params[i]);
        say(printer, wrong ? ")) return t87s_gen_refuse(out, " : ";\n");
        if (wrong && value_is_fixed(&query->value))
            say_fixed_size(printer, &query->value);
        else if (wrong)
            say(printer, "sizeof *out");
        say(printer, wrong ? ", entries);\n" : "");
    }
    say(printer, "    return t87s_gen_answer(cache, query, key, at, out, entries);\n}\n");
}

void emit_shape(struct printer *printer, const struct model_query *query) {
    static const struct c_locals numbered = {.params = {"p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9",
                                                        "p10", "p11", "p12", "p13", "p14", "p15"},
                                             .sizes = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3}};
    printer->locals = &numbered;
    emit_fetch(printer, query);
    emit_refreshed(printer, query);
    emit_items(printer, query);
    emit_ask(printer, query);
    printer->locals = NULL;
}

static void say_duration(struct printer *printer, int64_t ms, bool zero_is_none) {
    if (ms == MODEL_UNSET)
        say(printer, "0, ");
    else if (ms == 0 && zero_is_none)
        say(printer, "T87S_NONE, ");
    else
        say(printer, "%d, ", (long long)ms);
}

void emit_kind(struct printer *printer, const struct model_query *query, const char *shape) {
    char letters[MODEL_MAX_PARAMS + 1] = "";
    for (size_t i = 0; i < query->n_params; i++)
        letters[i] = type_letter(query->params[i].type);
    say(printer, "static inline const struct t87s_gen_kind *%n(void) {\n", C_GEN_KIND, query->name);
    say(printer, "    static const struct t87s_gen_kind kind = {");
    say_duration(printer, query->ttl_ms, true);
    say_duration(printer, query->grace_ms, true);
    say_duration(printer, query->negative_ms, false);
    say_duration(printer, query->timeout_ms, false);
    say_duration(printer, query->fleet_ms, false);
    say(printer, "%d, %d, ", query->jitter_percent == MODEL_UNSET ? 0LL : (long long)query->jitter_percent,
        (long long)query->verify_percent);
    say(printer, "%n, %n, ", C_GEN_FETCH, shape, C_GEN_REFRESHED, shape);
    if (has_items(query))
        say(printer, "%n", C_GEN_ITEM, shape);
    else
        say(printer, "t87s_gen_no_item");
    say(printer, ", \"%s\"};\n    return &kind;\n}\n", letters);
}
