/* SPDX-License-Identifier: MIT
 *
 * A schema on its whole way: read, resolved, checked, every name born. What `check` says of a schema is what is in the
 * diagnostics then; the verbs and the language server go this one way.
 */
#ifndef T87SC_COMPILED_H
#define T87SC_COMPILED_H

#include "emit_plan.h"
#include "load.h"

/* Must stay where it is. */
struct compiled {
    struct loaded loaded;
    struct emit_plan plan; /* of loaded.model; made when that is there */
};

/* As load_schema(). LOAD_OK: there is a model; but with errors among the names nothing may be made of it. */
enum load_status compile_schema(const struct load_options *options, struct compiled *out);
void compiled_free(struct compiled *compiled);

#endif
