/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "golden.h"
#include "load_text.h"
#include "suites.h"
#include "text.h"

static char *folder;

static void put(const char *name, const char *text) {
    char *path = text_of("%s/%s", folder, name);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    mkdir(path, 0777);
    *slash = '/';
    write_text(path, text);
    free(path);
}

/* Loads FOLDER/main.tags with -I FOLDER/one -I FOLDER/two. */
static enum load_status load_main(struct loaded *loaded) {
    char *path = text_of("%s/main.tags", folder), *one = text_of("%s/one", folder), *two = text_of("%s/two", folder);
    enum load_status status = load_path(path, (const char *const[]){one, two, NULL}, loaded);
    free(path);
    free(one);
    free(two);
    return status;
}

static void expect_main(enum load_status status, const char *expected) {
    struct loaded loaded;
    ck_assert_int_eq(load_main(&loaded), status);
    char *found = found_in(&loaded);
    expect_same_text("main.tags", expected, found);
    free(found);
    load_free(&loaded);
}

static void setup(void) { folder = temp_dir_make(); }

static void teardown(void) { temp_dir_remove(folder); }

START_TEST(an_import_brings_groups_and_enums_and_what_these_need)
{
    setup();
    put("main.tags", "schema s;\nimport \"a.tags\";\nroot { x: Wild(z: zone) A; }\n");
    put("a.tags", "import \"b.tags\";\ntags A { b: Static B; }\n");
    put("b.tags", "tags B { c: Static; }\nenum zone { eu }\n");
    struct loaded loaded;
    ck_assert_int_eq(load_main(&loaded), LOAD_OK);
    ck_assert_uint_eq(loaded.model->n_nodes, 5);
    ck_assert_uint_eq(loaded.n_files, 3);
    ck_assert_ptr_nonnull(strstr(loaded.files[0], "/main.tags"));
    ck_assert_ptr_nonnull(strstr(loaded.files[2], "/b.tags"));
    load_free(&loaded);
    teardown();
}
END_TEST

START_TEST(what_else_an_imported_schema_declares_stays_its_own)
{
    setup();
    put("main.tags", "schema s;\nimport \"a.tags\";\nroot { x: Static A; }\ncached q() -> u64 tagged x.b;\n");
    put("a.tags", "schema other;\ninclude \"x.h\";\ndefault ttl 1s;\ntags A { b: Static; }\nroot { y: Static; }\n"
                  "cached q() -> u64 tagged y;\n");
    struct loaded loaded;
    ck_assert_int_eq(load_main(&loaded), LOAD_OK);
    ck_assert_str_eq(loaded.model->schema, "s");
    ck_assert_uint_eq(loaded.model->n_queries, 1);
    ck_assert_uint_eq(loaded.model->n_includes, 0);
    ck_assert_int_eq(loaded.model->default_ttl_ms, MODEL_UNSET);
    load_free(&loaded);
    teardown();
}
END_TEST

START_TEST(an_import_is_found_beside_the_file_then_in_the_folders_in_order)
{
    setup();
    put("main.tags", "schema s;\nimport \"a.tags\";\nroot { x: Static A; }\n");
    put("two/a.tags", "tags A { in_two: Static; }\n");
    struct loaded loaded;
    ck_assert_int_eq(load_main(&loaded), LOAD_OK);
    ck_assert_str_eq(loaded.model->nodes[2]->name, "in_two");
    load_free(&loaded);
    put("one/a.tags", "tags A { in_one: Static; }\n");
    ck_assert_int_eq(load_main(&loaded), LOAD_OK);
    ck_assert_str_eq(loaded.model->nodes[2]->name, "in_one");
    load_free(&loaded);
    put("a.tags", "tags A { beside: Static; }\n");
    ck_assert_int_eq(load_main(&loaded), LOAD_OK);
    ck_assert_str_eq(loaded.model->nodes[2]->name, "beside");
    load_free(&loaded);
    teardown();
}
END_TEST

START_TEST(beside_means_beside_the_file_that_imports)
{
    setup();
    put("main.tags", "schema s;\nimport \"lib/a.tags\";\nroot { x: Static B; }\n");
    put("lib/a.tags", "import \"b.tags\";\n");
    put("lib/b.tags", "tags B { c: Static; }\n");
    expect_main(LOAD_OK, "");
    teardown();
}
END_TEST

