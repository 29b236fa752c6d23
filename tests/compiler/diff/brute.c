/* SPDX-License-Identifier: MIT */
#include "brute.h"

#include <stdio.h>
#include <string.h>

enum { OLD, NEW, SIDES };
enum { MAX_VARS = 7, MAX_VALUES = 5, MAX_TEXT = 16 };

/* A parameter before, after, or both: what it can be. */
struct var {
    const char *name;
    const struct model_type *types[SIDES];
    int n_values;
    char values[MAX_VALUES][MAX_TEXT];
};

struct function {
    int n_params, n_specs;
    const struct model_param *params;
    const struct model_spec *specs;
    int vars[MODEL_MAX_PARAMS];
};

struct trial {
    struct function queries[SIDES], mutations[SIDES];
    bool soft_is_hard;
    int n_vars, at[MAX_VARS]; /* which value each has */
    struct var vars[MAX_VARS];
};

/* ---- parameters ---- */

static bool add_params(struct trial *trial, struct function *function, int side, int first_var) {
    for (int i = 0; i < function->n_params; i++) {
        int var = first_var;
        while (var < trial->n_vars && strcmp(trial->vars[var].name, function->params[i].name) != 0)
            var++;
        if (var == MAX_VARS)
            return false;
        if (var == trial->n_vars)
            trial->vars[trial->n_vars++] = (struct var){.name = function->params[i].name};
        trial->vars[var].types[side] = &function->params[i].type;
        function->vars[i] = var;
    }
    return true;
}

static bool has(const struct model_type *type, const char *item) {
    for (size_t i = 0; i < type->enumeration->n_items; i++)
        if (!strcmp(type->enumeration->items[i], item))
            return true;
    return false;
}

static bool can_hold(const struct model_type *type, const char *item) {
    return !type || type->kind == TYPE_STR || (type->kind == TYPE_ENUM && has(type, item));
}

/* The values of all types have the same texts, and those of enums the first of them: so an enum that became a number is
 * no less like it than one that became a str. */
static const char *const texts[MAX_VALUES] = {"x", "y", "z", "v", "w"};

/* The items of an enum that can be passed before and after; of other types as many values as there are parameters. */
static void choose_values(struct trial *trial, struct var *var) {
    const struct model_type *old = var->types[OLD], *new = var->types[NEW];
    const struct model_type *limited = old && old->kind == TYPE_ENUM ? old : new;
    var->n_values = 0;
    if (limited && limited->kind == TYPE_ENUM)
        for (size_t i = 0; i < limited->enumeration->n_items; i++)
            if (can_hold(old, limited->enumeration->items[i]) && can_hold(new, limited->enumeration->items[i]))
                snprintf(var->values[var->n_values++], MAX_TEXT, "%s", limited->enumeration->items[i]);
    if (var->n_values)
        return;
    for (; var->n_values < MAX_VALUES && var->n_values < trial->n_vars; var->n_values++)
        snprintf(var->values[var->n_values], MAX_TEXT, "%s", texts[var->n_values]);
}

/* ---- tags ---- */

struct segment {
    char kind;
    const char *text;
};

static int build(const struct trial *trial, const struct function *function, const struct model_spec *spec,
                 struct segment *path) {
    static const char kinds[] = {[TYPE_STR] = 't', [TYPE_ENUM] = 't', [TYPE_U32] = 'u', [TYPE_U64] = 'u',
                                 [TYPE_I32] = 'i', [TYPE_I64] = 'i',  [TYPE_UUID] = 'b'};
    for (const struct model_node *node = spec->node; node->parent; node = node->parent) {
        struct segment *segment = &path[node->depth - 1];
        if (node->kind == NODE_STATIC) {
            *segment = (struct segment){'s', node->name};
        } else {
            int var = function->vars[spec->params[node->n_wilds - 1]];
            *segment = (struct segment){kinds[node->type.kind], trial->vars[var].values[trial->at[var]]};
        }
    }
    return (int)spec->node->depth;
}

static bool is_prefix(const struct segment *path, int n, const struct segment *tag) {
    for (int i = 0; i < n; i++)
        if (path[i].kind != tag[i].kind || strcmp(path[i].text, tag[i].text) != 0)
            return false;
    return true;
}

/* 2: gone; 1: may be served within its grace; 0: not touched */
static int effect(const struct trial *trial, const struct function *mutation, const struct function *query) {
    int most = 0;
    for (int i = 0; i < mutation->n_specs; i++)
        for (int j = 0; j < query->n_specs; j++) {
            struct segment path[MODEL_MAX_SEGMENTS], tag[MODEL_MAX_SEGMENTS];
            int n_path = build(trial, mutation, &mutation->specs[i], path);
            int n_tag = build(trial, query, &query->specs[j], tag);
            bool hit = mutation->specs[i].exact ? n_path == n_tag : n_path <= n_tag;
            int strength = mutation->specs[i].soft && !trial->soft_is_hard ? 1 : 2;
            if (hit && strength > most && is_prefix(path, n_path, tag))
                most = strength;
        }
    return most;
}

