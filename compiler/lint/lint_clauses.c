/* SPDX-License-Identifier: MIT
 *
 * Durations and percentages that do something else than most people think. What a query takes from the schema's default
 * is told once, at the default.
 */
#include "linter.h"

enum { DAY_MS = 86400000 };

/* In the order of the outline. */
enum given { GIVEN_TTL, GIVEN_GRACE };

static const struct ast_declaration *default_of(const struct linter *linter, enum given given) {
    return linter->loaded->outline.defaults[given];
}

/* Whether there is anything to look for among the clauses: the model's queries lie in a row, and the clauses do not. */
static bool any_query(const struct linter *linter, bool (*is)(const struct model_query *query)) {
    for (size_t i = 0; i < linter->model->n_queries; i++)
        if (is(&linter->model->queries[i]))
            return true;
    return false;
}

/* Calls for each query that has the clause. */
static void each_clause(struct linter *linter, enum ast_clause_kind kind,
                        void (*look)(struct linter *linter, const char *query, const struct ast_clause *clause)) {
    for (const struct ast_declaration *next = linter->schema->ast->first; next; next = next->next) {
        const struct ast_clause *clause = next->kind == AST_CACHED ? ast_clause_of(next->function, kind) : NULL;
        if (clause)
            look(linter, next->name.text, clause);
    }
}

static void tell_long_grace(struct linter *linter, struct place place, uint32_t span, const char *whose,
                            int64_t grace_ms) {
    if (grace_ms <= DAY_MS || !is_told(linter, T1007, place))
        return;
    struct diag *diag =
        diag_add(linter->diags, T1007, place, span, "%s may be served stale for more than a day after its ttl", whose);
    diag_help(linter->diags, diag, "a grace bridges a slow or failing source: write minutes or hours");
}

static void look_at_grace(struct linter *linter, const char *query, const struct ast_clause *clause) {
    struct text whose;
    if (clause->value <= DAY_MS)
        return;
    text_init_in(&whose, linter->arena);
    text_printf(&whose, "'%s'", query);
    tell_long_grace(linter, clause->place, span_of(ast_clause_names[CLAUSE_GRACE]), text_string(&whose), clause->value);
}

static bool has_long_grace(const struct model_query *query) { return query->grace_ms > DAY_MS; }

void lint_long_grace(struct linter *linter) {
    const struct ast_declaration *given = default_of(linter, GIVEN_GRACE);
    if (given)
        tell_long_grace(linter, given->place, span_of("default"), "each query", given->duration_ms);
    if (any_query(linter, has_long_grace))
        each_clause(linter, CLAUSE_GRACE, look_at_grace);
}

static void tell_zero_ttl(struct linter *linter, struct diag *diag) {
    diag_help(linter->diags, diag,
              "the shortest ttl is 1ms; if queries are only to wait for one fetch together, write "
              "'// t87sc: allow(T1008) reason' above it");
}

static void look_at_ttl(struct linter *linter, const char *query, const struct ast_clause *clause) {
    if (!clause->value && is_told(linter, T1008, clause->place))
        tell_zero_ttl(linter, diag_add(linter->diags, T1008, clause->place, span_of(ast_clause_names[CLAUSE_TTL]),
                                       "with a ttl of 0 no answer of '%s' is ever fresh", query));
}

static bool has_zero_ttl(const struct model_query *query) { return !query->ttl_ms; }

void lint_zero_ttl(struct linter *linter) {
    const struct ast_declaration *given = default_of(linter, GIVEN_TTL);
    if (given && !given->duration_ms && is_told(linter, T1008, given->place))
        tell_zero_ttl(linter, diag_add(linter->diags, T1008, given->place, span_of("default"),
                                       "with a ttl of 0 no answer is ever fresh"));
    if (any_query(linter, has_zero_ttl))
        each_clause(linter, CLAUSE_TTL, look_at_ttl);
}

static void look_at_jitter(struct linter *linter, const char *query, const struct ast_clause *clause) {
    if (clause->value < 100 || !is_told(linter, T1009, clause->place))
        return;
    struct diag *diag = diag_add(linter->diags, T1009, clause->place, span_of(ast_clause_names[CLAUSE_JITTER]),
                                 "a jitter of 100%% leaves answers of '%s' any ttl down to none", query);
    diag_help(linter->diags, diag, "10%% to 50%% keeps answers from ending at the same time");
}

static bool has_full_jitter(const struct model_query *query) { return query->jitter_percent >= 100; }

void lint_full_jitter(struct linter *linter) {
    if (any_query(linter, has_full_jitter))
        each_clause(linter, CLAUSE_JITTER, look_at_jitter);
}

static bool has_idle_fleet(const struct model_query *query) { return query->fleet_ms != MODEL_UNSET && !query->ttl_ms; }

/* The ttl of a query, its own or the schema's; -1: neither says. */
static int64_t ttl_of(const struct linter *linter, const struct ast_function *query) {
    const struct ast_clause *own = ast_clause_of(query, CLAUSE_TTL);
    const struct ast_declaration *given = own ? NULL : default_of(linter, GIVEN_TTL);
    return own ? own->value : given ? given->duration_ms : -1;
}

void lint_idle_fleet(struct linter *linter) {
    if (!any_query(linter, has_idle_fleet))
        return;
    for (const struct ast_declaration *next = linter->schema->ast->first; next; next = next->next) {
        const struct ast_clause *clause = next->kind == AST_CACHED ? ast_clause_of(next->function, CLAUSE_FLEET) : NULL;
        if (!clause || ttl_of(linter, next->function) || !is_told(linter, T1018, clause->place))
            continue;
        struct diag *diag = diag_add(linter->diags, T1018, clause->place, span_of(ast_clause_names[CLAUSE_FLEET]),
                                     "with a ttl of 0 '%s' has nothing to share with other processes", next->name.text);
        diag_help(linter->diags, diag, "give it a ttl, or leave 'fleet' out");
    }
}
