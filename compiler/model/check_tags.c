/* SPDX-License-Identifier: MIT
 *
 * The wild-count check: each wild on a tag's path is filled by exactly one parameter of its type.
 *
 * A tag is resolved in two steps. follow() walks the names down the tree, over wilds that were skipped, so that it
 * knows the whole path and what is wrong with its brackets; then bind() gives each wild its parameter. One mistake in
 * the brackets is reported for a tag, with the path, its wilds, the parameters and what to write instead.
 */
#include <string.h>

#include "front.h"
#include "text.h"

enum trouble { FINE, UNFILLED, TOO_MANY, STATIC_ARGUMENT, AMBIGUOUS, MIXED };

/* A tag being resolved. */
struct tag {
    struct front *front;
    const struct function *function;
    const struct ast_spec *ast;
    const struct model_node *node;    /* the end of the path */
    const struct model_node *at_node; /* what the trouble is with */
    const struct ast_step *at;        /* and where it is written */
    enum trouble trouble;
    bool broken;                                  /* leads into what could not be read: nothing more is said */
    const struct ast_name *args[MODEL_MAX_WILDS]; /* by wild; NULL: nothing, or to be taken in order */
    bool has_empty, has_filled;
};

static void note_trouble(struct tag *tag, enum trouble trouble, const struct ast_step *step,
                         const struct model_node *node) {
    if (tag->trouble != FINE)
        return;
    tag->trouble = trouble;
    tag->at = step;
    tag->at_node = node;
}

static const struct model_node *child(struct tag *tag, const struct model_node *node, const char *name) {
    return scope_get(&tag->front->scope, node, name);
}

static bool is_broken(const struct tag *tag, const struct model_node *node) {
    return tag->front->broken_nodes[node->index] != NODE_WHOLE;
}

static bool is_double(const struct tag *tag, const struct model_node *node) {
    return tag->front->broken_nodes[node->index] == NODE_DOUBLE;
}

/* Those of the wild as well: it may have been forgotten together with the right name. */
static void offer_children(void *context, struct suggestion *suggestion) {
    for (const struct model_node *node = context; node; node = node->wild_child)
        for (const struct model_node *next = node->first_child; next && !suggestion->cut; next = next->next_sibling)
            if (next->kind == NODE_STATIC)
                suggest_offer(suggestion, next->name);
}

enum { MAX_LISTED = 8 };

/* All that could stand there, when nothing is near what does: few, or they are no help. */
static void list_children(struct tag *tag, struct diag *diag, const struct model_node *node) {
    struct text names;
    size_t n = 0;
    text_init_in(&names, tag->front->arena);
    if (is_broken(tag, node))
        return; /* there may be more */
    for (const struct model_node *next = node->first_child; next; next = next->next_sibling) {
        if (next->kind != NODE_STATIC)
            continue;
        if (n++ == MAX_LISTED)
            return;
        bool is_last =
            !next->next_sibling || (!next->next_sibling->next_sibling && next->next_sibling == node->wild_child);
        text_printf(&names, "%s'%s'", n == 1 ? "" : is_last ? " and " : ", ", next->name);
    }
    if (n)
        diag_help(tag->front->diags, diag, n == 1 ? "there is only %s" : "there are %s", text_string(&names));
}

static void report_unknown(struct tag *tag, const struct ast_step *step, const struct ast_step *before,
                           const struct model_node *node) {
    struct front *front = tag->front;
    const char *name = step->name.text;
    if (diag_only_counted(front->diags, T0203))
        return;
    struct diag *diag = diag_add(front->diags, T0203, step->name.place, name_span(name), "unknown segment '%s'%s%s%s",
                                 name, before ? " in '" : "",
                                 before ? describe_written(front, tag->ast, step, false) : "", before ? "'" : "");
    if (!suggest(front, diag, name, offer_children, (void *)(uintptr_t)node))
        list_children(tag, diag, node);
    if (!before) {
        diag_note(front->diags, diag, node->place, "the first segments are declared here");
        return;
    }
    const char *parent = describe_written(front, tag->ast, before, true);
    if (node->first_child)
        diag_note(front->diags, diag, node->first_child->place, "the children of '%s' are declared here", parent);
    else
        diag_note(front->diags, diag, node->place, "'%s' has no children; it is declared here", parent);
}

