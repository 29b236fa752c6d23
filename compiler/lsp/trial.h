/* SPDX-License-Identifier: MIT
 *
 * A schema as it would be if a thing had another name.
 */
#ifndef T87SC_TRIAL_H
#define T87SC_TRIAL_H

#include "server.h"

/* Whether the schema checks as well as it does now when the uses (see uses.h) are called `name`. False: refused, or no
 * memory. It is the one that is known afterwards. */
bool trial(struct server *server, struct document *schema, json_t *uses, const char *name);

#endif
