/* SPDX-License-Identifier: MIT
 *
 * Any bytes as input: a diagnostic, never a crash, a hang or runaway memory. Each test is a process of its own, with
 * Check's time limit.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "files.h"
#include "load_text.h"
#include "suites.h"

enum { FULL = SOURCE_MAX_BYTES, PART = 1 << 20, MOST_KIB = 512 << 10 };

#if defined(__SANITIZE_ADDRESS__)
static const bool memory_counts = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
static const bool memory_counts = false;
#else
static const bool memory_counts = true;
#endif
#else
static const bool memory_counts = true;
#endif

/* `head`, then `again` as often as fits, then `tail`: so many bytes in all. The caller frees. */
static char *repeated(const char *head, const char *again, const char *tail, size_t size, size_t *used) {
    size_t n_head = strlen(head), n_again = strlen(again), n_tail = strlen(tail);
    char *bytes = malloc(size), *cursor = bytes + n_head;
    memcpy(bytes, head, n_head);
    while (cursor + n_again + n_tail <= bytes + size) {
        memcpy(cursor, again, n_again);
        cursor += n_again;
    }
    memcpy(cursor, tail, n_tail);
    *used = (size_t)(cursor - bytes) + n_tail;
    return bytes;
}

/* Loads and renders; true if the schema was refused for what is in it. */
static bool is_refused(const char *bytes, size_t size) {
    struct loaded loaded;
    struct text out;
    text_init(&out);
    enum load_status status = load_bytes(bytes, size, &loaded);
    diag_render(&loaded.diags, &(struct diag_style){.max_errors = 20}, &out);
    bool refused = status == LOAD_REFUSED && loaded.diags.n_errors > 0;
    ck_assert(loaded.diags.n_kept <= DIAG_MAX_KEPT && out.size < 40000);
    text_free(&out);
    load_free(&loaded);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    ck_assert_msg(!memory_counts || usage.ru_maxrss < MOST_KIB, "%ld KiB", usage.ru_maxrss);
    return refused;
}

static void expect_refused(const char *head, const char *again, const char *tail, size_t size) {
    size_t used = 0;
    char *bytes = repeated(head, again, tail, size, &used);
    ck_assert(is_refused(bytes, used));
    free(bytes);
}

START_TEST(sixteen_mebibytes_of_open_braces)
{
    expect_refused("", "{", "", FULL);
    expect_refused("root ", "{", "", FULL);
}
END_TEST

START_TEST(sixteen_mebibytes_of_nested_segments)
{ expect_refused("schema s; root {", "a:Static{", "", FULL); }
END_TEST

START_TEST(sixteen_mebibytes_of_one_name)
{ expect_refused("schema ", "a", ";", FULL); }
END_TEST

START_TEST(millions_of_errors)
{
    expect_refused("", "x;\n", "", FULL);
    expect_refused("root {", "x;\n", "}", FULL);
}
END_TEST

START_TEST(sixteen_mebibytes_of_bytes_that_are_no_text)
{
    char *bytes = calloc(1, FULL);
    ck_assert(is_refused(bytes, FULL));
    for (size_t i = 0; i < FULL; i += 2)
        bytes[i] = '\1';
    ck_assert(is_refused(bytes, FULL));
    memset(bytes, 0xFF, FULL);
    ck_assert(is_refused(bytes, FULL));
    free(bytes);
}
END_TEST

START_TEST(long_lists_of_everything)
{
    expect_refused("schema s; root { a: Static {", "Wild;", "} }", PART);
    expect_refused("schema s; root {", "a:Static;", "}", PART);
    expect_refused("schema s; root { a: Wild; } cached f(", "a:u8,", "b: str) -> u64 tagged a(b);", PART);
    expect_refused("schema s; root { a: Wild; } cached f(a: str) -> u64 tagged a(", "a,", "a);", PART);
    expect_refused("schema s; root { a: Wild; } cached f(a: str) -> u64 tagged a", ".a", ";", PART);
    expect_refused("schema s; root { a: Wild; } cached f(a: str) -> u64 tagged a", ",b", ";", PART);
    expect_refused("schema s; root { a: Wild; } mutation f() invalidates a", ",a()", ";", PART);
    expect_refused("schema s; root { } enum e { a", ",a", "}", PART);
    expect_refused("schema s; root { a: Static; } cached f() -> u64 tagged a", " ttl 1s", ";", PART);
    expect_refused("", "cached f() -> u64 tagged a;\n", "", PART);
    expect_refused("", "///a\n", "", PART);
    expect_refused("", "/*", "", PART);
    expect_refused("", "cached\n", "", PART);
    expect_refused("", "record ", "", PART);
    expect_refused("root {", "was:Static;", "}", PART);
    expect_refused("", "}", "", PART);
    expect_refused("", "\"", "", PART);
    expect_refused("", "1.", "", PART);
    expect_refused("default ttl ", "9", "s;", PART);
}
END_TEST

START_TEST(many_groups_in_a_chain_and_in_a_ring)
{
    char *bytes = malloc(8 << 20), *cursor = bytes;
    const int n = 200000;
    cursor += sprintf(cursor, "schema s; root { }\n");
    for (int i = 0; i < n; i++)
        cursor += sprintf(cursor, "tags G%d{a:Static G%d;}\n", i, (i + 1) % n);
    ck_assert(is_refused(bytes, (size_t)(cursor - bytes)));
    free(bytes);
}
END_TEST

