/* SPDX-License-Identifier: MIT
 *
 * Walks over all that was written, name by name. Blocks nest no deeper than the parser lets them.
 */
#include "locate.h"

struct walk {
    symbol_visitor *visit;
    void *context;
    struct symbol symbol; /* the one under way */
};

static uint32_t columns_of(const char *name) {
    uint32_t n = 0;
    for (; *name; name++)
        n += (*name & 0xC0) != 0x80;
    return n;
}

/* `more` columns belong to it: quotes. */
static bool is_it(struct walk *walk, enum symbol_kind kind, const char *name, struct place place, uint32_t more) {
    if (!name)
        return false;
    walk->symbol.kind = kind;
    walk->symbol.name = name;
    walk->symbol.place = place;
    walk->symbol.span = columns_of(name) + more;
    return walk->visit(walk->context, &walk->symbol);
}

static bool is_name(struct walk *walk, enum symbol_kind kind, const struct ast_name *name) {
    return is_it(walk, kind, name->text, name->place, 0);
}

static bool in_block(struct walk *walk, const struct ast_block *block) {
    for (const struct ast_item *item = block->first; item; item = item->next) {
        walk->symbol.item = item;
        if (is_it(walk, SYMBOL_SEGMENT, item->name, item->place, 0))
            return true;
        if (item->wild &&
            (is_name(walk, SYMBOL_WILD, &item->wild->name) || is_name(walk, SYMBOL_TYPE, &item->wild->type)))
            return true;
        if (item->group && is_name(walk, SYMBOL_GROUP, item->group))
            return true;
        if (item->block && in_block(walk, item->block))
            return true;
    }
    return false;
}

static bool in_spec(struct walk *walk, const struct ast_spec *spec) {
    walk->symbol.spec = spec;
    for (const struct ast_step *step = spec->first; step; step = step->next) {
        walk->symbol.step = step;
        if (is_name(walk, SYMBOL_STEP, &step->name))
            return true;
        for (const struct ast_named *arg = step->args.first; arg; arg = arg->next)
            if (is_name(walk, SYMBOL_ARGUMENT, &arg->name))
                return true;
    }
    return false;
}

static bool in_function(struct walk *walk, const struct ast_function *function) {
    for (const struct ast_param *param = function->first_param; param; param = param->next)
        if (is_name(walk, SYMBOL_PARAM, &param->name) || is_name(walk, SYMBOL_TYPE, &param->type))
            return true;
    if (is_name(walk, function->value_kind == AST_VALUE_TYPE ? SYMBOL_TYPE : SYMBOL_STRUCT, &function->value))
        return true;
    for (const struct ast_spec *spec = function->first_spec; spec; spec = spec->next)
        if (in_spec(walk, spec))
            return true;
    return false;
}

static bool in_items(struct walk *walk, const struct ast_names *items) {
    for (const struct ast_named *item = items->first; item; item = item->next)
        if (is_name(walk, SYMBOL_ITEM, &item->name))
            return true;
    return false;
}

static bool in_declaration(struct walk *walk, const struct ast_declaration *declaration) {
    const struct ast_name *name = &declaration->name;
    walk->symbol.declaration = declaration;
    switch (declaration->kind) {
    case AST_SCHEMA:
        return is_name(walk, SYMBOL_SCHEMA, name);
    case AST_INCLUDE:
        return is_it(walk, SYMBOL_INCLUDE, name->text, name->place, 2);
    case AST_IMPORT:
        return is_it(walk, SYMBOL_IMPORT, name->text, name->place, 2);
    case AST_TAGS:
        return is_name(walk, SYMBOL_GROUP, name) || in_block(walk, declaration->block);
    case AST_ROOT:
        return in_block(walk, declaration->block);
    case AST_ENUM:
        return is_name(walk, SYMBOL_ENUM, name) || in_items(walk, &declaration->items);
    case AST_CACHED:
    case AST_MUTATION:
        return is_name(walk, SYMBOL_FUNCTION, name) || in_function(walk, declaration->function);
    case AST_DEFAULT_TTL:
    case AST_DEFAULT_GRACE:
    case AST_SKIPPED:
        break;
    }
    return false;
}

bool each_symbol(const struct ast_file *file, symbol_visitor *visit, void *context) {
    struct walk walk = {.visit = visit, .context = context};
    const struct ast_declaration *next = file->first;
    while (next && !in_declaration(&walk, next))
        next = next->next;
    return next != NULL;
}

const struct ast_param *param_of(const struct symbol *symbol) {
    const struct ast_param *param = symbol->declaration->function->first_param;
    while (param && param->name.text != symbol->name)
        param = param->next;
    return param;
}

struct search {
    uint32_t line, column;
    struct symbol *out;
};

static bool is_there(void *context, const struct symbol *symbol) {
    struct search *search = context;
    struct place place = symbol->place;
    if (place.line != search->line || search->column < place.column || search->column > place.column + symbol->span)
        return false;
    *search->out = *symbol;
    return true;
}

bool locate(const struct ast_file *file, uint32_t line, uint32_t column, struct symbol *out) {
    return each_symbol(file, is_there, &(struct search){line, column, out});
}
