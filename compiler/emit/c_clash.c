/* SPDX-License-Identifier: MIT
 *
 * Two name spaces, as in C: the tags of enums and structs, and all else. So an enum and a function may share a name; a
 * generated struct and a function may not, for C++ would warn. A macro is in the way of both, and so is a typedef: in
 * C++ it shares the names of tags. A "claim" is a name in a space, as the hash of its text, and the thing that gets it.
 *
 * A word of C may be what a schema and one of its things make together: size and t, thread and local.
 *
 * The structs of values are the application's, under the names they have there; they only must leave alone what is the
 * header's.
 */
#include "c_clash.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "by_hash.h"

struct thing {
    enum c_name_owner owner;
    uint32_t index; /* in the model's (or plan's) array */
    uint32_t item;  /* OF_ITEM only */
};

/* A value's struct has its own name, which comes from no pattern, and so has a word of C. */
enum { C_VALUE = C_NAME_COUNT, C_WORD, N_KINDS };

struct check {
    const struct emit_plan *plan;
    struct diag_list *diags;
    struct by_hash claims;
    bool claimed[N_KINDS]; /* kinds that may meet others */
};

static const enum c_name_owner owners[N_KINDS] = {
#define X(name, owner, upper, before, after) [name] = owner,
    C_NAMES(X)
#undef X
        [C_VALUE] = OF_VALUE,
    [C_WORD] = OF_WORD};

enum { SPACE_NAMES, SPACE_TAGS, N_SPACES };

static bool lives_in(enum c_name kind, int space) {
    static const bool is_macro[N_KINDS] = {
#define X(name, owner, upper, before, after) [name] = upper && owner != OF_ITEM,
        C_NAMES(X)
#undef X
    };
    if (is_macro[kind] || (int)kind == (int)C_WORD || kind == C_CACHE || kind == C_TAG || kind == C_QUERY_REFRESHED)
        return true;
    return (space == SPACE_TAGS) == (kind == C_ENUM || (int)kind == (int)C_VALUE);
}

/* ---- derived names ---- */

/* What a query, a mutation or an enum is called besides its plain name, blog_peek_get_user. Each pattern has a word of
 * its own in front (no such word begins another) or behind. So a derived name meets none but that of a thing which has
 * one of these words in front or behind itself, like a query called peek_x; most schemas have no such thing, and most
 * of their names need no look then. */
static bool is_derived(enum c_name kind) {
    static const bool derived[N_KINDS] = {
#define X(name, owner, upper, before, after)                                                         \
    [name] = !upper && name != C_NODE && (sizeof before > sizeof "_" || sizeof after > sizeof "") && \
             (owner == OF_QUERY || owner == OF_MUTATION || owner == OF_ENUM || owner == OF_TAG),
        C_NAMES(X)
#undef X
    };
    return derived[kind];
}

static bool has_word(const char *name) {
    static const struct {
        size_t before_size, after_size;
        const char *before, *after;
    } words[C_NAME_COUNT] = {
#define X(name, owner, upper, before, after)                                                                          \
    {owner == OF_SCHEMA || upper ? 0 : sizeof before - 1, owner == OF_SCHEMA || upper ? 0 : sizeof after - 1, before, \
     after},
        C_NAMES(X)
#undef X
    };
    size_t size = strlen(name);
    for (int kind = 0; kind < C_NAME_COUNT; kind++) {
        const char *before = words[kind].before + 1; /* without its '_' */
        size_t before_size = words[kind].before_size, after_size = words[kind].after_size;
        if (before_size > 1 && *before == *name && !strncmp(name, before, before_size - 1))
            return true;
        if (after_size && size >= after_size && !strcmp(name + size - after_size, words[kind].after))
            return true;
    }
    return false;
}

static bool derived_may_meet(const struct emit_plan *plan) {
    const struct model *model = plan->model;
    for (size_t i = 0; i < model->n_queries; i++) /* a value's struct may be called like any of them */
        if (model->queries[i].value.name &&
            !strncasecmp(model->queries[i].value.name, model->schema, plan->names.schema_size))
            return true;
    for (size_t i = 0; i < model->n_queries; i++)
        if (has_word(model->queries[i].name))
            return true;
    for (size_t i = 0; i < model->n_mutations; i++)
        if (has_word(model->mutations[i].name))
            return true;
    for (size_t i = 0; i < model->n_enums; i++)
        if (has_word(model->enums[i]->name))
            return true;
    return false;
}

