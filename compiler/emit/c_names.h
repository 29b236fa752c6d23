/* SPDX-License-Identifier: MIT
 *
 * Where generated identifiers are born: every name in a generated header that is not the library's comes from here.
 *
 * A global name is the schema's, a text, the name of the thing it belongs to, a text: blog _peek_ get_user; the table
 * below has one row per pattern. A tag's own name is the statics of its path, joined:
 *
 *     users/<user_id>           users        the wild takes the name of its static,
 *     users                     users_all    and the static is then the one with all of them
 *     users/<user_id>/profile   users_profile
 *     prices/<zone>/<sku>       prices_sku   a wild whose parent is no static adds its parameter's name
 *     config                    config
 *
 * Names that meet are errors with both places (c_names_check), so that no generated header can have two.
 */
#ifndef T87SC_C_NAMES_H
#define T87SC_C_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

enum c_name_owner { OF_SCHEMA, OF_TAG, OF_QUERY, OF_MUTATION, OF_ENUM, OF_ITEM, OF_CODEC, OF_VALUE, OF_WORD };

/* clang-format off */
/*    name                 owner        upper  before             after */
#define C_NAMES(X) \
    X(C_GUARD,             OF_SCHEMA,   true,  "",                "_TAGS_H") \
    X(C_CACHE,             OF_SCHEMA,   false, "",                "_cache") \
    X(C_TAG,               OF_SCHEMA,   false, "",                "_tag") \
    X(C_OPEN,              OF_SCHEMA,   false, "",                "_open") \
    X(C_CLOSE,             OF_SCHEMA,   false, "",                "_close") \
    X(C_PRIMITIVES,        OF_SCHEMA,   false, "",                "_primitives") \
    X(C_TAG_FORMAT,        OF_SCHEMA,   false, "",                "_tag_format") \
    X(C_TAG_EQUAL,         OF_SCHEMA,   false, "",                "_tag_equal") \
    X(C_INVALIDATE,        OF_SCHEMA,   false, "",                "_invalidate") \
    X(C_INVALIDATE_SOFT,   OF_SCHEMA,   false, "",                "_invalidate_soft") \
    X(C_INVALIDATE_EXACT,  OF_SCHEMA,   false, "",                "_invalidate_exact") \
    X(C_GEN_INVALIDATE,    OF_SCHEMA,   false, "",                "_gen_invalidate") \
    X(C_GEN_PLAIN,         OF_SCHEMA,   true,  "",                "_GEN_PLAIN") \
    X(C_GEN_COPIED,        OF_SCHEMA,   true,  "",                "_GEN_COPIED") \
    X(C_NODE,              OF_TAG,      false, "_tag_",           "") \
    X(C_NODE_WILDS,        OF_TAG,      true,  "_TAG_",           "_WILDS") \
    X(C_GEN_TAG,           OF_TAG,      false, "_gen_tag_",       "") \
    X(C_QUERY,             OF_QUERY,    false, "_",               "") \
    X(C_QUERY_ENTRIES,     OF_QUERY,    false, "_",               "_entries") \
    X(C_QUERY_PEEK,        OF_QUERY,    false, "_peek_",          "") \
    X(C_QUERY_ON_REFRESH,  OF_QUERY,    false, "_on_refresh_",    "") \
    X(C_QUERY_REFRESHED,   OF_QUERY,    false, "_refreshed_",     "") \
    X(C_QUERY_FETCH,       OF_QUERY,    false, "_fetch_",         "") \
    X(C_QUERY_PARAMS,      OF_QUERY,    true,  "_",               "_PARAMS") \
    X(C_GEN_FETCH,         OF_QUERY,    false, "_gen_fetch_",     "") \
    X(C_GEN_REFRESHED,     OF_QUERY,    false, "_gen_refreshed_", "") \
    X(C_GEN_FETCHES,       OF_QUERY,    false, "_gen_fetches_",   "") \
    X(C_GEN_ASK,           OF_QUERY,    false, "_gen_ask_",       "") \
    X(C_GEN_ON_REFRESH,    OF_QUERY,    false, "_gen_on_refresh_", "") \
    X(C_GEN_ITEM,          OF_QUERY,    false, "_gen_item_",      "") \
    X(C_GEN_KIND,          OF_QUERY,    false, "_gen_kind_",      "") \
    X(C_GEN_CHECKED,       OF_QUERY,    false, "_gen_checked_",   "") \
    X(C_MUTATION,          OF_MUTATION, false, "_",               "") \
    X(C_APPLY,             OF_MUTATION, false, "_apply_",         "") \
    X(C_ENUM,              OF_ENUM,     false, "_",               "") \
    X(C_ENUM_TEXT,         OF_ENUM,     false, "_gen_text_",      "") \
    X(C_ENUM_PUT,          OF_ENUM,     false, "_gen_put_",       "") \
    X(C_ENUM_TAKE,         OF_ENUM,     false, "_gen_take_",      "") \
    X(C_ITEM,              OF_ITEM,     true,  "_",               "") \
    X(C_ENCODE,            OF_CODEC,    false, "_encode_",        "") \
    X(C_DECODE,            OF_CODEC,    false, "_decode_",        "") \
    X(C_FREE,              OF_CODEC,    false, "_free_",          "")
