/* SPDX-License-Identifier: MIT
 *
 * What the findings have in common: which are told and which are only counted, and the pieces of their messages.
 */
#include <string.h>

#include "changes.h"
#include "words.h"

struct finding finding_of(enum diag_code code, const struct twins *twins) {
    struct finding finding = {.code = code, .gone = twins->halves[OLD].name};
    for (int side = OLD; side < N_SIDES; side++)
        finding.places[side] = twins->halves[side].place;
    return finding;
}

struct finding finding_of_schema(const struct changes *changes, enum diag_code code) {
    return (struct finding){.code = code,
                            .places = {changes->models[OLD]->schema_place, changes->models[NEW]->schema_place}};
}

static bool is_worth_telling(struct changes *changes, const struct finding *finding) {
    const size_t most = changes->options->max_each;
    struct diag_list *diags = &changes->diff->diags;
    size_t *n_told = &(finding->is_allowed ? changes->n_told_allowed : changes->n_told)[finding->code];
    if (most && *n_told >= most)
        return false;
    ++*n_told;
    return finding->is_allowed ? diags->n_kept < DIAG_MAX_KEPT : !diag_only_counted(diags, finding->code);
}

bool count_finding(struct changes *changes, struct finding *finding) {
    struct diff *diff = changes->diff;
    const struct diag_rule *rule = diag_rule(finding->code);
    enum diff_category category = diff_category_of(rule);
    if (changes->options->left_out[category])
        return false;
    find_allowance(changes, finding);
    if (finding->is_allowed)
        diff->n_allowed[category]++;
    else
        *(rule->level == DIAG_ERROR ? &diff->n_errors[category] : &diff->n_warnings[category]) += 1;
    bool is_told = is_worth_telling(changes, finding);
    diff->n_untold += !is_told;
    return is_told;
}

struct diag *add_finding(struct changes *changes, const struct finding *finding, uint32_t span, const char *message) {
    struct diag_list *diags = &changes->diff->diags;
    enum side side = finding->places[NEW].line ? NEW : OLD;
    struct diag *diag = diag_add(diags, finding->code, finding->places[side], span, "%s", message);
    if (!finding->is_allowed)
        return diag;
    diag_allow(diags, diag, finding->allowance->place, finding->allowance->reason);
    return NULL;
}

const char *spell(struct changes *changes, const char *pattern, ...) {
    struct text out;
    va_list arguments;
    text_init_in(&out, changes->arena);
    va_start(arguments, pattern);
    text_vprintf(&out, pattern, arguments);
    va_end(arguments);
    return text_string(&out);
}

const char *spell_names(struct changes *changes, const struct tally *tally, enum side side, const char *noun) {
    struct text out;
    text_init_in(&out, changes->arena);
    size_t n_named = tally->n == MAX_NAMED + 1 && tally->n_named == MAX_NAMED ? MAX_NAMED - 1 : tally->n_named;
    for (size_t i = 0; i < n_named; i++) {
        const struct twins *twins = tally->named[i];
        const char *name = twins->halves[side].name ? twins->halves[side].name : newest(twins)->name;
        bool last = i + 1 == n_named && tally->n == n_named;
        text_printf(&out, "%s'%s'", i == 0 ? "" : last ? " and " : ", ", name);
    }
    if (tally->n > n_named)
        text_printf(&out, " and %zu more %s", tally->n - n_named, noun);
    return text_string(&out);
}

/* A path as the schema writes it; `params` may be NULL: wilds are then called as they are declared. */
static const char *spell_path(struct changes *changes, const struct model_node *node, const struct model_spec *spec,
                              const struct model_param *params) {
    const struct model_node *path[MODEL_MAX_SEGMENTS];
    struct text out;
    text_init_in(&out, changes->arena);
    words_path(node, path);
    for (uint32_t i = 0; i < node->depth; i++) {
        if (path[i]->kind == NODE_STATIC) {
            text_printf(&out, "%s%s", i ? "." : "", path[i]->name);
            continue;
        }
        bool opens = path[i - 1]->kind == NODE_STATIC,
             closes = i + 1 == node->depth || path[i + 1]->kind == NODE_STATIC;
        const char *name = params ? params[spec->params[path[i]->n_wilds - 1]].name : path[i]->name;
        text_printf(&out, "%s%s%s", opens ? "(" : ", ", name, closes ? ")" : "");
    }
    return text_string(&out);
}

const char *spell_spec(struct changes *changes, const struct spec *spec, const struct half *owner) {
    return spell_path(changes, spec->model->node, spec->model, owner->params);
}

const char *spell_node(struct changes *changes, const struct model_node *node) {
    return spell_path(changes, node, NULL, NULL);
}

const char *spell_params(struct changes *changes, const struct half *half) {
    struct text out;
    text_init_in(&out, changes->arena);
    words_params(&out, half->params, half->n_params);
    return text_string(&out);
}

const char *spell_ttl(struct changes *changes, const struct model_query *query) {
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};
    struct text out;
    if (!query || query->ttl_ms == MODEL_UNSET)
        return "their ttl";
    size_t i = 0;
    while (units[i].ms > 1 && (query->ttl_ms % units[i].ms || !query->ttl_ms))
        i++;
    text_init_in(&out, changes->arena);
    text_printf(&out, "their ttl of %lld%s", (long long)(query->ttl_ms / units[i].ms), units[i].unit);
    return text_string(&out);
}

uint32_t width_of(const char *name) { return (uint32_t)strlen(name); }

/* ---- the summary ---- */

static size_t sum(const size_t *counts_of) {
    size_t n = 0;
    for (int i = 0; i < DIFF_N_CATEGORIES; i++)
        n += counts_of[i];
    return n;
}

static void append_counts(struct text *out, const size_t *counts_of, const char *one, const char *many) {
    size_t n = sum(counts_of);
    if (!n) {
        text_printf(out, "no %s", many);
        return;
    }
    text_printf(out, "%zu %s (", n, n == 1 ? one : many);
    bool first = true;
    for (int i = 0; i < DIFF_N_CATEGORIES; i++)
        if (counts_of[i]) {
            text_printf(out, "%s%s %zu", first ? "" : ", ", diff_category_name((enum diff_category)i), counts_of[i]);
            first = false;
        }
    text_append(out, ")");
}

void diff_summary(const struct diff *diff, struct text *out) {
    append_counts(out, diff->n_errors, "breaking change", "breaking changes");
    text_append(out, ", ");
    append_counts(out, diff->n_warnings, "warning", "warnings");
    if (sum(diff->n_allowed)) {
        text_append(out, ", ");
        append_counts(out, diff->n_allowed, "allowed", "allowed");
    }
    if (diff->n_untold)
        text_printf(out, "; %zu of them not shown", diff->n_untold);
}
