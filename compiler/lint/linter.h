/* SPDX-License-Identifier: MIT
 *
 * What the lints share; nobody outside of this room includes it.
 *
 * A lint walks the model, or where it is about how something is written the AST; asks is_told() before it takes the
 * trouble to write a letter; and writes it. It takes time linear in the schema, but for a sort: what reaches what is
 * found once for all, through the tag tree (hits.h, reach.h), never by pairs of queries and mutations.
 */
#ifndef T87SC_LINTER_H
#define T87SC_LINTER_H

#include "allowances.h"
#include "hits.h"
#include "lint.h"
#include "reach.h"
#include "uses.h"

struct linter {
    /* immutable */
    const struct loaded *loaded;
    const struct model *model;
    const struct file *schema; /* the first file: what others declare may be for other schemas */
    const struct lint_switches *switches;
    struct arena *arena;
    struct diag_list *diags;
    /* made before the first lint that needs them */
    struct reach_map reach; /* from a mutation's path to the queries */
    struct hits *hits;      /* from a query's tag to the mutations, by the node's index */
    struct uses uses;       /* of groups, enums and imports */
    struct allowances allowances;
};

/* Is this warning to be told at this place? Asked when it is due: an allowance that covers it has been of use then, and
 * a warning too many has been counted. */
bool is_told(struct linter *linter, enum diag_code code, struct place place);

/* Pieces of letters. Strings are in the linter's arena. */
uint32_t span_of(const char *name);
uint32_t span_of_spec(const struct model_spec *spec);                           /* of its first segment, where it is */
const char *written_node(struct linter *linter, const struct model_node *node); /* with the names of the wilds */
/* The owner's tag, or the part of it down to `node`: with the names of the parameters. */
const char *written_spec(struct linter *linter, const struct model_spec *spec, const struct model_node *node,
                         const struct model_param *params);

/* The lints, in the order of the table in lint.c. */
void lint_unused_tags(struct linter *linter);
void lint_unreached_queries(struct linter *linter);
void lint_idle_paths(struct linter *linter);
void lint_invalidated_below(struct linter *linter);
void lint_redundant_tags(struct linter *linter);
void lint_redundant_paths(struct linter *linter);
void lint_long_grace(struct linter *linter);
void lint_zero_ttl(struct linter *linter);
void lint_full_jitter(struct linter *linter);
void lint_str_beside_static(struct linter *linter);
void lint_whole_segments(struct linter *linter);
void lint_many_tags(struct linter *linter);
void lint_similar_names(struct linter *linter);
void lint_ignored_declarations(struct linter *linter);
void lint_unused_groups(struct linter *linter);
void lint_unused_enums(struct linter *linter);
void lint_unused_imports(struct linter *linter);
void lint_idle_fleet(struct linter *linter);

#endif
