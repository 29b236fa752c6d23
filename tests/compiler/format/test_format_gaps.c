/* SPDX-License-Identifier: MIT
 *
 * A comment in every place where one can stand: between any two tokens, before the first and behind the last. It stays
 * there, and so does the meaning of the schema.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "files.h"
#include "golden.h"
#include "layouts.h"
#include "lexer.h"
#include "suites.h"

static const char *const comments[] = {
    " // behind\n",     "\n// alone\n",      " /// behind\n",         "\n/// alone\n",
    "\n\n// alone\n\n", " // one\n// two\n", "// x\n\n/// y\n// z\n",
};

/* Offsets where tokens end, and 0; gives their number. */
static size_t find_gaps(const char *schema, size_t *gaps) {
    const struct source source = {.path = "t", .bytes = schema, .size = strlen(schema)};
    struct arena arena;
    struct diag_list diags;
    struct lexer lexer;
    struct token token;
    size_t n = 0;
    arena_init(&arena);
    diag_init(&diags, &arena, NULL);
    gaps[n++] = 0;
    for (lexer_init(&lexer, &source, &diags); lexer_next(&lexer, &token) != TOKEN_END;)
        gaps[n++] = token.offset + token.length;
    arena_free(&arena);
    return n;
}

/* Gives the number of places where a comment stood. */
static size_t fill_each_gap(const char *relative, const char *comment) {
    char *path = source_path(relative), *schema = read_file(path, NULL), *folder = source_path("schemas");
    size_t *gaps = calloc(strlen(schema) + 1, sizeof *gaps), n = find_gaps(schema, gaps);
    for (size_t i = 0; i < n; i++) {
        char *with = text_of("%.*s%s%s", (int)gaps[i], schema, comment, schema + gaps[i]);
        char *laid_out = lay_out(with, strlen(with));
        ck_assert_msg(laid_out != NULL, "%s", with);
        char *before = resolved(with, strlen(with), folder), *after = resolved(laid_out, strlen(laid_out), folder);
        ck_assert(!before == !after);
        if (before)
            expect_same_text(with, before, after);
        free(before);
        free(after);
        free(laid_out);
        free(with);
    }
    free(gaps);
    free(folder);
    free(schema);
    free(path);
    return n;
}

START_TEST(a_comment_in_a_small_schema)
{ ck_assert_uint_gt(fill_each_gap("schemas/blog.tags", comments[_i]), 200); }
END_TEST

START_TEST(a_comment_in_a_schema_with_every_construct)
{ ck_assert_uint_gt(fill_each_gap("tests/golden/format/everything.ugly", comments[_i]), 300); }
END_TEST

int main(void) {
    enum { N = sizeof comments / sizeof *comments };
    Suite *suite = suite_create("a comment between any two tokens");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, a_comment_in_a_small_schema, 0, N);
    tcase_add_loop_test(all, a_comment_in_a_schema_with_every_construct, 0, N);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
