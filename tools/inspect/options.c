/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suggest.h"
#include "text.h"

enum { DEFAULT_LIMIT = 1000, MOST_LIMIT = 1000000, DEFAULT_INTERVAL_MS = 2000, LEAST_INTERVAL_MS = 100 };
enum { MOST_INTERVAL_MS = 3600000 };

enum option_id {
    ID_REDIS,
    ID_PREFIX,
    ID_CACHE,
    ID_INCLUDE,
    ID_LIMIT,
    ID_INTERVAL,
    ID_ONCE,
    ID_FORMAT,
    ID_COLOR,
    ID_COMPLETION,
    ID_HELP,
    ID_VERSION
};

struct option {
    enum option_id id;
    const char *name, *argument; /* NULL: none */
    const char *words;           /* that may follow, with blanks between; NULL: anything */
    const char *help;
};

static const struct option table[] = {
    {ID_REDIS, "--redis", "URI", NULL, "the Redis; default: $T87S_REDIS, else redis://127.0.0.1:6379"},
    {ID_PREFIX, "--prefix", "PREFIX", NULL, "the store's, as in struct t87s_redis_options (default t87s)"},
    {ID_CACHE, "--cache", "PREFIX", NULL, "the cache's, as in struct t87s_options (default t87s)"},
    {ID_INCLUDE, "-I", "DIR", NULL, "look for imports of the schema in DIR, too"},
    {ID_LIMIT, "--limit", "N", NULL, "look into N entries at most (default 1000), and only count the others"},
    {ID_INTERVAL, "--interval", "MS", NULL, "look again after so many milliseconds (default 2000)"},
    {ID_ONCE, "--once", NULL, NULL, "look once, print, and end"},
    {ID_FORMAT, "--format", "FORMAT", "text json", "text (default) or json"},
    {ID_COLOR, "--color", "WHEN", "auto always never", "auto (default), always or never"},
    {ID_COMPLETION, "--completion", "SHELL", "bash zsh fish", "print the script that completes t87s-inspect"},
    {ID_HELP, "--help", NULL, NULL, "this text; -h, too"},
    {ID_VERSION, "--version", NULL, NULL, "the version"},
};
enum { OPTIONS = sizeof table / sizeof *table };

__attribute__((format(printf, 1, 0))) static enum options_status wrong(const char *message, const char *word,
                                                                       const char *suggestion) {
    fputs("t87s-inspect: error: ", stderr);
    fprintf(stderr, message, word);
    if (suggestion)
        fprintf(stderr, "; did you mean '%s'?", suggestion);
    fputs("\nTry 't87s-inspect --help'.\n", stderr);
    return OPTIONS_WRONG;
}

/* `word` may be the option, --option=value, or -Ivalue; *value is then the value. */
static const struct option *find(const char *word, const char **value) {
    if (!strcmp(word, "-h"))
        word = "--help";
    for (size_t i = 0; i < OPTIONS; i++) {
        const size_t size = strlen(table[i].name);
        if (strncmp(table[i].name, word, size) != 0)
            continue;
        const bool is_long = table[i].name[1] == '-';
        *value = !word[size] ? NULL : word + size + is_long;
        if (!word[size] || (is_long ? word[size] == '=' : true))
            return &table[i];
    }
    return NULL;
}

static enum options_status unknown(const char *word) {
    struct suggestion suggestion = suggest_for(word);
    for (size_t i = 0; i < OPTIONS; i++)
        suggest_offer(&suggestion, table[i].name);
    return wrong("there is no option '%s'", word, suggest_best(&suggestion));
}

static enum options_status set_number(const char *value, long least, long most, long *out) {
    char *end;
    const long number = strtol(value, &end, 10);
    if (*end || *value < '0' || *value > '9' || number < least || number > most)
        return wrong("'%s' is not a number that can be used here", value, NULL);
    *out = number;
    return OPTIONS_OK;
}

