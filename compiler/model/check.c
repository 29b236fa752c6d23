/* SPDX-License-Identifier: MIT
 *
 * The passes in their order, and the first of them: who declares what. Of an imported file only groups and enums count;
 * what else it declares is its own, so that a schema can import another one.
 */
#include "front.h"

struct check {
    const char *name;
    bool (*run)(struct front *front);
    const char *needs; /* an earlier one that must have succeeded, or NULL */
};

static const struct check checks[] = {
    {"declarations", check_declarations, NULL}, {"enums", check_enums, NULL},     {"blocks", check_blocks, NULL},
    {"recursion", check_recursion, NULL},       {"extent", check_extent, NULL},   {"tree", resolve_tree, "extent"},
    {"functions", resolve_functions, NULL},     {"clauses", check_clauses, NULL}, {"tags", check_tags, "tree"},
    {"model", resolve_model, "tags"},
};

enum { N_CHECKS = sizeof checks / sizeof checks[0] };

void run_checks(struct front *front) {
    bool succeeded[N_CHECKS] = {false};
    for (size_t i = 0; i < N_CHECKS; i++) {
        bool ready = true;
        for (size_t j = 0; j < i && checks[i].needs; j++)
            if (checks[j].name == checks[i].needs)
                ready = succeeded[j];
        succeeded[i] = ready && checks[i].run(front);
    }
}

static void report_twice(struct front *front, enum diag_code code, struct place place, uint32_t span,
                         struct place first, const char *what) {
    struct diag *diag = diag_add(front->diags, code, place, span, "%s twice", what);
    diag_note(front->diags, diag, first, "the first one is here");
}

static void report_duplicate(struct front *front, const struct ast_declaration *declaration, struct place first,
                             const char *what) {
    const char *name = declaration->name.text;
    struct diag *diag = diag_add(front->diags, T0205, declaration->name.place, name_span(name),
                                 "%s '%s' is declared twice", what, name);
    diag_note(front->diags, diag, first, "the first one is here");
}

static void declare_group(struct front *front, const struct ast_declaration *declaration) {
    struct group *group = ARENA_NEW(front->arena, struct group);
    group->declaration = declaration;
    group->ring.name = declaration->name.text;
    const struct group *first = scope_put(&front->scope, &front_groups, declaration->name.text, group);
    if (first)
        report_duplicate(front, declaration, first->declaration->name.place, "group");
    if (front->last_group)
        front->last_group->next = group;
    else
        front->first_group = group;
    front->last_group = group;
}

static void declare_enum(struct front *front, const struct ast_declaration *declaration) {
    struct model *model = front->model;
    struct model_enum *enumeration = ARENA_NEW(front->arena, struct model_enum);
    *enumeration = (struct model_enum){.name = declaration->name.text,
                                       .doc = declaration->doc,
                                       .place = declaration->name.place,
                                       .n_items = declaration->items.n,
                                       .items = ARENA_ARRAY(front->arena, const char *, declaration->items.n)};
    size_t n = 0;
    for (const struct ast_named *item = declaration->items.first; item; item = item->next) {
        enumeration->items[n++] = item->name.text;
        const struct ast_named *first = scope_put(&front->scope, enumeration, item->name.text, (void *)(uintptr_t)item);
        if (!first)
            continue;
        struct diag *diag = diag_add(front->diags, T0208, item->name.place, name_span(item->name.text),
                                     "enum '%s' has the item '%s' twice", enumeration->name, item->name.text);
        diag_note(front->diags, diag, first->name.place, "the first one is here");
    }
    const struct model_enum *first = scope_put(&front->scope, &front_enums, enumeration->name, enumeration);
    if (first)
        report_duplicate(front, declaration, first->place, "enum");
    model->enums[model->n_enums++] = enumeration;
}

