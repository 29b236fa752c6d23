/* SPDX-License-Identifier: MIT
 *
 * Who is who: queries, mutations and their parameters of the old schema and of the new one. A function is known by its
 * name; one that is gone and one that is new are the same under another name when all but the name is alike, and no
 * other is as near.
 */
#include <string.h>

#include "changes.h"
#include "suggest.h"
#include "words.h"

static const char space_of_queries, space_of_mutations, space_of_forms;

enum { MAX_ALIKE = 16 }; /* functions of one form that a renamed one is looked for among */

struct table {
    struct changes *changes;
    struct scope scope;
    struct twins *twins;
    size_t n;
    const char *space;
};

/* ---- names ---- */

static struct half half_of_query(const struct model_query *query) {
    return (struct half){.name = query->name,
                         .place = query->place,
                         .query = query,
                         .params = query->params,
                         .n_params = query->n_params,
                         .model_specs = query->tags,
                         .n_specs = query->n_tags};
}

static struct half half_of_mutation(const struct model_mutation *mutation) {
    return (struct half){.name = mutation->name,
                         .place = mutation->place,
                         .params = mutation->params,
                         .n_params = mutation->n_params,
                         .model_specs = mutation->invalidates,
                         .n_specs = mutation->n_invalidates};
}

static void add_half(struct table *table, enum side side, struct half half) {
    const char *name = intern_name(&table->changes->intern, half.name, strlen(half.name));
    struct twins *twins = scope_get(&table->scope, table->space, name);
    if (!twins) {
        twins = &table->twins[table->n++];
        scope_put(&table->scope, table->space, name, twins);
    }
    twins->halves[side] = half;
}

/* ---- renamed functions ---- */

struct form {
    struct twins *alike[N_SIDES][MAX_ALIKE]; /* that are missing on the other side */
    size_t n[N_SIDES];
};

/* All but the name, and what is no one's concern: equal pointers for equal forms. */
static const char *form_of(struct table *table, struct text *text, const struct half *half, enum side side) {
    text->size = 0;
    for (size_t i = 0; i < half->n_params; i++)
        text_printf(text, "%s %d,", words_type(half->params[i].type), half->params[i].type.kind);
    if (half->query) {
        text_printf(text, "-> %d ", half->query->value.kind);
        words_value(text, &half->query->value);
    }
    for (size_t i = 0; i < half->n_specs; i++) {
        const struct model_spec *spec = &half->model_specs[i];
        text_printf(text, ";%u%s%s", table->changes->tags.of[side][spec->node->index]->number, spec->exact ? "e" : "",
                    spec->soft ? "s" : "");
        for (size_t j = 0; j < spec->node->n_wilds; j++)
            text_printf(text, ",%u", spec->params[j]);
    }
    return intern_name(&table->changes->intern, text_string(text), text->size);
}

static void join(struct twins *old, struct twins *new) {
    new->halves[OLD] = old->halves[OLD];
    new->renamed = true;
    old->halves[OLD].name = NULL; /* dropped by join_renamed() */
}

/* The one that is alike and whose name is nearest; where only one is alike, that one. */
static void join_form(struct form *form) {
    for (size_t i = 0; i < form->n[OLD] && i < MAX_ALIKE; i++) {
        struct twins *old = form->alike[OLD][i], *found = NULL;
        struct suggestion suggestion = suggest_for(old->halves[OLD].name);
        for (size_t j = 0; j < form->n[NEW] && j < MAX_ALIKE; j++)
            suggest_offer(&suggestion, form->alike[NEW][j]->halves[NEW].name);
        const char *best = suggest_best(&suggestion);
        for (size_t j = 0; j < form->n[NEW] && j < MAX_ALIKE; j++)
            if (form->alike[NEW][j]->halves[NEW].name == best || (form->n[OLD] == 1 && form->n[NEW] == 1))
                found = form->alike[NEW][j];
        if (found && !found->renamed)
            join(old, found);
    }
}

