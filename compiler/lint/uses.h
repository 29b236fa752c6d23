/* SPDX-License-Identifier: MIT
 *
 * What becomes of groups, enums and files: whether anything names them, and whether the schema has any use of them in
 * the end. A group is live if the root leads to it; an enum, if a live group, the root, a query or a mutation names it;
 * a file, if something that it declares is, or a file that it imports.
 */
#ifndef T87SC_USES_H
#define T87SC_USES_H

#include "load.h"
#include "scope.h"

struct used {
    const struct ast_declaration *declaration;
    const struct file *file;
    bool named, live;
    struct used *next; /* groups as they were declared, and so enums */
    struct used *next_waiting;
};

struct used_file {
    const struct file *file;
    bool live;
};

struct uses {
    struct scope scope;
    struct used *first_group, *first_enum;
    struct used_file *files; /* in the order of reading */
    size_t n_files;
    struct used *waiting; /* live groups whose blocks have not been looked at */
};

void uses_find(struct uses *uses, const struct loaded *loaded, struct arena *arena);

bool uses_file_is_live(const struct uses *uses, const struct file *file);

#endif
