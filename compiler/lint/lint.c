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
    void (*run)(struct linter *linter);
    enum diag_code code; /* its rule has the name, which is the switch, and the level */
    unsigned needs;
} lints[] = {
    {lint_unused_tags, T1001, NEEDS_REACH},     {lint_unreached_queries, T1002, NEEDS_REACH},
    {lint_idle_paths, T1003, NEEDS_REACH},      {lint_invalidated_below, T1004, NEEDS_REACH},
    {lint_redundant_tags, T1005, NEEDS_REACH},  {lint_redundant_paths, T1006, NEEDS_NOTHING},
    {lint_long_grace, T1007, NEEDS_NOTHING},    {lint_zero_ttl, T1008, NEEDS_NOTHING},
    {lint_full_jitter, T1009, NEEDS_NOTHING},   {lint_str_beside_static, T1010, NEEDS_NOTHING},
    {lint_whole_segments, T1011, NEEDS_REACH},  {lint_many_tags, T1012, NEEDS_NOTHING},
    {lint_similar_names, T1013, NEEDS_NOTHING}, {lint_ignored_declarations, T1014, NEEDS_NOTHING},
    {lint_unused_groups, T1015, NEEDS_USES},    {lint_unused_enums, T1016, NEEDS_USES},
    {lint_unused_imports, T1017, NEEDS_USES},   {lint_idle_fleet, T1018, NEEDS_NOTHING},
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
    struct allowance *allowance =
        linter->switches->off[code] ? NULL : allowances_find(&linter->allowances, code, place);
    if (allowance)
        allowance->was_of_use = true;
    return !linter->switches->off[code] && !allowance && !diag_only_counted(linter->diags, code);
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
                            .diags = &loaded->diags,
                            .allowances = {&loaded->arena, &loaded->diags, job->switches, NULL}};
    unsigned made = NEEDS_NOTHING;
    allowances_read(&linter.allowances, loaded);
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
