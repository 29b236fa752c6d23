/* SPDX-License-Identifier: MIT */
#include "golden.h"

#include "files.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static int line_length(const char *at, const char *end) {
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    return (int)((newline != NULL ? newline : end) - at);
}

/* Aborts the test at the first differing line of two texts of which at least one byte differs. */
static void show_difference(const char *what, const char *expected, size_t n_expected, const char *actual,
                            size_t n_actual, const char *hint) {
    size_t at = 0, line_start = 0;
    unsigned line = 1;
    while (at < n_expected && at < n_actual && expected[at] == actual[at]) {
        if (expected[at] == '\n') {
            line++;
            line_start = at + 1;
        }
        at++;
    }
    ck_abort_msg("%s:%u: differs%s\n  expected: %.*s\n  actual:   %.*s", what, line, hint,
                 line_length(expected + line_start, expected + n_expected), expected + line_start,
                 line_length(actual + line_start, actual + n_actual), actual + line_start);
}

static void expect_same(const char *what, const char *expected, size_t n_expected, const char *actual, size_t n_actual,
                        const char *hint) {
    if (n_expected != n_actual || memcmp(expected, actual, n_actual) != 0)
        show_difference(what, expected, n_expected, actual, n_actual, hint);
    ck_assert_uint_eq(n_expected, n_actual);
}

void expect_golden(const char *relative_path, const char *actual, size_t size) {
    char *path = source_path(relative_path);
    const char *update = getenv("T87S_UPDATE_GOLDEN");
    if (update != NULL && strcmp(update, "1") == 0)
        write_file(path, actual, size);
    size_t n_expected;
    char *expected = read_file(path, &n_expected);
    expect_same(relative_path, expected, n_expected, actual, size, " (./dev golden rewrites it)");
    free(expected);
    free(path);
}

void expect_same_text(const char *what, const char *expected, const char *actual) {
    expect_same(what, expected, strlen(expected), actual, strlen(actual), "");
}
