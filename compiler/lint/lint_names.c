/* SPDX-License-Identifier: MIT
 *
 * Names that people take for each other: such as differ only in case or underscores where both are legal, and a `str`
 * wild beside a segment that it may be called like.
 */
#include <ctype.h>
#include <string.h>

#include "intern.h"
#include "linter.h"
#include "scope.h"

/* Each block of each file, inner ones too. */
static void each_block_below(struct linter *linter, const struct ast_block *block, void *context,
                             void (*look)(struct linter *linter, const struct ast_block *block, void *context)) {
    look(linter, block, context);
    for (const struct ast_item *item = block->first; item; item = item->next)
        if (item->block)
            each_block_below(linter, item->block, context, look);
}

static void each_block(struct linter *linter, void *context,
                       void (*look)(struct linter *linter, const struct ast_block *block, void *context)) {
    for (const struct file *file = linter->loaded->first_file; file; file = file->next)
        for (const struct ast_declaration *next = file->ast->first; next; next = next->next)
            if (next->kind == AST_TAGS || (next->kind == AST_ROOT && file == linter->schema))
                each_block_below(linter, next->block, context, look);
}

/* ---- a wild beside a segment ---- */

static void look_at_wild(struct linter *linter, const struct ast_block *block, void *context) {
    const struct ast_item *wild = NULL, *segment = NULL;
    (void)context;
    for (const struct ast_item *item = block->first; item; item = item->next) {
        if (!item->name)
            wild = item;
        else if (!segment)
            segment = item;
    }
    bool is_str = wild && (!wild->wild || !strcmp(wild->wild->type.text, "str"));
    if (!is_str || !segment || !is_told(linter, T1010, wild->place))
        return;
    struct diag *diag = diag_add(linter->diags, T1010, wild->place, span_of("Wild"),
                                 "the text of '%s' may be '%s', like the segment beside it: different tags that print "
                                 "the same",
                                 wild->wild ? wild->wild->name.text : "id", segment->name);
    diag_help(linter->diags, diag, "give the wild a segment of its own, 'NAME: Wild(...)', or another type than str");
    diag_note(linter->diags, diag, segment->place, "'%s' is declared here", segment->name);
}

void lint_str_beside_static(struct linter *linter) { each_block(linter, NULL, look_at_wild); }

/* ---- names that are nearly the same ---- */

struct names {
    struct linter *linter;
    struct intern intern;
    struct scope scope; /* of each space of names, by how they are without case and underscores */
};

static const char groups, enums, functions; /* stand for their spaces */

static const char *without_case(struct names *names, const char *name) {
    char plain[MODEL_MAX_NAME];
    size_t n = 0;
    for (; *name; name++)
        if (*name != '_' && n < sizeof plain)
            plain[n++] = (char)tolower((unsigned char)*name);
    return intern_name(&names->intern, plain, n);
}

static void tell_similar(struct linter *linter, const char *what, const struct ast_name *first,
                         const struct ast_name *name) {
    if (!is_told(linter, T1013, name->place))
        return;
    struct diag *diag = diag_add(linter->diags, T1013, name->place, span_of(name->text),
                                 "%s '%s' and '%s' differ only in case or underscores", what, first->text, name->text);
    diag_help(linter->diags, diag, "give one of them another name");
    diag_note(linter->diags, diag, first->place, "'%s' is declared here", first->text);
}

static void look_at_name(struct names *names, const void *space, const char *what, const struct ast_name *name) {
    const struct ast_name *first =
        scope_put(&names->scope, space, without_case(names, name->text), (void *)(uintptr_t)name);
    if (first)
        tell_similar(names->linter, what, first, name);
}

/* So few, and of so many functions, that a look at each costs less than a place in the scope. */
static void look_at_params(struct names *names, const struct ast_function *function) {
    const struct ast_name *firsts[MODEL_MAX_PARAMS];
    const char *plain[MODEL_MAX_PARAMS];
    size_t n = 0;
    for (const struct ast_param *param = function->first_param; param; param = param->next) {
        size_t i = 0;
        plain[n] = without_case(names, param->name.text);
        while (plain[i] != plain[n])
            i++;
        if (i < n)
            tell_similar(names->linter, "the parameters", firsts[i], &param->name);
        else
            firsts[n++] = &param->name;
    }
}

static void look_at_segments(struct linter *linter, const struct ast_block *block, void *context) {
    for (const struct ast_item *item = block->first; item; item = item->next) {
        if (!item->name)
            continue;
        struct ast_name *name = ARENA_NEW(linter->arena, struct ast_name);
        *name = (struct ast_name){item->name, item->place};
        look_at_name(context, block, "the segments", name);
    }
}

static void look_at_declaration(struct names *names, const struct ast_declaration *declaration) {
    switch (declaration->kind) {
    case AST_TAGS:
        look_at_name(names, &groups, "the groups", &declaration->name);
        break;
    case AST_ENUM:
        look_at_name(names, &enums, "the enums", &declaration->name);
        for (const struct ast_named *item = declaration->items.first; item; item = item->next)
            look_at_name(names, declaration, "the items", &item->name);
        break;
    case AST_CACHED:
    case AST_MUTATION:
        look_at_name(names, &functions, "the queries or mutations", &declaration->name);
        look_at_params(names, declaration->function);
        break;
    default:
        break;
    }
}

void lint_similar_names(struct linter *linter) {
    struct names names = {.linter = linter};
    intern_init(&names.intern, linter->arena);
    scope_init(&names.scope, linter->arena);
    each_block(linter, &names, look_at_segments);
    for (const struct file *file = linter->loaded->first_file; file; file = file->next)
        for (const struct ast_declaration *next = file->ast->first; next; next = next->next)
            if (file == linter->schema || next->kind == AST_TAGS || next->kind == AST_ENUM)
                look_at_declaration(&names, next);
}
