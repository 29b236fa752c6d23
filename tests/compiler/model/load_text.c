/* SPDX-License-Identifier: MIT */
#include "load_text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"

enum load_status load_bytes(const char *bytes, size_t size, struct loaded *loaded) {
    FILE *input = size ? fmemopen((void *)(uintptr_t)bytes, size, "rb") : fopen("/dev/null", "rb");
    ck_assert_ptr_nonnull(input);
    enum load_status status = load_schema(&(struct load_options){.path = "-", .input = input}, loaded);
    fclose(input);
    return status;
}

enum load_status load_text(const char *text, struct loaded *loaded) { return load_bytes(text, strlen(text), loaded); }

enum load_status load_path(const char *path, const char *const *include_dirs, struct loaded *loaded) {
    size_t n = 0;
    while (include_dirs && include_dirs[n])
        n++;
    return load_schema(&(struct load_options){.path = path, .include_dirs = include_dirs, .n_include_dirs = n}, loaded);
}

char *found_in(struct loaded *loaded) {
    struct text found;
    size_t n = 0;
    text_init(&found);
    struct diag **sorted = diag_sort(&loaded->diags, &n);
    for (size_t i = 0; i < n; i++)
        text_printf(&found, "%s%u:%u %s", i ? ", " : "", sorted[i]->place.line, sorted[i]->place.column,
                    sorted[i]->rule->id);
    char *copy = strdup(text_string(&found));
    text_free(&found);
    return copy;
}

void expect_fine(const char *text) {
    struct loaded loaded;
    enum load_status status = load_text(text, &loaded);
    char *found = found_in(&loaded);
    expect_same_text(text, "", found);
    ck_assert_int_eq(status, LOAD_OK);
    ck_assert_ptr_nonnull(loaded.model);
    free(found);
    load_free(&loaded);
}

void expect_found(const char *text, const char *expected) {
    struct loaded loaded;
    ck_assert_int_eq(load_text(text, &loaded), LOAD_REFUSED);
    ck_assert_ptr_null(loaded.model);
    char *found = found_in(&loaded);
    expect_same_text(text, expected, found);
    free(found);
    load_free(&loaded);
}

void expect_letter(const char *text, const char *code, const char *message, const char *help) {
    struct loaded loaded;
    ck_assert_int_eq(load_text(text, &loaded), LOAD_REFUSED);
    size_t n = 0;
    struct diag **sorted = diag_sort(&loaded.diags, &n);
    ck_assert_uint_eq(n, 1);
    ck_assert_str_eq(sorted[0]->rule->id, code);
    expect_same_text(text, message, sorted[0]->message);
    const struct diag_remark *remark = sorted[0]->remarks;
    if (help) {
        ck_assert_ptr_nonnull(remark);
        ck_assert_int_eq(remark->kind, DIAG_HELP);
        expect_same_text(text, help, remark->message);
    }
    load_free(&loaded);
}
