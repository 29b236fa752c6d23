/* SPDX-License-Identifier: MIT
 *
 * Scripts that complete t87sc's command line, one writer for each shell. All is taken from the tables: the verbs, the
 * options with the words they accept, the rules. The scripts are whole: a shell does not run t87sc to complete a word.
 */
#ifndef T87SC_COMPLETION_H
#define T87SC_COMPLETION_H

#include "diag.h"
#include "options.h"
#include "options_table.h"

/* What can be offered where an argument is expected. */
enum offer {
    OFFER_NOTHING, /* a number, a name */
    OFFER_WORDS,   /* one of a few words */
    OFFER_FILE,
    OFFER_FOLDER,
    OFFER_SCHEMA, /* *.tags, and folders on the way to them */
    OFFER_RULE,   /* a code */
    OFFER_WARNING /* the name of a warning, or no- and its name; all, none */
};

enum offer offer_of_option(const struct option *option);
enum offer offer_of_verb(const struct verb *verb);

/* May stand more than once on a command line. */
bool option_repeats(const struct option *option);

/* The words of a verb whose arguments are `one|of|these`, separated by blanks. */
void append_verb_words(struct text *out, const struct verb *verb);

/* The inside of a string in single quotes, which all three shells read alike; a backslash before each of `special`. */
void append_escaped(struct text *out, const char *string, const char *special);

void complete_bash(struct text *out);
void complete_zsh(struct text *out);
void complete_fish(struct text *out);

#endif
