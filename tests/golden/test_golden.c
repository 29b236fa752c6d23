/* SPDX-License-Identifier: MIT
 *
 * Schemas and what t87sc makes of them: headers, dumps and pictures, as files in expected/. `./dev golden` rewrites
 * them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "golden.h"
#include "program.h"
#include "suites.h"

static const struct {
    const char *schema, *name;
} goldens[] = {
    {"schemas/blog.tags", "blog"},
    {"schemas/kitchen_sink.tags", "kitchen_sink"},
    {"tests/golden/shapes/odd.tags", "odd"},
    {"tests/golden/shapes/empty.tags", "empty"},
    {"tests/golden/shapes/roots.tags", "roots"},
    {"tests/golden/shapes/mixed.tags", "mixed"},
};

static void expect(const char *const *arguments, const char *name, const char *ending) {
    struct program_run run;
    char *golden = text_of("tests/golden/expected/%s.tags.%s", name, ending);
    t87sc_run(&run, NULL, arguments);
    ck_assert_msg(run.exit_code == 0 && run.err_size == 0, "%s", run.err);
    expect_golden(golden, run.out, run.out_size);
    program_run_free(&run);
    free(golden);
}

START_TEST(a_schema_gives_this_header)
{
    char *schema = source_path(goldens[_i].schema);
    const char *arguments[] = {"gen", "-o", "-", schema, NULL};
    expect(arguments, goldens[_i].name, "h");
    free(schema);
}
END_TEST

START_TEST(a_schema_gives_this_json)
{
    char *schema = source_path(goldens[_i].schema);
    const char *arguments[] = {"dump", "--format", "json", schema, NULL};
    expect(arguments, goldens[_i].name, "json");
    free(schema);
}
END_TEST

START_TEST(a_schema_gives_this_text)
{
    char *schema = source_path(goldens[_i].schema);
    const char *arguments[] = {"dump", schema, NULL};
    expect(arguments, goldens[_i].name, "txt");
    free(schema);
}
END_TEST

START_TEST(a_schema_gives_this_picture_for_graphviz)
{
    char *schema = source_path(goldens[_i].schema);
    const char *arguments[] = {"graph", schema, NULL};
    expect(arguments, goldens[_i].name, "dot");
    free(schema);
}
END_TEST

START_TEST(a_schema_gives_this_picture_for_markdown)
{
    char *schema = source_path(goldens[_i].schema);
    const char *arguments[] = {"graph", "--format", "mermaid", schema, NULL};
    expect(arguments, goldens[_i].name, "mmd");
    free(schema);
}
END_TEST

/* The page around them is the same for all. */
START_TEST(a_schema_gives_this_data_to_its_page)
{
    static const char begin[] = "<script type=\"application/json\" id=\"data\">";
    char *schema = source_path(goldens[_i].schema);
    char *golden = text_of("tests/golden/expected/%s.tags.page.json", goldens[_i].name);
    struct program_run run;
    t87sc_run(&run, NULL, (const char *const[]){"graph", "--format", "html", schema, NULL});
    ck_assert_msg(run.exit_code == 0 && run.err_size == 0, "%s", run.err);
    const char *data = strstr(run.out, begin), *end = data ? strstr(data, "</script>") : NULL;
    ck_assert(data && end);
    data += sizeof begin - 1;
    expect_golden(golden, data, (size_t)(end - data));
    program_run_free(&run);
    free(golden);
    free(schema);
}
END_TEST

int main(void) {
    enum { N = sizeof goldens / sizeof *goldens };
    Suite *suite = suite_create("schemas and their headers");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, a_schema_gives_this_header, 0, N);
    tcase_add_loop_test(all, a_schema_gives_this_json, 0, N);
    tcase_add_loop_test(all, a_schema_gives_this_text, 0, N);
    tcase_add_loop_test(all, a_schema_gives_this_picture_for_graphviz, 0, N);
    tcase_add_loop_test(all, a_schema_gives_this_picture_for_markdown, 0, N);
    tcase_add_loop_test(all, a_schema_gives_this_data_to_its_page, 0, N);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
