/* SPDX-License-Identifier: MIT */
#include "emit.h"

/* Arguments that fill a wild are looked at before anything is applied: afterwards it would be too late to refuse. */
static void say_refusals(struct printer *printer, const struct model_mutation *mutation) {
    uint32_t fills = 0;
    for (size_t i = 0; i < mutation->n_invalidates; i++)
        for (size_t j = 0; j < mutation->invalidates[i].node->n_wilds; j++)
            fills |= 1u << mutation->invalidates[i].params[j];
    for (size_t i = 0; i < mutation->n_params; i++) {
        struct model_type type = mutation->params[i].type;
        if (!(fills >> i & 1) || !type_can_be_wrong(type))
            continue;
        say(printer, "    if (");
        say_wrong(printer, type, printer->locals->params[i]);
        say(printer, ") return T87S_E_INVALID;\n");
    }
}

static const char *flags_of(const struct model_spec *spec) {
    if (spec->soft)
        return spec->exact ? "T87S_SOFT | T87S_EXACT" : "T87S_SOFT";
    return spec->exact ? "T87S_EXACT" : "0";
}

void emit_mutation(struct printer *printer, const struct emit_plan *plan, size_t index) {
    const struct model_mutation *mutation = &plan->model->mutations[index];
    struct c_locals locals;
    c_locals_of_params(&locals, printer->names, mutation->params, mutation->n_params);
    printer->locals = &locals;
    say(printer, "\n");
    say_doc(printer, mutation->doc);
    say(printer, "enum t87s_status %n(void *%$app", C_APPLY, mutation->name);
    for (size_t i = 0; i < mutation->n_params; i++) {
        say(printer, ", ");
        say_declaration(printer, mutation->params[i].type, locals.params[i]);
    }
    say(printer, ");\nstatic inline enum t87s_status %n(struct %n *%$cache", C_MUTATION, mutation->name, C_CACHE, NULL);
    for (size_t i = 0; i < mutation->n_params; i++) {
        say(printer, ", ");
        say_declaration(printer, mutation->params[i].type, locals.params[i]);
    }
    say(printer, ") {\n    enum t87s_status %$status;\n");
    say_wild_asserts(printer, plan, plan->model->n_queries + index, mutation->name, mutation->invalidates,
                     mutation->n_invalidates);
    say_refusals(printer, mutation);
    say(printer, "    %$status = %n(t87s_gen_app((struct t87s_cache *)%$cache)", C_APPLY, mutation->name);
    say_arguments(printer, mutation->n_params);
    say(printer, ");\n    if (%$status != T87S_OK) return %$status;\n");
    for (size_t i = 0; i < mutation->n_invalidates; i++) {
        const struct model_spec *spec = &mutation->invalidates[i];
        say(printer, i + 1 < mutation->n_invalidates ? "    %$status = " : "    return ");
        say(printer, i ? "t87s_gen_worse(%$status, %n(%$cache, " : "%n(%$cache, ", C_GEN_INVALIDATE, NULL);
        say_tag_call(printer, spec);
        say(printer, i ? ", %s));\n" : ", %s);\n", flags_of(spec));
    }
    say(printer, mutation->n_invalidates ? "}\n" : "    return %$status;\n}\n");
    printer->locals = NULL;
}