/* ---- words of C ---- */

enum { MAX_SAID = 1000 }; /* more of this kind help nobody, and looking through them would take long */

/* A group is in many places of the tree, and its wilds with it: one message is enough. */
static bool is_said(const struct diag_list *diags, enum diag_code code, struct place place) {
    if (diags->n_kept >= MAX_SAID)
        return true;
    for (const struct diag *diag = diags->first; diag; diag = diag->next)
        if (diag->rule->code == code && diag->place.file == place.file && diag->place.line == place.line &&
            diag->place.column == place.column)
            return true;
    return false;
}

static void check_word(struct check *check, const char *word, struct place place, const char *what) {
    bool keyword = c_is_keyword(word);
    if ((!keyword && !c_is_reserved(word)) || is_said(check->diags, T0501, place))
        return;
    struct diag *diag =
        diag_add(check->diags, T0501, place, (uint32_t)strlen(word), "%s '%s' cannot be a name in C: it is %s", what,
                 word, keyword ? "a keyword of C or C++" : "reserved for the compiler");
    diag_help(check->diags, diag,
              keyword ? "call it '%s_' or something that says more" : "call it '%s' without the '_' in front", word);
}

/* In either case: macros begin with it in capitals. */
static bool is_librarys(const char *schema) {
    return !strncasecmp(schema, "t87s", 4) && (!schema[4] || schema[4] == '_');
}

static void check_schema(struct check *check) {
    const struct model *model = check->plan->model;
    uint32_t span = (uint32_t)strlen(model->schema);
    struct diag *diag = NULL;
    bool keyword = c_is_keyword(model->schema);
    if (keyword || model->schema[0] == '_')
        diag = diag_add(check->diags, T0501, model->schema_place, span, "schema '%s' cannot begin names in C: it is %s",
                        model->schema, keyword ? "a keyword of C or C++" : "reserved for the compiler");
    else if (is_librarys(model->schema))
        diag = diag_add(check->diags, T0503, model->schema_place, span,
                        "schema '%s' cannot begin names in C: 't87s_' and 'T87S_' begin those of the library",
                        model->schema);
    diag_help(check->diags, diag, "every generated name begins with it: choose a word of your own");
}

static void check_words(struct check *check) {
    const struct model *model = check->plan->model;
    for (size_t i = 0; i < model->n_nodes; i++)
        if (model->nodes[i]->kind == NODE_WILD)
            check_word(check, model->nodes[i]->name, model->nodes[i]->place, "wild");
    for (size_t i = 0; i < model->n_queries; i++) {
        const struct model_query *query = &model->queries[i];
        for (size_t j = 0; j < query->n_params; j++)
            check_word(check, query->params[j].name, query->params[j].place, "parameter");
        if (query->value.name)
            check_word(check, query->value.name, query->value.place,
                       query->value.kind == VALUE_CODEC ? "the value codec" : "the value struct");
    }
    for (size_t i = 0; i < model->n_mutations; i++)
        for (size_t j = 0; j < model->mutations[i].n_params; j++)
            check_word(check, model->mutations[i].params[j].name, model->mutations[i].params[j].place, "parameter");
}

/* ---- names that meet ---- */

static const char *value_name(const struct emit_plan *plan, struct thing value) {
    return value.index < plan->n_structs ? plan->structs[value.index] : plan->codecs[value.index - plan->n_structs];
}

static size_t copy_name(char *to, const char *name) {
    size_t size = strlen(name);
    memcpy(to, name, size + 1);
    return size;
}

static size_t name_of(char *to, const struct check *check, enum c_name kind, struct thing thing) {
    const struct c_names *names = &check->plan->names;
    const struct model *model = check->plan->model;
    switch (thing.owner) {
    case OF_SCHEMA:
        return c_name_of(to, names, kind, NULL);
    case OF_TAG:
        return c_name_of_node(to, names, kind, model->nodes[thing.index]);
    case OF_QUERY:
        return c_name_of(to, names, kind, model->queries[thing.index].name);
    case OF_MUTATION:
        return c_name_of(to, names, kind, model->mutations[thing.index].name);
    case OF_ENUM:
        return c_name_of(to, names, kind, model->enums[thing.index]->name);
    case OF_ITEM:
        return c_name_of_item(to, names, model->enums[thing.index], thing.item);
    case OF_CODEC:
        return c_name_of(to, names, kind, check->plan->codecs[thing.index]);
    case OF_VALUE:
        return copy_name(to, value_name(check->plan, thing));
    case OF_WORD:
        return copy_name(to, c_word(thing.index));
    }
    return 0;
}

