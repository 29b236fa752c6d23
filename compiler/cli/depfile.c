/* SPDX-License-Identifier: MIT */
#include "depfile.h"

#include <string.h>

static bool ends_with(const char *path, char byte) {
    size_t size = strlen(path);
    return size && path[size - 1] == byte;
}

/* What make or ninja, or both, take for something else, whatever stands before it. */
const char *depfile_flaw(const char *path, bool is_target) {
    static const struct {
        char byte;
        bool at_end, in_target; /* only there */
        const char *flaw;
    } flaws[] = {{'\n', false, false, "a newline in its name"}, {'\r', false, false, "a carriage return in its name"},
                 {'\t', false, false, "a tab in its name"},     {';', false, false, "a ';' in its name"},
                 {'|', false, false, "a '|' in its name"},      {'%', false, true, "a '%' in its name"},
                 {'=', false, true, "a '=' in its name"},       {' ', true, false, "a space at its end"},
                 {':', true, false, "a ':' at its end"},        {'&', true, false, "a '&' at its end"},
                 {'\\', true, false, "a backslash at its end"}};
    for (size_t i = 0; i < sizeof flaws / sizeof *flaws; i++)
        if ((is_target || !flaws[i].in_target) &&
            (flaws[i].at_end ? ends_with(path, flaws[i].byte) : strchr(path, flaws[i].byte) != NULL))
            return flaws[i].flaw;
    return strstr(path, "\\#") || strstr(path, "\\:") ? "a backslash before '#' or ':' in its name" : NULL;
}

/* What make wants: \ before a space, a colon and #, backslashes before a space doubled, $ doubled. ninja reads the
 * same. */
static void append_escaped(struct text *out, const char *path) {
    size_t n_backslashes = 0;
    for (; *path; path++) {
        if (*path == ' ' || *path == '\t')
            text_append_repeated(out, '\\', n_backslashes + 1);
        else if (*path == '#' || *path == ':')
            text_append_char(out, '\\');
        else if (*path == '$')
            text_append_char(out, '$');
        n_backslashes = *path == '\\' ? n_backslashes + 1 : 0;
        text_append_char(out, *path);
    }
}

void depfile_text(struct text *out, const char *target, const char *const *files, size_t n_files) {
    append_escaped(out, target);
    text_append_char(out, ':');
    for (size_t i = 0; i < n_files; i++) {
        text_append(out, i ? " \\\n  " : " ");
        append_escaped(out, files[i]);
    }
    text_append_char(out, '\n');
    for (size_t i = 0; i < n_files; i++) {
        text_append_char(out, '\n');
        append_escaped(out, files[i]);
        text_append(out, ":\n");
    }
}