START_TEST(a_file_that_two_import_is_read_once)
{
    setup();
    put("main.tags", "schema s;\nimport \"a.tags\";\nimport \"b.tags\";\nroot { x: Static C; }\n");
    put("a.tags", "import \"c.tags\";\n");
    put("b.tags", "import \"./c.tags\";\n");
    put("c.tags", "tags C { d: Static; }\n");
    expect_main(LOAD_OK, "");
    teardown();
}
END_TEST

START_TEST(loops_are_errors_that_print_the_ring)
{
    setup();
    put("main.tags", "schema s;\nimport \"a.tags\";\nroot { }\n");
    put("a.tags", "import \"b.tags\";\n");
    put("b.tags", "// here\nimport \"a.tags\";\n");
    struct loaded loaded;
    ck_assert_int_eq(load_main(&loaded), LOAD_REFUSED);
    ck_assert_uint_eq(loaded.diags.n_errors, 1);
    const struct diag *diag = loaded.diags.first;
    ck_assert_str_eq(diag->rule->id, "T0218");
    ck_assert_ptr_nonnull(strstr(diag->place.file, "/b.tags"));
    ck_assert_uint_eq(diag->place.line, 2);
    char *ring = text_of("a file imports itself: %s/a.tags -> %s/b.tags -> %s/a.tags", folder, folder, folder);
    ck_assert_str_eq(diag->message, ring);
    free(ring);
    load_free(&loaded);
    put("main.tags", "schema s;\nimport \"main.tags\";\nroot { }\n");
    expect_main(LOAD_REFUSED, "2:8 T0218");
    teardown();
}
END_TEST

START_TEST(imports_that_fail_are_errors_at_the_import)
{
    setup();
    put("main.tags",
        "schema s;\nimport \"no.tags\";\nimport \"one\";\nimport \"a.tags\";\nimport \"./a.tags\";\nroot { }\n");
    put("a.tags", "");
    put("one/x", "");
    expect_main(LOAD_REFUSED, "2:8 T0124, 3:8 T0121, 5:8 T0219");
    teardown();
}
END_TEST

START_TEST(an_import_that_is_a_pipe_or_a_device_is_not_waited_for)
{
    setup();
    char *pipe = text_of("%s/pipe", folder);
    ck_assert_int_eq(mkfifo(pipe, 0600), 0);
    put("main.tags", "schema s;\nimport \"pipe\";\nroot { }\n");
    expect_main(LOAD_REFUSED, "2:8 T0123");
    put("main.tags", "schema s;\nimport \"/dev/ptmx\";\nimport \"/dev/zero\";\nroot { }\n");
    expect_main(LOAD_REFUSED, "2:8 T0123, 3:8 T0123");
    free(pipe);
    teardown();
}
END_TEST

/* ALL:main imports ALL:0, ALL:1 and so on, which are empty, and ALL:last. */
struct made_up {
    struct text main, last;
};

static enum source_status read_made_up(void *context, struct arena *arena, const char *path, size_t most,
                                       struct source *out) {
    const struct made_up *made_up = context;
    const char *name = path + strlen("ALL:");
    bool is_main = !strcmp(name, "main"), is_last = !strcmp(name, "last");
    (void)arena;
    (void)most;
    out->bytes = is_main ? made_up->main.data : is_last ? made_up->last.data : "";
    out->size = is_main ? made_up->main.size : is_last ? made_up->last.size : 0;
    out->device = 1;
    out->inode = is_main ? 1 : is_last ? 2 : 3 + strtoul(name, NULL, 10);
    return SOURCE_OK;
}

static void make_up(struct made_up *made_up, size_t n_imports, size_t n_errors) {
    text_init(&made_up->main);
    text_init(&made_up->last);
    text_append(&made_up->main, "schema s;\nroot { a: Static; }\n");
    for (size_t i = 0; i < n_imports; i++)
        text_printf(&made_up->main, "import \"%zu\";\n", i);
    text_append(&made_up->main, "import \"last\";\n");
    text_append(&made_up->last, "\n");
    for (size_t i = 0; i < n_errors; i++)
        text_append(&made_up->last, "tags A;\n");
    ck_assert(!made_up->main.failed && !made_up->last.failed);
}

static void free_made_up(struct made_up *made_up) {
    text_free(&made_up->main);
    text_free(&made_up->last);
}

