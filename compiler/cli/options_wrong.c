/* SPDX-License-Identifier: MIT
 *
 * A slip of the finger is found by distance; what other tools call a thing, which no distance finds, by a table.
 */
#include "options_wrong.h"

#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "suggest.h"
#include "text.h"

/* What people write who come from buf, protoc, cargo, rustfmt, gofmt, clang-format or a C compiler. */
static const struct synonym {
    const char *theirs, *ours;
} verb_synonyms[] = {
    {"lint", "check"},        {"validate", "check"},
    {"verify", "check"},      {"format", "fmt"},
    {"generate", "gen"},      {"compile", "gen"},
    {"build", "gen"},         {"breaking", "diff"},
    {"compare", "diff"},      {"completions", "completion"},
    {"version", "--version"}, {NULL, NULL},
};

/* The first of them that the verb has. */
static const struct synonym option_synonyms[] = {
    {"-V", "--version"},
    {"-v", "--version"},
    {"-help", "--help"},
    {"--output", "-o"},
    {"--out", "-o"},
    {"--include", "-I"},
    {"--proto_path", "-I"},
    {"-i", "-w"},
    {"--write", "-w"},
    {"--in-place", "-w"},
    {"-l", "--check"},
    {"--list", "--check"},
    {"-n", "--check"},
    {"--dry-run", "--check"},
    {"--exit-code", "--check"},
    {"-d", "--diff"},
    {"-D", "--werror"},
    {"--deny", "--werror"},
    {"--fatal-warnings", "--werror"},
    {"--error-format", "--format"},
    {"--json", "--format json"},
    {"--no-color", "--color never"},
    {"--dependency_out", "--depfile"},
    {"-MF", "--depfile"},
    {"-MT", "--deptarget"},
    {NULL, NULL},
};

static enum options_status end_message(const struct options *options, const char *suggestion) {
    if (suggestion)
        fprintf(stderr, "; did you mean '%s'?", suggestion);
    fprintf(stderr, "\nTry 't87sc%s%s --help'.\n", options->verb ? " " : "", options->verb ? options->verb->name : "");
    return OPTIONS_WRONG;
}

enum options_status wrong(const struct options *options, const char *message, const char *word,
                          const char *suggestion) {
    fprintf(stderr, "t87sc: error: ");
    fprintf(stderr, message, word);
    return end_message(options, suggestion);
}

enum options_status wrong_no_verb(void) {
    struct text text;
    text_init(&text);
    options_help(&text, NULL);
    fprintf(stderr, "t87sc: error: no command given\n\n%s", text_string(&text));
    text_free(&text);
    return OPTIONS_WRONG;
}

static bool is_schema_name(const char *word) {
    const char *dot = strrchr(word, '.');
    return !strcmp(word, "-") || (dot && !strcmp(dot, ".tags"));
}

enum options_status wrong_verb(const struct options *options, const char *word) {
    struct suggestion suggestion = suggest_for(word);
    if (is_schema_name(word)) {
        fprintf(stderr, "t87sc: error: a command goes before the schema, such as 't87sc check %s'", word);
        return end_message(options, NULL);
    }
    for (const struct synonym *each = verb_synonyms; each->theirs; each++)
        if (!strcmp(each->theirs, word))
            return wrong(options, "there is no command '%s'", word, each->ours);
    for (const struct verb *verb = verbs; verb->name; verb++)
        suggest_offer(&suggestion, verb->name);
    return wrong(options, "there is no command '%s'", word, suggest_best(&suggestion));
}

/* Whether the verb has the option that is the first word of `ours`. */
static bool has_option(const struct verb *verb, const char *ours) {
    size_t size = strcspn(ours, " ");
    for (const struct option *option = options_table; option->name; option++)
        if (option_belongs(option, verb) && strlen(option->name) == size && !strncmp(option->name, ours, size))
            return true;
    return false;
}

/* `word` may have its value behind it, after a = or, if it is of one letter, without. */
static bool is_called(const char *word, const char *theirs) {
    size_t size = strlen(theirs);
    return !strncmp(word, theirs, size) && (!word[size] || word[size] == '=' || size == 2);
}

enum options_status wrong_option(const struct options *options, const char *word) {
    bool is_long = !strncmp(word, "--", 2);
    struct suggestion suggestion = suggest_for(word);
    const char *called = NULL;
    bool elsewhere = false;
    for (const struct option *option = options_table; option->name; option++) {
        elsewhere |= option->argument ? is_called(word, option->name) : !strcmp(word, option->name);
        if (is_long && option_belongs(option, options->verb))
            suggest_offer(&suggestion, option->name);
    }
    if (elsewhere && !options->verb)
        return wrong(options, "the command goes before its options: 't87sc COMMAND %s'", word, NULL);
    for (const struct synonym *each = option_synonyms; each->theirs && !called; each++)
        if (is_called(word, each->theirs) && has_option(options->verb, each->ours))
            called = each->ours;
    called = called ? called : suggest_best(&suggestion);
    return wrong(options, elsewhere ? "'%s' is not an option of this command" : "there is no option '%s'", word,
                 called);
}

enum options_status wrong_word(const struct options *options, const struct option *option, const char *value) {
    struct suggestion suggestion = suggest_for(value);
    char words[64];
    const char *between = "";
    snprintf(words, sizeof words, "%s", option->words);
    fprintf(stderr, "t87sc: error: option '%s' takes ", option->name);
    for (char *word = strtok(words, " "), *next; word; word = next) {
        next = strtok(NULL, " ");
        fprintf(stderr, "%s%s", between, word);
        between = next && next + strlen(next) < words + strlen(option->words) ? ", " : " or ";
        suggest_offer(&suggestion, word);
    }
    fprintf(stderr, ", not '%s'", value);
    return end_message(options, suggest_best(&suggestion));
}

enum options_status wrong_warning(const struct options *options, const char *value) {
    bool off = !strncmp(value, "no-", 3);
    const char *name = off ? value + 3 : value;
    struct suggestion suggestion = suggest_for(name);
    if (off && (!strcmp(name, "all") || !strcmp(name, "none")))
        return wrong(options, "there is no warning '%s'", value, !strcmp(name, "all") ? "none" : "all");
    if (!off && !strncmp(name, "error", 5) && has_option(options->verb, "--werror"))
        return wrong(options, "there is no warning '%s'", name, "--werror");
    if (diag_find_rule(name))
        return wrong(options, "'%s' is no warning: it cannot be switched", name, NULL);
    suggest_offer(&suggestion, "all");
    suggest_offer(&suggestion, "none");
    for (size_t i = 0; i < DIAG_N_CODES; i++)
        if (diag_is_switchable(diag_rule((enum diag_code)i)))
            suggest_offer(&suggestion, diag_rule((enum diag_code)i)->name);
    return wrong(options, "there is no warning '%s'", name, suggest_best(&suggestion));
}

enum options_status wrong_no_against(const struct options *options) {
    if (options->n_arguments != 2)
        return wrong(options, "nothing given to compare with: %s is missing", "--against", NULL);
    fprintf(stderr, "t87sc: error: the schema as it was goes behind --against: 't87sc diff --against %s %s'",
            options->arguments[0], options->arguments[1]);
    return end_message(options, NULL);
}