/* The child `name` of the node, or of the wilds below it when these were left out. */
static const struct model_node *find_step(struct tag *tag, const struct ast_step *step, const struct ast_step *before,
                                          const struct model_node *node) {
    for (const struct model_node *from = node; from; from = from->wild_child) {
        const struct model_node *found = child(tag, from, step->name.text);
        if (found) {
            tag->broken |= is_double(tag, found);
            if (from != node && !before)
                tag->broken = true; /* a wild in the root, which was refused */
            else if (from != node)
                note_trouble(tag, UNFILLED, before, node->wild_child);
            return found;
        }
        tag->broken |= is_broken(tag, from);
    }
    if (!tag->broken)
        report_unknown(tag, step, before, node);
    tag->broken = true;
    return NULL;
}

/* Over the wilds that the brackets of `step` fill. */
static const struct model_node *enter_brackets(struct tag *tag, const struct ast_step *step,
                                               const struct model_node *node) {
    const struct model_node *wild = node->wild_child;
    if (!wild) {
        if (is_broken(tag, node))
            tag->broken = true;
        else
            note_trouble(tag, STATIC_ARGUMENT, step, node);
        return node;
    }
    tag->broken |= is_double(tag, wild);
    if (!step->args.n) {
        tag->has_empty = true;
        if (!wild->wild_child)
            return wild;
        while (wild->wild_child)
            wild = wild->wild_child;
        note_trouble(tag, AMBIGUOUS, step, wild);
        return wild;
    }
    tag->has_filled = true;
    for (const struct ast_named *arg = step->args.first; arg; arg = arg->next) {
        if (!node->wild_child) {
            if (is_broken(tag, node))
                tag->broken = true;
            else
                note_trouble(tag, TOO_MANY, step, node);
            return node;
        }
        node = node->wild_child;
        tag->args[node->n_wilds - 1] = &arg->name;
    }
    return node;
}

static void follow(struct tag *tag) {
    const struct model_node *node = tag->front->model->nodes[0];
    const struct ast_step *before = NULL;
    for (const struct ast_step *step = tag->ast->first; step; step = step->next) {
        node = find_step(tag, step, before, node);
        if (!node)
            return;
        if (step->brackets)
            node = enter_brackets(tag, step, node);
        if (tag->broken)
            return;
        before = step;
    }
    tag->node = node;
    if (tag->has_empty && tag->has_filled)
        note_trouble(tag, MIXED, tag->ast->first, node);
}

int find_param(const struct function *function, const char *name) {
    for (size_t i = 0; i < function->n_params; i++)
        if (function->params[i].name == name)
            return (int)i;
    return -1;
}

void list_wilds(const struct model_node *node, const struct model_node **wilds) {
    for (; node->kind != NODE_ROOT; node = node->parent)
        if (node->kind == NODE_WILD)
            wilds[node->n_wilds - 1] = node;
}

static void note_params(struct front *front, struct diag *diag, const struct function *function) {
    struct place place = function->declaration->name.place;
    const char *name = function->declaration->name.text;
    if (function->n_params || function->params_missing)
        diag_note(front->diags, diag, place, "'%s' has the parameters %s", name, describe_params(front, function));
    else
        diag_note(front->diags, diag, place, "'%s' has no parameters", name);
}

/* Where the parameters and the path are declared. */
static void explain_places(struct tag *tag, struct diag *diag) {
    struct front *front = tag->front;
    note_params(front, diag, tag->function);
    diag_note(front->diags, diag, tag->node->place, "'%s' is declared here", describe_path(front, tag->node));
}

/* The tag that is meant when there are more arguments than wilds: if its last segment has a wild that was left off, and
 * the arguments are as many with it, it was not to be left off. */
static const struct model_node *meant_node(const struct tag *tag) {
    const struct model_node *below = tag->node->wild_child;
    size_t n_given = 0;
    for (const struct ast_step *step = tag->ast->first; step; step = step->next)
        n_given += step->args.n;
    return tag->trouble == TOO_MANY && below && below->n_wilds == n_given ? below : tag->node;
}

/* What to write instead, and these places. */
static void explain(struct tag *tag, struct diag *diag) {
    struct front *front = tag->front;
    if (!diag)
        return;
    advise(front, diag, tag->function, tag->ast, tag->args, meant_node(tag));
    explain_places(tag, diag);
}

