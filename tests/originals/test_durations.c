/* SPDX-License-Identifier: MIT */
/* Durations: in the language as text, in the library as milliseconds. */
#include "program.h"
#include "scene.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

/* The ttl that t87sc reads, in ms; -1 when it refuses the schema with a diagnostic. */
static long long ttl_of(const char *duration) {
    char schema[400];
    struct program_run run;
    int size = snprintf(schema, sizeof schema, "schema s;\nroot { a: Static; }\ncached q() -> u64 tagged a ttl %s;\n",
                        duration);
    const struct program_options options = {.input = schema, .input_size = (size_t)size};
    t87sc_run(&run, &options, (const char *const[]){"dump", "--format", "json", "-", NULL});
    long long ttl = -1;
    if (run.exit_code == 0) {
        const char *at = run.out; /* the default's is null, the query's a number */
        while ((at = strstr(at, "\"ttl_ms\":")) != NULL && sscanf(at, "\"ttl_ms\": %lld", &ttl) != 1)
            at++;
        ck_assert_msg(at != NULL, "no ttl in %s", run.out);
    } else {
        ck_assert_int_eq(run.exit_code, 1);
        ck_assert_msg(strstr(run.err, "<stdin>:3:") != NULL && strstr(run.err, "error") != NULL, "%s", run.err);
    }
    program_run_free(&run);
    return ttl;
}

START_TEST(a_duration_is_a_number_and_a_unit)
{
    static const struct {
        const char *text;
        long long ms;
    } rows[] = {{"30s", 30000}, {"5m", 300000},   {"2h", 7200000},  {"1d", 86400000}, {"250ms", 250},
                {"1ms", 1},     {"1500ms", 1500}, {"90m", 5400000}, {"007s", 7000},   {"36500d", 3153600000000}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(ttl_of(rows[i].text) == rows[i].ms, "%s is %lld", rows[i].text, ttl_of(rows[i].text));
}
END_TEST

START_TEST(what_is_no_duration_is_refused)
{
    static const char *const texts[] = {"30x",
                                        "30sec",
                                        "30S",
                                        "s",
                                        "",
                                        "30 s",
                                        "-5s",
                                        "+5s",
                                        "1.5h",
                                        "1,5h",
                                        "1e3ms",
                                        "0x1s",
                                        "5m30s",
                                        "\"30s\"",
                                        "30",
                                        "9223372036854775808ms",
                                        "106751991168d",
                                        "99999999999999999999s"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_msg(ttl_of(texts[i]) == -1, "'%s' was taken", texts[i]);
}
END_TEST

START_TEST(the_library_takes_plain_milliseconds)
{
    struct scene scene;
    struct source source = {.text = "value"};
    struct t87s_query query = query_of("key", &source, NULL);
    scene_init(&scene);
    scene_open(&scene);
    query.ttl_ms = 1234;
    ck_assert_int_eq(ask(&scene, &query).entries.after.expires_ms, 1234);
    query.key = "another";
    query.ttl_ms = INT64_MAX; /* for ever: it does not wrap */
    fake_clock_advance(&scene.clock, 1000);
    ck_assert_int_eq(ask(&scene, &query).entries.after.expires_ms, INT64_MAX);
    query.ttl_ms = -2;
    ck_assert_int_eq(ask(&scene, &query).status, T87S_E_INVALID);
    scene_close(&scene);
}
END_TEST

START_TEST(negative_defaults_are_refused_when_the_cache_is_opened)
{
    struct t87s_cache *cache;
    struct t87s_options ttl = {.default_ttl_ms = -5}, grace = {.default_grace_ms = -5};
    ck_assert_int_eq(t87s_open(&ttl, &cache), T87S_E_INVALID);
    ck_assert_int_eq(t87s_open(&grace, &cache), T87S_E_INVALID);
    ck_assert_ptr_null(cache);
}
END_TEST

int main(void) {
    return run_suites(suite_of("durations", a_duration_is_a_number_and_a_unit, what_is_no_duration_is_refused,
                               the_library_takes_plain_milliseconds,
                               negative_defaults_are_refused_when_the_cache_is_opened, NULL),
                      NULL);
}