/* What may have been in a declaration that could not be read. */
static void declare_skipped(struct front *front, const struct ast_declaration *skipped, bool is_import) {
    bool unknown = skipped->skipped_kind == AST_SKIPPED || skipped->skipped_kind == AST_IMPORT;
    if (unknown || skipped->skipped_kind == AST_TAGS)
        front->groups_may_be_missing = true;
    if (unknown || skipped->skipped_kind == AST_ENUM)
        front->enums_may_be_missing = true;
    if (is_import)
        return;
    if (unknown || skipped->skipped_kind == AST_ROOT)
        front->root_may_be_missing = true;
    if (unknown || skipped->skipped_kind == AST_SCHEMA)
        front->schema_may_be_missing = true;
}

/* What only the schema itself may give. */
static void declare_own(struct front *front, const struct ast_declaration *declaration) {
    const struct ast_declaration **once = NULL;
    enum diag_code code = T0215;
    const char *what = "the schema is named";
    uint32_t span = 6;
    switch (declaration->kind) {
    case AST_SCHEMA:
        once = &front->schema;
        break;
    case AST_ROOT:
        once = &front->root;
        code = T0217;
        what = "root is declared";
        span = 4;
        break;
    case AST_DEFAULT_TTL:
    case AST_DEFAULT_GRACE:
        once = &front->defaults[declaration->kind == AST_DEFAULT_GRACE];
        code = T0220;
        what = declaration->kind == AST_DEFAULT_TTL ? "the default ttl is given" : "the default grace is given";
        span = 7;
        break;
    case AST_CACHED:
    case AST_MUTATION:
        front->n_functions++;
        return;
    default:
        return;
    }
    if (*once)
        report_twice(front, code, declaration->place, span, (*once)->place, what);
    else
        *once = declaration;
}

static struct diag *report_missing(struct front *front, enum diag_code code, const char *what, const char *help) {
    struct place start = {front->first_file->ast->source->path, 1, 1};
    struct diag *diag = diag_add(front->diags, code, start, 1, "%s", what);
    diag_help(front->diags, diag, "%s", help);
    return diag;
}

/* What has neither is no schema: said once, and what it may be. */
static void report_no_schema(struct front *front) {
    struct diag *diag = report_missing(front, T0214, "the schema has no name",
                                       "begin with 'schema NAME;' and declare a 'root { NAME: Static; }'");
    for (const struct ast_declaration *next = front->first_file->ast->first; next; next = next->next)
        if (next->kind == AST_CACHED || next->kind == AST_MUTATION)
            return;
    if (front->first_file->ast->first)
        diag_help(front->diags, diag, "if it is there to be imported, check the schemas that import it");
}

bool check_declarations(struct front *front) {
    size_t n_enums = 0;
    for (const struct file *file = front->first_file; file; file = file->next)
        for (const struct ast_declaration *next = file->ast->first; next; next = next->next)
            n_enums += next->kind == AST_ENUM;
    front->model->enums = ARENA_ARRAY(front->arena, struct model_enum *, n_enums);
    for (const struct file *file = front->first_file; file; file = file->next) {
        for (const struct ast_declaration *next = file->ast->first; next; next = next->next) {
            bool is_import = file != front->first_file;
            if (next->kind == AST_TAGS)
                declare_group(front, next);
            else if (next->kind == AST_ENUM)
                declare_enum(front, next);
            else if (next->kind == AST_SKIPPED)
                declare_skipped(front, next, is_import);
            else if (!is_import)
                declare_own(front, next);
        }
    }
    if (!front->first_file->ast->first && front->diags->n_errors)
        return true; /* nothing of the file could be read, which was said */
    bool no_name = !front->schema && !front->schema_may_be_missing;
    bool no_root = !front->root && !front->root_may_be_missing;
    if (no_name && no_root)
        report_no_schema(front);
    else if (no_name)
        report_missing(front, T0214, "the schema has no name", "begin with 'schema NAME;'");
    else if (no_root)
        report_missing(front, T0216, "the schema has no root", "declare its first segments: 'root { NAME: Static; }'");
    return true;
}

bool check_enums(struct front *front) {
    for (size_t i = 0; i < front->model->n_enums; i++) {
        const struct model_enum *enumeration = front->model->enums[i];
        if (is_builtin_type(enumeration->name))
            diag_add(front->diags, T0222, enumeration->place, name_span(enumeration->name),
                     "'%s' is the name of a built-in type", enumeration->name);
    }
    return true;
}
