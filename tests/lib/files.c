/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* nftw, asprintf */
#include "files.h"

#include <check.h>
#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        ck_abort_msg("%s: %s", path, strerror(errno));
    size_t used = 0, room = 4096;
    char *data = malloc(room + 1);
    ck_assert_ptr_nonnull(data);
    for (size_t got; (got = fread(data + used, 1, room - used, file)) > 0;) {
        used += got;
        if (used == room) {
            room *= 2;
            data = realloc(data, room + 1);
            ck_assert_ptr_nonnull(data);
        }
    }
    ck_assert_msg(!ferror(file), "%s: cannot be read", path);
    fclose(file);
    data[used] = '\0';
    if (size != NULL)
        *size = used;
    return data;
}

void write_file(const char *path, const void *data, size_t size) {
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        ck_abort_msg("%s: %s", path, strerror(errno));
    size_t written = fwrite(data, 1, size, file);
    ck_assert_msg(fclose(file) == 0 && written == size, "%s: cannot be written", path);
}

void write_text(const char *path, const char *text) { write_file(path, text, strlen(text)); }

bool file_exists(const char *path) { return access(path, F_OK) == 0; }

char *text_of(const char *format, ...) {
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    ck_assert_int_ge(length, 0);
    return text;
}

char *temp_dir_make(void) {
    const char *base = getenv("TMPDIR");
    char *folder = text_of("%s/t87s-test-XXXXXX", base != NULL && *base != '\0' ? base : "/tmp");
    ck_assert_msg(mkdtemp(folder) != NULL, "%s: %s", folder, strerror(errno));
    return folder;
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *where) {
    (void)about;
    (void)type;
    (void)where;
    return remove(path);
}

void temp_dir_remove(char *folder) {
    if (folder == NULL)
        return;
    ck_assert_msg(nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0, "%s: %s", folder, strerror(errno));
    free(folder);
}

static char *path_below(const char *variable, const char *relative) {
    const char *root = getenv(variable);
    ck_assert_msg(root != NULL, "%s is not set: run this through `meson test`", variable);
    return text_of("%s/%s", root, relative);
}

char *source_path(const char *relative) { return path_below("T87S_SOURCE_ROOT", relative); }

char *build_path(const char *relative) { return path_below("T87S_BUILD_ROOT", relative); }
