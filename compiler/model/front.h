/* SPDX-License-Identifier: MIT
 *
 * What the passes of the front share between the AST and the model; nobody outside of this room includes it.
 *
 * A pass reports what it finds and goes on. What failed is poisoned, and nobody complains of what follows from it:
 * `*_may_be_missing` say that an unknown name may have been in a part that could not be read, a `broken` thing is not
 * looked into. The model is given out only if there was no error at all, so that a poisoned model is never seen.
 */
#ifndef T87SC_FRONT_H
#define T87SC_FRONT_H

#include "arena.h"
#include "ast.h"
#include "diag.h"
#include "intern.h"
#include "load.h"
#include "model.h"
#include "scope.h"
#include "suggest.h"

enum { FRONT_MAX_SUGGESTIONS = 100 }; /* later errors come without: ten thousand errors must stay cheap */

/* How far what hangs below a place reaches. Saturated, so that nothing overflows. */
struct extent {
    uint64_t segments, wilds, tags;
};

struct group {
    struct ring_node ring; /* to the groups it uses; first member */
    const struct ast_declaration *declaration;
    struct extent extent; /* known after check_recursion() */
    struct group *next;
};

/* Where a group is used in another one. */
struct use {
    struct ring_edge edge; /* first member */
    const struct ast_name *name;
};

/* A query or mutation on its way into the model. */
struct function {
    const struct ast_declaration *declaration;
    const struct ast_function *ast;
    struct model_param *params;
    size_t n_params;
    uint32_t broken_params; /* a bit each: no name or type that could be trusted */
    bool params_missing;    /* more than are kept */
    struct model_value value;
    struct model_spec *specs;
    size_t n_specs;
};

/* What is wrong with a node. Of one that is declared twice nothing is said, since nobody knows which one is meant. */
enum breach { NODE_WHOLE, NODE_INCOMPLETE /* something that may be below is missing */, NODE_DOUBLE };

struct front {
    const struct load_options *options;
    struct arena *arena;
    struct diag_list *diags;
    struct source_list *sources;
    struct intern intern;
    struct scope scope;

    struct file *first_file, *last_file; /* in the order of reading; the schema first */
    struct model *model;
    const struct ast_declaration *schema, *root, *defaults[2];
    struct group *first_group, *last_group;
    struct function *functions;
    size_t n_functions;
    uint8_t *broken_nodes; /* by index: an enum breach */

    bool has_rings; /* of groups; each is cut where it closes, and less is known below */
    bool groups_may_be_missing, enums_may_be_missing, root_may_be_missing, schema_may_be_missing;
    unsigned n_suggestions;
};

/* The spaces of names that are not a block's or a node's. */
extern const char front_groups, front_enums, front_functions;

bool load_files(struct front *front, enum load_status *status); /* imports.c; false: nothing was read */

/* The passes, in the order of the table in check.c; false: what depends on this one cannot run. */
bool check_declarations(struct front *front);
bool check_enums(struct front *front);
bool check_blocks(struct front *front);
bool check_recursion(struct front *front);
bool check_extent(struct front *front);
bool resolve_tree(struct front *front);
bool resolve_functions(struct front *front);
bool check_clauses(struct front *front);
bool check_tags(struct front *front);
bool resolve_model(struct front *front);

void run_checks(struct front *front);

void outline_make(struct outline *outline, struct front *front);

/* types.c */
enum type_use { TYPE_OF_WILD, TYPE_OF_PARAM, TYPE_OF_VALUE };
bool find_type(const struct front *front, const char *name, enum type_use use, struct model_type *type);
bool resolve_type(struct front *front, struct ast_name name, enum type_use use, struct model_type *type);
bool is_builtin_type(const char *name);
bool same_type(struct model_type a, struct model_type b);

/* A help line "did you mean"; `offer` gives the legal names. */
bool suggest(struct front *front, struct diag *diag, const char *wanted,
             void (*offer)(void *context, struct suggestion *suggestion), void *context);

uint32_t name_span(const char *name);

/* check_blocks.c: whether a group contains itself by this use of it, the last one of the ring */
bool closes_ring(struct front *front, const struct ast_name *used);

/* check_tags.c */
int find_param(const struct function *function, const char *name);               /* -1: there is none */
void list_wilds(const struct model_node *node, const struct model_node **wilds); /* of its path, the root's first */

/* advice.c: a help line that says what to write instead; `args` are by wild, NULL where none was written. */
void advise(struct front *front, struct diag *diag, const struct function *function, const struct ast_spec *ast,
            const struct ast_name *const *args, const struct model_node *node);

/* describe.c: the pieces of messages; strings in the front's arena. */
const char *describe_type(struct model_type type);
const char *describe_path(struct front *front,
                          const struct model_node *node); /* users(user_id: u64).posts(post_id: u64) */
const char *describe_wilds(struct front *front, const struct model_node *node);    /* 'PATH' has 2 wilds */
const char *describe_params(struct front *front, const struct function *function); /* (post_id: u64, key page: u32) */
/* What was written, all of it or up to `last`. */
const char *describe_written(struct front *front, const struct ast_spec *spec, const struct ast_step *last,
                             bool brackets_of_last);
const char *describe_filled(struct front *front, const struct model_node *node, const char *const *names);
const char *count_of(struct front *front, size_t n, const char *noun); /* "2 wilds", "1 wild", "no wilds" */

#endif