static struct diag *report_trouble(struct tag *tag) {
    static const enum diag_code codes[] = {
        [UNFILLED] = T0301, [TOO_MANY] = T0302, [STATIC_ARGUMENT] = T0305, [AMBIGUOUS] = T0307, [MIXED] = T0308};
    if (diag_only_counted(tag->front->diags, codes[tag->trouble]))
        return NULL;
    struct front *front = tag->front;
    struct diag_list *diags = front->diags;
    enum diag_code code = codes[tag->trouble];
    const struct ast_name *name = &tag->at->name;
    uint32_t span = name_span(name->text);
    const char *wilds = describe_wilds(front, tag->node);
    const char *written = describe_written(front, tag->ast, NULL, true);
    const struct model_node *node = tag->at_node;
    size_t n_given = 0;
    for (const struct ast_step *step = tag->ast->first; step; step = step->next)
        n_given += step->brackets && !step->args.n ? 1 : step->args.n;
    switch (tag->trouble) {
    case UNFILLED:
        return diag_add(diags, code, name->place, span, "nothing fills the wild '%s': %s, and '%s' fills %zu",
                        node->name, wilds, written, n_given);
    case TOO_MANY:
        return diag_add(diags, code, name->place, span, "too many arguments for '%s': %s, and '%s' gives %zu",
                        name->text, wilds, written, n_given);
    case STATIC_ARGUMENT:
        return diag_add(diags, code, name->place, span, "'%s' is Static and takes no brackets: %s", name->text, wilds);
    case AMBIGUOUS:
        return diag_add(diags, code, name->place, span, "empty brackets do not say which wilds of '%s' they fill: %s",
                        describe_path(front, node), wilds);
    default:
        return diag_add(diags, code, name->place, span, "'%s' mixes empty and filled brackets: %s", written, wilds);
    }
}

static bool fills_a_wild(const struct tag *tag, const char *param) {
    for (size_t i = 0; i < tag->node->n_wilds; i++)
        if (tag->args[i] && tag->args[i]->text == param)
            return true;
    return false;
}

static void offer_params(void *context, struct suggestion *suggestion) {
    const struct tag *tag = context;
    const struct function *function = tag->function;
    for (size_t i = 0; i < function->n_params; i++)
        if (!function->params[i].is_key && !fills_a_wild(tag, function->params[i].name))
            suggest_offer(suggestion, function->params[i].name);
}

/* Is `param`, written at `place`, right for this wild? */
static bool check_param(struct tag *tag, int param, const struct model_node *wild, struct place place, uint32_t span) {
    struct front *front = tag->front;
    const struct model_param *found = &tag->function->params[param];
    const struct model_node *node = tag->node;
    bool unknown = front->broken_nodes[wild->index] || tag->function->broken_params >> param & 1;
    struct diag *diag = NULL;
    if (!found->is_key && (unknown || same_type(found->type, wild->type)))
        return !unknown;
    if (diag_only_counted(front->diags, found->is_key ? T0309 : T0303))
        return false;
    if (found->is_key)
        diag = diag_add(front->diags, T0309, place, span,
                        "parameter '%s' is marked 'key' and cannot fill the wild '%s': %s", found->name, wild->name,
                        describe_wilds(front, node));
    else
        diag = diag_add(front->diags, T0303, place, span, "parameter '%s: %s' cannot fill the wild '%s: %s': %s",
                        found->name, describe_type(found->type), wild->name, describe_type(wild->type),
                        describe_wilds(front, node));
    if (found->is_key && same_type(found->type, wild->type)) {
        diag_help(front->diags, diag, "write '%s: %s' without 'key'", found->name, describe_type(found->type));
        explain_places(tag, diag);
    } else {
        explain(tag, diag);
    }
    return false;
}

static bool report_unknown_param(struct tag *tag, const struct ast_name *arg) {
    struct front *front = tag->front;
    const struct function *function = tag->function;
    if (function->params_missing || diag_only_counted(front->diags, T0204))
        return false;
    struct diag *diag =
        diag_add(front->diags, T0204, arg->place, name_span(arg->text), "unknown parameter '%s' in '%s': %s", arg->text,
                 describe_written(front, tag->ast, NULL, true), describe_wilds(front, tag->node));
    suggest(front, diag, arg->text, offer_params, tag);
    note_params(front, diag, function);
    return false;
}

