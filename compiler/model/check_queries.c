/* SPDX-License-Identifier: MIT
 *
 * Queries and mutations but for their tags: names, parameters, values, clauses.
 */
#include <string.h>

#include "front.h"

static void check_function_name(struct front *front, struct function *function) {
    const struct ast_name *name = &function->declaration->name;
    const struct function *first = scope_put(&front->scope, &front_functions, name->text, function);
    if (!first)
        return;
    struct diag *diag =
        diag_add(front->diags, T0205, name->place, name_span(name->text), "'%s' is declared twice", name->text);
    diag_note(front->diags, diag, first->declaration->name.place, "the first one, a %s, is here",
              first->ast->is_mutation ? "mutation" : "query");
}

static bool check_param_name(struct front *front, const struct function *function, size_t n,
                             const struct ast_param *param) {
    for (size_t i = 0; i < n; i++) {
        if (function->params[i].name != param->name.text)
            continue;
        struct diag *diag = diag_add(front->diags, T0207, param->name.place, name_span(param->name.text),
                                     "parameter '%s' is declared twice", param->name.text);
        diag_note(front->diags, diag, function->params[i].place, "the first one is here");
        return false;
    }
    return true;
}

static void resolve_params(struct front *front, struct function *function) {
    size_t n_written = function->ast->n_params;
    function->params =
        ARENA_ARRAY(front->arena, struct model_param, n_written < MODEL_MAX_PARAMS ? n_written : MODEL_MAX_PARAMS);
    for (const struct ast_param *param = function->ast->first_param; param; param = param->next) {
        if (function->n_params == MODEL_MAX_PARAMS) {
            diag_add(front->diags, T0403, param->name.place, name_span(param->name.text),
                     "'%s' has %zu parameters; at most %d are allowed", function->declaration->name.text, n_written,
                     (int)MODEL_MAX_PARAMS);
            function->params_missing = true;
            return;
        }
        size_t n = function->n_params++;
        struct model_param *resolved = &function->params[n];
        *resolved = (struct model_param){.name = param->name.text, .is_key = param->is_key, .place = param->name.place};
        bool fine = check_param_name(front, function, n, param);
        fine &= resolve_type(front, param->type, TYPE_OF_PARAM, &resolved->type);
        if (!fine)
            function->broken_params |= 1u << n;
        if (param->is_key && function->ast->is_mutation) {
            struct diag *diag = diag_add(front->diags, T0407, param->name.place, name_span(param->name.text),
                                         "parameter '%s' is marked 'key', and a mutation has no key", param->name.text);
            diag_help(front->diags, diag, "write '%s: %s' without 'key'", param->name.text, param->type.text);
        }
    }
}

static void resolve_value(struct front *front, struct function *function) {
    static const enum model_value_kind kinds[] = {[AST_VALUE_STRUCT] = VALUE_STRUCT, [AST_VALUE_CODEC] = VALUE_CODEC};
    const struct ast_function *ast = function->ast;
    struct model_value *value = &function->value;
    value->place = ast->value.place;
    if (ast->value_kind != AST_VALUE_TYPE) {
        value->kind = kinds[ast->value_kind];
        value->name = ast->value.text;
        return;
    }
    if (!strcmp(ast->value.text, "bytes")) {
        value->kind = VALUE_BYTES;
        return;
    }
    struct model_type type = {.kind = TYPE_STR};
    resolve_type(front, ast->value, TYPE_OF_VALUE, &type);
    if (type.kind == TYPE_STR)
        value->kind = VALUE_STR;
    else if (type.kind == TYPE_UUID)
        value->kind = VALUE_UUID;
    else
        value->kind = VALUE_SCALAR;
    if (value->kind == VALUE_SCALAR)
        value->type = type;
}

bool resolve_functions(struct front *front) {
    front->functions = ARENA_ARRAY(front->arena, struct function, front->n_functions);
    size_t n = 0;
    for (const struct ast_declaration *next = front->first_file->ast->first; next; next = next->next) {
        if (next->kind != AST_CACHED && next->kind != AST_MUTATION)
            continue;
        struct function *function = &front->functions[n++];
        function->declaration = next;
        function->ast = next->function;
        check_function_name(front, function);
        resolve_params(front, function);
        if (!next->function->is_mutation)
            resolve_value(front, function);
    }
    return true;
}

static void check_timeout(struct front *front, const struct ast_function *ast) {
    const struct ast_clause *clause = ast_clause_of(ast, CLAUSE_TIMEOUT);
    if (!clause || clause->value > 0)
        return;
    diag_help(front->diags,
              diag_add(front->diags, T0405, clause->place, name_span(ast_clause_names[CLAUSE_TIMEOUT]),
                       "a timeout of 0 would allow no fetch"),
              "leave the clause out for the default of the library");
}

static void check_fleet(struct front *front, const struct ast_function *ast) {
    const struct ast_clause *clause = ast_clause_of(ast, CLAUSE_FLEET), *timeout = ast_clause_of(ast, CLAUSE_TIMEOUT);
    const uint32_t span = name_span(ast_clause_names[CLAUSE_FLEET]);
    if (!clause || clause->value == AST_WORD_ALONE)
        return;
    if (!clause->value) {
        diag_help(front->diags, diag_add(front->diags, T0410, clause->place, span, "a lease of 0 is none"),
                  "leave the clause out, or write 'fleet' alone");
    } else if (clause->value > (timeout ? timeout->value : MODEL_TIMEOUT_MS)) {
        struct diag *diag = diag_add(front->diags, T0410, clause->place, span,
                                     "the lease is longer than the timeout of the fetch that it is for");
        if (timeout)
            diag_note(front->diags, diag, timeout->place, "the timeout is here");
        diag_help(front->diags, diag, "write 'fleet' alone%s",
                  timeout ? "" : ", or a longer timeout, which is 30s where the query names none");
    }
}

bool check_clauses(struct front *front) {
    for (size_t i = 0; i < front->n_functions; i++) {
        const struct function *function = &front->functions[i];
        const struct ast_function *ast = function->ast;
        const struct ast_name *name = &function->declaration->name;
        uint32_t span = name_span(name->text);
        const struct ast_clause *tags = ast_clause_of(ast, ast->is_mutation ? CLAUSE_INVALIDATES : CLAUSE_TAGGED);
        if (ast->is_mutation) {
            if (!tags)
                diag_help(
                    front->diags,
                    diag_add(front->diags, T0408, name->place, span, "mutation '%s' invalidates nothing", name->text),
                    "add 'invalidates' and the tags that it makes wrong");
            else if (ast->n_specs > AST_MAX_SPECS)
                diag_add(front->diags, T0409, tags->place, 11, "'%s' has %zu tags; at most %d are allowed", name->text,
                         ast->n_specs, (int)AST_MAX_SPECS);
            continue;
        }
        if (!tags)
            diag_help(front->diags,
                      diag_add(front->diags, T0401, name->place, span, "query '%s' has no tag", name->text),
                      "add 'tagged' and 1 to %d tags, or nothing could invalidate it", (int)MODEL_MAX_TAGS);
        else if (ast->n_specs > MODEL_MAX_TAGS)
            diag_add(front->diags, T0402, tags->place, 6, "'%s' has %zu tags; at most %d are allowed", name->text,
                     ast->n_specs, (int)MODEL_MAX_TAGS);
        check_timeout(front, ast);
        check_fleet(front, ast);
    }
    return true;
}
