/* SPDX-License-Identifier: MIT
 *
 * The lints as a table, and their switches.
 */
#include "lint.h"

#include <string.h>

#include "linter.h"

/* What a lint needs to be known before it runs. */
enum need { NEEDS_NOTHING = 0, NEEDS_REACH = 1, NEEDS_USES = 2 };

static const struct lint_row {
    enum diag_code code; /* its rule has the name, which is the switch, and the level */
    void (*run)(struct linter *linter);
    unsigned needs;
} lints[] = {
    {T1001, lint_unused_tags, NEEDS_REACH},     {T1002, lint_unreached_queries, NEEDS_REACH},
    {T1003, lint_idle_paths, NEEDS_REACH},      {T1004, lint_invalidated_below, NEEDS_REACH},
    {T1005, lint_redundant_tags, NEEDS_REACH},  {T1006, lint_redundant_paths, NEEDS_NOTHING},
    {T1007, lint_long_grace, NEEDS_NOTHING},    {T1008, lint_zero_ttl, NEEDS_NOTHING},
    {T1009, lint_full_jitter, NEEDS_NOTHING},   {T1010, lint_str_beside_static, NEEDS_NOTHING},
    {T1011, lint_whole_segments, NEEDS_REACH},  {T1012, lint_many_tags, NEEDS_NOTHING},
    {T1013, lint_similar_names, NEEDS_NOTHING}, {T1014, lint_ignored_declarations, NEEDS_NOTHING},
    {T1015, lint_unused_groups, NEEDS_USES},    {T1016, lint_unused_enums, NEEDS_USES},
    {T1017, lint_unused_imports, NEEDS_USES},
};
enum { N_LINTS = sizeof lints / sizeof *lints };

/* ---- switches ---- */

bool lint_switch(struct lint_switches *switches, const char *word) {
    bool off = !strncmp(word, "no-", 3), all = !strcmp(word, "all"), none = !strcmp(word, "none");
    const struct diag_rule *rule = diag_find_rule(off ? word + 3 : word);
    if (all || none)
        for (size_t i = 0; i < DIAG_N_CODES; i++)
            switches->off[i] = none;
    else if (rule && diag_is_switchable(rule))
        switches->off[rule->code] = off;
    else
        return false;
    return true;
}

/* ---- running them ---- */

bool is_told(struct linter *linter, enum diag_code code, struct place place) {
    return !linter->switches->off[code] && !allowances_cover(linter, code, place) &&
           !diag_only_counted(linter->diags, code);
}

/* Makes what the lint needs; `made` says what was made before. False: there is no memory. */
static bool prepare(struct linter *linter, unsigned needs, unsigned *made) {
    unsigned missing = needs & ~*made;
    *made |= missing;
    if (missing & NEEDS_USES)
        uses_find(&linter->uses, linter->loaded, linter->arena);
    if (!(missing & NEEDS_REACH))
        return true;
    linter->hits = hits_find(linter->model, linter->arena);
    return reach_map_make(&linter->reach, linter->model, linter->arena);
}

struct job {
    struct loaded *loaded;
    const struct lint_switches *switches;
};

static void work(void *argument) {
    const struct job *job = argument;
    struct loaded *loaded = job->loaded;
    struct linter linter = {.loaded = loaded,
                            .model = loaded->model,
                            .schema = loaded->first_file,
                            .switches = job->switches,
                            .arena = &loaded->arena,
                            .diags = &loaded->diags};
    unsigned made = NEEDS_NOTHING;
    allowances_read(&linter);
    for (size_t i = 0; i < N_LINTS; i++) {
        if (linter.switches->off[lints[i].code])
            continue;
        if (!prepare(&linter, lints[i].needs, &made)) {
            linter.diags->failed = true;
            return;
        }
        lints[i].run(&linter);
    }
    allowances_tell_idle(&linter);
}

bool lint(struct loaded *loaded, const struct lint_switches *switches) {
    struct job job = {loaded, switches};
    if (!loaded->model || loaded->diags.n_errors)
        return !loaded->diags.failed;
    return arena_run(&loaded->arena, work, &job) && !loaded->diags.failed;
}
