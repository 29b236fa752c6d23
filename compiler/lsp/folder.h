/* SPDX-License-Identifier: MIT
 *
 * What of a folder can be imported: schemas, and the folders in it, whose names end with a slash. What begins with a
 * dot is left out, and what cannot be written between quotes.
 */
#ifndef T87SC_FOLDER_H
#define T87SC_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

struct folder {
    char **names; /* sorted */
    size_t n;
};

/* A folder that cannot be read has nothing. False: no memory, and nothing to free.
 */
bool folder_read(struct folder *folder, const char *path);
void folder_free(struct folder *folder);

#endif
