/* SPDX-License-Identifier: MIT
 *
 * What the parts of this room share; nobody outside includes it.
 *
 * A both_tag is a tag of the old schema, of the new one, or of both: two tags are one where their bytes are the same at
 * run time, so a wild counts by how its values are written and not by its name or width. Twins are a query, or a
 * mutation, in both schemas; one of them may be missing. A variable is a parameter of either twin, or of both where
 * they are the same parameter: "the same call, before and after".
 */
#ifndef T87SC_CHANGES_H
#define T87SC_CHANGES_H

#include <stdint.h>

#include "allowances.h"
#include "arena.h"
#include "diff.h"
#include "intern.h"
#include "model.h"
#include "scope.h"

enum side { OLD, NEW, N_SIDES };
#define OTHER(side) ((side) == OLD ? NEW : OLD)

/* ---- both_tags.c ---- */

struct both_tag {
    const struct model_node *nodes[N_SIDES]; /* NULL: not in that schema */
    struct both_tag *parent, *first_child, *last_child, *next;
    uint32_t number, after; /* in pre-order; the first that is not below */
    uint32_t depth, n_wilds;
};

struct both_tags {
    size_t n;
    struct both_tag **in_order;    /* by number; [0] is the root */
    struct both_tag **of[N_SIDES]; /* by a node's index */
};

void both_tags_make(struct both_tags *tags, const struct model *const models[N_SIDES], struct intern *intern,
                    struct arena *arena);

static inline bool tag_covers(const struct both_tag *prefix, const struct both_tag *tag) {
    return prefix->number <= tag->number && tag->number < prefix->after;
}

/* ---- twins.c, specs.c ---- */

enum { MAX_VARS = 2 * MODEL_MAX_PARAMS, MAX_LIMIT = 64 };

struct spec {
    const struct both_tag *tag;
    uint8_t vars[MODEL_MAX_WILDS]; /* what fills the wilds of its path */
    bool exact, soft;
    bool kept;       /* the other twin has the very same */
    bool implied;    /* of a mutation: what it hits another path of the other twin hits, and as hard */
    uint32_t shared; /* of a query: so many segments from the root are those of a tag of the other twin */
    const struct model_spec *model;
};

struct half {
    const char *name; /* NULL: missing, and all else is 0 */
    struct place place;
    const struct model_query *query; /* NULL: a mutation */
    const struct model_param *params;
    size_t n_params, n_specs;
    const struct model_spec *model_specs;
    struct spec *specs;             /* in the schema's order */
    uint8_t vars[MODEL_MAX_PARAMS]; /* of the parameters */
};

struct twins {
    struct half halves[N_SIDES];
    bool renamed, changed; /* changed: the specs are others */
    uint32_t n_vars;
    uint8_t limits[MAX_VARS]; /* so many values a variable can have; 0: enough */
    struct cohort *cohort;    /* pairs.c */
};

static inline bool is_whole(const struct twins *twins) { return twins->halves[OLD].name && twins->halves[NEW].name; }
static inline const struct half *newest(const struct twins *twins) {
    return &twins->halves[twins->halves[NEW].name ? NEW : OLD];
}

bool is_same_type(struct model_type a, struct model_type b);     /* of one schema each; an enum by its name */
int find_old_param(const struct twins *twins, size_t new_param); /* -1: it is new */

/* ---- all of it ---- */

struct changes {
    const struct model *models[N_SIDES];
    struct arena *arena;
    struct intern intern;
    struct both_tags tags;
    size_t n_queries, n_mutations;
    struct twins *queries, *mutations; /* those of the new schema in its order, then those that are gone */
    struct diff *diff;
    const struct diff_options *options;
    size_t n_told[DIAG_N_CODES], n_told_allowed[DIAG_N_CODES];
    /* allowed.c */
    struct allowances allowances[N_SIDES];
    struct scope known; /* the old ones, and those that name what is gone */
    const char *main_file;
};

/* Tags and twins; diff.c. */
void changes_find(struct changes *changes, const struct model *const models[N_SIDES], struct arena *arena);

void find_twins(struct changes *changes);                                                   /* twins.c */
void compare_specs(struct twins *twins, const struct both_tags *tags, struct arena *arena); /* specs.c */

/* ---- judge.c ---- */

/* What becomes of a pair of a query and a mutation. */
enum {
    PAIR_LOST = 1 << 0,       /* NARROW: some call made some entry stale, and does not touch it any more */
    PAIR_WEAKER = 1 << 1,     /* NARROW: it only does so softly now */
    PAIR_WIDER = 1 << 2,      /* WIDEN: some call makes some entry stale that it spared, or hard where it was soft */
    PAIR_MISSED = 1 << 3,     /* not NARROW, but between an old and a new process it is not done; of a query that is
                               * in one schema only: a process of the other schema does not do it */
    PAIR_BY_QUERY = 1 << 4,   /* whose change it is: the change of the query alone would do it */
    PAIR_BY_MUTATION = 1 << 5 /* that of the mutation alone */
};

