/* SPDX-License-Identifier: MIT
 *
 * For zsh: _arguments with a row for each option, descriptions included. The script may lie in $fpath as _t87sc, or be
 * read with `source <(t87sc completion zsh)`.
 */
#include <stdint.h>

#include "completion.h"

static const char head[] = "#compdef t87sc\n"
                           "# Completes t87sc in zsh. Written by `t87sc completion zsh`.\n"
                           "\n";

static const char tail[] = "if [[ ${funcstack[1]} == _t87sc ]]; then\n"
                           "    _t87sc \"$@\"\n"
                           "else\n"
                           "    compdef _t87sc t87sc\n"
                           "fi\n";

/* A function that offers the rows that follow, each a name and what it means. */
static void begin_list(struct text *out, const char *name) {
    text_printf(out, "_t87sc_%s() {\n    local -a rows=(\n", name);
}

static void append_row(struct text *out, const char *before, const char *name, const char *meaning) {
    text_printf(out, "        '%s%s:", before, name); /* the first colon ends the name */
    append_escaped(out, meaning, "\\");
    text_append(out, "'\n");
}

static void end_list(struct text *out, const char *name) {
    text_printf(out, "    )\n    _describe -t %s %s rows\n}\n\n", name, name);
}

static void append_lists(struct text *out) {
    begin_list(out, "command");
    for (const struct verb *verb = verbs; verb->name; verb++)
        append_row(out, "", verb->name, verb->summary);
    end_list(out, "command");

    begin_list(out, "rule");
    for (size_t i = 0; i < DIAG_N_CODES; i++)
        append_row(out, "", diag_rule((enum diag_code)i)->id, diag_rule((enum diag_code)i)->title);
    end_list(out, "rule");

    begin_list(out, "warning");
    append_row(out, "", "all", "every warning");
    append_row(out, "", "none", "no warning");
    for (int no = 0; no <= 1; no++) {
        for (size_t i = 0; i < DIAG_N_CODES; i++) {
            const struct diag_rule *rule = diag_rule((enum diag_code)i);
            if (diag_is_switchable(rule))
                append_row(out, no ? "no-" : "", rule->name, rule->title);
        }
    }
    end_list(out, "warning");
}

static void append_option(struct text *out, const struct option *option) {
    text_printf(out, " \\\n            '%s%s", option_repeats(option) ? "*" : "", option->name);
    if (option->argument)
        text_append_char(out, option->name[1] == '-' ? '=' : '+');
    text_append_char(out, '[');
    append_escaped(out, option->help, "\\[]:");
    text_append_char(out, ']');
    if (option->argument)
        text_printf(out, ":%s:", option->argument);
    switch (offer_of_option(option)) {
    case OFFER_WORDS:
        text_printf(out, "(%s)", option->words);
        break;
    case OFFER_FILE:
        text_append(out, "_files");
        break;
    case OFFER_FOLDER:
        text_append(out, "_files -/");
        break;
    case OFFER_SCHEMA:
        text_append(out, "_files -g \"*.tags\"");
        break;
    case OFFER_WARNING:
        text_append(out, "_t87sc_warning");
        break;
    default:
        break;
    }
    text_append_char(out, '\'');
}

static void append_argument(struct text *out, const struct verb *verb) {
    text_printf(out, " \\\n            '%s:", verb->max_arguments == SIZE_MAX ? "*" : "1");
    switch (offer_of_verb(verb)) {
    case OFFER_SCHEMA:
        text_append(out, "schema:_files -g \"*.tags\"'");
        break;
    case OFFER_RULE:
        text_append(out, "rule:_t87sc_rule'");
        break;
    case OFFER_WORDS:
        text_append(out, "word:(");
        append_verb_words(out, verb);
        text_append(out, ")'");
        break;
    default:
        text_append(out, "argument:'");
        break;
    }
}

static void append_verb(struct text *out, const struct verb *verb) {
    text_printf(out, "    %s)\n        _arguments -S", verb->name);
    for (const struct option *option = options_table; option->name; option++)
        if (option_belongs(option, verb))
            append_option(out, option);
    if (verb->max_arguments)
        append_argument(out, verb);
    text_append(out, "\n        ;;\n");
}

void complete_zsh(struct text *out) {
    text_append(out, head);
    append_lists(out);
    text_append(out, "_t87sc() {\n"
                     "    local curcontext=$curcontext state line\n"
                     "    typeset -A opt_args\n"
                     "    _arguments -C -S");
    for (const struct option *option = options_table; option->name; option++)
        if (option_belongs(option, NULL))
            append_option(out, option);
    text_append(out, " \\\n"
                     "            '1:command:_t87sc_command' \\\n"
                     "            '*::argument:->rest'\n"
                     "    [[ $state == rest ]] || return\n"
                     "    curcontext=${curcontext%:*:*}:t87sc-${words[1]}:\n"
                     "    case ${words[1]} in\n");
    for (const struct verb *verb = verbs; verb->name; verb++)
        append_verb(out, verb);
    text_append(out, "    esac\n}\n\n");
    text_append(out, tail);
}
