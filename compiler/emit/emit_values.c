/* SPDX-License-Identifier: MIT
 *
 * The kinds of value. Fixed ones (struct, scalar, uuid) are copied to the caller; the others come as a struct
 * t87s_value that pins the cache's bytes. A codec's fetch gives a C struct, and the header encodes it.
 */
#include "emit.h"

bool value_is_fixed(const struct model_value *value) {
    return value->kind == VALUE_STRUCT || value->kind == VALUE_SCALAR || value->kind == VALUE_UUID;
}

/* "struct user *", "const uint64_t *": a pointer to a fixed value, or to a codec's struct. */
static void say_pointer(struct printer *printer, const struct model_value *value, const char *qualifier) {
    static const char *const scalars[] = {
        [TYPE_U32] = "uint32_t", [TYPE_U64] = "uint64_t", [TYPE_I32] = "int32_t",
        [TYPE_I64] = "int64_t",  [TYPE_BOOL] = "bool",    [TYPE_ENUM] = NULL,
    };
    if (value->kind == VALUE_UUID)
        say(printer, "%suint8_t *", qualifier);
    else if (value->kind != VALUE_SCALAR)
        say(printer, "%sstruct %s *", qualifier, value->name);
    else if (value->type.kind == TYPE_ENUM)
        say(printer, "%senum %n *", qualifier, C_ENUM, value->type.enumeration->name);
    else
        say(printer, "%s%s *", qualifier, scalars[value->type.kind]);
}

void say_fetch_out(struct printer *printer, const struct model_value *value) {
    if (value->kind == VALUE_STR || value->kind == VALUE_BYTES)
        say(printer, "struct t87s_buffer *%$out");
    else if (value->kind == VALUE_UUID)
        say(printer, "uint8_t %$out[16]");
    else {
        say_pointer(printer, value, "");
        say(printer, "%$out");
    }
}

void say_wrapper_out(struct printer *printer, const struct model_value *value) {
    if (value_is_fixed(value))
        say_fetch_out(printer, value);
    else
        say(printer, "struct t87s_value *%$out");
}

void say_refreshed_values(struct printer *printer, const struct model_value *value) {
    if (!value_is_fixed(value)) {
        say(printer, "const struct t87s_value *%$old, const struct t87s_value *%$fresh");
    } else if (value->kind == VALUE_UUID) {
        say(printer, "const uint8_t %$old[16], const uint8_t %$fresh[16]");
    } else {
        say_pointer(printer, value, "const ");
        say(printer, "%$old, ");
        say_pointer(printer, value, "const ");
        say(printer, "%$fresh");
    }
}

void say_refreshed_argument(struct printer *printer, const struct model_value *value, const char *local) {
    if (!value_is_fixed(value)) {
        say(printer, local);
        return;
    }
    say(printer, "(");
    say_pointer(printer, value, "const ");
    say(printer, ")");
    say(printer, local);
    say(printer, "->data");
}

void say_fixed_size(struct printer *printer, const struct model_value *value) {
    if (value->kind == VALUE_STRUCT)
        say(printer, "sizeof(struct %s)", value->name);
    else if (value->kind == VALUE_UUID)
        say(printer, "16");
    else if (value->kind != VALUE_SCALAR)
        say(printer, "0");
    else if (value->type.kind == TYPE_ENUM)
        say(printer, "sizeof(enum %n)", C_ENUM, value->type.enumeration->name);
    else
        say(printer, value->type.kind == TYPE_BOOL                                  ? "sizeof(bool)"
                     : value->type.kind == TYPE_U32 || value->type.kind == TYPE_I32 ? "4"
                                                                                    : "8");
}

void say_fetch_locals(struct printer *printer, const struct model_value *value) {
    if (value->kind == VALUE_CODEC)
        say(printer, "    struct %s value;\n    enum t87s_status status;\n", value->name);
}

void say_fetch_body(struct printer *printer, const struct model_query *query) {
    const struct model_value *value = &query->value;
    if (value->kind == VALUE_CODEC) {
        say(printer, "    memset(&value, 0, sizeof value);\n    status = ");
        say(printer, "((%n *)query->application)(app", C_GEN_FETCHES, query->name);
        say_arguments(printer, query->n_params);
        say(printer, ", &value);\n    if (status != T87S_OK) return status;\n");
        say(printer, "    status = %n(&value, (struct t87s_buffer *)out);\n", C_ENCODE, value->name);
        say(printer, "    %n(&value);\n    return status;\n", C_FREE, value->name);
        return;
    }
    say(printer, "    return ((%n *)query->application)(app", C_GEN_FETCHES, query->name);
    say_arguments(printer, query->n_params);
    say(printer, ", (");
    if (value_is_fixed(value))
        say_pointer(printer, value, "");
    else
        say(printer, "struct t87s_buffer *");
    say(printer, ")out);\n");
}

void emit_value_rules(struct printer *printer, const struct emit_plan *plan) {
    if (plan->n_structs) {
        say(printer,
            "\n/* The cache copies these as bytes. */\n#ifdef __cplusplus\n"
            "#define %n(type) __is_trivially_copyable(type)\n#else\n#define %n(type) (sizeof(type) > 0)\n#endif\n",
            C_GEN_PLAIN, NULL, C_GEN_PLAIN, NULL);
        say(printer,
            "#define %n(type) \\\n    T87S_GEN_ASSERT(%n(type) && sizeof(type) < UINT32_MAX && "
            "__alignof__(type) <= __alignof__(max_align_t), \\\n        #type \" is copied as bytes: it must be "
            "trivially copyable, not empty, less than 4 GiB and not over-aligned\")\n",
            C_GEN_COPIED, NULL, C_GEN_PLAIN, NULL);
    }
    for (size_t i = 0; i < plan->n_structs; i++)
        say(printer, "%n(struct %s);\n", C_GEN_COPIED, NULL, plan->structs[i]);
    if (plan->n_codecs)
        say(printer,
            "\n/* The application defines these. encode appends to `out` what decode reads back; a value that a\n"
            " * query returned is decoded by decode(value.data, value.size, &it). free gives back what a fetch or\n"
            " * decode that returned T87S_OK has put into the struct, not the struct. */\n");
    for (size_t i = 0; i < plan->n_codecs; i++) {
        const char *name = plan->codecs[i];
        say(printer, "enum t87s_status %n(const struct %s *value, struct t87s_buffer *out);\n", C_ENCODE, name, name);
        say(printer, "enum t87s_status %n(const void *data, size_t size, struct %s *out);\n", C_DECODE, name, name);
        say(printer, "void %n(struct %s *value);\n", C_FREE, name, name);
    }
}
