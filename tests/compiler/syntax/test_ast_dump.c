/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "ast_dump.h"
#include "files.h"
#include "golden.h"
#include "suites.h"
#include "syntax_maker.h"

static void expect_dump(const char *schema, const char *golden) {
    char *path = source_path(schema);
    size_t size = 0;
    char *bytes = read_file(path, &size);
    struct syntax syntax;
    syntax_open(&syntax, bytes, size);
    ck_assert_str_eq(syntax_parse(&syntax), "");
    struct text dump;
    text_init(&dump);
    ast_dump(syntax.file, &dump);
    expect_golden(golden, text_string(&dump), dump.size);
    text_free(&dump);
    syntax_free(&syntax);
    free(bytes);
    free(path);
}

START_TEST(the_blog_reads_as_it_is_written)
{ expect_dump("schemas/blog.tags", "tests/golden/ast/blog.txt"); }
END_TEST

START_TEST(the_kitchen_sink_reads_as_it_is_written)
{ expect_dump("schemas/kitchen_sink.tags", "tests/golden/ast/kitchen_sink.txt"); }
END_TEST

int main(void) {
    return run_suites(suite_of("the tree of a schema", the_blog_reads_as_it_is_written,
                               the_kitchen_sink_reads_as_it_is_written, NULL),
                      NULL);
}
