/* SPDX-License-Identifier: MIT
 *
 * The options as data. Parsing, help and completion read this table and nothing else. An option of one name may have
 * several rows, for verbs that mean different things by it; a verb has at most one of them.
 */
#ifndef T87SC_OPTIONS_TABLE_H
#define T87SC_OPTIONS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum option_id {
    ID_INCLUDE,
    ID_OUTPUT,
    ID_DEPFILE,
    ID_DEPTARGET,
    ID_CHECK,
    ID_AGAINST,
    ID_CATEGORY,
    ID_WERROR,
    ID_WARNING,
    ID_WRITE,
    ID_DIFF,
    ID_FORMAT,
    ID_DIAGNOSTICS,
    ID_COLOR,
    ID_MAX_ERRORS,
    ID_HELP,
    ID_VERSION
};

struct option {
    enum option_id id;
    const char *name;     /* as it is written */
    const char *argument; /* what follows: FILE, DIR, another word for it; or NULL */
    const char *words;    /* that may follow, with spaces between, the default first; NULL: anything */
    const char *verbs;    /* that take it; NULL: all, and no verb at all */
    const char *help;
};

/* Ends with a name of NULL. */
extern const struct option options_table[];

struct verb;
bool option_belongs(const struct option *option, const struct verb *verb);

/* Whether a list of words with spaces between has this one. */
bool has_word(const char *words, const char *word);

#endif
