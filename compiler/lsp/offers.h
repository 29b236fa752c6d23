/* SPDX-License-Identifier: MIT
 *
 * What completion offers: the items, and who makes those of tags. completion.c knows what can stand where.
 */
#ifndef T87SC_OFFERS_H
#define T87SC_OFFERS_H

#include "cursor.h"
#include "server.h"

/* Of the protocol. */
enum item_kind {
    ITEM_FIELD = 5,
    ITEM_VARIABLE = 6,
    ITEM_CLASS = 7,
    ITEM_ENUM = 13,
    ITEM_KEYWORD = 14,
    ITEM_FILE = 17,
    ITEM_FOLDER = 19,
    ITEM_STRUCT = 22
};

struct completion {
    struct server *server;
    const struct outline *outline;
    const struct cursor *cursor;
    json_t *range; /* that an item replaces */
    json_t *items;
    bool is_cut;
};

/* Takes the texts. `label` is what is written, too, when `written` is NULL. */
void offer(struct completion *c, enum item_kind kind, const char *label, struct text *detail, const char *doc,
           struct text *written, bool is_snippet);

/* Whether what is there already is the beginning of it, and there is room. */
bool is_wanted(struct completion *c, const char *name);

/* Whether it is the first of its kind; *seen is an object of those before. */
bool is_first(struct completion *c, json_t *seen, const char *what);

/* offer_tags.c: for CURSOR_STEP and CURSOR_ARGUMENT */
void offer_segments(struct completion *c);
void offer_arguments(struct completion *c);

#endif
