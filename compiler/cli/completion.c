/* SPDX-License-Identifier: MIT */
#include "completion.h"

#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "output.h"
#include "suggest.h"

enum offer offer_of_option(const struct option *option) {
    if (!option->argument)
        return OFFER_NOTHING;
    if (option->words)
        return OFFER_WORDS;
    if (option->id == ID_WARNING)
        return OFFER_WARNING;
    if (option->id == ID_AGAINST)
        return OFFER_SCHEMA;
    if (!strcmp(option->argument, "DIR"))
        return OFFER_FOLDER;
    return !strcmp(option->argument, "FILE") ? OFFER_FILE : OFFER_NOTHING;
}

enum offer offer_of_verb(const struct verb *verb) {
    if (strstr(verb->arguments, "SCHEMA"))
        return OFFER_SCHEMA;
    if (!strcmp(verb->arguments, "CODE"))
        return OFFER_RULE;
    return strchr(verb->arguments, '|') ? OFFER_WORDS : OFFER_NOTHING;
}

bool option_repeats(const struct option *option) {
    return option->id == ID_INCLUDE || option->id == ID_WARNING || option->id == ID_CATEGORY;
}

void append_verb_words(struct text *out, const struct verb *verb) {
    for (const char *byte = verb->arguments; *byte; byte++)
        text_append_char(out, *byte == '|' ? ' ' : *byte);
}

void append_escaped(struct text *out, const char *string, const char *special) {
    for (; *string; string++) {
        if (*string == '\'')
            text_append(out, "'\\''");
        else
            text_printf(out, strchr(special, *string) ? "\\%c" : "%c", *string);
    }
}

enum exit_code run_completion(const struct options *options) {
    static const struct {
        const char *name;
        void (*write)(struct text *out);
    } shells[] = {{"bash", complete_bash}, {"zsh", complete_zsh}, {"fish", complete_fish}};
    enum { N = sizeof shells / sizeof *shells };
    const char *wanted = options->arguments[0];
    struct suggestion suggestion = suggest_for(wanted);
    struct text text;
    for (size_t i = 0; i < N; i++) {
        suggest_offer(&suggestion, shells[i].name);
        if (strcmp(shells[i].name, wanted) != 0)
            continue;
        text_init(&text);
        shells[i].write(&text);
        return output_built("-", &text) ? EXIT_FINE : EXIT_INTERNAL;
    }
    const char *best = suggest_best(&suggestion);
    fprintf(stderr, "t87sc: error: there is no completion for '%s'", wanted);
    fprintf(stderr, best ? "; did you mean '%s'?\n" : ", only for %s\n", best ? best : options->verb->arguments);
    return EXIT_USAGE;
}
