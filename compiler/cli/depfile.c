/* SPDX-License-Identifier: MIT */
#include "depfile.h"

#include <string.h>

bool depfile_can_name(const char *path) { return !strpbrk(path, "\r\n"); }

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
