/* SPDX-License-Identifier: MIT
 *
 * SOURCE, of what is not a function: the schema's name, its enums, and the constructors of its tags. Of a subtree that
 * is gone the top is told, and of a group that is used in many places the first.
 */
#include <stdio.h>
#include <string.h>

#include "c_names.h"
#include "changes.h"
#include "suggest.h"
#include "words.h"

enum {
    MAX_SEARCHES = 20,   /* findings that are looked up for what they may be called now */
    MAX_SEARCHED = 10000 /* things that one is looked for among */
};

struct tag_finding {
    const struct both_tag *tag;
    size_t n_more; /* other places of the same group */
    struct tag_finding *next;
};

struct teller {
    struct changes *changes;
    uint64_t *shapes[N_SIDES]; /* of what is below a node, by its index */
    struct tag_finding *first, *last;
    size_t n_searches;
};

/* ---- shapes ---- */

static uint64_t mix(uint64_t x) {
    x = (x ^ x >> 31) * UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
    return x ^ x >> 32;
}

static uint64_t hash_text(const char *text) {
    uint64_t hash = 87;
    for (; *text; text++)
        hash = mix(hash + (unsigned char)*text);
    return hash;
}

static uint64_t *shapes_of(const struct model *model, struct arena *arena) {
    uint64_t *shapes = ARENA_ARRAY(arena, uint64_t, model->n_nodes);
    for (size_t i = model->n_nodes; i-- > 1;) { /* children before parents */
        const struct model_node *node = model->nodes[i];
        uint64_t own = node->kind == NODE_WILD ? (uint64_t)node->type.kind : hash_text(node->name);
        shapes[node->parent->index] += mix(own ^ mix(shapes[i] + 1));
    }
    return shapes;
}

static bool is_new(const struct both_tag *tag) { return !tag->nodes[OLD]; }
static bool is_gone(const struct both_tag *tag) { return !tag->nodes[NEW]; }

static bool is_static(const struct both_tag *tag) {
    return (tag->nodes[OLD] ? tag->nodes[OLD] : tag->nodes[NEW])->kind == NODE_STATIC;
}

static bool has_shape_of(const struct teller *teller, const struct both_tag *gone, const struct both_tag *other) {
    return is_new(other) && is_static(other) &&
           teller->shapes[OLD][gone->nodes[OLD]->index] == teller->shapes[NEW][other->nodes[NEW]->index];
}

/* Beside it, with the same below: the only one, or the one with the nearest name. */
static const struct both_tag *find_renamed(const struct teller *teller, const struct both_tag *gone) {
    struct suggestion suggestion = suggest_for(gone->nodes[OLD]->name);
    const struct both_tag *only = NULL;
    size_t n_alike = 0, n_gone = 0, n = 0;
    for (const struct both_tag *tag = gone->parent->first_child; tag && n < MAX_SEARCHED; tag = tag->next, n++) {
        if (is_gone(tag) && is_static(tag))
            n_gone++;
        if (!has_shape_of(teller, gone, tag))
            continue;
        suggest_offer(&suggestion, tag->nodes[NEW]->name);
        only = tag;
        n_alike++;
    }
    if (n_alike == 1 && n_gone == 1)
        return only;
    const char *best = suggest_best(&suggestion);
    for (const struct both_tag *tag = gone->parent->first_child; tag && best; tag = tag->next)
        if (is_new(tag) && tag->nodes[NEW]->name == best)
            return tag;
    return NULL;
}

/* Elsewhere, with the same name and the same below; only if there is one such. */
static const struct both_tag *find_moved(const struct teller *teller, const struct both_tag *gone) {
    const struct both_tags *tags = &teller->changes->tags;
    const struct both_tag *found = NULL;
    size_t n = 0;
    for (size_t i = 1; i < tags->n && n < MAX_SEARCHED; i++) {
        const struct both_tag *tag = tags->in_order[i];
        if (!is_new(tag))
            continue;
        n++;
        if (!has_shape_of(teller, gone, tag) || strcmp(tag->nodes[NEW]->name, gone->nodes[OLD]->name) != 0)
            continue;
        if (found)
            return NULL;
        found = tag;
    }
    return found;
}

