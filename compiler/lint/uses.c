/* SPDX-License-Identifier: MIT */
#include "uses.h"

/* The spaces of names of the scope, and the name that a file has in its own. */
static const char groups, enums, file_itself;

static void declare(struct uses *uses, struct arena *arena, const struct file *file, struct used ***last,
                    const void *space, const struct ast_declaration *declaration) {
    struct used *used = ARENA_NEW(arena, struct used);
    *used = (struct used){.declaration = declaration, .file = file};
    scope_put(&uses->scope, space, declaration->name.text, used);
    **last = used;
    *last = &used->next;
}

static void declare_all(struct uses *uses, const struct loaded *loaded, struct arena *arena) {
    struct used **last_group = &uses->first_group, **last_enum = &uses->first_enum;
    for (const struct file *file = loaded->first_file; file; file = file->next) {
        uses->n_files++;
        for (const struct ast_declaration *next = file->ast->first; next; next = next->next) {
            if (next->kind == AST_TAGS)
                declare(uses, arena, file, &last_group, &groups, next);
            else if (next->kind == AST_ENUM)
                declare(uses, arena, file, &last_enum, &enums, next);
        }
    }
    uses->files = ARENA_ARRAY(arena, struct used_file, uses->n_files);
    size_t n = 0;
    for (const struct file *file = loaded->first_file; file; file = file->next) {
        uses->files[n] = (struct used_file){.file = file};
        scope_put(&uses->scope, file, &file_itself, &uses->files[n++]);
    }
}

/* A live group waits for its block to be looked at. */
static void use(struct uses *uses, const void *space, const char *name, bool live) {
    struct used *used = scope_get(&uses->scope, space, name);
    if (!used)
        return; /* a built-in type */
    used->named = true;
    if (!live || used->live)
        return;
    used->live = true;
    if (space == &groups) {
        used->next_waiting = uses->waiting;
        uses->waiting = used;
    }
}

static void use_block(struct uses *uses, const struct ast_block *block, bool live) {
    for (const struct ast_item *item = block->first; item; item = item->next) {
        if (item->wild)
            use(uses, &enums, item->wild->type.text, live);
        if (item->group)
            use(uses, &groups, item->group->text, live);
        if (item->block)
            use_block(uses, item->block, live);
    }
}

static void use_function(struct uses *uses, const struct ast_function *function) {
    for (const struct ast_param *param = function->first_param; param; param = param->next)
        use(uses, &enums, param->type.text, true);
    if (!function->is_mutation && function->value_kind == AST_VALUE_TYPE)
        use(uses, &enums, function->value.text, true);
}

static void use_all(struct uses *uses, const struct loaded *loaded) {
    for (const struct ast_declaration *next = loaded->first_file->ast->first; next; next = next->next) {
        if (next->kind == AST_ROOT)
            use_block(uses, next->block, true);
        else if (next->kind == AST_CACHED || next->kind == AST_MUTATION)
            use_function(uses, next->function);
    }
    while (uses->waiting) {
        struct used *group = uses->waiting;
        uses->waiting = group->next_waiting;
        use_block(uses, group->declaration->block, true);
    }
    for (struct used *group = uses->first_group; group; group = group->next)
        if (!group->live)
            use_block(uses, group->declaration->block, false);
}

static struct used_file *used_file(const struct uses *uses, const struct file *file) {
    return scope_get(&uses->scope, file, &file_itself);
}

/* A file comes before most that it imports: backwards one round is enough, and another to see that it was. */
static void find_live_files(struct uses *uses) {
    for (const struct used *group = uses->first_group; group; group = group->next)
        used_file(uses, group->file)->live |= group->live;
    for (const struct used *enumeration = uses->first_enum; enumeration; enumeration = enumeration->next)
        used_file(uses, enumeration->file)->live |= enumeration->live;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = uses->n_files; i-- > 0;) {
            struct used_file *file = &uses->files[i];
            for (const struct ring_edge *edge = file->file->ring.first_edge; edge && !file->live; edge = edge->next)
                if (used_file(uses, (const struct file *)edge->to)->live)
                    changed = file->live = true;
        }
    }
}

void uses_find(struct uses *uses, const struct loaded *loaded, struct arena *arena) {
    *uses = (struct uses){0};
    scope_init(&uses->scope, arena);
    declare_all(uses, loaded, arena);
    if (!uses->first_group && !uses->first_enum && uses->n_files == 1)
        return; /* nothing that could be of no use */
    use_all(uses, loaded);
    find_live_files(uses);
}

bool uses_file_is_live(const struct uses *uses, const struct file *file) { return used_file(uses, file)->live; }