/* The number of the option's word that it is. */
static enum options_status set_word(const struct option *option, const char *value, int *out) {
    const size_t size = strlen(value);
    *out = 0;
    for (const char *word = option->words; *word; ++*out) {
        const size_t length = strcspn(word, " ");
        if (length == size && !memcmp(word, value, size))
            return OPTIONS_OK;
        word += length + (word[length] == ' ');
    }
    return wrong("'%s' is not one of the values this option has", value, NULL);
}

static enum options_status set(struct options *options, const struct option *option, const char *value) {
    enum options_status status = OPTIONS_OK;
    int choice = 0;
    switch (option->id) {
    case ID_REDIS:
        options->redis = value;
        break;
    case ID_PREFIX:
        options->prefix = value;
        break;
    case ID_CACHE:
        options->cache = value;
        break;
    case ID_INCLUDE:
        options->include_dirs[options->n_include_dirs++] = value;
        break;
    case ID_LIMIT:
        return set_number(value, 0, MOST_LIMIT, &options->limit);
    case ID_INTERVAL:
        return set_number(value, LEAST_INTERVAL_MS, MOST_INTERVAL_MS, &options->interval_ms);
    case ID_ONCE:
        options->once = true;
        break;
    case ID_FORMAT:
        status = set_word(option, value, &choice);
        options->json = choice == 1;
        break;
    case ID_COLOR:
        status = set_word(option, value, &choice);
        options->colour = choice == 0 ? COLOUR_AUTO : choice == 1 ? COLOUR_ALWAYS : COLOUR_NEVER;
        break;
    case ID_COMPLETION:
        status = set_word(option, value, &choice);
        options->want = WANT_COMPLETION;
        options->shell = value;
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
    const struct option *option = find(word, &value);
    if (!option)
        return unknown(word);
    if (!option->argument && value)
        return wrong("option '%s' takes no value", option->name, NULL);
    if (option->argument && !value) {
        if (*at + 1 >= argc)
            return wrong("option '%s' needs a value", option->name, NULL);
        value = argv[++*at];
    }
    if (option->argument && !*value)
        return wrong("option '%s' needs a value that is not empty", option->name, NULL);
    return set(options, option, value);
}

enum options_status options_parse(struct options *options, int argc, const char *const argv[]) {
    *options =
        (struct options){.prefix = "t87s", .cache = "t87s", .limit = DEFAULT_LIMIT, .interval_ms = DEFAULT_INTERVAL_MS};
    options->include_dirs = calloc(argc > 0 ? (size_t)argc : 1, sizeof *options->include_dirs);
    if (!options->include_dirs)
        return OPTIONS_NO_MEMORY;
    bool only_arguments = false;
    for (int at = 1; at < argc; at++) {
        const char *word = argv[at];
        enum options_status status = OPTIONS_OK;
        if (!only_arguments && !strcmp(word, "--"))
            only_arguments = true;
        else if (!only_arguments && word[0] == '-' && word[1])
            status = parse_option(options, argc, argv, &at);
        else if (options->schema)
            status = wrong("'%s' is one argument too many", word, NULL);
        else
            options->schema = word;
        if (status != OPTIONS_OK)
            return status;
    }
    return options->want != WANT_RUN || options->schema ? OPTIONS_OK : wrong("no %s given", "SCHEMA", NULL);
}

void options_free(struct options *options) { free(options->include_dirs); }

/* ---- what is told of them ---- */

void options_help(struct text *out) {
    text_append(out,
                "usage: t87s-inspect [OPTION]... SCHEMA\n"
                "Shows what lies in a Redis by the names of a schema: entries, tags, invalidations, processes.\n\n");
    for (size_t i = 0; i < OPTIONS; i++) {
        const size_t before = out->size;
        text_printf(out, "  %s%s%s", table[i].name, table[i].argument ? " " : "",
                    table[i].argument ? table[i].argument : "");
        text_append_repeated(out, ' ', 24 - (out->size - before));
        text_printf(out, "%s\n", table[i].help);
    }
    text_append(out, "\nIt only reads. In a terminal q ends it.\n"
                     "exit: 0 fine, 1 the schema has errors, 2 usage, 3 input, output or internal\n");
}

static void complete_bash(struct text *out) {
    text_append(out, "# Completes t87s-inspect in bash. Written by `t87s-inspect --completion bash`.\n"
                     "_t87s_inspect() {\n"
                     "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} reply\n"
                     "    local arguments=(-f -X '!*.tags')\n"
                     "    COMPREPLY=()\n"
                     "    case $prev in\n");
    for (size_t i = 0; i < OPTIONS; i++)
        if (table[i].argument)
            text_printf(out, "    %s) arguments=(-%c '%s') ;;\n", table[i].name, table[i].id == ID_INCLUDE ? 'A' : 'W',
                        table[i].id == ID_INCLUDE ? "directory"
                        : table[i].words          ? table[i].words
                                                  : "");
    text_append(out, "    *) [[ $cur != -* ]] || arguments=(-W '");
    for (size_t i = 0; i < OPTIONS; i++)
        text_printf(out, "%s%s", i ? " " : "", table[i].name);
    text_append(out, "') ;;\n"
                     "    esac\n"
                     "    [[ ${arguments[0]} != -f ]] || compopt -o filenames -o plusdirs 2>/dev/null\n"
                     "    while IFS= read -r reply; do\n"
                     "        COMPREPLY+=(\"$reply\")\n"
                     "    done < <(compgen \"${arguments[@]}\" -- \"$cur\")\n"
                     "}\n"
                     "complete -F _t87s_inspect t87s-inspect\n");
}

static void append_escaped(struct text *out, const char *string, const char *special) {
    for (; *string; string++)
        text_printf(out, strchr(special, *string) ? "\\%c" : "%c", *string);
}

static void complete_zsh(struct text *out) {
    text_append(out, "#compdef t87s-inspect\n"
                     "# Completes t87s-inspect in zsh. Written by `t87s-inspect --completion zsh`.\n"
                     "_arguments \\\n");
    for (size_t i = 0; i < OPTIONS; i++) {
        text_printf(out, "    '%s%s[", table[i].name, table[i].argument && table[i].name[1] == '-' ? "=" : "");
        append_escaped(out, table[i].help, "[]:\\");
        text_append(out, "]");
        if (table[i].words)
            text_printf(out, ":%s:(%s)", table[i].argument, table[i].words);
        else if (table[i].argument)
            text_printf(out, ":%s:%s", table[i].argument, table[i].id == ID_INCLUDE ? "_files -/" : "");
        text_append(out, "' \\\n");
    }
    text_append(out, "    ':SCHEMA:_files -g \"*.tags\"'\n");
}

static void complete_fish(struct text *out) {
    text_append(out, "# Completes t87s-inspect in fish. Written by `t87s-inspect --completion fish`.\n"
                     "complete -c t87s-inspect -f -a '(__fish_complete_suffix .tags)'\n");
    for (size_t i = 0; i < OPTIONS; i++) {
        const bool is_long = table[i].name[1] == '-';
        text_printf(out, "complete -c t87s-inspect -%c %s -d '", is_long ? 'l' : 's', table[i].name + 1 + is_long);
        append_escaped(out, table[i].help, "'\\");
        text_append(out, "'");
        if (table[i].words)
            text_printf(out, " -x -a '%s'", table[i].words);
        else if (table[i].argument)
            text_printf(out, table[i].id == ID_INCLUDE ? " -x -a '(__fish_complete_directories)'" : " -x");
        text_append(out, "\n");
    }
}

void options_completion(struct text *out, const char *shell) {
    (!strcmp(shell, "bash") ? complete_bash : !strcmp(shell, "zsh") ? complete_zsh : complete_fish)(out);
}
