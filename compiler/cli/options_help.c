/* SPDX-License-Identifier: MIT */
#include "options.h"
#include "options_table.h"
#include "text.h"

/* Where the explanations begin. What is longer has them on a line of their own. */
enum { LEFT = 28 };

static void fill(struct text *out, size_t before) {
    size_t width = out->size - before;
    if (width >= LEFT)
        text_append_char(out, '\n');
    text_append_repeated(out, ' ', width < LEFT ? LEFT - width : LEFT);
}

void options_help(struct text *out, const struct verb *verb) {
    if (verb) {
        text_printf(out, "usage: t87sc %s [OPTION]... %s\n%s\n\n", verb->name, verb->arguments, verb->summary);
    } else {
        text_append(out, "usage: t87sc COMMAND [OPTION]... [ARGUMENT]...\n\n");
        for (const struct verb *each = verbs; each->name; each++) {
            size_t before = out->size;
            text_printf(out, "  %s %s", each->name, each->arguments);
            fill(out, before);
            text_printf(out, "%s\n", each->summary);
        }
        text_append(out, "\nA schema called - is standard input. `t87sc COMMAND --help` tells its options.\n\n");
    }
    for (const struct option *option = options_table; option->name; option++) {
        if (!option_belongs(option, verb))
            continue;
        size_t before = out->size;
        text_printf(out, "  %s%s%s", option->name, option->argument ? " " : "",
                    option->argument ? option->argument : "");
        fill(out, before);
        text_printf(out, "%s\n", option->help);
    }
    text_append(out, "\nexit: 0 fine, 1 findings, 2 usage, 3 input, output or internal\n");
}
