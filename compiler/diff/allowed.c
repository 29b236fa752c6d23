/* SPDX-License-Identifier: MIT
 *
 * Findings that are meant. Such a comment stays in the file when the change is long done, and must not silence a later
 * one that nobody meant: so it counts for the change that brings it in. What the old schema has too is old, and does
 * not count: the same code with the same reason at the same thing. That it is the same thing may be seen in either of
 * two ways, so that nothing that is renamed or moved takes its allowance along: the comment stands at what begins
 * alike, or the finding is about what the old comment covered in the old schema.
 */
#include <string.h>

#include "changes.h"

enum { MAX_LOOKED = 64 }; /* allowances around one place; more are taken for old ones */

static const char space_of_old, space_of_named, space_of_void; /* void: named, and does not count */

static const char *key_of(struct changes *changes, enum diag_code code, const struct allowance *allowance) {
    struct text key;
    text_init_in(&key, changes->arena);
    text_printf(&key, "%d%c%s\n%s", (int)code, allowance->is_named ? '-' : ' ', allowance->anchor, allowance->reason);
    return intern_name(&changes->intern, text_string(&key), key.size);
}

static const char *key_of_name(struct changes *changes, enum diag_code code, const char *name) {
    struct text key;
    text_init_in(&key, changes->arena);
    text_printf(&key, "%d %s", (int)code, name);
    return intern_name(&changes->intern, text_string(&key), key.size);
}

/* ---- which there are ---- */

static bool counts(const struct allowance *allowance) { return !allowance->is_old && *allowance->reason; }

/* Calls visit() with all of diff's codes. */
static void for_all(struct changes *changes, enum side side,
                    void (*visit)(struct changes *changes, const struct allowed_file *file, enum diag_code code,
                                  struct allowance *allowance)) {
    for (const struct allowed_file *file = changes->allowances[side].first; file; file = file->next)
        for (size_t i = 0; i < DIAG_N_CODES; i++)
            for (struct allowance *each = file->codes[i].first; each && each->reason; each = each->next)
                visit(changes, file, (enum diag_code)i, each);
}

static void remember(struct changes *changes, const struct allowed_file *file, enum diag_code code,
                     struct allowance *allowance) {
    (void)file;
    scope_put(&changes->known, &space_of_old, key_of(changes, code, allowance), allowance);
}

/* Of several for one name the first that counts is to be found, or the first. */
static void look_at(struct changes *changes, const struct allowed_file *file, enum diag_code code,
                    struct allowance *allowance) {
    (void)file;
    allowance->is_old = scope_get(&changes->known, &space_of_old, key_of(changes, code, allowance)) != NULL;
    if (!allowance->is_named)
        return;
    scope_put(&changes->known, counts(allowance) ? &space_of_named : &space_of_void,
              key_of_name(changes, code, allowance->anchor), allowance);
}

void read_allowances(struct changes *changes, const struct loaded *const loaded[N_SIDES]) {
    scope_init(&changes->known, changes->arena);
    changes->main_file = loaded[NEW]->first_file->ast->source->path;
    for (int side = OLD; side < N_SIDES; side++) {
        changes->allowances[side] = (struct allowances){.arena = changes->arena, .diags = &changes->diff->diags};
        allowances_read(&changes->allowances[side], loaded[side]);
    }
    for_all(changes, OLD, remember);
    for_all(changes, NEW, look_at);
}

/* ---- which one it is ---- */

/* The comment may stand at another thing than before, and still be the one that this thing had. */
static bool had(const struct changes *changes, const struct finding *finding, const struct allowance *allowance) {
    const struct place place = finding->places[OLD];
    size_t n = 0;
    for (const struct allowance *old = allowances_find(&changes->allowances[OLD], finding->code, place); old;
         old = allowances_around(old, place))
        if (!strcmp(old->reason, allowance->reason) || ++n == MAX_LOOKED)
            return true;
    return false;
}