/* kind 8 bits, owner's index 32, item 24: there is room for any schema of 16 MiB. */
static uint64_t pack(enum c_name kind, struct thing thing) {
    return (uint64_t)kind << 56 | (uint64_t)thing.item << 32 | thing.index;
}

static struct thing unpack(uint64_t payload, enum c_name *kind) {
    *kind = (enum c_name)(payload >> 56);
    return (struct thing){owners[*kind], (uint32_t)payload, (uint32_t)(payload >> 32) & 0xFFFFFF};
}

static void claim_all(struct check *check, struct thing thing) {
    char name[C_NAME_MAX];
    for (int kind = 0; kind < N_KINDS; kind++) {
        if (owners[kind] != thing.owner || !check->claimed[kind])
            continue;
        size_t size = name_of(name, check, (enum c_name)kind, thing);
        for (int space = 0; space < N_SPACES; space++)
            if (lives_in((enum c_name)kind, space))
                by_hash_add(&check->claims, XXH3_64bits_withSeed(name, size, (XXH64_hash_t)space),
                            pack((enum c_name)kind, thing));
    }
}

/* Does it begin with the schema's name? Macros of the header have that in capitals. */
static bool may_be_made(const struct emit_plan *plan, const char *word) {
    size_t size = plan->names.schema_size;
    return !strncasecmp(word, plan->model->schema, size) && word[size] == '_';
}

static size_t n_of(const struct emit_plan *plan, enum c_name_owner owner) {
    switch (owner) {
    case OF_SCHEMA:
        return 1;
    case OF_TAG:
        return plan->model->n_nodes - 1;
    case OF_QUERY:
        return plan->model->n_queries;
    case OF_MUTATION:
        return plan->model->n_mutations;
    case OF_ENUM:
        return plan->model->n_enums;
    case OF_CODEC:
        return plan->n_codecs;
    case OF_VALUE:
        return plan->n_structs + plan->n_codecs;
    case OF_ITEM:
    case OF_WORD:
        break;
    }
    size_t n = 0;
    for (size_t i = 0; owner == OF_ITEM && i < plan->model->n_enums; i++)
        n += plan->model->enums[i]->n_items;
    for (size_t i = 0; owner == OF_WORD && c_word(i); i++)
        n += may_be_made(plan, c_word(i));
    return n;
}

static void claim_everything(struct check *check) {
    const struct model *model = check->plan->model;
    for (int owner = OF_SCHEMA; owner <= OF_VALUE; owner++) {
        if (owner == OF_ITEM)
            continue;
        uint32_t first = owner == OF_TAG; /* the root is no tag */
        for (uint32_t i = 0; i < n_of(check->plan, (enum c_name_owner)owner); i++)
            claim_all(check, (struct thing){(enum c_name_owner)owner, first + i, 0});
    }
    for (uint32_t i = 0; i < model->n_enums; i++)
        for (uint32_t j = 0; j < model->enums[i]->n_items; j++)
            claim_all(check, (struct thing){OF_ITEM, i, j});
    for (uint32_t i = 0; c_word(i); i++)
        if (may_be_made(check->plan, c_word(i)))
            claim_all(check, (struct thing){OF_WORD, i, 0});
}

/* ---- telling it ---- */

