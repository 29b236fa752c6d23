/* SPDX-License-Identifier: MIT
 *
 * Whole renders: tests/golden/diagnostics/NAME.tags gives NAME.txt.
 */
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "golden.h"
#include "load_text.h"
#include "suites.h"

/* The schema is loaded as NAME.tags from its own bytes, so that no path of this machine is in the golden. */
static void expect_render(const char *name) {
    char *schema = text_of("tests/golden/diagnostics/%s.tags", name),
         *golden = text_of("tests/golden/diagnostics/%s.txt", name);
    char *path = source_path(schema);
    size_t size = 0;
    char *bytes = read_file(path, &size);
    struct loaded loaded;
    struct text out;
    text_init(&out);
    ck_assert_int_eq(load_bytes(bytes, size, &loaded), LOAD_REFUSED);
    diag_render(&loaded.diags, &(struct diag_style){.max_errors = 0}, &out);
    expect_golden(golden, text_string(&out), out.size);
    text_free(&out);
    load_free(&loaded);
    free(bytes);
    free(path);
    free(golden);
    free(schema);
}

START_TEST(wild_counts)
{ expect_render("wild_counts"); }
END_TEST

START_TEST(syntax)
{ expect_render("syntax"); }
END_TEST

START_TEST(names)
{ expect_render("names"); }
END_TEST

START_TEST(habits)
{ expect_render("habits"); }
END_TEST

int main(void) {
    return run_suites(suite_of("rendered diagnostics are the golden ones", wild_counts, syntax, names, habits, NULL),
                      NULL);
}
