/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "diff.h"
#include "options_table.h"
#include "options_wrong.h"

static const struct verb *find_verb(const char *word) {
    for (const struct verb *verb = verbs; verb->name; verb++)
        if (!strcmp(verb->name, word))
            return verb;
    return NULL;
}

/* `word` may be the option, --option=value, or -ovalue; *value is then the value. */
static const struct option *find_option(const struct verb *verb, const char *word, const char **value) {
    for (const struct option *option = options_table; option->name; option++) {
        size_t size = strlen(option->name);
        if (!option_belongs(option, verb) || strncmp(option->name, word, size) != 0)
            continue;
        bool is_long = option->name[1] == '-';
        *value = !word[size] ? NULL : word + size + is_long;
        if (!word[size] || (is_long ? word[size] == '=' : option->argument != NULL))
            return option;
    }
    return NULL;
}

static enum options_status set_max_errors(struct options *options, const char *value) {
    size_t number = 0;
    for (const char *digit = value; *digit; digit++) {
        if (*digit < '0' || *digit > '9' || number > 100000000)
            return wrong(options, "'%s' is not a number of errors", value, NULL);
        number = number * 10 + (size_t)(*digit - '0');
    }
    options->max_errors = number;
    return *value ? OPTIONS_OK : wrong(options, "--max-errors needs a number%s", "", NULL);
}

/* The values of options that are one of a few words, in the order of their enums. */
static const char *const format_words[] = {[FORMAT_TEXT] = "text",       [FORMAT_JSON] = "json", [FORMAT_DOT] = "dot",
                                           [FORMAT_MERMAID] = "mermaid", [FORMAT_HTML] = "html", NULL};
static const char *const diagnostics_words[] = {
    [REPORT_TEXT] = "text", [REPORT_JSON] = "json", [REPORT_SARIF] = "sarif", [REPORT_GITHUB] = "github", NULL};
static const char *const category_words[] = {
    [DIFF_SOURCE] = "SOURCE", [DIFF_KEY] = "KEY", [DIFF_INVALIDATION] = "INVALIDATION", NULL};
static const char *const colour_words[] = {
    [COLOUR_AUTO] = "auto", [COLOUR_ALWAYS] = "always", [COLOUR_NEVER] = "never", NULL};

static enum options_status set_word(const struct options *options, const struct option *option, const char *value,
                                    const char *const *words, int *choice) {
    for (int i = 0; words[i]; i++)
        if (has_word(option->words, words[i]) && !strcmp(words[i], value)) {
            *choice = i;
            return OPTIONS_OK;
        }
    return wrong_word(options, option, value);
}

static enum options_status set_option(struct options *options, const struct option *option, const char *value) {
    enum options_status status = OPTIONS_OK;
    int choice = 0;
    switch (option->id) {
    case ID_INCLUDE:
        options->include_dirs[options->n_include_dirs++] = value;
        break;
    case ID_OUTPUT:
        options->output = value;
        break;
    case ID_DEPFILE:
        options->depfile = value;
        break;
    case ID_DEPTARGET:
        options->deptarget = value;
        break;
    case ID_CHECK:
        options->check = true;
        break;
    case ID_WRITE:
        options->write = true;
        break;
    case ID_DIFF:
        options->show_diff = true;
        break;
    case ID_AGAINST:
        options->against = value;
        break;
    case ID_CATEGORY:
        status = set_word(options, option, value, category_words, &choice);
        options->categories |= 1u << choice;
        break;
    case ID_WERROR:
        options->werror = true;
        break;
    case ID_WARNING:
        if (!lint_switch(&options->lints, value))
            status = wrong_warning(options, value);
        break;
    case ID_FORMAT:
        status = set_word(options, option, value, format_words, &choice);
        options->format = (enum format)choice;
        break;
    case ID_DIAGNOSTICS:
        status = set_word(options, option, value, diagnostics_words, &choice);
        options->diagnostics = (enum report_format)choice;
        break;
    case ID_COLOR:
        status = set_word(options, option, value, colour_words, &choice);
        options->colour = (enum colour)choice;
        break;
    case ID_MAX_ERRORS:
        status = set_max_errors(options, value);
        break;
    case ID_HELP:
        options->want = WANT_HELP;
        break;
    case ID_VERSION:
        options->want = WANT_VERSION;
        break;
    }
    return status;
}