START_TEST(groups_that_multiply_are_counted_before_they_are_expanded)
{
    char bytes[8000] = "schema s;\nroot { a: Static G0; }\n";
    for (int i = 0; i < 13; i++) {
        char line[400];
        int size = snprintf(line, sizeof line, "tags G%d {", i);
        for (int j = 0; j < 20; j++)
            size += snprintf(line + size, sizeof line - (size_t)size, " s%d: Static G%d;", j, i + 1);
        snprintf(line + size, sizeof line - (size_t)size, " }\n");
        strcat(bytes, line);
    }
    strcat(bytes, "tags G13 { z: Static; }\n");
    expect_found(bytes, "2:1 T0213");
}
END_TEST

START_TEST(every_cut_of_a_good_schema_ends_well)
{
    static const char good[] =
        "schema s;\ninclude \"x.h\";\nenum e { a, b }\n/// d\ntags G { x: Static; y: Wild(k: e) { z: Wild; } }\n"
        "root { u: Wild(i: u64) G; }\ncached q(i: u64, key p: str) -> struct v tagged u(i).x, u() "
        "ttl 5s jitter 3%;\nmutation m(i: u64) invalidates u(i) exact, u soft;\n";
    for (size_t size = 0; size < sizeof good - 1; size++) {
        struct loaded loaded;
        enum load_status status = load_bytes(good, size, &loaded);
        ck_assert(status == LOAD_OK || loaded.diags.n_errors > 0);
        load_free(&loaded);
    }
}
END_TEST

START_TEST(every_changed_byte_of_a_good_schema_ends_well)
{
    static const char good[] =
        "schema s;\nenum e { a, b }\ntags G { x: Static; }\nroot { u: Wild(i: u64) G; w: Wild(k: e); }\n"
        "cached q(i: u64, key p: str) -> u64 tagged u(i).x ttl 5s;\nmutation m(i: u64) invalidates u();\n";
    static const char others[] = "\0\n\"{}()<;:,./ aW1%-\xFF\xC3";
    char bytes[sizeof good];
    for (size_t at = 0; at < sizeof good - 1; at++) {
        for (size_t i = 0; i < sizeof others - 1; i++) {
            memcpy(bytes, good, sizeof good);
            bytes[at] = others[i];
            struct loaded loaded;
            enum load_status status = load_bytes(bytes, sizeof good - 1, &loaded);
            ck_assert(status == LOAD_OK || loaded.diags.n_errors > 0);
            load_free(&loaded);
        }
    }
}
END_TEST

/* A small generator, so that a failure is found again. */
static unsigned next_random(unsigned *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

/* Cuts out, puts in, copies or changes something somewhere; there is room. */
static size_t mangle(char *bytes, size_t size, unsigned *state) {
    static const char *const pieces[] = {"{",      "}",      "(",       ")",       ";",       ":",       ",",
                                         ".",      "\n",     "\ntags ", "\nroot ", "Wild",    "Static ", "\ncached ",
                                         "key ",   "was ",   "30s",     "%",       "ttl ",    "tagged ", "()",
                                         "exact ", "///x\n", "\"a\"",   "\xFF",    "import ", "@"};
    char copy[40];
    size_t at = next_random(state) % size, n = next_random(state) % sizeof copy;
    n = at + n > size ? size - at : n;
    switch (next_random(state) % 4) {
    case 0:
        memmove(bytes + at, bytes + at + n, size - at - n);
        return size - n;
    case 1:
        bytes[at] = (char)next_random(state);
        return size;
    case 2:
        memcpy(copy, bytes + at, n);
        at = next_random(state) % size;
        break;
    default:
        n = next_random(state) % (sizeof pieces / sizeof pieces[0]);
        strcpy(copy, pieces[n]);
        n = strlen(copy);
    }
    memmove(bytes + at + n, bytes + at, size - at);
    memcpy(bytes + at, copy, n);
    return size + n;
}

START_TEST(mangled_schemas_end_well)
{
    static const char *const seeds[] = {"schemas/kitchen_sink.tags", "tests/golden/diagnostics/syntax.tags",
                                        "tests/golden/diagnostics/wild_counts.tags"};
    char *path = source_path(seeds[_i]);
    size_t n_seed = 0;
    char *seed = read_file(path, &n_seed), *bytes = malloc(n_seed + 1000);
    unsigned state = 87;
    for (int round = 0; round < 2000; round++) {
        memcpy(bytes, seed, n_seed);
        size_t size = n_seed;
        for (unsigned n = 1 + next_random(&state) % 8; n > 0 && size > 0; n--)
            size = mangle(bytes, size, &state);
        struct loaded loaded;
        enum load_status status = load_bytes(bytes, size, &loaded);
        ck_assert(status == LOAD_OK || (status == LOAD_REFUSED && loaded.diags.n_errors > 0));
        load_free(&loaded);
    }
    free(bytes);
    free(seed);
    free(path);
}
END_TEST

int main(void) {
    Suite *suite = suite_of("hostile schemas, small", groups_that_multiply_are_counted_before_they_are_expanded,
                            every_cut_of_a_good_schema_ends_well, every_changed_byte_of_a_good_schema_ends_well, NULL);
    TCase *large = tcase_create("hostile schemas, large");
    tcase_set_timeout(large, 60); /* a second each, twenty times that under sanitizers on a busy machine */
    tcase_add_test(large, sixteen_mebibytes_of_open_braces);
    tcase_add_test(large, sixteen_mebibytes_of_nested_segments);
    tcase_add_test(large, sixteen_mebibytes_of_one_name);
    tcase_add_test(large, millions_of_errors);
    tcase_add_test(large, sixteen_mebibytes_of_bytes_that_are_no_text);
    tcase_add_test(large, long_lists_of_everything);
    tcase_add_test(large, many_groups_in_a_chain_and_in_a_ring);
    tcase_add_loop_test(large, mangled_schemas_end_well, 0, 3);
    suite_add_tcase(suite, large);
    return run_suites(suite, NULL);
}
