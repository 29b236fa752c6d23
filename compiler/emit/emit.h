/* SPDX-License-Identifier: MIT
 *
 * What the parts of the header emitter share. Outside of the room: emit_header.h.
 */
#ifndef T87SC_EMIT_H
#define T87SC_EMIT_H

#include <stdint.h>

#include "emit_plan.h"
#include "model.h"
#include "printer.h"

/* Longer literals than this get a warning where they are not marked as an extension. */
enum { C_PORTABLE_LITERAL = 4095 };

/* ---- emit_types.c: schema types as C ---- */

/* "uint64_t user_id"; a uuid is an array. */
void say_declaration(struct printer *printer, struct model_type type, const char *name);
/* "uint64_t" */
void say_type(struct printer *printer, struct model_type type);
/* The name of the printer's local. */
void say_local(struct printer *printer, size_t i);
/* The printer's locals as parameters, each followed by ", ", for params and for the wilds on a node's path. */
void say_params(struct printer *printer, const struct model_param *params, size_t n);
/* The same parameters as arguments: ", user_id, post_id". */
void say_arguments(struct printer *printer, size_t n);
/* Locals for the params of a shape, taken from the key behind its fingerprint. */
void say_take(struct printer *printer, const struct model_param *params, size_t n);
/* The value of a call: true when put (of a key) or path (of a tag) can refuse it. */
bool type_can_be_wrong(struct model_type type);
size_t type_key_size(struct model_type type);
size_t type_path_size(struct model_type type);
char type_letter(struct model_type type);
/* "t87s_gen_put_u64", or what the header has for an enum. */
void say_put_function(struct printer *printer, struct model_type type);
/* "t87s_gen_path_u64(at, user_id)" */
void say_path_call(struct printer *printer, struct model_type type, const char *argument);
/* "!t87s_gen_is_str(name)": true in C when the argument cannot be one of its type. */
void say_wrong(struct printer *printer, struct model_type type, const char *argument);

void emit_enum(struct printer *printer, const struct model_enum *enumeration);

/* ---- emit_tags.c ---- */

void emit_tag_type(struct printer *printer, const struct model *model);
void emit_tags(struct printer *printer, const struct emit_plan *plan);
void emit_invalidates(struct printer *printer);
/* From the root down, without the root; returns how many. */
size_t segments_of(const struct model_node *node, const struct model_node *segments[MODEL_MAX_SEGMENTS]);
/* Of the tag in a query's description: its segments and ';'. */
size_t tag_text_size(const struct model_node *node);
/* s\005users, inside of a literal */
void say_static(struct printer *printer, const struct model_node *node);
/* "users/<user_id>/posts" */
void say_path(struct printer *printer, const struct model_node *node);
/* The static asserts on the wilds of the tags that `user` (as in the plan) fills, function `name`: on each tag once. */
void say_wild_asserts(struct printer *printer, const struct emit_plan *plan, size_t user, const char *name,
                      const struct model_spec *specs, size_t n);
/* "blog_tag_users(user_id)", from the printer's locals */
void say_tag_call(struct printer *printer, const struct model_spec *spec);

/* ---- emit_values.c: what a query brings ---- */

/* What every struct must be to be copied, once per struct; what the application defines for each codec. */
void emit_value_rules(struct printer *printer, const struct emit_plan *plan);
/* The `out` parameter: of the fetch, of the wrappers. */
void say_fetch_out(struct printer *printer, const struct model_value *value);
void say_wrapper_out(struct printer *printer, const struct model_value *value);
/* The two values of a refresh callback as parameters. */
void say_refreshed_values(struct printer *printer, const struct model_value *value);
/* One of them as an argument: a cast, or the struct t87s_value itself. */
void say_refreshed_argument(struct printer *printer, const struct model_value *value, const char *local);
/* "sizeof(struct user)"; "0" when it is variable. */
void say_fixed_size(struct printer *printer, const struct model_value *value);
bool value_is_fixed(const struct model_value *value);
/* The locals that say_fetch_body() needs beside the parameters. */
void say_fetch_locals(struct printer *printer, const struct model_value *value);
/* The statements that fetch into `out` and return. */
void say_fetch_body(struct printer *printer, const struct model_query *query);

/* ---- emit_shapes.c ---- */

/* The functions of a shape, of which this query is the first. */
void emit_shape(struct printer *printer, const struct model_query *query);
/* Of a kind, of which this query is the first. */
void emit_kind(struct printer *printer, const struct model_query *query, const char *shape);

/* ---- emit_queries.c, emit_mutations.c ---- */

void emit_query(struct printer *printer, const struct emit_plan *plan, size_t index);
/* In C, a macro beside the on_refresh function that refuses a callback of another type; the shape has the check. */
void emit_callback_check(struct printer *printer, const struct emit_plan *plan, size_t index);
void emit_mutation(struct printer *printer, const struct emit_plan *plan, size_t index);

#endif
