/* SPDX-License-Identifier: MIT
 *
 * Walks over all that was written, until a name is found that lies at the place. Blocks nest no deeper than the parser
 * lets them.
 */
#include "locate.h"

struct search {
    uint32_t line, column;
    struct symbol *out;
};

static uint32_t columns_of(const char *name) {
    uint32_t n = 0;
    for (; *name; name++)
        n += (*name & 0xC0) != 0x80;
    return n;
}

/* `more` columns belong to it: quotes. */
static bool is_at(struct search *search, enum symbol_kind kind, const char *name, struct place place, uint32_t more) {
    if (!name || place.line != search->line || search->column < place.column)
        return false;
    uint32_t span = columns_of(name) + more;
    if (search->column > place.column + span)
        return false;
    search->out->kind = kind;
    search->out->name = name;
    search->out->place = place;
    search->out->span = span;
    return true;
}

static bool is_name(struct search *search, enum symbol_kind kind, const struct ast_name *name) {
    return is_at(search, kind, name->text, name->place, 0);
}

static bool in_block(struct search *search, const struct ast_block *block) {
    for (const struct ast_item *item = block->first; item; item = item->next) {
        search->out->item = item;
        if (is_at(search, SYMBOL_SEGMENT, item->name, item->place, 0))
            return true;
        if (item->wild &&
            (is_name(search, SYMBOL_WILD, &item->wild->name) || is_name(search, SYMBOL_TYPE, &item->wild->type)))
            return true;
        if (item->group && is_name(search, SYMBOL_GROUP, item->group))
            return true;
        if (item->block && in_block(search, item->block))
            return true;
    }
    return false;
}

static bool in_spec(struct search *search, const struct ast_spec *spec) {
    search->out->spec = spec;
    for (const struct ast_step *step = spec->first; step; step = step->next) {
        search->out->step = step;
        if (is_name(search, SYMBOL_STEP, &step->name))
            return true;
        for (const struct ast_named *arg = step->args.first; arg; arg = arg->next)
            if (is_name(search, SYMBOL_ARGUMENT, &arg->name))
                return true;
    }
    return false;
}

static bool in_function(struct search *search, const struct ast_function *function) {
    for (const struct ast_param *param = function->first_param; param; param = param->next)
        if (is_name(search, SYMBOL_PARAM, &param->name) || is_name(search, SYMBOL_TYPE, &param->type))
            return true;
    if (is_name(search, function->value_kind == AST_VALUE_TYPE ? SYMBOL_TYPE : SYMBOL_STRUCT, &function->value))
        return true;
    for (const struct ast_spec *spec = function->first_spec; spec; spec = spec->next)
        if (in_spec(search, spec))
            return true;
    return false;
}

static bool in_items(struct search *search, const struct ast_names *items) {
    for (const struct ast_named *item = items->first; item; item = item->next)
        if (is_name(search, SYMBOL_ITEM, &item->name))
            return true;
    return false;
}

static bool in_declaration(struct search *search, const struct ast_declaration *declaration) {
    const struct ast_name *name = &declaration->name;
    search->out->declaration = declaration;
    switch (declaration->kind) {
    case AST_SCHEMA:
        return is_name(search, SYMBOL_SCHEMA, name);
    case AST_INCLUDE:
        return is_at(search, SYMBOL_INCLUDE, name->text, name->place, 2);
    case AST_IMPORT:
        return is_at(search, SYMBOL_IMPORT, name->text, name->place, 2);
    case AST_TAGS:
        return is_name(search, SYMBOL_GROUP, name) || in_block(search, declaration->block);
    case AST_ROOT:
        return in_block(search, declaration->block);
    case AST_ENUM:
        return is_name(search, SYMBOL_ENUM, name) || in_items(search, &declaration->items);
    case AST_CACHED:
    case AST_MUTATION:
        return is_name(search, SYMBOL_FUNCTION, name) || in_function(search, declaration->function);
    case AST_DEFAULT_TTL:
    case AST_DEFAULT_GRACE:
    case AST_SKIPPED:
        break;
    }
    return false;
}

static const struct ast_param *find_param(const struct ast_function *function, const char *name) {
    const struct ast_param *param = function->first_param;
    while (param && param->name.text != name)
        param = param->next;
    return param;
}

bool locate(const struct ast_file *file, uint32_t line, uint32_t column, struct symbol *out) {
    *out = (struct symbol){0};
    struct search search = {line, column, out};
    const struct ast_declaration *next = file->first;
    while (next && !in_declaration(&search, next))
        next = next->next;
    if (next && (out->kind == SYMBOL_PARAM || out->kind == SYMBOL_ARGUMENT))
        out->param = find_param(next->function, out->name);
    return next != NULL;
}
