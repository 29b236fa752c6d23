/* SPDX-License-Identifier: MIT
 *
 * Another name for the thing under the cursor, wherever an open schema names it. First each of these schemas is
 * compiled as it would be: one that does not check then, and did before, is the reason to refuse.
 */
#include "json_parts.h"
#include "scan.h"
#include "trial.h"
#include "uses.h"

/* What can have another name; says why not otherwise. */
static bool may_be_renamed(struct server *server, const struct outline *outline, const struct symbol *symbol) {
    struct subject subject;
    if (symbol->kind == SYMBOL_STRUCT)
        refuse(server, RPC_REQUEST_FAILED, "struct %s is declared in C", symbol->name);
    else if (symbol->kind == SYMBOL_INCLUDE || symbol->kind == SYMBOL_IMPORT)
        refuse(server, RPC_REQUEST_FAILED, "a file gets another name where it lies");
    else if (!subject_of(outline, symbol, &subject))
        refuse(server, RPC_REQUEST_FAILED, "no schema declares '%s'", symbol->name);
    else
        return true;
    return false;
}

/* The name under the cursor; NULL, and refused, when it is none that can change. */
static const struct compiled *renamed_at(struct server *server, json_t *params, struct target *target,
                                         struct symbol *symbol) {
    if (!target_of(server, params, target))
        return NULL;
    const struct compiled *compiled = know(server, target->document);
    if (!compiled)
        return NULL;
    if (!locate_target(compiled, target, symbol)) {
        refuse(server, RPC_REQUEST_FAILED, "there is no name here");
        return NULL;
    }
    return may_be_renamed(server, &compiled->loaded.outline, symbol) ? compiled : NULL;
}

json_t *on_prepare_rename(struct server *server, json_t *params) {
    struct target target;
    struct symbol symbol;
    const struct compiled *compiled = renamed_at(server, params, &target, &symbol);
    if (!compiled)
        return NULL;
    struct place_map map;
    place_map_init(&map, server, &compiled->loaded.sources, symbol.place.file);
    return json_pack("{s:o, s:o}", "range", place_map_range(&map, symbol.place, symbol.span), "placeholder",
                     json_of_text(symbol.name));
}

static json_t *edits_of(json_t *uses, const char *name) {
    json_t *changes = json_object(), *places, *use;
    const char *uri, *key;
    json_object_foreach(uses, uri, places) {
        json_t *edits = json_array();
        json_object_foreach(places, key, use) {
            edits = json_grown(
                edits, json_pack("{s:O, s:o}", "range", json_object_get(use, "range"), "newText", json_of_text(name)));
        }
        if (!changes || json_object_set_new(changes, uri, edits) != 0) {
            json_decref(changes);
            return NULL;
        }
    }
    return json_pack("{s:o}", "changes", changes);
}

/* Every schema that is open, the broken ones too: what they do not check now, they would not then. */
static bool checks_everywhere(struct server *server, json_t *uses, const char *name) {
    for (struct document *next = server->documents.first; next; next = next->next)
        if (is_schema(server, next) && !trial(server, next, uses, name))
            return false;
    return true;
}

json_t *on_rename(struct server *server, json_t *params) {
    struct target target;
    struct symbol symbol;
    json_t *wanted = json_object_get(params, "newName");
    const char *name = json_string_value(wanted);
    if (!name)
        return refuse(server, RPC_INVALID_PARAMS, "a new name is a string");
    if (!renamed_at(server, params, &target, &symbol))
        return NULL;
    if (!scan_is_one_word(name, json_string_length(wanted)))
        return refuse(server, RPC_REQUEST_FAILED,
                      "this is no name: a name is letters, digits and underscores, and begins with a letter");
    json_t *uses = uses_of(server, &symbol);
    json_t *edits = uses && checks_everywhere(server, uses, name) ? edits_of(uses, name) : NULL;
    json_decref(uses);
    return edits;
}
