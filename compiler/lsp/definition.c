/* SPDX-License-Identifier: MIT
 *
 * Where the thing under the cursor is declared: another place of a schema, or a file.
 */
#include <string.h>
#include <unistd.h>

#include "locate.h"
#include "relations.h"
#include "server.h"

static uint32_t span_of(const char *name) { return name ? (uint32_t)strlen(name) : 0; }

static json_t *location_of_name(struct server *server, const struct ast_name *name) {
    return json_of_place(server, name->place, span_of(name->text));
}

static json_t *location_of_start(struct server *server, const char *path) {
    struct position start = {0};
    return json_pack("{s:o, s:o}", "uri", json_of_uri(server, path), "range", json_of_range(start, start));
}

static json_t *location_of_node(struct server *server, const struct model_node *node) {
    while (node->kind == NODE_WILD) /* the segment's name, not the wild's */
        node = node->parent;
    return node->kind == NODE_ROOT ? json_null() : json_of_place(server, node->place, span_of(node->name));
}

static json_t *location_of_type(struct server *server, const char *name) {
    const struct model_enum *enumeration = outline_enum(&server->knowledge.compiled.loaded.outline, name);
    return enumeration ? json_of_place(server, enumeration->place, span_of(name)) : json_null();
}

static json_t *location_of_group(struct server *server, const char *name) {
    const struct ast_declaration *group = outline_group(&server->knowledge.compiled.loaded.outline, name);
    return group ? location_of_name(server, &group->name) : json_null();
}

/* The file that an import has read, or could not read, is not kept: it is looked for as the compiler does. */
static json_t *location_of_file(struct server *server, const struct symbol *symbol) {
    struct text path;
    json_t *location = NULL;
    bool found = false;
    for (size_t i = 0; i <= server->options->n_include_dirs && !found; i++) {
        text_init(&path);
        const char *from = i ? server->options->include_dirs[i - 1] : symbol->place.file;
        const char *slash = strrchr(from, '/');
        if (*symbol->name != '/' && i)
            text_printf(&path, "%s/", from);
        else if (*symbol->name != '/' && slash)
            text_append_bytes(&path, from, (size_t)(slash + 1 - from));
        text_append(&path, symbol->name);
        found = path.failed || documents_of_path(&server->documents, text_string(&path)) ||
                access(text_string(&path), R_OK) == 0;
        if (!path.failed && found)
            location = location_of_start(server, text_string(&path));
        text_free(&path);
    }
    return found ? location : json_null();
}

static json_t *location_of_symbol(struct server *server, const struct symbol *symbol) {
    const struct model_node *node;
    const struct ast_param *param;
    switch (symbol->kind) {
    case SYMBOL_STEP:
        node = node_of_step(&server->knowledge.compiled.loaded.outline, symbol->spec, symbol->step);
        return node ? location_of_node(server, node) : json_null();
    case SYMBOL_GROUP:
        return location_of_group(server, symbol->name);
    case SYMBOL_TYPE:
    case SYMBOL_ENUM:
        return location_of_type(server, symbol->name);
    case SYMBOL_PARAM:
    case SYMBOL_ARGUMENT:
        param = param_of(symbol);
        return param ? location_of_name(server, &param->name) : json_null();
    case SYMBOL_IMPORT:
    case SYMBOL_INCLUDE:
        return location_of_file(server, symbol);
    case SYMBOL_SCHEMA:
    case SYMBOL_FUNCTION:
    case SYMBOL_SEGMENT:
    case SYMBOL_WILD:
    case SYMBOL_ITEM:
        return json_of_place(server, symbol->place, symbol->span);
    case SYMBOL_STRUCT:
        break;
    }
    return json_null();
}

json_t *on_definition(struct server *server, json_t *params) {
    struct target target;
    struct symbol symbol;
    if (!target_of(server, params, &target))
        return NULL;
    const struct compiled *compiled = know(server, target.document);
    if (!compiled)
        return NULL;
    return locate_target(compiled, &target, &symbol) ? location_of_symbol(server, &symbol) : json_null();
}
