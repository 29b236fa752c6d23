/* SPDX-License-Identifier: MIT */
#include "options.h"
#include "options_table.h"
#include "text.h"

void options_help(struct text *out, const struct verb *verb) {
    if (verb) {
        text_printf(out, "usage: t87sc %s [OPTION]... %s\n%s\n\n", verb->name, verb->arguments, verb->summary);
    } else {
        text_append(out, "usage: t87sc COMMAND [OPTION]... [ARGUMENT]...\n\n");
        for (const struct verb *each = verbs; each->name; each++)
            text_printf(out, "  %-8s %-12s %s\n", each->name, each->arguments, each->summary);
        text_append(out, "\nA schema called - is standard input. `t87sc COMMAND --help` tells its options.\n\n");
    }
    for (const struct option *option = options_table; option->name; option++) {
        if (!option_belongs(option, verb))
            continue;
        size_t before = out->size;
        text_printf(out, "  %s%s%s", option->name, option->argument ? " " : "",
                    option->argument ? option->argument : "");
        size_t width = out->size - before;
        text_append_repeated(out, ' ', width < 20 ? 20 - width : 1);
        text_printf(out, "%s\n", option->help);
    }
    text_append(out, "\nexit: 0 fine, 1 findings, 2 usage, 3 input, output or internal\n");
}