static void append_thing(struct text *text, const struct check *check, struct thing thing) {
    const struct model *model = check->plan->model;
    const struct model_node *segments[MODEL_MAX_SEGMENTS];
    switch (thing.owner) {
    case OF_SCHEMA:
        text_append(text, "something of every header");
        break;
    case OF_TAG:
        text_append(text, "tag '");
        for (const struct model_node *at = model->nodes[thing.index]; at->parent; at = at->parent)
            segments[at->depth - 1] = at;
        for (uint32_t i = 0; i < model->nodes[thing.index]->depth; i++)
            text_printf(text, segments[i]->kind == NODE_WILD ? "%s<%s>" : "%s%s", i ? "/" : "", segments[i]->name);
        text_append(text, "'");
        break;
    case OF_QUERY:
        text_printf(text, "query '%s'", model->queries[thing.index].name);
        break;
    case OF_MUTATION:
        text_printf(text, "mutation '%s'", model->mutations[thing.index].name);
        break;
    case OF_ENUM:
        text_printf(text, "enum '%s'", model->enums[thing.index]->name);
        break;
    case OF_ITEM:
        text_printf(text, "item '%s' of enum '%s'", model->enums[thing.index]->items[thing.item],
                    model->enums[thing.index]->name);
        break;
    case OF_CODEC:
        text_printf(text, "codec '%s'", check->plan->codecs[thing.index]);
        break;
    case OF_VALUE:
        text_printf(text, "struct '%s'", value_name(check->plan, thing));
        break;
    case OF_WORD:
        text_append(text, "a word of C, or of a header that all include,");
        break;
    }
}

static bool has_place(struct thing thing) { return thing.owner != OF_SCHEMA && thing.owner != OF_WORD; }

/* A struct or codec stands where the first query brings one. */
static const struct model_value *value_of(const struct check *check, enum model_value_kind kind, const char *name) {
    const struct model_query *query = check->plan->model->queries;
    while (query->value.kind != kind || strcmp(query->value.name, name) != 0)
        query++;
    return &query->value;
}

static const struct model_value *value_of_thing(const struct check *check, struct thing thing) {
    const struct emit_plan *plan = check->plan;
    if (thing.owner == OF_CODEC)
        return value_of(check, VALUE_CODEC, plan->codecs[thing.index]);
    return value_of(check, thing.index < plan->n_structs ? VALUE_STRUCT : VALUE_CODEC, value_name(plan, thing));
}

static struct place place_of(const struct check *check, struct thing thing) {
    const struct model *model = check->plan->model;
    switch (thing.owner) {
    case OF_SCHEMA:
    case OF_WORD:
        break;
    case OF_TAG:
        return model->nodes[thing.index]->place;
    case OF_QUERY:
        return model->queries[thing.index].place;
    case OF_MUTATION:
        return model->mutations[thing.index].place;
    case OF_ENUM:
    case OF_ITEM:
        return model->enums[thing.index]->place;
    case OF_CODEC:
    case OF_VALUE:
        return value_of_thing(check, thing)->place;
    }
    return model->schema_place;
}

static bool same_name(const struct check *check, enum c_name a_kind, struct thing a, enum c_name b_kind,
                      struct thing b) {
    char a_name[C_NAME_MAX], b_name[C_NAME_MAX];
    size_t size = name_of(a_name, check, a_kind, a);
    return size == name_of(b_name, check, b_kind, b) && !memcmp(a_name, b_name, size);
}

/* What follows from another clash: more names of the same two things, and all that is below two tags that clash. */
static bool follows(const struct check *check, enum c_name a_kind, struct thing a, enum c_name b_kind, struct thing b) {
    static const enum c_name first[] = {
        [OF_SCHEMA] = C_GUARD, [OF_TAG] = C_NODE,  [OF_QUERY] = C_QUERY,  [OF_MUTATION] = C_MUTATION,
        [OF_ENUM] = C_ENUM,    [OF_ITEM] = C_ITEM, [OF_CODEC] = C_ENCODE, [OF_VALUE] = C_GUARD, /* has one name */
        [OF_WORD] = C_GUARD /* the same */};
    if (a_kind == b_kind && a_kind != first[a.owner] && same_name(check, first[a.owner], a, first[a.owner], b))
        return true;
    if (a.owner != OF_TAG || b.owner != OF_TAG)
        return false;
    const struct model_node *a_parent = check->plan->model->nodes[a.index]->parent;
    const struct model_node *b_parent = check->plan->model->nodes[b.index]->parent;
    return a_parent != b_parent && a_parent->parent && b_parent->parent &&
           same_name(check, C_NODE, (struct thing){OF_TAG, a_parent->index, 0}, C_NODE,
                     (struct thing){OF_TAG, b_parent->index, 0});
}

static bool is_before(struct place a, struct place b) {
    return a.line != b.line ? a.line < b.line : a.column < b.column;
}

