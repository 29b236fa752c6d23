/* SPDX-License-Identifier: MIT
 *
 * A diagnostic is a small letter: place, what is wrong, the code; then help (what to write instead) and notes (the
 * other places that matter). They are collected, sorted by place, freed of duplicates and only then rendered: text
 * here, the formats for programs in report.h.
 *
 * Memory: diag_add() may be called anywhere. When there is no memory the list remembers it in `failed` and keeps what
 * it has. At most DIAG_MAX_KEPT are kept, the others only counted; then diag_add() returns NULL, which help and note
 * accept.
 */
#ifndef T87SC_DIAG_H
#define T87SC_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag_codes.h"
#include "source.h"
#include "text.h"

struct arena;

enum { DIAG_MAX_KEPT = 10000, DIAG_DEFAULT_MAX_ERRORS = 20 };

enum diag_level { DIAG_NOTICE, DIAG_WARNING, DIAG_ERROR };

enum diag_code {
#define X(code, level, name, title, text, wrong, right) code,
    DIAG_CODES(X)
#undef X
        DIAG_N_CODES
};

/* What is known about a code: the row of diag_codes.h. */
struct diag_rule {
    enum diag_code code;
    enum diag_level level;
    const char *id;            /* "T0203" */
    const char *name;          /* "unknown-segment" */
    const char *title;         /* one line */
    const char *text;          /* the explanation */
    const char *wrong, *right; /* a schema that fires it and one that does not; "$ ..." is a command instead */
};

struct diag_remark {
    enum { DIAG_HELP, DIAG_NOTE } kind;
    struct place place;
    const char *message;
    struct diag_remark *next;
};

/* A change that mends it: the `span` code points at the place become the text. */
struct diag_fix {
    struct place place;
    uint32_t span; /* 0: the text is put in before the place */
    const char *text;
};

/* A comment in a schema that says of this very finding: it is meant. */
struct diag_allowed {
    struct place place;
    const char *reason;
};

struct diag {
    const struct diag_rule *rule;
    enum diag_level level; /* the rule's; a notice when it is allowed */
    struct place place;
    uint32_t span; /* code points under the caret and tildes, on the first line; at least 1 */
    bool was_told; /* for an earlier list of the same run: counted, and not shown again */
    const char *message;
    struct diag_remark *remarks, *last_remark;
    const struct diag_fix *fix;         /* or NULL */
    const struct diag_allowed *allowed; /* or NULL */
    /* for the order */
    uint32_t file_order, sequence;
    struct diag *next;
};

struct diag_list {
    struct arena *arena;
    const struct source_list *sources;
    struct diag *first, *last; /* as they came */
    size_t n_kept, n_dropped;
    size_t n_errors, n_warnings; /* the dropped ones included; no notices */
    size_t n_unreadable;         /* of the errors, those of T01xx: there is no schema, whatever it means */
    bool failed;                 /* memory ran out: something is missing here */
};

void diag_init(struct diag_list *list, struct arena *arena, const struct source_list *sources);

__attribute__((format(printf, 5, 6))) struct diag *diag_add(struct diag_list *list, enum diag_code code,
                                                            struct place place, uint32_t span, const char *format, ...);
/* True when the list keeps no more: then the error is counted, and the caller need not write the message at all. */
bool diag_only_counted(struct diag_list *list, enum diag_code code);
/* Why a file was not read: what source_read() gave, and the errno it left. */
void diag_add_unread(struct diag_list *list, enum source_status status, int error, const char *path, struct place place,
                     uint32_t span);

__attribute__((format(printf, 3, 4))) void diag_help(struct diag_list *list, struct diag *diag, const char *format,
                                                     ...);
__attribute__((format(printf, 4, 5))) void diag_note(struct diag_list *list, struct diag *diag, struct place place,
                                                     const char *format, ...);

/* For what is told to programs; the help line says it to people. `text` is copied. */
void diag_fix(struct diag_list *list, struct diag *diag, struct place place, uint32_t span, const char *text);

/* It was an error or a warning, and is one no more. The reason is copied. */
void diag_allow(struct diag_list *list, struct diag *diag, struct place place, const char *reason);

/* "did you mean 'NAME'?" of a diagnostic whose caret is under the wrong name, and the fix. */
void diag_did_you_mean(struct diag_list *list, struct diag *diag, const char *name);

/* The kept diagnostics by file, line, column and age, without duplicates, in the list's arena; *n is their number.
 * NULL and failed when there is no memory, NULL and 0 when there are none. */
struct diag **diag_sort(struct diag_list *list, size_t *n);

/* Those of them that are shown when at most max_errors errors are (0: all); *n_hidden errors are not. All else is. */
struct diag **diag_select(struct diag_list *list, size_t max_errors, size_t *n, size_t *n_hidden);

const char *diag_level_name(enum diag_level level); /* "error" */

struct diag_style {
    bool colour;
    size_t max_errors; /* 0: all that were kept */
};

void diag_render(struct diag_list *list, const struct diag_style *style, struct text *out);
/* "7 more errors not shown": the last line of the above, if some are hidden. */
void diag_render_hidden(const struct diag_list *list, size_t n_hidden, struct text *out);

/* The table. diag_find_rule() takes an id in either case, or a name; NULL when there is no such rule. */
const struct diag_rule *diag_rule(enum diag_code code);
const struct diag_rule *diag_find_rule(const char *id_or_name);
bool diag_is_switchable(const struct diag_rule *rule); /* T1xxx: by -W */
bool diag_is_of_diff(const struct diag_rule *rule);    /* T2xxx: of two schemas */
bool diag_is_allowable(const struct diag_rule *rule);  /* by a comment: these and those, but for what is about it */
bool diag_may_be_gone(const struct diag_rule *rule);   /* of diff: what it is about may not be in the new schema */
void diag_print_rules(struct text *out);               /* one line each: `t87sc rules` */
void diag_explain(const struct diag_rule *rule, struct text *out); /* a page: `t87sc explain T0203` */

#endif
