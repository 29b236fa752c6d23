/* SPDX-License-Identifier: MIT
 *
 * A schema of any bytes: read, parsed, resolved, checked and, if it is one, linted, and emitted twice (law 9), all in
 * memory; what was found is told in every format.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "c_clash.h"
#include "dump.h"
#include "emit_header.h"
#include "lint.h"
#include "report.h"

#define CHECK(condition) ((condition) ? (void)0 : fail(__LINE__, #condition))

static void fail(int line, const char *what) {
    fprintf(stderr, "fuzz_schema.c:%d: not so: %s\n", line, what);
    abort();
}

static void write_part(void *text, const char *bytes, size_t size) { text_append_bytes(text, bytes, size); }

static void emit(const struct emit_plan *plan, struct text *out) {
    static struct printer printer;
    text_init(out);
    printer_init(&printer, &plan->names, write_part, out);
    emit_header(&printer, plan);
    CHECK(!out->failed && out->size > 0);
}

static void emit_all(const struct emit_plan *plan) {
    struct text first, second;
    emit(plan, &first);
    emit(plan, &second);
    CHECK(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
    text_free(&first);
    text_free(&second);
    text_init(&first);
    dump_json(&first, plan);
    dump_text(&first, plan);
    CHECK(!first.failed);
    text_free(&first);
}

static void render(struct diag_list *diags) {
    struct text text;
    text_init(&text);
    diag_render(diags, &(struct diag_style){true, 0}, &text);
    CHECK(!text.failed && (text.size > 0 || diags->n_errors + diags->n_warnings == 0));
    text_free(&text);
    for (int format = REPORT_JSON; format <= REPORT_GITHUB; format++) {
        struct report report;
        report_init(&report, (enum report_format)format, 0);
        CHECK(report_add(&report, diags) == diags->n_dropped);
        report_finish(&report, "0", 1);
        CHECK(!report.failed);
        report_free(&report);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0; /* what fmemopen refuses */
    FILE *input = fmemopen((void *)(uintptr_t)data, size, "rb");
    CHECK(input);
    struct loaded loaded;
    enum load_status status = load_schema(&(struct load_options){.path = "-", .input = input}, &loaded);
    fclose(input);
    CHECK(status == LOAD_OK || (status == LOAD_REFUSED && loaded.diags.n_errors > 0));
    if (status == LOAD_OK) {
        struct emit_plan plan;
        CHECK(emit_plan_make(&plan, loaded.model, &loaded.arena));
        CHECK(c_names_check(&plan, &loaded.diags, &loaded.arena));
        if (loaded.diags.n_errors == 0)
            emit_all(&plan);
        CHECK(lint(&loaded, &(struct lint_switches){{false}}));
    }
    render(&loaded.diags);
    load_free(&loaded);
    return 0;
}
