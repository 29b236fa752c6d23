/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "golden.h"
#include "load_text.h"
#include "suites.h"

static void expect_unreadable(const char *path, const char *rendered) {
    struct loaded loaded;
    ck_assert_int_eq(load_path(path, NULL, &loaded), LOAD_UNREADABLE);
    ck_assert_ptr_null(loaded.model);
    struct text out;
    text_init(&out);
    diag_render(&loaded.diags, &(struct diag_style){.max_errors = 20}, &out);
    expect_same_text(path, rendered, text_string(&out));
    text_free(&out);
    load_free(&loaded);
}

START_TEST(a_schema_that_cannot_be_read_is_another_status_than_one_with_errors)
{
    expect_unreadable("no-such.tags", "no-such.tags:1:1: error: there is no file 'no-such.tags' [T0120]\n");
    expect_unreadable("/", "/:1:1: error: '/' is a folder [T0121]\n"
                           "/:1:1: help: name the schemas in it, such as /*.tags\n");
    expect_unreadable("/dev", "/dev:1:1: error: '/dev' is a folder [T0121]\n"
                              "/dev:1:1: help: name the schemas in it, such as /dev/*.tags\n");
    expect_unreadable(
        "/dev/zero",
        "/dev/zero:1:1: error: '/dev/zero' is too big: a schema with its imports has at most 16 MiB [T0122]\n");
    char *folder = temp_dir_make(), *loop = text_of("%s/loop", folder);
    ck_assert_int_eq(symlink("loop", loop), 0);
    char *rendered =
        text_of("%s:1:1: error: cannot read '%s': Too many levels of symbolic links [T0123]\n", loop, loop);
    expect_unreadable(loop, rendered);
    free(rendered);
    free(loop);
    temp_dir_remove(folder);
}
END_TEST

START_TEST(messages_call_standard_input_by_name)
{
    struct loaded loaded;
    load_text("rot { }\n", &loaded);
    struct text out;
    text_init(&out);
    diag_render(&loaded.diags, &(struct diag_style){.max_errors = 20}, &out);
    expect_same_text("the letter",
                     "<stdin>:1:1: error: expected a declaration, found 'rot' [T0106]\n    1 | rot { }\n      | ^~~\n"
                     "<stdin>:1:1: help: did you mean 'root'?\n",
                     text_string(&out));
    text_free(&out);
    load_free(&loaded);
}
END_TEST

START_TEST(an_empty_schema_lacks_its_name_and_root)
{
    expect_found("", "1:1 T0214");
    expect_found("// nothing\n", "1:1 T0214");
    expect_found("schema s;", "1:1 T0216");
    expect_found("root { }", "1:1 T0214");
}
END_TEST

/* Of the only diagnostic. */
static void expect_helps(const char *bytes, const char *first, const char *second) {
    struct loaded loaded;
    load_bytes(bytes, strlen(bytes), &loaded);
    ck_assert_uint_eq(loaded.diags.n_errors, 1);
    const struct diag_remark *help = loaded.diags.first->remarks;
    ck_assert_str_eq(help->message, first);
    ck_assert_str_eq(help->next ? help->next->message : "", second);
    load_free(&loaded);
}

START_TEST(a_file_that_is_there_to_be_imported_is_not_taken_for_a_schema)
{
    static const char both[] = "begin with 'schema NAME;' and declare a 'root { NAME: Static; }'";
    static const char import[] = "if it is there to be imported, check the schemas that import it";
    expect_helps("tags G { a: Static; }\n", both, import);
    expect_helps("enum e { a }\n", both, import);
    expect_helps("", both, "");
    expect_helps("mutation m() invalidates a;\n", both, "");
    expect_helps("root { a: Static; }\n", "begin with 'schema NAME;'", "");
}
END_TEST

START_TEST(byte_order_mark_and_line_ends_make_no_difference)
{ expect_fine("\xEF\xBB\xBFschema s;\r\nroot {\r\n  a: Static; // x\r\n}\r\n"); }
END_TEST

START_TEST(diagnostics_may_be_added_after_the_load)
{
    struct loaded loaded;
    ck_assert_int_eq(load_text("schema s;\nroot { }\n", &loaded), LOAD_OK);
    diag_note(&loaded.diags, diag_add(&loaded.diags, T0501, loaded.model->nodes[0]->place, 4, "late"),
              loaded.model->nodes[0]->place, "too");
    char *found = found_in(&loaded);
    ck_assert_str_eq(found, "2:1 T0501");
    free(found);
    load_free(&loaded);
}
END_TEST

int main(void) {
    return run_suites(suite_of("loading", a_schema_that_cannot_be_read_is_another_status_than_one_with_errors,
                               messages_call_standard_input_by_name, an_empty_schema_lacks_its_name_and_root,
                               a_file_that_is_there_to_be_imported_is_not_taken_for_a_schema,
                               byte_order_mark_and_line_ends_make_no_difference,
                               diagnostics_may_be_added_after_the_load, NULL),
                      NULL);
}