/* argv[*at] is an option; steps over its value. */
static enum options_status parse_option(struct options *options, int argc, const char *const argv[], int *at) {
    const char *value = NULL, *word = argv[*at];
    const struct option *option = find_option(options->verb, word, &value);
    if (!option)
        return wrong_option(options, word);
    if (!option->argument && value)
        return wrong(options, "option '%s' takes no value", option->name, NULL);
    if (option->argument && !value) {
        if (*at + 1 >= argc)
            return wrong(options, "option '%s' needs a value", option->name, NULL);
        value = argv[++*at];
    }
    if (option->argument && !*value)
        return wrong(options, "option '%s' needs a value that is not empty", option->name, NULL);
    return set_option(options, option, value);
}

static const char *last_argument(const struct verb *verb) {
    const char *blank = strrchr(verb->arguments, ' ');
    return blank ? blank + 1 : verb->arguments;
}

static size_t count_standard_input(const struct options *options) {
    size_t n = 0;
    for (size_t i = 0; i < options->n_arguments; i++)
        n += !strcmp(options->arguments[i], "-");
    return n;
}

static enum options_status check_together(const struct options *options) {
    if (!options->verb)
        return wrong_no_verb();
    bool is_diff = options->verb->run == run_diff;
    if (is_diff && !options->against)
        return wrong_no_against(options);
    if (options->n_arguments < options->verb->min_arguments)
        return wrong(options, "nothing given for %s", last_argument(options->verb), NULL);
    if (count_standard_input(options) > 1)
        return wrong(options, "standard input can be read once, and '%s' stands twice", "-", NULL);
    if (options->n_arguments > options->verb->max_arguments)
        return wrong(options, "'%s' is one argument too many", options->arguments[options->verb->max_arguments], NULL);
    bool to_stdout = options->output && !strcmp(options->output, "-");
    if (options->check && to_stdout)
        return wrong(options, "--check compares with a file: '-o %s' is none", "-", NULL);
    if (options->diagnostics != REPORT_TEXT && to_stdout)
        return wrong(options, "diagnostics and the header cannot both go to standard output: '-o %s'", "-", NULL);
    if (options->depfile && to_stdout && !options->deptarget)
        return wrong(options, "--depfile with '-o %s' needs --deptarget", "-", NULL);
    if (options->deptarget && !options->depfile)
        return wrong(options, "--deptarget %s needs --depfile", options->deptarget, NULL);
    return OPTIONS_OK;
}

enum options_status options_parse(struct options *options, int argc, const char *const argv[]) {
    size_t n = argc > 0 ? (size_t)argc : 1;
    *options = (struct options){.max_errors = 20};
    options->arguments = calloc(n, sizeof *options->arguments);
    options->include_dirs = calloc(n, sizeof *options->include_dirs);
    if (!options->arguments || !options->include_dirs)
        return OPTIONS_NO_MEMORY;
    bool only_arguments = false;
    for (int at = 1; at < argc; at++) {
        const char *word = argv[at];
        enum options_status status = OPTIONS_OK;
        if (!only_arguments && !strcmp(word, "--")) {
            only_arguments = true;
        } else if (!only_arguments && word[0] == '-' && word[1]) {
            status = parse_option(options, argc, argv, &at);
        } else if (!options->verb && !only_arguments && !strcmp(word, "help")) {
            options->want = WANT_HELP; /* of the verb that may follow */
        } else if (!options->verb) {
            options->verb = find_verb(word);
            status = options->verb ? OPTIONS_OK : wrong_verb(options, word);
        } else {
            options->arguments[options->n_arguments++] = word;
        }
        if (status != OPTIONS_OK)
            return status;
    }
    return options->want == WANT_RUN ? check_together(options) : OPTIONS_OK;
}

void options_free(struct options *options) {
    free(options->arguments);
    free(options->include_dirs);
    *options = (struct options){0};
}
