/* SPDX-License-Identifier: MIT
 *
 * Two schemas of any bytes, the second behind a line "// new.tags:": if both are schemas they are compared, either way
 * round and each with itself. Of itself there is nothing to tell, and the same pair gives the same bytes.
 */
#define _GNU_SOURCE /* memmem */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "rejected.h"

#define CHECK(condition) ((condition) ? (void)0 : fail(__LINE__, #condition))

static const char mark[] = "// new.tags:\n";

static void fail(int line, const char *what) {
    fprintf(stderr, "fuzz_diff.c:%d: not so: %s\n", line, what);
    abort();
}

static bool load(struct loaded *loaded, const char *bytes, size_t size) {
    FILE *input = size ? fmemopen((void *)(uintptr_t)bytes, size, "rb") : NULL; /* which refuses nothing at all */
    if (!input)
        return false;
    enum load_status status = load_schema(&(struct load_options){.path = "-", .input = input}, loaded);
    fclose(input);
    if (status != LOAD_OK)
        load_free(loaded);
    return status == LOAD_OK;
}

static size_t sum(const size_t *counts) { return counts[DIFF_SOURCE] + counts[DIFF_KEY] + counts[DIFF_INVALIDATION]; }

/* What is told, as text; the number of findings is given. */
static size_t compare(const struct loaded *old, const struct loaded *new, struct text *out) {
    struct diff diff;
    text_init(out);
    CHECK(diff_schemas(&diff, old, new, &(struct diff_options){.max_each = 0}));
    size_t n = sum(diff.n_errors) + sum(diff.n_warnings), n_allowed = sum(diff.n_allowed);
    CHECK(n == diff.diags.n_errors + diff.diags.n_warnings);
    CHECK(n + n_allowed <= diff.diags.n_kept + diff.n_untold); /* it also has what is said of allowances themselves */
    diag_render(&diff.diags, &(struct diag_style){.max_errors = 0}, out);
    diff_summary(&diff, out);
    CHECK(!out->failed);
    diff_free(&diff);
    return n + n_allowed;
}

static void compare_twice(const struct loaded *old, const struct loaded *new) {
    struct text first, second;
    compare(old, new, &first);
    compare(old, new, &second);
    CHECK(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
    text_free(&first);
    text_free(&second);
}

static void compare_with_itself(const struct loaded *loaded) {
    struct text out;
    CHECK(compare(loaded, loaded, &out) == 0);
    text_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *bytes = (const char *)data;
    const char *second = memmem(bytes, size, mark, sizeof mark - 1);
    size_t first_size = second ? (size_t)(second - bytes) : size;
    struct loaded old, new;
    if (!load(&old, bytes, first_size)) {
        rejected();
        return 0;
    }
    compare_with_itself(&old);
    if (second && load(&new, second, size - first_size)) {
        compare_with_itself(&new);
        compare_twice(&old, &new);
        compare_twice(&new, &old);
        load_free(&new);
    } else {
        rejected();
    }
    load_free(&old);
    return 0;
}
