/* SPDX-License-Identifier: MIT */
#include "ast_dump.h"

enum { INDENT = 2 };

static void begin(struct text *out, int depth, struct place place) {
    text_printf(out, "%4u:%-3u %*s", place.line, place.column, depth * INDENT, "");
}

static void append_doc(struct text *out, const char *doc) {
    if (!doc)
        return;
    text_append(out, "  /// ");
    for (; *doc; doc++)
        if (*doc == '\n')
            text_append(out, " | ");
        else
            text_append_char(out, *doc);
}

static void dump_block(const struct ast_block *block, int depth, struct text *out) {
    for (const struct ast_item *item = block->first; item; item = item->next) {
        begin(out, depth, item->place);
        text_printf(out, "%s %s", item->is_wild ? "wild" : "static", item->name ? item->name : "-");
        if (item->wild)
            text_printf(out, "(%s: %s)", item->wild->name.text, item->wild->type.text);
        if (item->group)
            text_printf(out, " group %s", item->group->text);
        append_doc(out, item->doc);
        text_append_char(out, '\n');
        if (item->block)
            dump_block(item->block, depth + 1, out);
    }
    if (block->broken)
        text_append(out, "         (something was skipped here)\n");
}

static void dump_spec(const struct ast_spec *spec, struct text *out) {
    begin(out, 1, spec->first->name.place);
    text_append(out, "tag ");
    for (const struct ast_step *step = spec->first; step; step = step->next) {
        text_printf(out, "%s%s", step == spec->first ? "" : ".", step->name.text);
        if (step->brackets)
            text_append(out, "(");
        for (const struct ast_named *arg = step->args.first; arg; arg = arg->next)
            text_printf(out, "%s%s", arg == step->args.first ? "" : ", ", arg->name.text);
        if (step->brackets)
            text_append(out, ")");
    }
    text_printf(out, "%s%s\n", spec->exact ? " exact" : "", spec->soft ? " soft" : "");
}

static void dump_function(const struct ast_function *function, struct text *out) {
    static const char *const values[] = {"", "struct ", "codec "};
    for (const struct ast_param *param = function->first_param; param; param = param->next) {
        begin(out, 1, param->name.place);
        text_printf(out, "%s %s: %s\n", param->is_key ? "key" : "parameter", param->name.text, param->type.text);
    }
    if (!function->is_mutation) {
        begin(out, 1, function->value.place);
        text_printf(out, "value %s%s\n", values[function->value_kind], function->value.text);
    }
    for (int i = 0; i < CLAUSE_N; i++) {
        const struct ast_clause *clause = ast_clause_of(function, (enum ast_clause_kind)i);
        if (!clause)
            continue;
        begin(out, 1, clause->place);
        text_append(out, ast_clause_names[i]);
        if (i != CLAUSE_TAGGED && i != CLAUSE_INVALIDATES && clause->value != AST_WORD_ALONE)
            text_printf(out, " %lld", (long long)clause->value);
        text_append_char(out, '\n');
    }
    for (const struct ast_spec *spec = function->first_spec; spec; spec = spec->next)
        dump_spec(spec, out);
}

void ast_dump(const struct ast_file *file, struct text *out) {
    static const char *const kinds[] = {
        [AST_SCHEMA] = "schema",     [AST_INCLUDE] = "include",
        [AST_IMPORT] = "import",     [AST_DEFAULT_TTL] = "default ttl",
        [AST_TAGS] = "tags",         [AST_DEFAULT_GRACE] = "default grace",
        [AST_ROOT] = "root",         [AST_ENUM] = "enum",
        [AST_CACHED] = "cached",     [AST_MUTATION] = "mutation",
        [AST_SKIPPED] = "(skipped)",
    };
    for (const struct ast_declaration *declaration = file->first; declaration; declaration = declaration->next) {
        enum ast_kind kind = declaration->kind;
        begin(out, 0, declaration->place);
        text_append(out, kinds[kind]);
        if (declaration->name.text)
            text_printf(out, " %s", declaration->name.text);
        if (kind == AST_INCLUDE && declaration->angled)
            text_append(out, " (angled)");
        if (kind == AST_DEFAULT_TTL || kind == AST_DEFAULT_GRACE)
            text_printf(out, " %lld", (long long)declaration->duration_ms);
        append_doc(out, declaration->doc);
        text_append_char(out, '\n');
        if (kind == AST_TAGS || kind == AST_ROOT)
            dump_block(declaration->block, 1, out);
        for (const struct ast_named *item = kind == AST_ENUM ? declaration->items.first : NULL; item;
             item = item->next) {
            begin(out, 1, item->name.place);
            text_printf(out, "item %s\n", item->name.text);
        }
        if (kind == AST_CACHED || kind == AST_MUTATION)
            dump_function(declaration->function, out);
    }
}
