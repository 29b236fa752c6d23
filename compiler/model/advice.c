/* SPDX-License-Identifier: MIT
 *
 * What to write instead of a tag that is wrong. Each wild of its path is given one parameter, and no parameter two
 * wilds; for a wild that is left over a parameter is declared, or the one of its name is declared otherwise. Whoever
 * does what it says has a tag that is right.
 */
#include "front.h"
#include "text.h"

struct advice {
    struct front *front;
    const struct function *function;
    const struct model_node *wilds[MODEL_MAX_WILDS];
    const struct ast_name *written[MODEL_MAX_WILDS]; /* what was meant for the wild, or NULL */
    int given[MODEL_MAX_WILDS];                      /* the parameter for the wild; -1: none */
    const char *names[MODEL_MAX_WILDS];              /* what to write for it */
    size_t n_wilds;
    uint32_t used; /* a bit each: parameters that are given */
    uint32_t kept; /* a bit each: wilds for which the parameter that was written is declared otherwise */
};

static bool fits(const struct advice *advice, int param, size_t wild) {
    if (param < 0 || advice->used >> param & 1 || advice->function->broken_params >> param & 1)
        return false;
    const struct model_param *found = &advice->function->params[param];
    return !found->is_key && same_type(found->type, advice->wilds[wild]->type);
}

static void give(struct advice *advice, size_t wild, int param) {
    if (advice->given[wild] >= 0 || !fits(advice, param, wild))
        return;
    advice->given[wild] = param;
    advice->used |= 1u << param;
}

/* As many arguments as wilds are meant in their order, whatever brackets they are in. */
static void list_written(struct advice *advice, const struct ast_spec *ast, const struct ast_name *const *args) {
    size_t n = 0;
    for (const struct ast_step *step = ast->first; step; step = step->next)
        n += step->args.n;
    if (n != advice->n_wilds) {
        for (size_t i = 0; i < advice->n_wilds; i++)
            advice->written[i] = args[i];
        return;
    }
    n = 0;
    for (const struct ast_step *step = ast->first; step; step = step->next)
        for (const struct ast_named *arg = step->args.first; arg; arg = arg->next)
            advice->written[n++] = &arg->name;
}

static size_t count_written(const struct ast_spec *ast, const char *name) {
    size_t n = 0;
    for (const struct ast_step *step = ast->first; step; step = step->next)
        for (const struct ast_named *arg = step->args.first; arg; arg = arg->next)
            n += arg->name.text == name;
    return n;
}

static bool is_written(const struct ast_spec *ast, const char *name) { return count_written(ast, name) > 0; }

/* Is what was written for the wild a parameter that only has the wrong type, and no other tag needs it as it is? Then
 * it stays: with another in its place it would be idle. */
static bool is_kept(const struct advice *advice, const struct ast_spec *ast, size_t wild) {
    if (!advice->written[wild] || advice->given[wild] >= 0)
        return false;
    const char *name = advice->written[wild]->text;
    int param = find_param(advice->function, name);
    if (param < 0 || advice->used >> param & 1 || advice->function->params[param].is_key)
        return false;
    for (size_t i = 0; i < advice->n_wilds; i++)
        if (i != wild && advice->wilds[i]->name == name)
            return false; /* that wild may want it */
    size_t n = 0;
    for (const struct ast_spec *each = advice->function->ast->first_spec; each; each = each->next)
        n += count_written(each, name);
    return n == 1 && count_written(ast, name) == 1;
}

/* The only parameter that is free for the wild. */
static int only_one(const struct advice *advice, size_t wild) {
    int only = -1;
    for (int param = 0; param < (int)advice->function->n_params; param++) {
        if (!fits(advice, param, wild))
            continue;
        if (only >= 0)
            return -1;
        only = param;
    }
    return only;
}

/* The parameter of the wild's own name, if it was written anywhere in the tag; else the one that was written for the
 * wild; else that of its own name; else the one that was written, declared otherwise; else the only one that is free.
 */
