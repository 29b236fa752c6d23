/* SPDX-License-Identifier: MIT
 *
 * SOURCE and KEY, of queries and mutations: who is gone, which C signatures and which cache keys are others.
 */
#include <string.h>

#include "changes.h"
#include "fingerprint.h"
#include "suggest.h"
#include "words.h"

enum { MAX_SEARCHES = 20 }; /* functions that are gone that one with a near name is looked for */

/* ---- gone ---- */

/* A new function of the same kind whose name is near. */
static const char *find_near(const struct twins *all, size_t n, const char *gone) {
    struct suggestion suggestion = suggest_for(gone);
    for (size_t i = 0; i < n && !suggestion.cut; i++)
        if (!all[i].halves[OLD].name)
            suggest_offer(&suggestion, all[i].halves[NEW].name);
    return suggest_best(&suggestion);
}

static void tell_gone(struct changes *changes, const struct twins *twins, const struct twins *all, size_t n,
                      size_t *n_searches) {
    const struct half *old = &twins->halves[OLD], *new = &twins->halves[NEW];
    const char *noun = old->query ? "query" : "mutation", *schema = changes->models[OLD]->schema;
    enum diag_code code = old->query ? T2102 : T2103;
    struct diag_list *diags = &changes->diff->diags;
    struct finding finding = finding_of(code, twins);
    if (!count_finding(changes, &finding))
        return;
    struct diag *diag = NULL;
    if (twins->renamed) {
        diag = add_finding(changes, &finding, width_of(new->name),
                           spell(changes, "%s '%s' seems to be called '%s' now: there is no %s_%s() any more", noun,
                                 old->name, new->name, schema, old->name));
        diag_note(diags, diag, old->place, "it was declared here");
    } else {
        const char *near = (*n_searches)++ < MAX_SEARCHES ? find_near(all, n, old->name) : NULL;
        diag = add_finding(
            changes, &finding, width_of(old->name),
            spell(changes, "%s '%s' is gone: there is no %s_%s() any more", noun, old->name, schema, old->name));
        if (near)
            diag_help(diags, diag, "is it called '%s' now? Its parameters or tags are others", near);
    }
    diag_help(diags, diag,
              old->query ? "in the running system: old processes go on asking it; what calls it cannot be built anew"
                         : "in the running system: old processes go on calling it; what calls it cannot be built anew");
    diag_help(diags, diag, "instead: leave it%s until nobody calls it", twins->renamed ? " beside its successor" : "");
    tell_how_to_allow(changes, &finding, diag);
}

/* ---- fingerprints ---- */

/* The lines of a fingerprint: fingerprint.c writes its own name, who it is with its version, the value, a line for each
 * parameter and one for each tag. */
struct fingerprint {
    const char *start, *value, *params, *tags, *end;
};

static const char *after_line(const char *line) { return strchr(line, '\n') + 1; }

static struct fingerprint fingerprint_of(struct changes *changes, struct text *text, enum side side,
                                         const struct model_query *query) {
    struct fingerprint fingerprint;
    text->size = 0;
    fingerprint_text(text, changes->models[side], query);
    fingerprint.start = text_string(text);
    fingerprint.value = after_line(after_line(fingerprint.start));
    fingerprint.params = fingerprint.tags = after_line(fingerprint.value);
    for (size_t i = 0; i < query->n_params; i++)
        fingerprint.tags = after_line(fingerprint.tags);
    fingerprint.end = fingerprint.start + text->size;
    return fingerprint;
}

static bool differ(const char *a, const char *a_end, const char *b, const char *b_end) {
    return a_end - a != b_end - b || memcmp(a, b, (size_t)(a_end - a)) != 0;
}

static bool has_same_key(struct changes *changes, const struct twins *twins, struct text scratch[N_SIDES]) {
    const struct model_query *old = twins->halves[OLD].query, *new = twins->halves[NEW].query;
    if (!old || is_schema_renamed(changes))
        return false;
    struct fingerprint before = fingerprint_of(changes, &scratch[OLD], OLD, old);
    struct fingerprint now = fingerprint_of(changes, &scratch[NEW], NEW, new);
    return !differ(before.start, before.end, now.start, now.end);
}

/* ---- parameters ---- */

