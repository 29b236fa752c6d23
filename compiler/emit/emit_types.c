/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "emit.h"

static const struct {
    const char *before, *after; /* of a declared name */
    const char *name;
    const char *word; /* of the library's put, take and path functions */
    char letter;
    unsigned short key_size, path_size;
} types[] = {
    [TYPE_STR] = {"const char *", "", "const char *", "str", 's', 1 + MODEL_MAX_STR + 1, 2 + MODEL_MAX_STR},
    [TYPE_U32] = {"uint32_t ", "", "uint32_t", "u32", 'I', 4, 9},
    [TYPE_U64] = {"uint64_t ", "", "uint64_t", "u64", 'Q', 8, 9},
    [TYPE_I32] = {"int32_t ", "", "int32_t", "i32", 'i', 4, 9},
    [TYPE_I64] = {"int64_t ", "", "int64_t", "i64", 'q', 8, 9},
    [TYPE_UUID] = {"const uint8_t ", "[16]", "const uint8_t ", "uuid", 'u', 16, 17},
    [TYPE_BOOL] = {"bool ", "", "bool", "bool", 'b', 1, 0},
    [TYPE_ENUM] = {NULL, "", NULL, NULL, 'e', 4, 0},
};

bool type_can_be_wrong(struct model_type type) {
    return type.kind == TYPE_STR || type.kind == TYPE_UUID || type.kind == TYPE_ENUM;
}

size_t type_key_size(struct model_type type) { return types[type.kind].key_size; }

size_t type_path_size(struct model_type type) {
    size_t longest = types[type.kind].path_size;
    if (type.kind == TYPE_ENUM)
        for (size_t i = 0; i < type.enumeration->n_items; i++) {
            size_t size = 2 + strlen(type.enumeration->items[i]);
            longest = size > longest ? size : longest;
        }
    return longest;
}

char type_letter(struct model_type type) { return types[type.kind].letter; }

static void say_before(struct printer *printer, struct model_type type) {
    if (type.kind == TYPE_ENUM)
        say(printer, "enum %n ", C_ENUM, type.enumeration->name);
    else
        say(printer, types[type.kind].before);
}

void say_declaration(struct printer *printer, struct model_type type, const char *name) {
    say_before(printer, type);
    say(printer, name);
    say(printer, types[type.kind].after);
}

void say_type(struct printer *printer, struct model_type type) {
    if (type.kind == TYPE_ENUM)
        say(printer, "enum %n", C_ENUM, type.enumeration->name);
    else
        say(printer, "%s%s", types[type.kind].name, types[type.kind].after);
}

void say_local(struct printer *printer, size_t i) {
    say_bytes(printer, printer->locals->params[i], printer->locals->sizes[i]);
}

void say_params(struct printer *printer, const struct model_param *params, size_t n) {
    for (size_t i = 0; i < n; i++) {
        say_before(printer, params[i].type);
        say_local(printer, i);
        if (params[i].type.kind == TYPE_UUID)
            say(printer, types[TYPE_UUID].after);
        say_bytes(printer, ", ", 2);
    }
}

void say_arguments(struct printer *printer, size_t n) {
    for (size_t i = 0; i < n; i++) {
        say_bytes(printer, ", ", 2);
        say_local(printer, i);
    }
}

void say_take(struct printer *printer, const struct model_param *params, size_t n) {
    if (!n) {
        say(printer, "    (void)key;\n");
        return;
    }
    say(printer, "    const unsigned char *at = key + 8;\n");
    for (size_t i = 0; i < n; i++) {
        struct model_type type = params[i].type;
        const char *name = printer->locals->params[i];
        if (type.kind == TYPE_ENUM)
            say(printer, "    const enum %n %s = ", C_ENUM, type.enumeration->name, name);
        else if (type.kind == TYPE_UUID)
            say(printer, "    const uint8_t *%s = ", name);
        else
            say(printer, "    %s%s%s = ", type.kind == TYPE_STR ? "" : "const ", types[type.kind].before, name);
        if (type.kind == TYPE_ENUM)
            say(printer, "%n(&at);\n", C_ENUM_TAKE, type.enumeration->name);
        else
            say(printer, "t87s_gen_take_%s(&at);\n", types[type.kind].word);
    }
}

void say_put_function(struct printer *printer, struct model_type type) {
    if (type.kind == TYPE_ENUM)
        say(printer, "%n", C_ENUM_PUT, type.enumeration->name);
    else
        say(printer, "t87s_gen_put_%s", types[type.kind].word);
}

void say_path_call(struct printer *printer, struct model_type type, const char *argument) {
    if (type.kind == TYPE_ENUM)
        say(printer, "t87s_gen_path_str(at, %n(%s))", C_ENUM_TEXT, type.enumeration->name, argument);
    else
        say(printer, "t87s_gen_path_%s(at, %s)", types[type.kind].word, argument);
}

void say_wrong(struct printer *printer, struct model_type type, const char *argument) {
    if (type.kind == TYPE_STR)
        say(printer, "!t87s_gen_is_str(%s)", argument);
    else if (type.kind == TYPE_ENUM)
        say(printer, "!%n(%s)", C_ENUM_TEXT, type.enumeration->name, argument);
    else
        say(printer, "!%s", argument);
}

void emit_enum(struct printer *printer, const struct model_enum *enumeration) {
    const char *name = enumeration->name;
    char item[C_NAME_MAX + 1];
    say(printer, "\n");
    say_doc(printer, enumeration->doc);
    say(printer, "enum %n {", C_ENUM, name);
    for (size_t i = 0; i < enumeration->n_items; i++) {
        item[c_name_of_item(item, printer->names, enumeration, i)] = '\0';
        say(printer, "%s %s", i ? "," : "", item);
    }
    say(printer, " };\nstatic inline const char *%n(enum %n item) {\n    static const char *const texts[] = {",
        C_ENUM_TEXT, name, C_ENUM, name);
    for (size_t i = 0; i < enumeration->n_items; i++)
        say(printer, "%s\"%s\"", i ? ", " : "", enumeration->items[i]);
    say(printer, "};\n    return (unsigned)item < %d ? texts[item] : NULL;\n}\n", (long long)enumeration->n_items);
    say(printer, "static inline unsigned char *%n(unsigned char *at, enum %n item) {\n", C_ENUM_PUT, name, C_ENUM,
        name);
    say(printer, "    return %n(item) ? t87s_gen_put_u32(at, (uint32_t)item) : NULL;\n}\n", C_ENUM_TEXT, name);
    say(printer, "static inline enum %n %n(const unsigned char **at) {\n", C_ENUM, name, C_ENUM_TAKE, name);
    say(printer, "    uint32_t item = t87s_gen_take_u32(at);\n    return (enum %n)item;\n}\n", C_ENUM, name);
}
