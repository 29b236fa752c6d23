/* SPDX-License-Identifier: MIT */
#include "emit_header.h"

#include <string.h>

#include "emit.h"

enum { NAMES_A_LINE = 8 };

static void say_file_name(struct printer *printer, const struct model *model) {
    say_safe(printer, model->file_name, strlen(model->file_name));
}

/* Two-sided: a header for an older library and one for a newer one, each told what to do. */
static void emit_gate(struct printer *printer, const struct model *model) {
    static const struct {
        const char *condition, *what;
    } sides[] = {
        {"!defined(T87S_CODEGEN_ABI)",
         "codegen.h of t87s was not found where <t87s/codegen.h> was: put the include folder "
         "of libt87s first"},
        {"T87S_CODEGEN_ABI < ",
         "it is newer than the libt87s headers found: install the libt87s that came with its t87sc, "
         "or generate it again with the t87sc of that libt87s"},
        {"T87S_CODEGEN_ABI > ",
         "it is older than the libt87s headers found: generate it again with the t87sc that came "
         "with that libt87s"},
    };
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        say(printer, "%s %s", i ? "#elif" : "\n#if", sides[i].condition);
        if (i)
            say(printer, "%d", (long long)EMIT_CODEGEN_ABI);
        say(printer, "\n#error \"header of schema %s (codegen ABI %d): %s\"\n", model->schema,
            (long long)EMIT_CODEGEN_ABI, sides[i].what);
    }
    say(printer, "#endif\n");
}

static void emit_includes(struct printer *printer, const struct model *model) {
    say(printer, "\n#include <t87s/codegen.h>\n");
    for (size_t i = 0; i < model->n_includes; i++) {
        const struct model_include *include = &model->includes[i];
        say(printer, "#include %s%s%s\n", include->angled ? "<" : "\"", include->path, include->angled ? ">" : "\"");
    }
}

/* Of the names of the queries, each with its NUL. */
static size_t names_size(const struct model *model) {
    size_t size = 0;
    for (size_t i = 0; i < model->n_queries; i++)
        size += strlen(model->queries[i].name) + 1;
    return size;
}

static void emit_lifetime(struct printer *printer, const struct model *model) {
    say(printer, "\n/* ---- lifetime ---- */\n\n");
    say_doc(printer, model->doc);
    say(printer, "struct %n; /* a struct t87s_cache that only functions of this schema take */\n\n", C_CACHE, NULL);
    say(printer, "/* t87s_open for this schema; `app` is handed to every fetch and apply function. */\n");
    say(printer,
        "static inline enum t87s_status %n(const struct t87s_options *options, void *app, struct %n **out) {\n", C_OPEN,
        NULL, C_CACHE, NULL);
    if (model->n_queries) {
        say(printer, "    static const char queries[] =%s",
            names_size(model) > C_PORTABLE_LITERAL ? " __extension__" : "");
        for (size_t i = 0; i < model->n_queries; i++)
            say(printer, "%s%s\\0",
                i % NAMES_A_LINE ? ""
                : i              ? "\"\n        \""
                                 : "\n        \"",
                model->queries[i].name);
        say(printer, "\";\n");
    }
    say(printer, "    static const struct t87s_gen_schema schema = {%d, %d, \"%s\", %s};\n",
        (long long)EMIT_CODEGEN_ABI, (long long)model->n_queries, model->schema, model->n_queries ? "queries" : "NULL");
    say(printer, "    struct t87s_cache *cache = NULL;\n"
                 "    const enum t87s_status status = t87s_gen_open(options, &schema, app, &cache);\n");
    say(printer, "    *out = (struct %n *)cache;\n    return status;\n}\n", C_CACHE, NULL);
    say(printer, "static inline void %n(struct %n *cache) {\n    t87s_close((struct t87s_cache *)cache);\n}\n", C_CLOSE,
        NULL, C_CACHE, NULL);
    say(printer, "/* The escape hatch: the cache for the functions of t87s.h. */\n");
    say(printer, "static inline struct t87s_cache *%n(struct %n *cache) {\n    return (struct t87s_cache *)cache;\n}\n",
        C_PRIMITIVES, NULL, C_CACHE, NULL);
}

static void emit_queries(struct printer *printer, const struct emit_plan *plan) {
    if (plan->model->n_queries)
        say(printer,
            "\n/* ---- queries ----\n"
            " * The application defines the fetch functions: T87S_OK and the value, T87S_NOT_FOUND, or a failure\n"
            " * that reaches the caller. peek never fetches: T87S_MISS when absent or not fresh. A struct\n"
            " * t87s_value is given back with t87s_value_release(). What is named gen is the library's. */\n");
    for (size_t i = 0; i < plan->model->n_queries; i++)
        emit_query(printer, plan, i);
    if (plan->model->n_queries)
        say(printer, "\n#ifndef __cplusplus\n");
    for (size_t i = 0; i < plan->model->n_queries; i++)
        emit_callback_check(printer, plan, i);
    if (plan->model->n_queries)
        say(printer, "#endif\n");
}

static void emit_mutations(struct printer *printer, const struct emit_plan *plan) {
    if (plan->model->n_mutations)
        say(printer,
            "\n/* ---- mutations ----\n"
            " * The application defines the apply functions. When one returns T87S_OK, the tags are invalidated.\n"
            " * An argument that fills no wild of a tag reaches apply as it is, unchecked. */\n");
    for (size_t i = 0; i < plan->model->n_mutations; i++)
        emit_mutation(printer, plan, i);
}

void emit_header(struct printer *printer, const struct emit_plan *plan) {
    const struct model *model = plan->model;
    say(printer, "/* Code generated by t87sc from ");
    say_file_name(printer, model);
    say(printer, ". DO NOT EDIT. */\n#ifndef %n\n#define %n\n", C_GUARD, NULL, C_GUARD, NULL);
    emit_includes(printer, model);
    emit_gate(printer, model);
    say(printer, "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
    for (size_t i = 0; i < model->n_enums; i++)
        emit_enum(printer, model->enums[i]);
    emit_value_rules(printer, plan);
    emit_lifetime(printer, model);
    emit_tag_type(printer, model);
    emit_tags(printer, plan);
    emit_invalidates(printer);
    emit_queries(printer, plan);
    emit_mutations(printer, plan);
    say(printer, "\n#ifdef __cplusplus\n}\n#endif\n#endif\n");
    printer_flush(printer);
}
