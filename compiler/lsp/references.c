/* SPDX-License-Identifier: MIT
 *
 * Where else the thing under the cursor is named: in all open schemas, or in this text.
 */
#include "json_parts.h"
#include "uses.h"

enum { HIGHLIGHT_READ = 2, HIGHLIGHT_WRITE = 3 }; /* of the protocol: used, declared */

/* The uses of what the request is about; NULL, and perhaps refused, when there are none to be had. */
static json_t *uses_of_target(struct server *server, json_t *params, struct target *target) {
    struct symbol symbol;
    if (!target_of(server, params, target))
        return NULL;
    const struct compiled *compiled = know(server, target->document);
    if (!compiled)
        return NULL;
    return locate_target(compiled, target, &symbol) ? uses_of(server, &symbol) : json_object();
}

static bool is_declaration(json_t *use) { return json_is_true(json_object_get(use, "isDeclaration")); }

json_t *on_references(struct server *server, json_t *params) {
    struct target target;
    json_t *all = uses_of_target(server, params, &target);
    if (!all)
        return NULL;
    bool with_declaration = json_is_true(json_object_get(json_object_get(params, "context"), "includeDeclaration"));
    const char *uri, *key;
    json_t *locations = json_array(), *uses, *use;
    json_object_foreach(all, uri, uses) {
        json_object_foreach(uses, key, use) {
            if (with_declaration || !is_declaration(use))
                locations =
                    json_grown(locations, json_pack("{s:s, s:O}", "uri", uri, "range", json_object_get(use, "range")));
        }
    }
    json_decref(all);
    return locations;
}

json_t *on_highlight(struct server *server, json_t *params) {
    struct target target;
    json_t *all = uses_of_target(server, params, &target);
    if (!all)
        return NULL;
    json_t *highlights = json_array(), *use;
    const char *key;
    json_object_foreach(json_object_get(all, target.document->uri), key, use) {
        highlights = json_grown(highlights, json_pack("{s:O, s:i}", "range", json_object_get(use, "range"), "kind",
                                                      is_declaration(use) ? HIGHLIGHT_WRITE : HIGHLIGHT_READ));
    }
    json_decref(all);
    return highlights;
}