struct judge;
struct judge *judge_make(struct arena *arena, size_t most_paths); /* of a mutation, in one schema */

/* Of a query and a mutation that are both whole or, one of them, in one schema only. */
unsigned judge_pair(struct judge *judge, const struct twins *query, const struct twins *mutation);

/* How much work all judgements have been, in steps that take about as long as each other. */
size_t judge_steps(const struct judge *judge);

/* ---- cohorts.c ---- */

enum tally_kind { TALLY_LOST, TALLY_WEAKER, TALLY_WIDER, TALLY_MISSED, N_TALLIES };

enum { MAX_NAMED = 3 };

/* What a changed function does to those of the other kind: how many, and the first of them by name. */
struct tally {
    size_t n, n_named;
    const struct twins *named[MAX_NAMED];
};

/* Queries, or mutations, that a judge cannot tell apart: one is judged for all. */
struct cohort {
    const struct twins *first;
    size_t n, n_named;
    const struct twins *named[MAX_NAMED];
    struct tally tallies[N_TALLIES]; /* of pairs that change because this one did */
    const void *seen;                /* by pairs.c: what it was looked at for last */
    struct cohort *next, *next_of_gist;
};

/* Cohorts that changed in the same way, whatever else they carry or invalidate. */
struct gist {
    struct twins twins; /* with what the other twin has not, and nothing else */
    struct cohort *first, *last;
    size_t n;
    struct gist *next;
};

struct cohorts {
    struct cohort *first, *last;
    size_t n;
    struct gist *first_gist, *last_gist; /* of those that are whole and changed, or mutations that are gone */
};

struct cohorts find_cohorts(struct changes *changes, struct twins *twins, size_t n);

/* ---- pairs.c ---- */

struct pairs {
    struct cohorts queries, mutations;
    struct judge *judge;
    size_t steps, most_steps;
    bool short_of_steps; /* tallies are of what was found first */
    bool out_of_steps;   /* pairs were left out */
    /* Is told every pair of which something becomes. */
    void (*on_pair)(void *context, struct cohort *query, struct cohort *mutation, unsigned found);
    void *context;
};

/* With an on_pair that fills the tallies. */
void pairs_init(struct pairs *pairs, struct changes *changes);
void pairs_judge(struct pairs *pairs, const struct changes *changes);

/* ---- allowed.c ---- */

struct finding {
    enum diag_code code;
    struct place places[N_SIDES]; /* of what it is about; in the new schema no line: it is gone */
    const char *gone;             /* what an allowance calls it then */
    struct allowance *allowance;  /* that covers it, or NULL */
    bool is_allowed;              /* by that; not: it does not count, and the finding says why */
    bool is_old;                  /* for this is what it was for already */
};

void read_allowances(struct changes *changes, const struct loaded *const loaded[N_SIDES]);
void find_allowance(struct changes *changes, struct finding *finding);

/* How to allow it, or why what would allow it does not. */
void tell_how_to_allow(struct changes *changes, const struct finding *finding, struct diag *diag);

/* Of those that did nothing for this change; after all findings. */
void tell_allowances(struct changes *changes);

/* ---- tell.c ---- */

struct finding finding_of(enum diag_code code, const struct twins *twins);
struct finding finding_of_schema(const struct changes *changes, enum diag_code code);

/* Counts it; false when it is not told. */
bool count_finding(struct changes *changes, struct finding *finding);

/* Where it stands: in the new schema, or what is gone in the old one. NULL when it is allowed, since no more is to be
 * said of it. */
struct diag *add_finding(struct changes *changes, const struct finding *finding, uint32_t span, const char *message);

const char *spell(struct changes *changes, const char *pattern, ...) __attribute__((format(printf, 2, 3)));

/* Pieces of messages, in the arena. */
struct text;
const char *spell_names(struct changes *changes, const struct tally *tally, enum side side, const char *noun);
const char *spell_spec(struct changes *changes, const struct spec *spec, const struct half *owner);
const char *spell_node(struct changes *changes, const struct model_node *node);
const char *spell_params(struct changes *changes, const struct half *half);
const char *spell_ttl(struct changes *changes, const struct model_query *query); /* "their ttl of 30s" */
uint32_t width_of(const char *name);

/* ---- tell_tags.c, tell_functions.c, tell_pairs.c ---- */

bool is_schema_renamed(const struct changes *changes);
void tell_schema(struct changes *changes);
void tell_tags(struct changes *changes);
void tell_functions(struct changes *changes);
void tell_pairs(struct changes *changes, const struct pairs *pairs);

#endif
