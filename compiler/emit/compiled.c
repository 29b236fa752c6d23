/* SPDX-License-Identifier: MIT */
#include "compiled.h"

#include "c_clash.h"

enum load_status compile_schema(const struct load_options *options, struct compiled *out) {
    struct loaded *loaded = &out->loaded;
    enum load_status status = load_schema(options, loaded);
    if (status == LOAD_OK && (!emit_plan_make(&out->plan, loaded->model, &loaded->arena) ||
                              !c_names_check(&out->plan, &loaded->diags, &loaded->arena)))
        return LOAD_NO_MEMORY;
    return status;
}

void compiled_free(struct compiled *compiled) { load_free(&compiled->loaded); }
