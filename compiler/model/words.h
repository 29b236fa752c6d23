/* SPDX-License-Identifier: MIT
 *
 * A model in words, for people and programs: types, values, parameters as the schema writes them, tags as paths. What
 * returns nothing appends to a text.
 */
#ifndef T87SC_WORDS_H
#define T87SC_WORDS_H

#include "model.h"
#include "text.h"

const char *words_type(struct model_type type);                 /* u64; the name of an enum */
const char *words_value_kind(enum model_value_kind kind);       /* struct, scalar, uuid, str, bytes, codec */
void words_tag(struct text *out, const struct model_node *tag); /* users/<user_id>/posts */
void words_params(struct text *out, const struct model_param *params, size_t n); /* (post_id: u64, key page: u32) */
void words_value(struct text *out, const struct model_value *value);             /* struct user; u64; bytes */

void words_duration(struct text *out, int64_t ms); /* 90s, 1h, 500ms */

/* A tag as its owner fills it: users/<author_id>/posts, with the names of the owner's parameters. */
void words_spec(struct text *out, const struct model_spec *spec, const struct model_param *params);

/* A tag as the schema writes it: users(author_id).posts. `names` are by wild, the root's first. */
void words_written(struct text *out, const struct model_node *tag, const char *const *names);

/* The nodes of a path, from below the root down to `node`; node->depth of them. */
void words_path(const struct model_node *node, const struct model_node *path[MODEL_MAX_SEGMENTS]);

#endif