/* ---- constructors ---- */

static const char *spell_constructor(struct changes *changes, const struct model_node *node, enum side side) {
    char name[C_NAME_MAX + 1];
    struct c_names names;
    c_names_init(&names, changes->models[side]);
    size_t size = c_name_of_node(name, &names, C_NODE, node);
    return arena_copy(changes->arena, name, size);
}

/* Both schemas have it; is its constructor another? Names: c_names.h. */
static bool changes_constructor(const struct both_tag *tag) {
    const struct model_node *old = tag->nodes[OLD], *new = tag->nodes[NEW];
    if (old->kind == NODE_STATIC)
        return !old->wild_child && new->wild_child;
    if (!is_same_type(old->type, new->type))
        return true;
    return old->parent->kind != NODE_STATIC && strcmp(old->name, new->name) != 0;
}

static void collect(struct teller *teller, struct scope *scope, const struct both_tag *tag) {
    struct changes *changes = teller->changes;
    struct place place = tag->nodes[OLD]->place;
    char key_text[64];
    int size = snprintf(key_text, sizeof key_text, "%u:%u", place.line, place.column);
    const char *key = intern_name(&changes->intern, key_text, (size_t)size);
    struct tag_finding *finding = scope_get(scope, place.file, key);
    if (finding) {
        finding->n_more++;
        return;
    }
    finding = ARENA_NEW(changes->arena, struct tag_finding);
    finding->tag = tag;
    scope_put(scope, place.file, key, finding);
    if (teller->last)
        teller->last->next = finding;
    else
        teller->first = finding;
    teller->last = finding;
}

static const char *spell_more(struct teller *teller, const struct tag_finding *finding) {
    struct text out;
    if (!finding->n_more)
        return "";
    text_init_in(&out, teller->changes->arena);
    text_printf(&out, ", and so in %zu more place%s", finding->n_more, finding->n_more == 1 ? "" : "s");
    return text_string(&out);
}

/* As an allowance names it: the segments of its path, "users.posts". */
static const char *spell_gone(struct changes *changes, const struct model_node *node) {
    const struct model_node *path[MODEL_MAX_SEGMENTS];
    struct text out;
    text_init_in(&out, changes->arena);
    words_path(node, path);
    for (uint32_t i = 0; i < node->depth; i++)
        if (path[i]->kind == NODE_STATIC)
            text_printf(&out, "%s%s", i ? "." : "", path[i]->name);
    return text_string(&out);
}

static void tell_gone(struct teller *teller, const struct tag_finding *finding) {
    struct changes *changes = teller->changes;
    const struct model_node *node = finding->tag->nodes[OLD];
    const struct both_tag *renamed = NULL, *moved = NULL;
    struct finding about = {.code = T2104, .places = {node->place}, .gone = spell_gone(changes, node)};
    if (!count_finding(changes, &about))
        return;
    if (node->kind == NODE_STATIC && teller->n_searches++ < MAX_SEARCHES) {
        renamed = find_renamed(teller, finding->tag);
        moved = renamed ? NULL : find_moved(teller, finding->tag);
    }
    struct diag_list *diags = &changes->diff->diags;
    struct diag *diag = NULL;
    const char *path = spell_node(changes, node), *more = spell_more(teller, finding);
    const char *constructor = spell_constructor(changes, node, OLD);
    /* A static without its wild has the name that the wild's constructor had. */
    if (node->kind == NODE_WILD && node->parent->kind == NODE_STATIC)
        diag = add_finding(changes, &about, width_of(node->name),
                           spell(changes, "wild '%s' is gone%s: %s() is now what was called %s()", path, more,
                                 constructor, spell_constructor(changes, node->parent, OLD)));
    else
        diag = add_finding(changes, &about, width_of(node->name),
                           spell(changes, "%s '%s' is gone%s: there is no %s() any more",
                                 node->kind == NODE_WILD ? "wild" : "segment", path, more, constructor));
    const struct both_tag *now = renamed ? renamed : moved;
    if (now)
        diag_note(diags, diag, now->nodes[NEW]->place, "it seems to be %s '%s' now", renamed ? "called" : "at",
                  spell_node(changes, now->nodes[NEW]));
    diag_help(diags, diag,
              "in the running system: what is cached under its tags is not reached by invalidations of others");
    diag_help(diags, diag,
              now ? "instead: leave it beside its successor for one deploy, then drop it"
                  : "instead: drop it a deploy after the last query, mutation and call that used it");
    tell_how_to_allow(changes, &about, diag);
}