/* The innermost that counts, or the innermost. */
static void find_at_place(const struct changes *changes, struct finding *finding) {
    const struct place place = finding->places[NEW];
    struct allowance *each = allowances_find(&changes->allowances[NEW], finding->code, place);
    for (size_t n = 0; each && n < MAX_LOOKED && !finding->is_allowed; each = allowances_around(each, place), n++) {
        bool is_old = each->is_old || had(changes, finding, each);
        finding->is_allowed = !is_old && *each->reason;
        if (!finding->allowance || finding->is_allowed) {
            finding->allowance = each;
            finding->is_old = is_old;
        }
    }
}

static void find_by_name(struct changes *changes, struct finding *finding) {
    const char *key = key_of_name(changes, finding->code, finding->gone);
    finding->allowance = scope_get(&changes->known, &space_of_named, key);
    finding->is_allowed = finding->allowance != NULL;
    if (!finding->is_allowed)
        finding->allowance = scope_get(&changes->known, &space_of_void, key);
    finding->is_old = finding->allowance && finding->allowance->is_old;
}

void find_allowance(struct changes *changes, struct finding *finding) {
    bool is_gone = !finding->places[NEW].line;
    if (is_gone)
        find_by_name(changes, finding);
    else
        find_at_place(changes, finding);
    if (finding->allowance)
        finding->allowance->was_of_use = true;
}

/* ---- what is said of them ---- */

void tell_how_to_allow(struct changes *changes, const struct finding *finding, struct diag *diag) {
    struct diag_list *diags = &changes->diff->diags;
    const struct diag_rule *rule = diag_rule(finding->code);
    struct allowance *allowance = finding->allowance;
    if (allowance) {
        diag_note(diags, diag, allowance->place,
                  finding->is_old ? "this allowance was there before, and does not count for another change: give "
                                    "this one a reason of its own"
                                  : "this allowance has no reason behind it, and does not count");
        allowance->was_told = true;
        return;
    }
    if (rule->level != DIAG_ERROR && !changes->options->warnings_count)
        return;
    if (!finding->places[NEW].line)
        diag_help(diags, diag, "if it is meant, write anywhere in the schema: // t87sc: allow(%s %s) reason", rule->id,
                  finding->gone);
    else
        diag_help(diags, diag, "if it is meant, write on a line above it: // t87sc: allow(%s) reason", rule->id);
}

static bool is_left_out(const struct changes *changes, enum diag_code code) {
    return changes->options->left_out[diff_category_of(diag_rule(code))];
}

static void tell_one(struct changes *changes, const struct allowed_file *file, enum diag_code code,
                     struct allowance *allowance) {
    struct diag_list *diags = &changes->diff->diags;
    const struct diag_rule *rule = diag_rule(code);
    bool is_main = file->path == changes->main_file;
    enum diag_code about = allowance->is_old ? T2401 : T2402;
    size_t most = changes->options->max_each;
    if (allowance->was_told || is_left_out(changes, code) || (most && changes->n_told[about] >= most) ||
        (about == T2402 && (allowance->was_of_use || !is_main)) || diag_only_counted(diags, about))
        return;
    changes->n_told[about]++;
    if (about == T2401) {
        diag_help(diags,
                  diag_add(diags, T2401, allowance->place, allowance->span,
                           "this allowance of %s (%s) was for an earlier change", rule->id, rule->name),
                  "take it away; it does not count any more");
        return;
    }
    struct diag *diag = allowance->is_named
                            ? diag_add(diags, T2402, allowance->place, allowance->span,
                                       "nothing to allow: %s (%s) is not told of a '%s' that is gone", rule->id,
                                       rule->name, allowance->anchor)
                            : diag_add(diags, T2402, allowance->place, allowance->span,
                                       "nothing to allow here: %s (%s) is not told", rule->id, rule->name);
    diag_help(diags, diag, "take it away, or write it as the finding that it is for says");
}

void tell_allowances(struct changes *changes) { for_all(changes, NEW, tell_one); }
