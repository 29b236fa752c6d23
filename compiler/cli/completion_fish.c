/* SPDX-License-Identifier: MIT
 *
 * For fish: a `complete` row for each verb, option and argument, under the condition that its verb is the command
 * line's.
 */
#include "completion.h"

static const char head[] =
    "# Completes t87sc in fish. Written by `t87sc completion fish`.\n"
    "\n"
    "# The verb of the command line, if it is one of the arguments; without arguments: there is none yet.\n"
    "function __t87sc_verb\n"
    "    set -l words (commandline -opc)\n"
    "    for word in $words[2..]\n"
    "        string match -q -- '-*' $word; and continue\n"
    "        contains -- $word $argv\n"
    "        return\n"
    "    end\n"
    "    test (count $argv) -eq 0\n"
    "end\n"
    "\n"
    "function __t87sc_schemas\n"
    "    string match -r -- '^.*(?:\\.tags|/)$' (complete -C \"__t87sc_any_file \"(commandline -ct))\n"
    "end\n"
    "\n";

static const char row[] = "complete -c t87sc -n ";

static void append_meaning(struct text *out, const char *meaning) {
    text_append(out, " -d '");
    append_escaped(out, meaning, "\\");
    text_append(out, "'\n");
}

/* A function that prints the rows that follow, each a name, a tab and what it means. */
static void begin_list(struct text *out, const char *name) {
    text_printf(out, "function __t87sc_%s\n    printf '%%s\\t%%s\\n'", name);
}

static void append_row(struct text *out, const char *before, const char *name, const char *meaning) {
    text_printf(out, " \\\n        %s%s '", before, name);
    append_escaped(out, meaning, "\\");
    text_append_char(out, '\'');
}

static void end_list(struct text *out) { text_append(out, "\nend\n\n"); }

static void append_lists(struct text *out) {
    begin_list(out, "rules");
    for (size_t i = 0; i < DIAG_N_CODES; i++)
        append_row(out, "", diag_rule((enum diag_code)i)->id, diag_rule((enum diag_code)i)->title);
    end_list(out);

    begin_list(out, "warnings");
    append_row(out, "", "all", "every warning");
    append_row(out, "", "none", "no warning");
    for (int no = 0; no <= 1; no++) {
        for (size_t i = 0; i < DIAG_N_CODES; i++) {
            const struct diag_rule *rule = diag_rule((enum diag_code)i);
            if (diag_is_switchable(rule))
                append_row(out, no ? "no-" : "", rule->name, rule->title);
        }
    }
    end_list(out);
}

static void append_option(struct text *out, const struct option *option, const struct verb *verb) {
    bool is_long = option->name[1] == '-';
    text_printf(out, "%s'__t87sc_verb%s%s' -%s %s", row, verb ? " " : "", verb ? verb->name : "", is_long ? "l" : "s",
                option->name + (is_long ? 2 : 1));
    switch (offer_of_option(option)) {
    case OFFER_WORDS:
        text_printf(out, " -x -a '%s'", option->words);
        break;
    case OFFER_FILE:
        text_append(out, " -r -F");
        break;
    case OFFER_FOLDER:
        text_append(out, " -x -a '(__fish_complete_directories (commandline -ct))'");
        break;
    case OFFER_SCHEMA:
        text_append(out, " -x -a '(__t87sc_schemas)'");
        break;
    case OFFER_WARNING:
        text_append(out, " -x -a '(__t87sc_warnings)'");
        break;
    default:
        text_append(out, option->argument ? " -x" : "");
        break;
    }
    append_meaning(out, option->help);
}

static void append_argument(struct text *out, const struct verb *verb) {
    enum offer offer = offer_of_verb(verb);
    if (offer == OFFER_NOTHING)
        return;
    text_printf(out, "%s'__t87sc_verb %s' -a '", row, verb->name);
    if (offer == OFFER_SCHEMA)
        text_append(out, "(__t87sc_schemas)");
    else if (offer == OFFER_RULE)
        text_append(out, "(__t87sc_rules)");
    else
        append_verb_words(out, verb);
    text_append(out, "'\n");
}

void complete_fish(struct text *out) {
    text_append(out, head);
    append_lists(out);
    text_append(out, "complete -c t87sc -f\n");
    for (const struct option *option = options_table; option->name; option++)
        if (option_belongs(option, NULL))
            append_option(out, option, NULL);
    for (const struct verb *verb = verbs; verb->name; verb++) {
        text_printf(out, "\n%s__t87sc_verb -a %s", row, verb->name);
        append_meaning(out, verb->summary);
        append_argument(out, verb);
        for (const struct option *option = options_table; option->name; option++)
            if (option_belongs(option, verb))
                append_option(out, option, verb);
    }
}
