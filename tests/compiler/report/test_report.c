/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <string.h>

#include "arena.h"
#include "golden.h"
#include "report.h"
#include "suites.h"

static struct arena arena;
static struct source file;
static struct source_list sources;
static struct diag_list list;
static struct report report;

static void setup(enum report_format format, size_t max_errors, const char *path, const char *bytes) {
    arena_init(&arena);
    file = (struct source){.path = path, .bytes = bytes, .size = strlen(bytes)};
    sources = (struct source_list){.arena = &arena, .first = &file, .last = &file, .n = 1};
    diag_init(&list, &arena, &sources);
    report_init(&report, format, max_errors);
}

static struct place at(uint32_t line, uint32_t column) { return (struct place){file.path, line, column}; }

/* Takes the list in and ends the report. */
static void finish(size_t n_hidden) {
    ck_assert_uint_eq(report_add(&report, &list), n_hidden);
    report_finish(&report, "1.2.3", 1);
    ck_assert(!report.failed);
    arena_free(&arena);
}

static void expect(const char *expected) {
    finish(0);
    expect_same_text("report", expected, text_string(&report.out));
    report_free(&report);
}

START_TEST(json_is_an_object_a_line_with_the_end_the_help_the_notes_and_the_fix)
{
    setup(REPORT_JSON, 0, "a.tags", "one\nx post y\n");
    struct diag *diag = diag_add(&list, T0203, at(2, 3), 4, "unknown segment 'post'");
    diag_did_you_mean(&list, diag, "posts");
    diag_note(&list, diag, at(1, 1), "declared here");
    diag_add(&list, T0106, at(2, 7), 9, "to the end of the line");
    expect("{\"file\": \"a.tags\", \"line\": 2, \"column\": 3, \"end\": {\"line\": 2, \"column\": 7}, \"severity\": "
           "\"error\", \"code\": \"T0203\", \"name\": \"unknown-segment\", \"message\": \"unknown segment 'post'\", "
           "\"help\": [\"did you mean 'posts'?\"], \"notes\": [{\"file\": \"a.tags\", \"line\": 1, \"column\": 1, "
           "\"message\": \"declared here\"}], \"fix\": {\"file\": \"a.tags\", \"line\": 2, \"column\": 3, \"end\": "
           "{\"line\": 2, \"column\": 7}, \"text\": \"posts\"}, \"allowed\": null}\n"
           "{\"file\": \"a.tags\", \"line\": 2, \"column\": 7, \"end\": {\"line\": 2, \"column\": 9}, \"severity\": "
           "\"error\", \"code\": \"T0106\", \"name\": \"syntax\", \"message\": \"to the end of the line\", \"help\": "
           "[], \"notes\": [], \"fix\": null, \"allowed\": null}\n");
}
END_TEST

static void setup_allowed(enum report_format format) {
    setup(format, 0, "a.tags", "one\n// t87sc: allow(T2302) 50%, \"meant\"\n");
    diag_allow(&list, diag_add(&list, T2302, at(1, 1), 3, "no longer"), at(2, 17), "50%, \"meant\"");
    ck_assert_uint_eq(list.n_errors, 0);
}

START_TEST(what_is_allowed_is_a_note_with_its_reason)
{
    setup_allowed(REPORT_JSON);
    expect("{\"file\": \"a.tags\", \"line\": 1, \"column\": 1, \"end\": {\"line\": 1, \"column\": 4}, \"severity\": "
           "\"note\", \"code\": \"T2302\", \"name\": \"mutation-narrowed\", \"message\": \"no longer\", \"help\": [], "
           "\"notes\": [], \"fix\": null, \"allowed\": {\"file\": \"a.tags\", \"line\": 2, \"column\": 17, \"reason\": "
           "\"50%, \\\"meant\\\"\"}}\n");
    setup_allowed(REPORT_GITHUB);
    expect("::notice file=a.tags,line=1,col=1,title=T2302 mutation-narrowed::no longer%0Aa.tags:2:17: allowed here: "
           "50%25, \"meant\"\n");
}
END_TEST

START_TEST(what_is_allowed_is_suppressed_in_sarif)
{
    const char *level, *kind, *reason;
    int line, column;
    setup_allowed(REPORT_SARIF);
    finish(0);
    json_t *log = json_loads(text_string(&report.out), 0, NULL);
    ck_assert_int_eq(json_unpack(log, "{s:[{s:[{s:s, s:[{s:s, s:s, s:{s:{s:{s:i, s:i}}}}]}]}]}", "runs", "results",
                                 "level", &level, "suppressions", "kind", &kind, "justification", &reason, "location",
                                 "physicalLocation", "region", "startLine", &line, "startColumn", &column),
                     0);
    ck_assert_str_eq(level, "error");
    ck_assert_str_eq(kind, "inSource");
    ck_assert_str_eq(reason, "50%, \"meant\"");
    ck_assert(line == 2 && column == 17);
    json_decref(log);
    report_free(&report);
}
END_TEST