static bool has_same_types(const struct half *old, const struct half *new) {
    bool same = old->n_params == new->n_params;
    for (size_t i = 0; i < old->n_params && same; i++)
        same = is_same_type(old->params[i].type, new->params[i].type);
    return same;
}

/* The types are the same; does some parameter of both stand elsewhere? */
static bool are_swapped(const struct twins *twins) {
    for (size_t i = 0; i < twins->halves[NEW].n_params; i++) {
        int old = find_old_param(twins, i);
        if (old >= 0 && (size_t)old != i)
            return true;
    }
    return false;
}

static void tell_params(struct changes *changes, const struct twins *twins, struct text scratch[N_SIDES]) {
    const struct half *old = &twins->halves[OLD], *new = &twins->halves[NEW];
    bool same_types = has_same_types(old, new);
    if (same_types && !are_swapped(twins))
        return;
    enum diag_code code = same_types ? T2107 : T2106;
    struct finding finding = finding_of(code, twins);
    if (!count_finding(changes, &finding))
        return;
    struct diag_list *diags = &changes->diff->diags;
    struct diag *diag = add_finding(
        changes, &finding, width_of(new->name),
        spell(changes,
              same_types ? "'%s' takes its parameters in another order, and no compiler will tell: %s, was %s"
                         : "'%s' takes other parameters: %s, was %s",
              new->name, spell_params(changes, new), spell_params(changes, old)));
    diag_note(diags, diag, old->place, "it was declared here");
    bool same_key = same_types && has_same_key(changes, twins, scratch);
    diag_help(diags, diag,
              same_key ? "in the running system: a caller that is not changed passes each value for the other, and one "
                         "that is changed is given what old processes cached for the other, since the keys are the same"
              : same_types ? "in the running system: a caller that is not changed passes each value for the other"
                           : "its callers, and what the application defines for it, must be changed with the schema");
    diag_help(diags, diag,
              same_key ? "instead: give what takes the new parameters a new name, beside the old one; at least another "
                         "version"
                       : "instead: give what takes the new parameters a new name, beside the old one");
    tell_how_to_allow(changes, &finding, diag);
}

/* ---- values ---- */

static const char *spell_value(struct changes *changes, const struct model_value *value) {
    struct text out;
    text_init_in(&out, changes->arena);
    words_value(&out, value);
    return text_string(&out);
}

/* str and bytes are one type in C. */
static bool is_same_in_c(const struct model_value *a, const struct model_value *b) {
    bool a_is_bytes = a->kind == VALUE_STR || a->kind == VALUE_BYTES;
    bool b_is_bytes = b->kind == VALUE_STR || b->kind == VALUE_BYTES;
    if (a_is_bytes || b_is_bytes)
        return a_is_bytes && b_is_bytes;
    return a->kind == b->kind && (!a->name || !strcmp(a->name, b->name)) &&
           (a->kind != VALUE_SCALAR || is_same_type(a->type, b->type));
}

static void tell_value(struct changes *changes, const struct twins *twins) {
    const struct half *old = &twins->halves[OLD], *new = &twins->halves[NEW];
    struct finding finding = {.code = T2108, .places = {old->query->value.place, new->query->value.place}};
    if (is_same_in_c(&old->query->value, &new->query->value) || !count_finding(changes, &finding))
        return;
    struct diag_list *diags = &changes->diff->diags;
    struct diag *diag =
        add_finding(changes, &finding, 1,
                    spell(changes, "'%s' gives %s now, was %s", new->name, spell_value(changes, &new->query->value),
                          spell_value(changes, &old->query->value)));
    diag_note(diags, diag, old->query->value.place, "it was declared here");
    diag_help(diags, diag,
              "its callers, and the fetch that the application defines for it, must be changed with the "
              "schema");
    diag_help(diags, diag, "instead: give what brings the new value a new name, beside the old one");
    tell_how_to_allow(changes, &finding, diag);
}

/* ---- keys ---- */