static void join_renamed(struct table *table) {
    struct arena *arena = table->changes->arena;
    struct form **forms = ARENA_ARRAY(arena, struct form *, table->n);
    size_t n_forms = 0;
    struct text text;
    text_init_in(&text, arena);
    for (size_t i = 0; i < table->n; i++) {
        struct twins *twins = &table->twins[i];
        if (is_whole(twins))
            continue;
        enum side side = twins->halves[OLD].name ? OLD : NEW;
        const char *key = form_of(table, &text, &twins->halves[side], side);
        struct form *form = scope_get(&table->scope, &space_of_forms, key);
        if (!form) {
            form = forms[n_forms++] = ARENA_NEW(arena, struct form);
            scope_put(&table->scope, &space_of_forms, key, form);
        }
        if (form->n[side] < MAX_ALIKE)
            form->alike[side][form->n[side]] = twins;
        form->n[side]++;
    }
    for (size_t i = 0; i < n_forms; i++)
        join_form(forms[i]);
    size_t n = 0;
    for (size_t i = 0; i < table->n; i++)
        if (table->twins[i].halves[OLD].name || table->twins[i].halves[NEW].name)
            table->twins[n++] = table->twins[i];
    table->n = n;
}

/* ---- parameters ---- */

bool is_same_type(struct model_type a, struct model_type b) {
    return a.kind == b.kind && (a.kind != TYPE_ENUM || !strcmp(a.enumeration->name, b.enumeration->name));
}

/* Nothing that runs sees a difference, whatever the parameters are called. */
static bool are_alike(const struct changes *changes, const struct half *old, const struct half *new) {
    if (old->n_params != new->n_params || old->n_specs != new->n_specs)
        return false;
    for (size_t i = 0; i < old->n_params; i++)
        if (!is_same_type(old->params[i].type, new->params[i].type))
            return false;
    for (size_t i = 0; i < old->n_specs; i++) {
        const struct model_spec *a = &old->model_specs[i], *b = &new->model_specs[i];
        const struct both_tag *tag = changes->tags.of[OLD][a->node->index];
        if (tag != changes->tags.of[NEW][b->node->index] || a->exact != b->exact || a->soft != b->soft ||
            memcmp(a->params, b->params, tag->n_wilds * sizeof *a->params) != 0)
            return false;
    }
    return true;
}

int find_old_param(const struct twins *twins, size_t new_param) {
    const struct half *old = &twins->halves[OLD], *new = &twins->halves[NEW];
    for (size_t i = 0; i < old->n_params; i++)
        if (old->vars[i] == new->vars[new_param])
            return (int)i;
    return -1;
}

static int named(const struct half *half, const char *name) {
    for (size_t i = 0; i < half->n_params; i++)
        if (!strcmp(half->params[i].name, name))
            return (int)i;
    return -1;
}

static bool fills_a_wild(const struct half *half, size_t param) {
    for (size_t i = 0; i < half->n_specs; i++)
        for (size_t j = 0; j < half->model_specs[i].node->n_wilds; j++)
            if (half->model_specs[i].params[j] == param)
                return true;
    return false;
}

/* By name, and what is left at its place, if the type is the same. When nothing else changed those that fill wilds are
 * the same by place, whatever they are called: the wild says what they are. */
static int find_same(const struct half *old, const struct half *new, size_t param, bool alike) {
    if (alike && fills_a_wild(new, param))
        return (int)param;
    int same = named(old, new->params[param].name);
    if (same >= 0 && !(alike && fills_a_wild(old, (size_t)same)))
        return same;
    bool is_left = param < old->n_params && named(new, old->params[param].name) < 0;
    return is_left && is_same_type(old->params[param].type, new->params[param].type) ? (int)param : -1;
}