static void guess(struct advice *advice, const struct ast_spec *ast) {
    for (size_t i = 0; i < advice->n_wilds; i++) {
        advice->given[i] = -1;
        if (is_written(ast, advice->wilds[i]->name))
            give(advice, i, find_param(advice->function, advice->wilds[i]->name));
    }
    for (size_t i = 0; i < advice->n_wilds; i++)
        if (advice->written[i])
            give(advice, i, find_param(advice->function, advice->written[i]->text));
    for (size_t i = 0; i < advice->n_wilds; i++)
        give(advice, i, find_param(advice->function, advice->wilds[i]->name));
    for (size_t i = 0; i < advice->n_wilds; i++)
        if (is_kept(advice, ast, i))
            advice->kept |= 1u << i;
        else
            give(advice, i, only_one(advice, i));
}

/* May the wild `n` use this name? A parameter of the name that no wild was given can be declared otherwise. */
static bool is_free(const struct advice *advice, size_t n, const char *name) {
    int param = find_param(advice->function, name);
    for (size_t i = 0; i < n; i++)
        if (advice->names[i] == name)
            return false;
    return param < 0 || !(advice->used >> param & 1);
}

/* The wild's own name; else with the name of what it is below; else with a number. */
static const char *name_for(const struct advice *advice, size_t n) {
    const struct model_node *wild = advice->wilds[n];
    const char *name = wild->name;
    struct text text;
    for (unsigned i = 1; !is_free(advice, n, name); i++) {
        text_init_in(&text, advice->front->arena);
        if (i == 1)
            text_printf(&text, "%s_%s", wild->parent->name, wild->name);
        else
            text_printf(&text, "%s%u", wild->name, i);
        name = intern_name(&advice->front->intern, text.data, text.size);
    }
    return name;
}

static const char *describe_changed(const struct advice *advice, int param, struct model_type type) {
    const struct model_param *found = &advice->function->params[param];
    bool broken = advice->function->broken_params >> param & 1;
    const struct ast_param *written = advice->function->ast->first_param;
    struct text text;
    for (int i = 0; i < param; i++)
        written = written->next;
    text_init_in(&text, advice->front->arena);
    text_printf(&text, "write '%s: %s' ", found->name, describe_type(type));
    if (found->is_key && !broken && same_type(found->type, type))
        text_append(&text, "without 'key'");
    else
        text_printf(&text, "in place of '%s%s: %s'", found->is_key ? "key " : "", found->name, written->type.text);
    return text_string(&text);
}

/* "declare 'a: u64' in 'f', write 'b: u64' without 'key' and " */
static const char *describe_missing(struct advice *advice) {
    struct text declared, changed, both;
    text_init_in(&declared, advice->front->arena);
    text_init_in(&changed, advice->front->arena);
    text_init_in(&both, advice->front->arena);
    for (size_t i = 0; i < advice->n_wilds; i++) {
        const struct model_node *wild = advice->wilds[i];
        if (advice->given[i] >= 0) {
            advice->names[i] = advice->function->params[advice->given[i]].name;
            continue;
        }
        advice->names[i] = advice->kept >> i & 1 ? advice->written[i]->text : name_for(advice, i);
        if (advice->front->broken_nodes[wild->index])
            continue;
        int param = find_param(advice->function, advice->names[i]);
        if (param >= 0)
            text_printf(&changed, "%s%s", changed.size ? ", " : "", describe_changed(advice, param, wild->type));
        else
            text_printf(&declared, "%s%s: %s", declared.size ? ", " : "", advice->names[i], describe_type(wild->type));
    }
    if (declared.size)
        text_printf(&both, "declare '%s' in '%s'", text_string(&declared), advice->function->declaration->name.text);
    if (changed.size)
        text_printf(&both, "%s%s", both.size ? ", " : "", text_string(&changed));
    if (both.size)
        text_append(&both, " and ");
    return text_string(&both);
}

void advise(struct front *front, struct diag *diag, const struct function *function, const struct ast_spec *ast,
            const struct ast_name *const *args, const struct model_node *node) {
    struct advice advice = {.front = front, .function = function, .n_wilds = node->n_wilds};
    list_wilds(node, advice.wilds);
    list_written(&advice, ast, args);
    guess(&advice, ast);
    const char *missing = describe_missing(&advice);
    diag_help(front->diags, diag, "%swrite '%s'", missing, describe_filled(front, node, advice.names));
}