/* By pairs of files it would take longer than a test may. */
START_TEST(thirty_thousand_imports_are_read_in_linear_time)
{
    enum { MANY = 30000 };
    struct made_up made_up;
    struct loaded loaded;
    struct source_tree tree = {.root = "ALL:", .read = read_made_up, .context = &made_up};
    struct load_options options = {.path = "ALL:main", .tree = &tree};
    make_up(&made_up, MANY, 0);
    ck_assert_int_eq(load_schema(&options, &loaded), LOAD_OK);
    ck_assert_uint_eq(loaded.n_files, MANY + 2);
    load_free(&loaded);
    free_made_up(&made_up);
}
END_TEST

static long peak_kib(void) {
    struct rusage usage;
    ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

/* Where its file stands among the others is not looked up for each error, and no file keeps its parser. */
START_TEST(what_is_wrong_in_the_last_of_fifty_thousand_files_is_told_in_linear_time_and_memory)
{
    enum { MANY = 50000 };
    struct made_up made_up;
    struct loaded loaded;
    struct source_tree tree = {.root = "ALL:", .read = read_made_up, .context = &made_up};
    struct load_options options = {.path = "ALL:main", .tree = &tree};
    make_up(&made_up, MANY, MANY);
    const long before = peak_kib();
    ck_assert_int_eq(load_schema(&options, &loaded), LOAD_REFUSED);
    ck_assert_int_lt(peak_kib() - before, 3 * MANY);
    ck_assert_uint_eq(loaded.diags.n_errors, MANY);
    size_t n = 0;
    struct diag **sorted = diag_sort(&loaded.diags, &n);
    ck_assert_uint_eq(n, DIAG_MAX_KEPT);
    ck_assert_str_eq(sorted[0]->place.file, "ALL:last");
    ck_assert_uint_eq(sorted[0]->place.line, 2);
    load_free(&loaded);
    free_made_up(&made_up);
}
END_TEST

START_TEST(nobody_complains_of_what_a_missing_import_may_bring)
{
    setup();
    put("main.tags", "schema s;\nimport \"no.tags\";\nroot { a: Wild(z: zone) G; b: Static; }\n"
                     "cached q(z: zone, key k: zone) -> zone tagged a(z).c.d;\ncached r() -> u64 tagged c;\n");
    expect_main(LOAD_REFUSED, "2:8 T0124, 5:26 T0203");
    teardown();
}
END_TEST

START_TEST(duplicates_across_files_show_both_places)
{
    setup();
    put("main.tags", "schema s;\nimport \"a.tags\";\ntags A { x: Static; }\nenum e { i }\nroot { }\n");
    put("a.tags", "\ntags A { y: Static; }\nenum e { j }\n");
    struct loaded loaded;
    ck_assert_int_eq(load_main(&loaded), LOAD_REFUSED);
    ck_assert_uint_eq(loaded.diags.n_errors, 2);
    const struct diag *diag = loaded.diags.first;
    ck_assert(strstr(diag->place.file, "/a.tags") && strstr(diag->remarks->place.file, "/main.tags"));
    ck_assert(diag->place.line == 2 && diag->remarks->place.line == 3);
    load_free(&loaded);
    teardown();
}
END_TEST

START_TEST(errors_in_an_imported_file_are_told_after_those_of_the_schema)
{
    setup();
    put("main.tags", "schema s;\nimport \"a.tags\";\nroot { x: Static B; }\n");
    put("a.tags", "tags A { y Static; }\ntags A2 { z: Wild(i: u65); }\n");
    expect_main(LOAD_REFUSED, "3:18 T0201, 1:12 T0106, 2:22 T0202");
    teardown();
}
END_TEST

int main(void) {
    return run_suites(suite_of("imports", an_import_brings_groups_and_enums_and_what_these_need,
                               what_else_an_imported_schema_declares_stays_its_own,
                               an_import_is_found_beside_the_file_then_in_the_folders_in_order,
                               beside_means_beside_the_file_that_imports, a_file_that_two_import_is_read_once,
                               loops_are_errors_that_print_the_ring, imports_that_fail_are_errors_at_the_import,
                               an_import_that_is_a_pipe_or_a_device_is_not_waited_for,
                               thirty_thousand_imports_are_read_in_linear_time,
                               what_is_wrong_in_the_last_of_fifty_thousand_files_is_told_in_linear_time_and_memory,
                               nobody_complains_of_what_a_missing_import_may_bring,
                               duplicates_across_files_show_both_places,
                               errors_in_an_imported_file_are_told_after_those_of_the_schema, NULL),
                      NULL);
}