static void tell_changed(struct teller *teller, const struct tag_finding *finding) {
    struct changes *changes = teller->changes;
    const struct both_tag *tag = finding->tag;
    const struct model_node *old = tag->nodes[OLD], *new = tag->nodes[NEW];
    if (!new)
        new = tag->parent->nodes[NEW]->wild_child; /* of a type that is written in another way */
    struct finding about = {.code = T2105, .places = {old->place, new->place}};
    if (!count_finding(changes, &about))
        return;
    struct diag_list *diags = &changes->diff->diags;
    struct diag *diag = NULL;
    const char *path = spell_node(changes, new), *more = spell_more(teller, finding);
    const char *was = spell_constructor(changes, old, OLD), *is = spell_constructor(changes, new, NEW);
    if (old->kind == NODE_STATIC)
        diag = add_finding(
            changes, &about, width_of(new->name),
            spell(changes, "segment '%s' has a wild now%s: what was %s() is called %s()", path, more, was, is));
    else if (!is_same_type(old->type, new->type))
        diag = add_finding(changes, &about, width_of(new->name),
                           spell(changes, "wild '%s' of '%s' is of type %s now, was %s%s", new->name, path,
                                 words_type(new->type), words_type(old->type), more));
    else
        diag = add_finding(changes, &about, width_of(new->name),
                           spell(changes, "wild '%s' of '%s' was called '%s'%s: what was %s() is called %s()",
                                 new->name, path, old->name, more, was, is));
    diag_note(diags, diag, old->place, "it was declared here");
    diag_help(diags, diag, "in the running system: %s",
              !tag->nodes[NEW]
                  ? "all tags from here on are others, and what is cached under the old ones is not reached "
                    "by invalidations of the new ones"
              : old->kind == NODE_WILD ? "the tags of values that both types hold are the same as before"
                                       : "the tags are the same as before");
    diag_help(diags, diag,
              tag->nodes[NEW]
                  ? "change the callers together with the schema"
                  : "instead: declare a segment with the new wild beside it, and drop this one a deploy later");
    tell_how_to_allow(changes, &about, diag);
}

void tell_tags(struct changes *changes) {
    struct teller teller = {.changes = changes};
    struct scope scope;
    scope_init(&scope, changes->arena);
    for (int side = OLD; side < N_SIDES; side++)
        teller.shapes[side] = shapes_of(changes->models[side], changes->arena);
    for (size_t i = 1; i < changes->tags.n; i++) {
        const struct both_tag *tag = changes->tags.in_order[i];
        if (is_new(tag) || is_gone(tag->parent))
            continue;
        if (is_gone(tag) || changes_constructor(tag))
            collect(&teller, &scope, tag);
    }
    for (const struct tag_finding *finding = teller.first; finding; finding = finding->next) {
        const struct both_tag *tag = finding->tag;
        bool other_wild = is_gone(tag) && !is_static(tag) && tag->parent->nodes[NEW]->wild_child;
        if (is_gone(tag) && !other_wild)
            tell_gone(&teller, finding);
        else
            tell_changed(&teller, finding);
    }
}

/* ---- the schema and its enums ---- */

static const char *shared_name(struct changes *changes, const char *name) {
    return intern_name(&changes->intern, name, strlen(name));
}

/* A new one with the same items; the scope has the old names under the old model. */
static const struct model_enum *find_renamed_enum(struct changes *changes, const struct scope *scope,
                                                  const struct model_enum *old) {
    const struct model *new = changes->models[NEW];
    for (size_t i = 0; i < new->n_enums &&i < MAX_SEARCHED; i++) {
        const struct model_enum *other = new->enums[i];
        size_t n = 0;
        while (n < old->n_items && scope_get(scope, other, shared_name(changes, old->items[n])))
            n++;
        if (n == old->n_items && n == other->n_items &&
            !scope_get(scope, changes->models[OLD], shared_name(changes, other->name)))
            return other;
    }
    return NULL;
}

