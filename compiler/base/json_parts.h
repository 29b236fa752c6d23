/* SPDX-License-Identifier: MIT
 *
 * Between jansson, which knows about escaping, and struct text.
 *
 * A NULL from jansson means no memory, and is passed on: json_pack() with a NULL in it gives NULL, json_grown() does,
 * and append_json() makes the text fail. So one look at the text in the end is enough.
 */
#ifndef T87SC_JSON_PARTS_H
#define T87SC_JSON_PARTS_H

#include <jansson.h>

#include "text.h"

/* Strings. JSON is UTF-8: each sequence that is not becomes U+FFFD. */
json_t *json_of_text(const char *text);   /* null for NULL */
json_t *json_of_built(struct text *text); /* takes the text */

json_t *json_grown(json_t *array, json_t *element); /* takes both, gives the array */

/* Without its folder. JSON is UTF-8: in a name that is not, `?` stands for each byte that is not ASCII. */
json_t *json_of_file_name(const char *path);

/* Both take the value. */
void append_json(struct text *out, json_t *value); /* on one line */
void append_json_indented(struct text *out, json_t *value);

#endif
