/* SPDX-License-Identifier: MIT */
#ifndef T87S_TEST_FILES_H
#define T87S_TEST_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* Files, folders and places for tests. Whatever goes wrong here fails the running test; nothing returns an error. */

/* The caller frees; followed by a NUL that *size does not count. size may be NULL. */
char *read_file(const char *path, size_t *size);
void write_file(const char *path, const void *data, size_t size);
void write_text(const char *path, const char *text);
bool file_exists(const char *path);

/* printf into a fresh string; the caller frees. */
char *text_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A fresh empty folder of its own; temp_dir_remove takes it, with all that is in it, and frees the name. */
char *temp_dir_make(void);
void temp_dir_remove(char *folder);

/* Places in the source tree and the build tree (T87S_SOURCE_ROOT and T87S_BUILD_ROOT, set by meson); the caller frees.
 */
char *source_path(const char *relative);
char *build_path(const char *relative);

#endif