START_TEST(bytes_that_are_not_utf_8_become_replacements_in_json)
{
    setup(REPORT_JSON, 0, "b\xFF.tags", "");
    diag_note(&list, diag_add(&list, T0106, at(1, 1), 1, "\xC3(\"\\\x01"), at(1, 1), "\xE2\x82");
    finish(0);
    json_t *object = json_loads(text_string(&report.out), 0, NULL);
    ck_assert_ptr_nonnull(object);
    ck_assert_str_eq(json_string_value(json_object_get(object, "file")), "b\xEF\xBF\xBD.tags");
    ck_assert_str_eq(json_string_value(json_object_get(object, "message")), "\xEF\xBF\xBD(\"\\\x01");
    json_t *note = json_array_get(json_object_get(object, "notes"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(note, "message")), "\xEF\xBF\xBD");
    json_decref(object);
    report_free(&report);
}
END_TEST

START_TEST(github_commands_escape_what_would_end_them)
{
    setup(REPORT_GITHUB, 0, "a,b:c%\xFF.tags", "x");
    struct diag *diag = diag_add(&list, T0203, at(1, 1), 1, "50%%, a:b\r\nc \xFE");
    diag_help(&list, diag, "write\n::error::");
    diag_note(&list, diag, at(1, 1), "here");
    expect("::error file=a%2Cb%3Ac%25\xEF\xBF\xBD.tags,line=1,col=1,title=T0203 unknown-segment::50%25, a:b%0D%0Ac "
           "\xEF\xBF\xBD%0Ahelp: write%0A::error::%0Aa,b:c%25\xEF\xBF\xBD.tags:1:1: note: here\n");
}
END_TEST

START_TEST(sarif_doubles_braces_and_writes_a_path_as_a_uri)
{
    setup(REPORT_SARIF, 0, "/a b/\xC3\xB6%:\xFF.tags", "x");
    diag_help(&list, diag_add(&list, T0216, at(1, 1), 1, "no {0} root"), "write 'root { }'");
    diag_add(&list, T0106, at(1, 1), 1, "more");
    diag_add(&list, T0216, at(1, 2), 1, "again");
    finish(0);
    json_t *log = json_loads(text_string(&report.out), 0, NULL), *run, *result, *uri;
    ck_assert_ptr_nonnull(log);
    run = json_array_get(json_object_get(log, "runs"), 0);
    result = json_array_get(json_object_get(run, "results"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(result, "message"), "text")),
                     "no {{0}} root\nhelp: write 'root {{ }}'");
    ck_assert_int_eq(
        json_unpack(result, "{s:[{s:{s:{s:o}}}]}", "locations", "physicalLocation", "artifactLocation", "uri", &uri),
        0);
    ck_assert_str_eq(json_string_value(uri), "file:///a%20b/%C3%B6%25%3A%FF.tags");
    /* a rule is there once, and the results point at it */
    json_t *rules = NULL;
    ck_assert_int_eq(json_unpack(run, "{s:{s:{s:o}}}", "tool", "driver", "rules", &rules), 0);
    ck_assert_uint_eq(json_array_size(rules), 2);
    static const int indices[] = {0, 1, 0};
    for (size_t i = 0; i < 3; i++) {
        result = json_array_get(json_object_get(run, "results"), i);
        ck_assert_int_eq(json_integer_value(json_object_get(result, "ruleIndex")), indices[i]);
    }
    json_decref(log);
    report_free(&report);
}
END_TEST

START_TEST(a_report_of_nothing_is_empty_but_a_sarif_log_is_a_log)
{
    setup(REPORT_JSON, 0, "a.tags", "");
    expect("");
    setup(REPORT_GITHUB, 0, "a.tags", "");
    expect("");
    setup(REPORT_SARIF, 0, "a.tags", "");
    finish(0);
    json_t *log = json_loads(text_string(&report.out), 0, NULL), *results = NULL;
    ck_assert_int_eq(json_unpack(log, "{s:[{s:o}]}", "runs", "results", &results), 0);
    ck_assert_uint_eq(json_array_size(results), 0);
    json_decref(log);
    report_free(&report);
}
END_TEST

static size_t lines_of(const char *text) {
    size_t n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

START_TEST(errors_beyond_the_most_are_counted_and_several_lists_are_one_report)
{
    setup(REPORT_JSON, 2, "a.tags", "");
    for (uint32_t i = 1; i <= 5; i++)
        diag_add(&list, T0106, at(1, i), 1, "an error");
    ck_assert_uint_eq(report_add(&report, &list), 3);
    ck_assert_uint_eq(report_add(&report, &list), 3);
    ck_assert_uint_eq(lines_of(text_string(&report.out)), 4);
    arena_free(&arena);
    report_free(&report);
}
END_TEST

START_TEST(a_lack_of_memory_is_remembered)
{
    setup(REPORT_JSON, 0, "a.tags", "");
    diag_add(&list, T0106, at(1, 1), 1, "an error");
    list.failed = true;
    report_add(&report, &list);
    ck_assert(report.failed);
    arena_free(&arena);
    report_free(&report);
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("diagnostics for programs", json_is_an_object_a_line_with_the_end_the_help_the_notes_and_the_fix,
                 what_is_allowed_is_a_note_with_its_reason, what_is_allowed_is_suppressed_in_sarif,
                 bytes_that_are_not_utf_8_become_replacements_in_json, github_commands_escape_what_would_end_them,
                 sarif_doubles_braces_and_writes_a_path_as_a_uri, a_report_of_nothing_is_empty_but_a_sarif_log_is_a_log,
                 errors_beyond_the_most_are_counted_and_several_lists_are_one_report, a_lack_of_memory_is_remembered,
                 NULL),
        NULL);
}