/* ---- all values ---- */

static bool next(struct trial *trial) {
    for (int i = 0; i < trial->n_vars; i++) {
        if (++trial->at[i] < trial->vars[i].n_values)
            return true;
        trial->at[i] = 0;
    }
    return false;
}

static void look(const struct trial *trial, bool whole, bool new_query, struct brute *found) {
    int old_old = effect(trial, &trial->mutations[OLD], &trial->queries[OLD]);
    int new_new = effect(trial, &trial->mutations[NEW], &trial->queries[NEW]);
    int old_new = effect(trial, &trial->mutations[OLD], &trial->queries[NEW]);
    int new_old = effect(trial, &trial->mutations[NEW], &trial->queries[OLD]);
    if (!whole) {
        found->early |= new_query ? new_new > old_new : old_old > new_old;
        return;
    }
    found->lost |= old_old > 0 && new_new == 0;
    found->narrow |= old_old > new_new;
    found->wider |= new_new > old_old;
    found->missed |= old_old > old_new || old_old > new_old;
}

static struct brute judge(struct trial *trial, bool whole, bool new_query) {
    struct brute found = {0};
    bool fits = add_params(trial, &trial->queries[OLD], OLD, 0) && add_params(trial, &trial->queries[NEW], NEW, 0);
    int first = trial->n_vars; /* a query's parameter and a mutation's are never the same */
    fits = fits && add_params(trial, &trial->mutations[OLD], OLD, first) &&
           add_params(trial, &trial->mutations[NEW], NEW, first);
    found.too_big = !fits;
    if (!fits)
        return found;
    for (int i = 0; i < trial->n_vars; i++)
        choose_values(trial, &trial->vars[i]);
    do
        look(trial, whole, new_query, &found);
    while (next(trial));
    return found;
}

static struct function of_query(const struct model_query *query) {
    return query ? (struct function){(int)query->n_params, (int)query->n_tags, query->params, query->tags, {0}}
                 : (struct function){0};
}

static struct function of_mutation(const struct model_mutation *mutation) {
    return mutation ? (struct function){(int)mutation->n_params,
                                        (int)mutation->n_invalidates,
                                        mutation->params,
                                        mutation->invalidates,
                                        {0}}
                    : (struct function){0};
}

static struct trial trial_of(const struct model_query *old_query, const struct model_query *new_query) {
    return (struct trial){.queries = {of_query(old_query), of_query(new_query)},
                          .soft_is_hard = (new_query ? new_query : old_query)->grace_ms == 0};
}

struct brute brute_judge(const struct model_query *old_query, const struct model_query *new_query,
                         const struct model_mutation *old_mutation, const struct model_mutation *new_mutation) {
    struct brute nothing = {0};
    bool whole = old_query && new_query;
    if (!old_mutation || (!new_mutation && !whole))
        return nothing;
    struct trial trial = trial_of(old_query, new_query);
    trial.mutations[OLD] = of_mutation(old_mutation);
    trial.mutations[NEW] = of_mutation(new_mutation);
    return judge(&trial, whole, new_query != NULL);
}

struct brute brute_judge_own(const struct model_query *old_query, const struct model_query *new_query,
                             const struct model_node *old_tag, const struct model_node *new_tag, bool exact) {
    static const char *const names[] = {"w0", "w1", "w2", "w3"};
    struct trial trial = trial_of(old_query, new_query);
    struct model_param params[MODEL_MAX_WILDS];
    struct model_spec specs[SIDES] = {{.node = old_tag, .exact = exact}, {.node = new_tag, .exact = exact}};
    for (const struct model_node *node = old_tag; node->parent; node = node->parent)
        if (node->kind == NODE_WILD)
            params[node->n_wilds - 1] = (struct model_param){.name = names[node->n_wilds - 1], .type = node->type};
    for (int side = OLD; side < SIDES; side++)
        for (uint32_t i = 0; i < old_tag->n_wilds; i++)
            specs[side].params[i] = (uint8_t)i;
    trial.mutations[OLD] = (struct function){(int)old_tag->n_wilds, 1, params, &specs[OLD], {0}};
    trial.mutations[NEW] = trial.mutations[OLD];
    trial.mutations[NEW].specs = &specs[NEW];
    trial.mutations[NEW].n_specs = new_tag != NULL;
    return judge(&trial, true, true);
}
