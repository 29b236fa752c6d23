/* SPDX-License-Identifier: MIT
 *
 * tests/golden/format: NAME.ugly is laid out as NAME.tags, and NAME.tags as it is.
 */
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "golden.h"
#include "layouts.h"
#include "suites.h"

static const char *const names[] = {"everything", "widths", "columns", "comments"};

static char *lay_out_file(const char *name, const char *ending) {
    char *relative = text_of("tests/golden/format/%s.%s", name, ending), *path = source_path(relative);
    size_t size = 0;
    char *bytes = read_file(path, &size), *laid_out = lay_out(bytes, size);
    ck_assert_msg(laid_out != NULL, "%s", relative);
    free(bytes);
    free(path);
    free(relative);
    return laid_out;
}

START_TEST(an_ugly_schema_gets_this_layout)
{
    char *golden = text_of("tests/golden/format/%s.tags", names[_i]), *laid_out = lay_out_file(names[_i], "ugly");
    expect_golden(golden, laid_out, strlen(laid_out));
    free(laid_out);
    free(golden);
}
END_TEST

START_TEST(a_layout_is_its_own_layout)
{
    char *golden = text_of("tests/golden/format/%s.tags", names[_i]), *laid_out = lay_out_file(names[_i], "tags");
    expect_golden(golden, laid_out, strlen(laid_out));
    free(laid_out);
    free(golden);
}
END_TEST

int main(void) {
    enum { N = sizeof names / sizeof *names };
    Suite *suite = suite_create("layouts");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, an_ugly_schema_gets_this_layout, 0, N);
    tcase_add_loop_test(all, a_layout_is_its_own_layout, 0, N);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
