/* SPDX-License-Identifier: MIT */
#include "offers.h"

#include <stdio.h>
#include <strings.h>

#include "json_parts.h"

enum { MOST_ITEMS = 1000 }; /* the client asks again when there are more */

void offer(struct completion *c, enum item_kind kind, const char *label, struct text *detail, const char *doc,
           struct text *written, bool is_snippet) {
    char order[16];
    snprintf(order, sizeof order, "%05zu", json_array_size(c->items));
    json_t *item =
        json_pack("{s:o, s:i, s:s, s:o, s:i, s:{s:O, s:o}}", "label", json_of_text(label), "kind", (int)kind,
                  "sortText", order, "filterText", json_of_text(label), "insertTextFormat", is_snippet ? 2 : 1,
                  "textEdit", "range", c->range, "newText", written ? json_of_built(written) : json_of_text(label));
    if (item && detail && json_object_set_new(item, "detail", json_of_built(detail)) != 0)
        c->server->failed = true;
    if (item && doc &&
        json_object_set_new(item, "documentation",
                            json_pack("{s:s, s:o}", "kind", "markdown", "value", json_of_text(doc))) != 0)
        c->server->failed = true;
    c->items = json_grown(c->items, item);
}

bool is_wanted(struct completion *c, const char *name) {
    struct word prefix = c->cursor->prefix;
    if (strncasecmp(name, prefix.bytes, prefix.size) != 0)
        return false;
    c->is_cut |= json_array_size(c->items) >= MOST_ITEMS;
    return !c->is_cut;
}

bool is_first(struct completion *c, json_t *seen, const char *what) {
    if (json_object_get(seen, what))
        return false;
    c->server->failed |= json_object_set_new_nocheck(seen, what, json_true()) != 0;
    return true;
}
