/* SPDX-License-Identifier: MIT */
#include "outline.h"

#include "front.h"

void outline_make(struct outline *outline, struct front *front) {
    size_t n = 0;
    for (const struct file *file = front->first_file; file; file = file->next)
        n++;
    outline->files = ARENA_ARRAY(front->arena, const struct ast_file *, n);
    for (const struct file *file = front->first_file; file; file = file->next)
        outline->files[outline->n_files++] = file->ast;
    outline->defaults[0] = front->defaults[0];
    outline->defaults[1] = front->defaults[1];
    outline->names = &front->scope;
    outline->nodes = front->model->nodes;
    outline->n_nodes = outline->nodes ? front->model->n_nodes : 0;
}

const struct ast_declaration *outline_group(const struct outline *outline, const char *name) {
    const struct group *group = scope_get(outline->names, &front_groups, name);
    return group ? group->declaration : NULL;
}

const struct model_enum *outline_enum(const struct outline *outline, const char *name) {
    return scope_get(outline->names, &front_enums, name);
}

const struct model_node *outline_step(const struct outline *outline, const struct model_node *node, const char *name) {
    for (; node; node = node->wild_child) {
        const struct model_node *found = scope_get(outline->names, node, name);
        if (found)
            return found;
    }
    return NULL;
}
