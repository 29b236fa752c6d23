/* SPDX-License-Identifier: MIT */
#include "cli.h"

static const char wrong_schema[] =
    "schema small;\nroot { users: Wild(id: u64); }\ncached user() -> bytes tagged user;\n";

START_TEST(each_format_is_of_its_kind_and_dot_is_the_one_unless_told)
{
    static const struct {
        const char *words, *begins;
    } formats[] = {{"graph small.tags", "digraph \"small\" {\n"},
                   {"graph --format dot small.tags", "digraph \"small\" {\n"},
                   {"graph --format=mermaid small.tags", "flowchart LR\n"},
                   {"graph --format html small.tags", "<!DOCTYPE html>\n"},
                   {"graph --format html -o - small.tags", "<!DOCTYPE html>\n"}};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct program_run run = t87sc(formats[i].words, NULL);
        ck_assert_msg(!strncmp(run.out, formats[i].begins, strlen(formats[i].begins)), "%.60s", run.out);
        expect_run(run, 0, "");
    }
    expect_run(t87sc("graph --format json small.tags", NULL), 2,
               "option '--format' takes dot, mermaid or html, not 'json'");
    expect_run(t87sc("graph", NULL), 2, "nothing given for SCHEMA");
}
END_TEST

START_TEST(a_picture_goes_to_a_file_or_to_standard_output)
{
    static const char *const formats[] = {"dot", "mermaid", "html"};
    for (size_t i = 0; i < 3; i++) {
        char *to_file = text_of("graph --format %s -o out small.tags", formats[i]);
        char *to_output = text_of("graph --format %s small.tags", formats[i]);
        expect_run(t87sc(to_file, NULL), 0, "");
        struct program_run run = t87sc(to_output, NULL);
        char *file = read_here("out");
        ck_assert_str_eq(file, run.out);
        expect_run(run, 0, "");
        free(file);
        free(to_output);
        free(to_file);
    }
}
END_TEST

START_TEST(the_same_schema_gives_the_same_picture_from_any_folder)
{
    static const char *const formats[] = {"dot", "mermaid", "html"};
    for (size_t i = 0; i < 3; i++) {
        char *line = text_of("mkdir -p elsewhere && $T87SC graph --format %s -o a small.tags && cd elsewhere && "
                             "$T87SC graph --format %s -o ../b $PWD/../small.tags && cmp ../a ../b",
                             formats[i], formats[i]);
        expect_run(shell(line), 0, "");
        free(line);
    }
}
END_TEST

START_TEST(a_picture_is_whole_or_absent)
{
    write_here("wrong.tags", wrong_schema);
    write_here("old.html", "old");
    expect_run(t87sc("graph -o new.dot wrong.tags", NULL), 1, "wrong.tags:3:31: error: ");
    expect_run(t87sc("graph --format html -o old.html wrong.tags", NULL), 1, "wrong.tags:3:31: error: ");
    expect_run(t87sc("graph -o new.dot missing.tags", NULL), 3, "missing.tags");
    expect_run(t87sc("graph -o nowhere/new.dot small.tags", NULL), 3, "nowhere/new.dot");
    expect_run(shell("$T87SC graph --format html small.tags >/dev/full"), 3, "error");
    expect_run(shell("ulimit -f 8; $T87SC graph --format html -o old.html small.tags"), 3, "old.html");
    ck_assert(!is_here("new.dot"));
    char *old = read_here("old.html");
    ck_assert_str_eq(old, "old");
    free(old);
}
END_TEST

START_TEST(a_picture_is_never_written_over_its_schema)
{
    expect_run(t87sc("graph -o small.tags small.tags", NULL), 2, "would be written over 'small.tags'");
    expect_run(t87sc("graph -o ./small.tags small.tags", NULL), 2, "would be written over 'small.tags'");
    char *schema = read_here("small.tags");
    ck_assert_str_eq(schema, small_schema);
    free(schema);
}
END_TEST

START_TEST(a_schema_from_standard_input_has_a_page)
{
    struct program_run run = t87sc("graph --format html -", small_schema);
    ck_assert(strstr(run.out, "\"file\": \"schema.tags\"") != NULL);
    ck_assert(strstr(run.out, "<title>small: ") != NULL);
    expect_run(run, 0, "");
}
END_TEST

/* The page says which script it runs; whatever a schema says is no part of it. */
START_TEST(nothing_of_a_schema_ends_the_data_of_its_page)
{
    struct program_run run =
        t87sc("graph --format html -", "schema s;\n/// </script><!-- <script>\nroot { /// <b>\na: Static; }\n");
    char *data = strstr(run.out, "id=\"data\">"), *end = data ? strchr(data, '<') : NULL;
    ck_assert_ptr_nonnull(end);
    ck_assert(!strncmp(end, "</script>\n<script>", strlen("</script>\n<script>")));
    ck_assert(strstr(data, "\\u003cb>") && strstr(data, "\\u003cb>") < end);
    expect_run(run, 0, "");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("t87sc graph");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, each_format_is_of_its_kind_and_dot_is_the_one_unless_told);
    tcase_add_test(all, a_picture_goes_to_a_file_or_to_standard_output);
    tcase_add_test(all, the_same_schema_gives_the_same_picture_from_any_folder);
    tcase_add_test(all, a_picture_is_whole_or_absent);
    tcase_add_test(all, a_picture_is_never_written_over_its_schema);
    tcase_add_test(all, a_schema_from_standard_input_has_a_page);
    tcase_add_test(all, nothing_of_a_schema_ends_the_data_of_its_page);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