static void pair_params(const struct changes *changes, struct twins *twins) {
    struct half *old = &twins->halves[OLD], *new = &twins->halves[NEW];
    bool alike = is_whole(twins) && are_alike(changes, old, new);
    for (size_t i = 0; i < old->n_params; i++)
        old->vars[i] = (uint8_t)i;
    twins->n_vars = (uint32_t)old->n_params;
    for (size_t i = 0; i < new->n_params; i++) {
        int same = find_same(old, new, i, alike);
        new->vars[i] = same >= 0 ? (uint8_t)same : (uint8_t)twins->n_vars++;
    }
}

/* ---- how many values a variable can have ---- */

static bool has_item(const struct model_enum *enumeration, const char *item) {
    for (size_t i = 0; i < enumeration->n_items; i++)
        if (!strcmp(enumeration->items[i], item))
            return true;
    return false;
}

static size_t count_common(const struct model_enum *a, const struct model_enum *b) {
    size_t n = 0;
    for (size_t i = 0; i < a->n_items; i++)
        n += has_item(b, a->items[i]);
    return n;
}

static size_t limit_of(struct model_type type) { return type.kind == TYPE_ENUM ? type.enumeration->n_items : 0; }

/* Of a parameter in both: the items that both enums have, since only these can be passed before and after. */
static size_t common_limit(struct model_type a, struct model_type b) {
    size_t of_a = limit_of(a), of_b = limit_of(b);
    if (!of_a || !of_b)
        return of_a && b.kind == TYPE_STR ? of_a : of_b && a.kind == TYPE_STR ? of_b : 0;
    return of_a > MAX_LIMIT || of_b > MAX_LIMIT ? 0 : count_common(a.enumeration, b.enumeration);
}

static void set_limits(struct twins *twins) {
    const struct half *old = &twins->halves[OLD], *new = &twins->halves[NEW];
    size_t limits[MAX_VARS] = {0};
    for (size_t i = 0; i < old->n_params; i++)
        limits[old->vars[i]] = limit_of(old->params[i].type);
    for (size_t i = 0; i < new->n_params; i++) {
        int same = find_old_param(twins, i);
        limits[new->vars[i]] =
            same < 0 ? limit_of(new->params[i].type) : common_limit(old->params[same].type, new->params[i].type);
    }
    for (size_t i = 0; i < twins->n_vars; i++)
        twins->limits[i] = limits[i] > MAX_LIMIT ? 0 : (uint8_t)limits[i];
}

/* ---- all of them ---- */

static void finish(struct changes *changes, struct table *table, struct twins **twins, size_t *n) {
    join_renamed(table);
    for (size_t i = 0; i < table->n; i++) {
        pair_params(changes, &table->twins[i]);
        set_limits(&table->twins[i]);
        compare_specs(&table->twins[i], &changes->tags, changes->arena);
    }
    *twins = table->twins;
    *n = table->n;
}

void find_twins(struct changes *changes) {
    const struct model *old = changes->models[OLD], *new = changes->models[NEW];
    struct table queries = {.changes = changes, .space = &space_of_queries};
    struct table mutations = {.changes = changes, .space = &space_of_mutations};
    scope_init(&queries.scope, changes->arena);
    scope_init(&mutations.scope, changes->arena);
    queries.twins = ARENA_ARRAY(changes->arena, struct twins, old->n_queries + new->n_queries);
    mutations.twins = ARENA_ARRAY(changes->arena, struct twins, old->n_mutations + new->n_mutations);
    for (size_t i = 0; i < new->n_queries; i++)
        add_half(&queries, NEW, half_of_query(&new->queries[i]));
    for (size_t i = 0; i < old->n_queries; i++)
        add_half(&queries, OLD, half_of_query(&old->queries[i]));
    for (size_t i = 0; i < new->n_mutations; i++)
        add_half(&mutations, NEW, half_of_mutation(&new->mutations[i]));
    for (size_t i = 0; i < old->n_mutations; i++)
        add_half(&mutations, OLD, half_of_mutation(&old->mutations[i]));
    finish(changes, &queries, &changes->queries, &changes->n_queries);
    finish(changes, &mutations, &changes->mutations, &changes->n_mutations);
}