/* The name that stands at place_of(). */
static const char *name_at_place(const struct check *check, struct thing thing) {
    const struct model *model = check->plan->model;
    switch (thing.owner) {
    case OF_SCHEMA:
    case OF_WORD:
        break;
    case OF_TAG:
        return model->nodes[thing.index]->name;
    case OF_QUERY:
        return model->queries[thing.index].name;
    case OF_MUTATION:
        return model->mutations[thing.index].name;
    case OF_ENUM:
    case OF_ITEM:
        return model->enums[thing.index]->name;
    case OF_CODEC:
    case OF_VALUE:
        return value_of_thing(check, thing)->name;
    }
    return model->schema;
}

/* A struct of the application's that is called like something of the header. */
static void tell_value(struct check *check, struct thing value, struct thing other) {
    struct place place = place_of(check, value);
    const char *name = value_name(check->plan, value);
    if (other.owner == OF_VALUE || other.owner == OF_WORD || is_said(check->diags, T0504, place))
        return; /* the same struct, as itself and by a codec; or the application's own mistake */
    struct text what;
    text_init_in(&what, check->diags->arena);
    if (other.owner == OF_SCHEMA)
        text_append(&what, "a part of the header itself");
    else
        append_thing(&what, check, other);
    struct diag *diag = diag_add(check->diags, T0504, place, (uint32_t)strlen(name),
                                 "'struct %s' cannot be a value: %s is called so in C", name, text_string(&what));
    diag_help(check->diags, diag, "call the struct something that does not begin with the schema's name");
    if (other.owner != OF_SCHEMA)
        diag_note(check->diags, diag, place_of(check, other), "%s is declared here", text_string(&what));
}

static void tell(struct check *check, uint64_t a_claim, uint64_t b_claim) {
    enum c_name a_kind, b_kind;
    struct thing a = unpack(a_claim, &a_kind), b = unpack(b_claim, &b_kind);
    if (!same_name(check, a_kind, a, b_kind, b) || follows(check, a_kind, a, b_kind, b))
        return;
    if (a.owner == OF_VALUE || b.owner == OF_VALUE) {
        tell_value(check, a.owner == OF_VALUE ? a : b, a.owner == OF_VALUE ? b : a);
        return;
    }
    char name[C_NAME_MAX + 1];
    name[name_of(name, check, a_kind, a)] = '\0';
    if (!has_place(b) || (has_place(a) && is_before(place_of(check, b), place_of(check, a)))) {
        struct thing swapped = a;
        a = b;
        b = swapped;
    }
    struct place place = place_of(check, b);
    if (is_said(check->diags, T0502, place))
        return;
    struct text first, second;
    text_init_in(&first, check->diags->arena);
    text_init_in(&second, check->diags->arena);
    append_thing(&first, check, a);
    append_thing(&second, check, b);
    struct diag *diag =
        diag_add(check->diags, T0502, place, (uint32_t)strlen(name_at_place(check, b)),
                 "%s would be called '%s' in C, as %s is", text_string(&second), name, text_string(&first));
    diag_help(check->diags, diag, "%s: names are joined with '_' in the header, and macros are in capitals",
              a.owner == OF_WORD     ? "rename it, or the schema"
              : a.owner == OF_SCHEMA ? "call it otherwise"
                                     : "rename one of them");
    if (has_place(a))
        diag_note(check->diags, diag, place_of(check, a), "%s is declared here", text_string(&first));
}

bool c_names_check(const struct emit_plan *plan, struct diag_list *diags, struct arena *arena) {
    struct check check = {.plan = plan, .diags = diags};
    bool all = derived_may_meet(plan);
    size_t n = 0;
    for (int kind = 0; kind < N_KINDS; kind++) {
        check.claimed[kind] = all || !is_derived((enum c_name)kind);
        for (int space = 0; check.claimed[kind] && space < N_SPACES; space++)
            n += lives_in((enum c_name)kind, space) ? n_of(plan, owners[kind]) : 0;
    }
    if (!by_hash_init(&check.claims, n, arena))
        return false;
    check_schema(&check);
    check_words(&check);
    claim_everything(&check);
    by_hash_sort(&check.claims);
    for (size_t i = 0, size; i < n; i += size) {
        size = by_hash_run(&check.claims, i);
        for (size_t j = i + 1; j < i + size; j++)
            tell(&check, check.claims.items[i].payload, check.claims.items[j].payload);
    }
    by_hash_drop(&check.claims, arena);
    return true;
}