/* `scope` has the items of `new`, which is NULL when the enum is gone. */
static void tell_enum(struct changes *changes, const struct scope *scope, const struct model_enum *old,
                      const struct model_enum *new, size_t *n_searches) {
    struct diag_list *diags = &changes->diff->diags;
    struct text items;
    size_t n = 0;
    text_init_in(&items, changes->arena);
    for (size_t i = 0; i < (new ? old->n_items : 0); i++)
        if (!scope_get(scope, new, shared_name(changes, old->items[i])) && n++ < MAX_NAMED)
            text_printf(&items, "%s'%s'", n == 1 ? "" : ", ", old->items[i]);
    struct finding about = {.code = T2109, .places = {old->place}, .gone = old->name};
    if (new)
        about.places[NEW] = new->place;
    if ((new && !n) || !count_finding(changes, &about))
        return;
    if (n > MAX_NAMED)
        text_printf(&items, " and %zu more", n - MAX_NAMED);
    struct diag *diag = add_finding(changes, &about, width_of(old->name),
                                    new ? spell(changes, "enum '%s' has no %s any more", new->name, text_string(&items))
                                        : spell(changes, "enum '%s' is gone", old->name));
    if (new)
        diag_note(diags, diag, old->place, "it was declared here");
    const struct model_enum *now = NULL;
    if (!new && (*n_searches)++ < MAX_SEARCHES)
        now = find_renamed_enum(changes, scope, old);
    if (now)
        diag_note(diags, diag, now->place, "it seems to be called '%s' now", now->name);
    diag_help(diags, diag,
              now ? "in the running system: the tags are the same as before, for they hold the items"
                  : "in the running system: what is cached under tags with an item that is gone is not reached by "
                    "invalidations of another");
    diag_help(diags, diag,
              now ? "instead: leave the name, or change all callers together with the schema"
                  : "instead: leave it until nobody uses it");
    tell_how_to_allow(changes, &about, diag);
}

static void tell_enums(struct changes *changes) {
    const struct model *old = changes->models[OLD], *new = changes->models[NEW];
    struct scope scope;
    scope_init(&scope, changes->arena);
    for (size_t i = 0; i < new->n_enums; i++) {
        struct model_enum *enumeration = new->enums[i];
        scope_put(&scope, changes, shared_name(changes, enumeration->name), enumeration);
        for (size_t j = 0; j < enumeration->n_items; j++)
            scope_put(&scope, enumeration, shared_name(changes, enumeration->items[j]), enumeration);
    }
    for (size_t i = 0; i < old->n_enums; i++)
        scope_put(&scope, old, shared_name(changes, old->enums[i]->name), old->enums[i]);
    size_t n_searches = 0;
    for (size_t i = 0; i < old->n_enums; i++)
        tell_enum(changes, &scope, old->enums[i], scope_get(&scope, changes, shared_name(changes, old->enums[i]->name)),
                  &n_searches);
}

bool is_schema_renamed(const struct changes *changes) {
    return strcmp(changes->models[OLD]->schema, changes->models[NEW]->schema) != 0;
}

void tell_schema(struct changes *changes) {
    const struct model *old = changes->models[OLD], *new = changes->models[NEW];
    struct finding about = finding_of_schema(changes, T2101);
    if (is_schema_renamed(changes) && count_finding(changes, &about)) {
        struct diag_list *diags = &changes->diff->diags;
        struct diag *diag =
            add_finding(changes, &about, width_of(new->schema),
                        spell(changes, "the schema was called '%s': every generated name begins with %s_ now",
                              old->schema, new->schema));
        diag_note(diags, diag, old->schema_place, "it was named here");
        diag_help(diags, diag,
                  "in the running system: keys are others, tags are the same; invalidations are heard by both");
        diag_help(diags, diag, "change all callers together with the schema, or let both schemas live for a while");
        tell_how_to_allow(changes, &about, diag);
    }
    tell_enums(changes);
}
