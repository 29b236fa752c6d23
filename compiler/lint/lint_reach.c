/* SPDX-License-Identifier: MIT
 *
 * Queries that no mutation reaches, and paths of mutations that reach no query. One mistake is told once: when a query
 * carries a tag and mutations invalidate only tags below it, that is told at the query, of each such tag, and neither
 * the query nor the paths are told again.
 *
 * A schema without mutations invalidates by hand, and one without queries is not used yet: nothing is told of them.
 */
#include "linter.h"

static bool is_told_below(const struct linter *linter, const struct hits *hits) {
    return !linter->switches->off[T1004] && !is_hit(hits) && hits->below.path;
}

static void tell_below(struct linter *linter, const struct model_query *query, const struct model_spec *tag) {
    struct diag_list *diags = linter->diags;
    const struct hit *below = &linter->hits[tag->node->index].below;
    const struct model_param *params = below->mutation->params;
    const char *name = below->mutation->name, *path = written_spec(linter, below->path, below->path->node, params);
    const char *above = written_spec(linter, below->path, tag->node, params);
    struct span reached = reach_of(&linter->reach, below->path);
    struct diag *diag = diag_add(diags, T1004, tag->place, span_of_spec(tag),
                                 "no mutation reaches '%s', which '%s' carries: they invalidate only tags below it",
                                 written_spec(linter, tag, tag->node, query->params), query->name);
    if (reached.first < reached.end)
        diag_help(diags, diag, "add '%s exact' to what '%s' invalidates: it reaches those that carry that very tag",
                  above, name);
    else
        diag_help(diags, diag, "write '%s exact' in place of '%s' in '%s': it reaches those that carry that very tag",
                  above, path, name);
    diag_note(diags, diag, below->path->place,
              "'%s' invalidates '%s', and with it what is tagged with that or below it, not above", name, path);
}

void lint_invalidated_below(struct linter *linter) {
    for (size_t i = 0; i < linter->model->n_queries; i++) {
        const struct model_query *query = &linter->model->queries[i];
        for (size_t j = 0; j < query->n_tags; j++)
            if (is_told_below(linter, &linter->hits[query->tags[j].node->index]) &&
                is_told(linter, T1004, query->tags[j].place))
                tell_below(linter, query, &query->tags[j]);
    }
}

/* ---- queries that nothing reaches ---- */

/* An exact path above one of the query's tags, *tag, which may have been meant for it. NULL: there is none, and *tag is
 * the first. */
static const struct hit *exact_above(const struct linter *linter, const struct model_query *query,
                                     const struct model_spec **tag) {
    for (size_t i = 0; i < query->n_tags; i++) {
        *tag = &query->tags[i];
        for (const struct model_node *at = query->tags[i].node->parent; at->parent; at = at->parent)
            if (linter->hits[at->index].exact.path)
                return &linter->hits[at->index].exact;
    }
    *tag = &query->tags[0];
    return NULL;
}

static void tell_unreached(struct linter *linter, const struct model_query *query) {
    struct diag_list *diags = linter->diags;
    const struct model_spec *tag;
    const struct hit *exact = exact_above(linter, query, &tag);
    const char *path = written_spec(linter, tag, tag->node, query->params);
    struct diag *diag = diag_add(diags, T1002, query->place, span_of(query->name),
                                 query->n_tags == 1 ? "no mutation reaches '%s': none invalidates its tag '%s'"
                                                    : "no mutation reaches '%s': none invalidates '%s' or another tag "
                                                      "that it carries",
                                 query->name, path);
    if (exact) {
        const char *name = exact->mutation->name;
        const char *above = written_spec(linter, exact->path, exact->path->node, exact->mutation->params);
        diag_help(diags, diag, "write '%s' without 'exact' in '%s' to reach what lies below it", above, name);
        diag_note(diags, diag, exact->path->place, "'%s' invalidates '%s' exactly, and so nothing below it", name,
                  above);
    } else {
        diag_help(diags, diag,
                  "invalidate '%s' in the mutations that change what '%s' reads; if only its ttl is to end it, write "
                  "'// t87sc: allow(T1002) reason' above it",
                  path, query->name);
    }
}

void lint_unreached_queries(struct linter *linter) {
    for (size_t i = 0; linter->model->n_mutations && i < linter->model->n_queries; i++) {
        const struct model_query *query = &linter->model->queries[i];
        bool fine = false;
        for (size_t j = 0; j < query->n_tags; j++) {
            const struct hits *hits = &linter->hits[query->tags[j].node->index];
            fine |= is_hit(hits) || is_told_below(linter, hits);
        }
        if (!fine && is_told(linter, T1002, query->place))
            tell_unreached(linter, query);
    }
}

/* ---- paths that reach nothing ---- */

static const struct carrier *first_in(const struct linter *linter, struct span span) {
    return span.first < span.end ? &linter->reach.carriers[span.first] : NULL;
}

/* A query that carries the nearest tag above the node, or NULL. *told: that was said of one of the tags above. */
static const struct carrier *carrier_above(const struct linter *linter, const struct model_node *node, bool *told) {
    const struct carrier *nearest = NULL;
    *told = false;
    for (const struct model_node *at = node->parent; at->parent; at = at->parent) {
        const struct carrier *carrier = first_in(linter, reach_of_tag(&linter->reach, at, true));
        nearest = nearest ? nearest : carrier;
        *told |= carrier && is_told_below(linter, &linter->hits[at->index]);
    }
    return nearest;
}

static void note_carrier(struct linter *linter, struct diag *diag, const struct carrier *carrier, const char *what) {
    const struct model_query *query = &linter->model->queries[carrier->query];
    const struct model_spec *tag = &query->tags[carrier->tag];
    diag_note(linter->diags, diag, tag->place, "'%s' carries '%s', which lies %s it", query->name,
              written_spec(linter, tag, tag->node, query->params), what);
}

static void tell_idle(struct linter *linter, const struct model_mutation *mutation, const struct model_spec *path,
                      const struct carrier *above) {
    struct diag_list *diags = linter->diags;
    const char *written = written_spec(linter, path, path->node, mutation->params);
    const struct carrier *below = first_in(linter, reach_of_tag(&linter->reach, path->node, false));
    struct diag *diag = diag_add(diags, T1003, path->place, span_of_spec(path),
                                 path->exact ? "no query carries '%s' itself, which '%s' invalidates exactly"
                                             : "no query carries '%s' or a tag below it, which '%s' invalidates",
                                 written, mutation->name);
    if (path->exact && below) {
        diag_help(diags, diag, "write '%s' without 'exact' to reach what lies below it", written);
        note_carrier(linter, diag, below, "below");
        return;
    }
    diag_help(diags, diag, "take it away, or tag with it the queries that read what '%s' changes", mutation->name);
    if (above)
        note_carrier(linter, diag, above, "above");
}

void lint_idle_paths(struct linter *linter) {
    for (size_t i = 0; linter->model->n_queries && i < linter->model->n_mutations; i++) {
        const struct model_mutation *mutation = &linter->model->mutations[i];
        for (size_t j = 0; j < mutation->n_invalidates; j++) {
            const struct model_spec *path = &mutation->invalidates[j];
            bool told;
            if (first_in(linter, reach_of(&linter->reach, path)))
                continue;
            const struct carrier *above = carrier_above(linter, path->node, &told);
            if (!told && is_told(linter, T1003, path->place))
                tell_idle(linter, mutation, path, above);
        }
    }
}
