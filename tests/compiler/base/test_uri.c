/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "suites.h"
#include "uri.h"

static void expect_uri(const char *path, const char *uri) {
    struct text out;
    text_init(&out);
    uri_append_path(&out, path);
    ck_assert_str_eq(text_string(&out), uri);
    text_free(&out);
}

static void expect_path(const char *uri, const char *path) {
    struct text out;
    text_init(&out);
    ck_assert_int_eq(uri_to_path(uri, &out), path != NULL);
    ck_assert_str_eq(text_string(&out), path ? path : "");
    text_free(&out);
}

START_TEST(every_path_is_a_uri_and_comes_back)
{
    static const char *const paths[] = {"/a/b.tags", "/with blank/%41?#;", "/\xC3\xB6\xFF\x01", "/"};
    expect_uri("/a b/\xC3\xB6:%.tags", "file:///a%20b/%C3%B6%3A%25.tags");
    expect_uri("schemas/blog.tags", "schemas/blog.tags");
    expect_uri("a:b", "a%3Ab");
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct text uri;
        text_init(&uri);
        uri_append_path(&uri, paths[i]);
        expect_path(text_string(&uri), paths[i]);
        text_free(&uri);
    }
}
END_TEST

START_TEST(other_uris_of_files_are_understood_and_what_is_none_is_not)
{
    expect_path("file:/a", "/a");
    expect_path("FILE://host/a%2fb", "/a/b");
    expect_path("file:///c%3A/x", "/c:/x");
    expect_path("file://host", NULL);
    expect_path("file:a", NULL);
    expect_path("untitled:/a", NULL);
    expect_path("file:///a%00b", NULL);
    expect_path("file:///a%2", NULL);
    expect_path("file:///a%", NULL);
    expect_path("file:///a%zz", NULL);
    expect_path("", NULL);
}
END_TEST

int main(void) {
    return run_suites(suite_of("URIs of files", every_path_is_a_uri_and_comes_back,
                               other_uris_of_files_are_understood_and_what_is_none_is_not, NULL),
                      NULL);
}