static const char *spell_reasons(struct changes *changes, const struct twins *twins, const struct fingerprint *old,
                                 const struct fingerprint *new) {
    const struct model_query *old_query = twins->halves[OLD].query, *new_query = twins->halves[NEW].query;
    bool same_types = has_same_types(&twins->halves[OLD], &twins->halves[NEW]);
    bool other_params = differ(old->params, old->tags, new->params, new->tags);
    bool other_tags = differ(old->tags, old->end, new->tags, new->end);
    const struct {
        bool is_one;
        const char *what;
    } reasons[] = {
        {strcmp(old_query->name, new_query->name) != 0, "its name"},
        {old_query->version != new_query->version, "its version"},
        {differ(old->value, old->params, new->value, new->params), "its value"},
        {other_params && !same_types, "the types of its parameters"},
        {other_params && same_types, "the items of an enum that it takes"},
        {other_tags && twins->changed, "its tags"},
        {other_tags && !twins->changed,
         are_swapped(twins) ? "the order of its parameters" : "how its tags are written"},
    };
    struct text out;
    size_t n = 0, n_all = 0;
    text_init_in(&out, changes->arena);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        n_all += reasons[i].is_one;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].is_one) {
            text_printf(&out, "%s%s", n == 0 ? "" : n + 1 == n_all ? " and " : ", ", reasons[i].what);
            n++;
        }
    return text_string(&out);
}

static void tell_key(struct changes *changes, const struct twins *twins, struct text scratch[N_SIDES]) {
    const struct half *old = &twins->halves[OLD], *new = &twins->halves[NEW];
    struct finding finding = finding_of(T2201, twins);
    struct fingerprint before = fingerprint_of(changes, &scratch[OLD], OLD, old->query);
    struct fingerprint now = fingerprint_of(changes, &scratch[NEW], NEW, new->query);
    if (!differ(before.start, before.end, now.start, now.end) || !count_finding(changes, &finding))
        return;
    struct diag_list *diags = &changes->diff->diags;
    struct diag *diag = add_finding(changes, &finding, width_of(new->name),
                                    spell(changes, "'%s' starts with a cold cache (ORPHAN): %s changed", new->name,
                                          spell_reasons(changes, twins, &before, &now)));
    diag_note(diags, diag, old->place, "it was declared here");
    diag_help(diags, diag,
              "in the running system: new processes fetch every answer once more; those that old ones cached stay for "
              "them until %s ends",
              spell_ttl(changes, old->query));
    diag_help(diags, diag, "deploy in steps, so that one process warms the cache for the next");
    tell_how_to_allow(changes, &finding, diag);
}

/* The schema's name is part of every key. */
static void tell_all_keys(struct changes *changes) {
    const struct model *old = changes->models[OLD], *new = changes->models[NEW];
    size_t n = 0;
    for (size_t i = 0; i < changes->n_queries; i++)
        n += is_whole(&changes->queries[i]);
    struct finding finding = finding_of_schema(changes, T2201);
    if (!n || !count_finding(changes, &finding))
        return;
    struct diag_list *diags = &changes->diff->diags;
    struct diag *diag =
        add_finding(changes, &finding, width_of(new->schema),
                    spell(changes, "all queries (%zu) start with a cold cache (ORPHAN): the schema's name changed", n));
    diag_note(diags, diag, old->schema_place, "it was '%s'", old->schema);
    diag_help(diags, diag, "in the running system: new processes fetch every answer once more");
    diag_help(diags, diag, "deploy in steps, so that one process warms the cache for the next");
    tell_how_to_allow(changes, &finding, diag);
}

void tell_functions(struct changes *changes) {
    size_t n_searches = 0;
    struct text scratch[N_SIDES];
    for (int side = OLD; side < N_SIDES; side++)
        text_init_in(&scratch[side], changes->arena);
    bool all_keys = is_schema_renamed(changes);
    if (all_keys)
        tell_all_keys(changes);
    for (size_t i = 0; i < changes->n_queries; i++) {
        const struct twins *twins = &changes->queries[i];
        if (twins->renamed || !twins->halves[NEW].name)
            tell_gone(changes, twins, changes->queries, changes->n_queries, &n_searches);
        if (!is_whole(twins))
            continue;
        tell_params(changes, twins, scratch);
        tell_value(changes, twins);
        if (!all_keys)
            tell_key(changes, twins, scratch);
    }
    for (size_t i = 0; i < changes->n_mutations; i++) {
        const struct twins *twins = &changes->mutations[i];
        if (twins->renamed || !twins->halves[NEW].name)
            tell_gone(changes, twins, changes->mutations, changes->n_mutations, &n_searches);
        if (is_whole(twins))
            tell_params(changes, twins, scratch);
    }
}