/* Empty brackets: the parameters that are not `key`, from the left. */
static bool bind_in_order(struct tag *tag, const struct model_node **wilds, struct model_spec *spec) {
    struct front *front = tag->front;
    const struct function *function = tag->function;
    const struct ast_name *first = &tag->ast->first->name;
    size_t n_wilds = tag->node->n_wilds, n = 0;
    size_t n_free = 0;
    for (size_t i = 0; i < function->n_params; i++)
        n_free += !function->params[i].is_key;
    if (n_free < n_wilds) {
        if (!function->params_missing && !diag_only_counted(front->diags, T0306))
            explain(tag, diag_add(front->diags, T0306, first->place, name_span(first->text),
                                  "empty brackets need %s and '%s' has %zu that may fill one: %s",
                                  count_of(front, n_wilds, "parameter"), function->declaration->name.text, n_free,
                                  describe_wilds(front, tag->node)));
        return false;
    }
    bool fine = true;
    for (size_t i = 0; n < n_wilds; i++) {
        if (function->params[i].is_key)
            continue;
        fine &= check_param(tag, (int)i, wilds[n], first->place, name_span(first->text));
        spec->params[n++] = (uint8_t)i;
    }
    return fine;
}

static bool bind_by_name(struct tag *tag, const struct model_node **wilds, struct model_spec *spec) {
    bool fine = true;
    for (size_t i = 0; i < tag->node->n_wilds; i++) {
        const struct ast_name *arg = tag->args[i];
        int param = find_param(tag->function, arg->text);
        if (param < 0) {
            fine = report_unknown_param(tag, arg);
            continue;
        }
        fine &= check_param(tag, param, wilds[i], arg->place, name_span(arg->text));
        spec->params[i] = (uint8_t)param;
    }
    return fine;
}

/* False: something is wrong with this tag, and was said. */
static bool resolve_spec(struct front *front, const struct function *function, const struct ast_spec *ast,
                         struct model_spec *spec) {
    struct tag tag = {.front = front, .function = function, .ast = ast};
    follow(&tag);
    if (tag.broken)
        return false;
    *spec =
        (struct model_spec){.node = tag.node, .exact = ast->exact, .soft = ast->soft, .place = ast->first->name.place};
    if (tag.trouble != FINE) {
        explain(&tag, report_trouble(&tag));
        return false;
    }
    const struct model_node *wilds[MODEL_MAX_WILDS];
    list_wilds(tag.node, wilds);
    return tag.has_empty ? bind_in_order(&tag, wilds, spec) : bind_by_name(&tag, wilds, spec);
}

/* Every parameter that is not `key` fills a wild of at least one tag. Asked only when all tags are right. */
static void check_idle_params(struct front *front, const struct function *function) {
    uint32_t used = function->broken_params;
    for (size_t i = 0; i < function->n_specs; i++)
        for (size_t j = 0; j < function->specs[i].node->n_wilds; j++)
            used |= 1u << function->specs[i].params[j];
    for (size_t i = 0; i < function->n_params; i++) {
        const struct model_param *param = &function->params[i];
        if (param->is_key || used >> i & 1 || diag_only_counted(front->diags, T0304))
            continue;
        const char *type = describe_type(param->type);
        struct diag *diag = diag_add(front->diags, T0304, param->place, name_span(param->name),
                                     "parameter '%s: %s' of '%s' fills no wild and is not marked 'key'", param->name,
                                     type, function->declaration->name.text);
        diag_help(front->diags, diag, "write 'key %s: %s' if it only tells answers apart", param->name, type);
        for (size_t j = 0; j < function->n_specs; j++) {
            const struct model_spec *spec = &function->specs[j];
            const struct model_node *wild = spec->node->wild_child;
            if (wild && same_type(wild->type, param->type))
                diag_help(front->diags, diag, "or fill the wild '%s: %s' below '%s' with it", wild->name, type,
                          describe_path(front, spec->node));
            diag_note(front->diags, diag, spec->place, "%s", describe_wilds(front, spec->node));
        }
        note_params(front, diag, function);
    }
}

bool check_tags(struct front *front) {
    for (size_t i = 0; i < front->n_functions; i++) {
        struct function *function = &front->functions[i];
        bool fine = !function->params_missing;
        size_t n_kept = function->ast->n_specs < AST_MAX_SPECS ? function->ast->n_specs : AST_MAX_SPECS;
        function->specs = ARENA_ARRAY(front->arena, struct model_spec, n_kept);
        size_t most = function->ast->is_mutation ? AST_MAX_SPECS : MODEL_MAX_TAGS; /* more were refused */
        for (const struct ast_spec *ast = function->ast->first_spec; ast && function->n_specs < most; ast = ast->next)
            fine &= resolve_spec(front, function, ast, &function->specs[function->n_specs++]);
        if (fine && function->n_specs && !function->ast->is_mutation)
            check_idle_params(front, function);
    }
    return true;
}
