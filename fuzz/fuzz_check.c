/* SPDX-License-Identifier: MIT
 *
 * A schema of any bytes: read, parsed, resolved, checked and, if it is one, linted, all in memory; what was found is
 * told in every format.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "compiled.h"
#include "lint.h"
#include "report.h"

#define CHECK(condition) ((condition) ? (void)0 : fail(__LINE__, #condition))

static void fail(int line, const char *what) {
    fprintf(stderr, "fuzz_check.c:%d: not so: %s\n", line, what);
    abort();
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
    struct compiled compiled;
    struct loaded *loaded = &compiled.loaded;
    enum load_status status = compile_schema(&(struct load_options){.path = "-", .input = input}, &compiled);
    fclose(input);
    CHECK(status == LOAD_OK || (status == LOAD_REFUSED && loaded->diags.n_errors > 0));
    if (status == LOAD_OK)
        CHECK(lint(loaded, &(struct lint_switches){{false}}));
    render(&loaded->diags);
    compiled_free(&compiled);
    return 0;
}