/* clang-format on */

enum c_name {
#define X(name, owner, upper, before, after) name,
    C_NAMES(X)
#undef X
        C_NAME_COUNT
};

enum {
    /* 16 names of 64 bytes and what joins them, the schema's, a pattern */
    C_NAME_MAX = MODEL_MAX_SEGMENTS * (MODEL_MAX_NAME + 1) + MODEL_MAX_NAME + 64,
};

struct c_names {
    const struct model *model;
    size_t schema_size;
    char upper[MODEL_MAX_NAME + 1]; /* the schema's name in capitals */
};

void c_names_init(struct c_names *names, const struct model *model);

/* Writes a name without a NUL, at most C_NAME_MAX bytes; returns its size. */
size_t c_name_of(char *to, const struct c_names *names, enum c_name kind, const char *own);
size_t c_name_of_bytes(char *to, const struct c_names *names, enum c_name kind, const char *own, size_t own_size);
size_t c_name_of_node(char *to, const struct c_names *names, enum c_name kind, const struct model_node *node);
size_t c_name_of_item(char *to, const struct c_names *names, const struct model_enum *enumeration, size_t item);

/* The parameters of one generated function as they are called in C. A name that means something to the C compiler or
 * to the header (a type, a macro, a function of the schema) gets an underscore; one that is there twice, a number. */
struct c_locals {
    size_t n;
    uint32_t lengths; /* a bit for each length that a parameter's name has: most locals need no look at the names */
    const char *params[MODEL_MAX_PARAMS];
    size_t sizes[MODEL_MAX_PARAMS]; /* of their names */
    char changed[MODEL_MAX_PARAMS][MODEL_MAX_NAME + 8];
};

void c_locals_of_params(struct c_locals *locals, const struct c_names *names, const struct model_param *params,
                        size_t n);
/* Of the wilds on the path of a node, from the root down. */
void c_locals_of_wilds(struct c_locals *locals, const struct c_names *names, const struct model_node *node);

/* What a local of the generator's own is called beside these parameters (`locals` may be NULL). Writes at most
 * `size` + 8 bytes without a NUL, returns how many. */
size_t c_local_own(char *to, const struct c_locals *locals, const char *word, size_t size);

/* c_words.c: words that C and C++ have already. A keyword can be no identifier at all; what else is taken (types and
 * macros that the header uses, variables of libc) can be no parameter. */
bool c_is_keyword(const char *word);
bool c_is_taken(const char *word);
const char *c_word(size_t i); /* all of them, keywords and others; NULL after the last */
/* Identifiers that the C standard keeps for itself wherever they stand: __x and _X. */
bool c_is_reserved(const char *word);

#endif
