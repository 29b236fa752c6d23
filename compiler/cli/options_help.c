/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "options.h"
#include "options_table.h"
#include "text.h"

/* Where the explanations begin; what is longer has them on a line of its own. And where lines end. */
enum { LEFT = 28, WIDTH = 80 };

/* What begins at `before` and, to the right of it, what it means. */
static void explain(struct text *out, size_t before, const char *meaning) {
    size_t column = out->size - before;
    if (column >= LEFT) {
        text_append_char(out, '\n');
        column = 0;
    }
    text_append_repeated(out, ' ', LEFT - column);
    column = LEFT;
    for (const char *word = meaning; *word;) {
        size_t size = strcspn(word, " ");
        if (column > LEFT && column + 1 + size > WIDTH) {
            text_append_char(out, '\n');
            text_append_repeated(out, ' ', LEFT);
            column = LEFT;
        } else if (column > LEFT) {
            text_append_char(out, ' ');
            column++;
        }
        text_append_bytes(out, word, size);
        column += size;
        word += size + strspn(word + size, " ");
    }
    text_append_char(out, '\n');
}

static void list_options(struct text *out, const struct verb *verb) {
    size_t before = out->size;
    for (const struct option *option = options_table; option->name; option++) {
        if (!option_belongs(option, verb))
            continue;
        text_printf(out, "%s%s", out->size == before ? "  " : ", ", option->name);
        if (option[1].name && option[1].id == option->id && option_belongs(&option[1], verb))
            continue; /* the next row is another name of it */
        text_printf(out, "%s%s", option->argument ? " " : "", option->argument ? option->argument : "");
        explain(out, before, option->help);
        before = out->size;
    }
}

static void list_verbs(struct text *out) {
    for (const struct verb *verb = verbs; verb->name; verb++) {
        size_t before = out->size;
        text_printf(out, "  %s %s", verb->name, verb->arguments);
        explain(out, before, verb->summary);
    }
}

void options_help(struct text *out, const struct verb *verb) {
    if (verb) {
        text_printf(out, "usage: t87sc %s [OPTION]...%s%s\n%s\n\n", verb->name, *verb->arguments ? " " : "",
                    verb->arguments, verb->summary);
    } else {
        text_append(out, "usage: t87sc COMMAND [OPTION]... [ARGUMENT]...\n\n");
        list_verbs(out);
        text_append(out, "\nA schema called - is standard input. `t87sc help COMMAND` tells its options.\n\n");
    }
    list_options(out, verb);
    text_append(out, "\nexit: 0 fine, 1 findings, 2 usage, 3 input, output or internal\n");
}
