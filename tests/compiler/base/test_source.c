/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "files.h"
#include "source.h"
#include "suites.h"

static struct arena arena;
static struct source_list list;
static char *folder;

static void setup(void) {
    arena_init(&arena);
    source_init(&list, &arena);
    folder = temp_dir_make();
}

static void teardown(void) {
    temp_dir_remove(folder);
    arena_free(&arena);
}

struct reading {
    const char *path;
    FILE *stream;
    enum source_status status;
    struct source *source;
};

static void work(void *argument) {
    struct reading *reading = argument;
    reading->status = source_read(&list, reading->path, reading->stream, &reading->source);
}

static struct reading read_path(const char *path, FILE *stream) {
    struct reading reading = {.path = path, .stream = stream};
    ck_assert(arena_run(&arena, work, &reading));
    return reading;
}

START_TEST(a_file_is_read_once_whatever_it_is_called)
{
    setup();
    char *path = text_of("%s/a.tags", folder), *alias = text_of("%s/./b.tags", folder);
    write_text(path, "schema s;\n");
    ck_assert_int_eq(symlink("a.tags", alias), 0);
    struct reading first = read_path(path, NULL), second = read_path(alias, NULL);
    ck_assert_int_eq(first.status, SOURCE_OK);
    ck_assert_str_eq(first.source->bytes, "schema s;\n");
    ck_assert_uint_eq(first.source->size, 10);
    ck_assert_ptr_eq(first.source, second.source);
    ck_assert_uint_eq(list.n, 1);
    ck_assert_ptr_eq(source_find(&list, first.source->path), first.source);
    free(path);
    free(alias);
    teardown();
}
END_TEST

START_TEST(what_cannot_be_read_is_told_apart)
{
    setup();
    char *missing = text_of("%s/no.tags", folder), *below = text_of("%s/no.tags/x", folder);
    ck_assert_int_eq(read_path(missing, NULL).status, SOURCE_MISSING);
    write_text(missing, "");
    ck_assert_int_eq(read_path(below, NULL).status, SOURCE_MISSING);
    ck_assert_int_eq(read_path(folder, NULL).status, SOURCE_IS_FOLDER);
    ck_assert_uint_eq(list.n, 0);
    free(missing);
    free(below);
    teardown();
}
END_TEST

START_TEST(sixteen_mebibytes_are_read_and_one_byte_more_is_not)
{
    setup();
    char *path = text_of("%s/big.tags", folder);
    char *bytes = calloc(1, SOURCE_MAX_BYTES + 1);
    write_file(path, bytes, SOURCE_MAX_BYTES + 1);
    ck_assert_int_eq(read_path(path, NULL).status, SOURCE_TOO_BIG);
    write_file(path, bytes, SOURCE_MAX_BYTES);
    struct reading full = read_path(path, NULL);
    ck_assert_int_eq(full.status, SOURCE_OK);
    ck_assert_uint_eq(full.source->size, SOURCE_MAX_BYTES);
    /* The limit is that of all files together. */
    char *another = text_of("%s/another.tags", folder);
    write_text(another, "x");
    ck_assert_int_eq(read_path(another, NULL).status, SOURCE_TOO_BIG);
    free(another);
    free(bytes);
    free(path);
    teardown();
}
END_TEST

START_TEST(a_stream_without_a_size_is_read_to_its_end_and_no_further_than_the_limit)
{
    setup();
    size_t size = 1000000;
    char *bytes = malloc(size);
    memset(bytes, 'x', size);
    FILE *stream = fmemopen(bytes, size, "rb");
    struct reading reading = read_path("<stdin>", stream);
    fclose(stream);
    ck_assert_int_eq(reading.status, SOURCE_OK);
    ck_assert_uint_eq(reading.source->size, size);
    ck_assert_int_eq(memcmp(reading.source->bytes, bytes, size), 0);
    free(bytes);
    FILE *endless = fopen("/dev/zero", "rb");
    ck_assert_int_eq(read_path("<stdin>", endless).status, SOURCE_TOO_BIG);
    fclose(endless);
    teardown();
}
END_TEST

static const char open_text[] = "schema open;\n";

static const char *find_open(void *context, const char *path, size_t *size) {
    *size = *(const size_t *)context;
    return strstr(path, "open") ? open_text : NULL;
}

START_TEST(an_open_text_stands_for_its_file_under_all_its_paths)
{
    setup();
    size_t size = strlen(open_text);
    list.overlay = &(struct source_overlay){find_open, &size};
    struct reading first = read_path("no/open.tags", NULL), second = read_path("no/../open.tags", NULL);
    ck_assert_int_eq(first.status, SOURCE_OK);
    ck_assert_ptr_eq(first.source, second.source);
    ck_assert_ptr_eq(first.source->bytes, open_text);
    ck_assert_uint_eq(list.n, 1);
    ck_assert_uint_eq(list.total, size);
    ck_assert_int_eq(read_path("no/other.tags", NULL).status, SOURCE_MISSING);
    list.total = SOURCE_MAX_BYTES;
    list.first = list.last = NULL;
    ck_assert_int_eq(read_path("open.tags", NULL).status, SOURCE_TOO_BIG);
    teardown();
}
END_TEST

/* Of a tree "old:" with the file a/b under two paths. */
static enum source_status read_old(void *context, struct arena *unused, const char *path, size_t most,
                                   struct source *out) {
    (void)unused;
    if (!strcmp(path, "old:too-big"))
        return SOURCE_TOO_BIG;
    if (strcmp(path, "old:a/b") != 0 && strcmp(path, "old:a/./b") != 0)
        return SOURCE_MISSING;
    *(size_t *)context = most;
    out->path = "old:a/b";
    out->bytes = "text";
    out->size = 4;
    out->device = 8;
    out->inode = 7;
    return SOURCE_OK;
}

START_TEST(a_tree_has_the_paths_that_begin_with_its_root)
{
    size_t most = 0;
    setup();
    list.tree = &(struct source_tree){"old:", read_old, &most};
    struct reading first = read_path("old:a/b", NULL), second = read_path("old:a/./b", NULL);
    ck_assert_int_eq(first.status, SOURCE_OK);
    ck_assert_ptr_eq(first.source, second.source);
    ck_assert_str_eq(first.source->path, "old:a/b");
    ck_assert_uint_eq(list.n, 1);
    ck_assert_uint_eq(list.total, 4);
    ck_assert_uint_eq(most, SOURCE_MAX_BYTES - 4);
    ck_assert_int_eq(read_path("old:too-big", NULL).status, SOURCE_TOO_BIG);
    ck_assert_int_eq(read_path("old", NULL).status, SOURCE_MISSING);
    ck_assert_uint_eq(source_folder(&list, "old:a/b"), strlen("old:a/"));
    ck_assert_uint_eq(source_folder(&list, "old:b"), strlen("old:"));
    ck_assert_uint_eq(source_folder(&list, "new:b"), 0);
    teardown();
}
END_TEST

int main(void) {
    return run_suites(suite_of("source files", a_file_is_read_once_whatever_it_is_called,
                               what_cannot_be_read_is_told_apart, sixteen_mebibytes_are_read_and_one_byte_more_is_not,
                               a_stream_without_a_size_is_read_to_its_end_and_no_further_than_the_limit,
                               an_open_text_stands_for_its_file_under_all_its_paths,
                               a_tree_has_the_paths_that_begin_with_its_root, NULL),
                      NULL);
}
