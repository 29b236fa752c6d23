/* SPDX-License-Identifier: MIT */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "text.h"

enum { MOST_ENTRIES = 10000 }; /* that are looked at */

static bool ends_with(const char *name, const char *end) {
    size_t size = strlen(name), end_size = strlen(end);
    return size > end_size && !strcmp(name + size - end_size, end);
}

static bool is_writable(const char *name) {
    const unsigned char *at = (const unsigned char *)name, *limit = at + strlen(name);
    long code = *name == '.' ? TEXT_BAD : 0;
    while (at < limit && code != TEXT_BAD && code != '"' && code != '\n')
        at = text_next_code_point(at, limit, &code);
    return code != TEXT_BAD && code != '"' && code != '\n';
}

static bool add(struct folder *folder, const char *name, const char *end) {
    struct text text;
    text_init(&text);
    text_printf(&text, "%s%s", name, end);
    char **names = text.failed ? NULL : realloc(folder->names, (folder->n + 1) * sizeof *names);
    if (!names) {
        text_free(&text);
        return false;
    }
    folder->names = names;
    folder->names[folder->n++] = text.data; /* the text is given away */
    return true;
}

/* If it is one. */
static bool add_folder(struct folder *folder, const char *path, const char *name) {
    struct text whole;
    struct stat status;
    text_init(&whole);
    text_printf(&whole, "%s/%s", path, name);
    bool memory = !whole.failed;
    if (memory && stat(text_string(&whole), &status) == 0 && S_ISDIR(status.st_mode))
        memory = add(folder, name, "/");
    text_free(&whole);
    return memory;
}

static int compare(const void *left, const void *right) { return strcmp(*(char *const *)left, *(char *const *)right); }

bool folder_read(struct folder *folder, const char *path) {
    *folder = (struct folder){0};
    DIR *stream = opendir(path);
    bool memory = true;
    if (!stream)
        return errno != ENOMEM;
    for (size_t i = 0; i < MOST_ENTRIES && memory; i++) {
        const struct dirent *entry = readdir(stream);
        if (!entry)
            break;
        if (!is_writable(entry->d_name))
            continue;
        if (ends_with(entry->d_name, ".tags"))
            memory = add(folder, entry->d_name, "");
        else
            memory = add_folder(folder, path, entry->d_name);
    }
    closedir(stream);
    if (!memory)
        folder_free(folder);
    else if (folder->n)
        qsort(folder->names, folder->n, sizeof *folder->names, compare);
    return memory;
}

void folder_free(struct folder *folder) {
    for (size_t i = 0; i < folder->n; i++)
        free(folder->names[i]);
    free(folder->names);
    *folder = (struct folder){0};
}
