/* SPDX-License-Identifier: MIT */
/* Statistics as OpenMetrics text: these very bytes, by the grammar, whole or not at all. */
#include "openmetrics.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_clock.h"
#include "fault_allocator.h"
#include "golden.h"
#include "source.h"
#include "suites.h"

static struct t87s_buffer text;

static const char *text_of_buffer(void) {
    ck_assert_int_eq(t87s_buffer_append(&text, "", 1), T87S_OK);
    text.size--;
    return (const char *)text.data;
}

/* ---- the bytes ---- */

/* Every field another number, so that no two can be mixed up. */
static void number(uint64_t *fields, size_t n, uint64_t first) {
    for (size_t i = 0; i < n; i++)
        fields[i] = first + i;
}

START_TEST(these_numbers_are_this_text)
{
    struct t87s_stats stats;
    struct t87s_query_stats rows[2];
    static const struct t87s_advice advice[] = {{"clock", "It steps."}, {"eviction", "It evicts."}};
    uint64_t fields[sizeof stats / sizeof(uint64_t)];
    number(fields, sizeof stats / sizeof(uint64_t), 1000);
    memcpy(&stats, fields, sizeof stats);
    for (size_t i = 0; i < 2; i++) {
        const size_t head = offsetof(struct t87s_query_stats, fresh_hits);
        number(fields, (sizeof rows[i] - head) / sizeof(uint64_t), 100 * (i + 1));
        memcpy((unsigned char *)&rows[i] + head, fields, sizeof rows[i] - head);
    }
    rows[0].name = "get_user";
    rows[0].fetch_ns = UINT64_C(12000000345); /* 12.000000345 s */
    rows[1].name = "(by hand)";
    rows[1].fetch_ns = 0;
    ck_assert_int_eq(t87s__openmetrics_write("a \"b\" \\c\nd", &stats, rows, 2, advice, 2, &text), T87S_OK);
    expect_golden("tests/golden/expected/openmetrics.txt", (const char *)text.data, text.size);
    t87s_buffer_release(&text);
}
END_TEST

/* ---- the grammar ---- */

#define NAME "[a-zA-Z_:][a-zA-Z0-9_:]*"
#define LABEL "[a-zA-Z_][a-zA-Z0-9_]*=\"([^\"\\\n]|\\\\[\\n\"])*\""
#define NUMBER "[0-9]+(\\.[0-9]+)?"

static regex_t description, sample;

static void expect_match(const regex_t *pattern, const char *line) {
    ck_assert_msg(regexec(pattern, line, 0, NULL, 0) == 0, "%s", line);
}

/* A family is described before its samples, and its samples stand together. */
struct family {
    char name[64], type[16];
};

static void expect_sample_of(const struct family *family, const char *line) {
    size_t length = strlen(family->name);
    ck_assert_msg(strncmp(line, family->name, length) == 0, "%s is no %s", line, family->name);
    const char *suffix = line + length;
    if (strcmp(family->type, "counter") == 0)
        ck_assert_msg(strncmp(suffix, "_total{", 7) == 0, "%s", line);
    else if (strcmp(family->type, "gauge") == 0)
        ck_assert_msg(*suffix == '{', "%s", line);
    else
        ck_assert_msg(strncmp(suffix, "_bucket{", 8) == 0 || strncmp(suffix, "_count{", 7) == 0 ||
                          strncmp(suffix, "_sum{", 5) == 0,
                      "%s", line);
}

/* Buckets grow, end with +Inf, and that is the count. */
struct histogram {
    unsigned long long last, inf;
    double bound;
    int done;
};

static void expect_histogram(struct histogram *histogram, const char *line) {
    const char *le = strstr(line, "le=\"");
    unsigned long long value = strtoull(strrchr(line, ' '), NULL, 10);
    if (le) {
        double bound = strtod(le + 4, NULL); /* +Inf is a number to strtod */
        ck_assert_msg(bound > histogram->bound && value >= histogram->last, "%s", line);
        histogram->bound = bound;
        histogram->last = value;
        if (strncmp(le + 4, "+Inf\"", 5) == 0)
            histogram->inf = value;
    } else if (strstr(line, "_count{")) {
        ck_assert_msg(value == histogram->inf && value == histogram->last, "%s", line);
    } else {
        ck_assert_msg(histogram->last || strtod(strrchr(line, ' '), NULL) <= 0, "%s", line);
        *histogram = (struct histogram){.done = histogram->done + 1};
    }
}

/* Checks every line of the buffer; how many histograms there are. */
static int expect_grammar(void) {
    struct family family = {"", ""};
    struct histogram histogram = {0};
    char seen[8192] = " ";
    char *copy = strdup(text_of_buffer()), *rest = NULL;
    ck_assert_int_eq(regcomp(&description,
                             "^# ((TYPE " NAME " (counter|gauge|histogram))|(UNIT " NAME
                             "_(bytes|seconds) (bytes|seconds))|"
                             "(HELP " NAME " [^\\\n]+))$",
                             REG_EXTENDED),
                     0);
    ck_assert_int_eq(regcomp(&sample, "^" NAME "\\{" LABEL "(," LABEL ")*\\} " NUMBER "$", REG_EXTENDED), 0);
    ck_assert_uint_gt(text.size, 6);
    ck_assert_str_eq(copy + text.size - 6, "# EOF\n");
    copy[text.size - 6] = 0; /* so another one is an error */
    ck_assert_ptr_null(strstr(copy, "\n\n"));
    for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if (line[0] == '#')
            expect_match(&description, line);
        else
            expect_match(&sample, line);
        if (strncmp(line, "# TYPE ", 7) == 0) {
            char word[80];
            ck_assert_int_eq(sscanf(line, "# TYPE %63s %15s", family.name, family.type), 2);
            snprintf(word, sizeof word, " %s ", family.name);
            ck_assert_msg(!strstr(seen, word), "%s comes twice", family.name);
            ck_assert_uint_lt(strlen(seen) + strlen(word), sizeof seen);
            strcat(seen, word);
        } else if (line[0] == '#') {
            ck_assert_msg(strncmp(line + 7, family.name, strlen(family.name)) == 0, "%s", line);
        } else {
            expect_sample_of(&family, line);
            if (strcmp(family.type, "histogram") == 0)
                expect_histogram(&histogram, line);
        }
    }
    free(copy);
    regfree(&description);
    regfree(&sample);
    return histogram.done;
}

/* ---- of a cache ---- */

static struct fake_clock fake;

static struct t87s_cache *used_cache(const struct t87s_options *given) {
    static struct source source = {.text = "v"}, failing = {.status = T87S_E_FETCH};
    struct t87s_options options = given ? *given : (struct t87s_options){0};
    struct t87s_cache *cache;
    struct t87s_value value;
    struct t87s_query query = query_of("k", &source), fails = query_of("f", &failing);
    fake_clock_init(&fake, 0);
    options.clock = &fake.clock;
    ck_assert_int_eq(t87s_open(&options, &cache), T87S_OK);
    expect_answer(cache, &query, "v", T87S_FETCHED);
    expect_answer(cache, &query, "v", T87S_FRESH);
    fake_clock_advance(&fake, 1000);
    expect_answer(cache, &query, "v", T87S_FETCHED);
    ck_assert_int_eq(t87s_query(cache, &fails, &value, NULL), T87S_E_FETCH);
    return cache;
}

START_TEST(the_text_of_a_cache_is_that_of_its_numbers)
{
    struct t87s_options options = {.prefix = "orders \"eu\""};
    struct t87s_cache *cache = used_cache(&options);
    struct t87s_buffer expected = {0};
    struct t87s_stats stats = stats_of(cache);
    struct t87s_query_stats row;
    ck_assert_uint_eq(t87s_stats_queries(cache, &row, 1), 1);
    ck_assert_int_eq(t87s__openmetrics_write("orders \"eu\"", &stats, &row, 1, NULL, 0, &expected), T87S_OK);
    ck_assert_int_eq(t87s_buffer_append(&expected, "", 1), T87S_OK);
    ck_assert_int_eq(t87s_stats_openmetrics(cache, &text), T87S_OK);
    expect_same_text("text", (const char *)expected.data, text_of_buffer());
    ck_assert_ptr_nonnull(strstr(text_of_buffer(),
                                 "\nt87s_misses_total{cache=\"orders \\\"eu\\\"\",query=\"(by hand)\","
                                 "reason=\"expired\"} 1\n"));
    ck_assert_ptr_nonnull(strstr(text_of_buffer(), "\nt87s_fetch_duration_seconds_count{cache=\"orders \\\"eu\\\"\","
                                                   "query=\"(by hand)\"} 3\n"));
    ck_assert_int_eq(expect_grammar(), 1);
    t87s_buffer_release(&expected);
    t87s_buffer_release(&text);
    t87s_close(cache);
}
END_TEST

START_TEST(any_names_and_numbers_keep_to_the_grammar)
{
    static const char *const names[] = {"",        "t87s", "\"", "\\", "\n", "\\n\"\\\n\n\"", "{a=\"b\"} 1\n# EOF\n",
                                        "\xc3\xa4"};
    struct t87s_stats stats;
    memset(&stats, 0xff, sizeof stats);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct t87s_query_stats rows[3] = {
            {.name = "get_user", .fetch_buckets = {1, 0, 2, [21] = 1}, .fetch_ns = UINT64_MAX},
            {.name = "get_note"},
            {.name = "(by hand)", .fetch_buckets = {[21] = UINT64_MAX}, .fetch_ns = 1}};
        ck_assert_int_eq(t87s__openmetrics_write(names[i], &stats, rows, 3, NULL, 0, &text), T87S_OK);
        ck_assert_int_eq(expect_grammar(), 3);
        t87s_buffer_release(&text);
    }
}
END_TEST

START_TEST(the_bounds_in_the_text_are_those_of_the_buckets)
{
    static const uint64_t bounds_us[] = T87S_FETCH_BOUNDS_US;
    struct t87s_stats stats = {0};
    struct t87s_query_stats row = {.name = "q"};
    ck_assert_int_eq(t87s__openmetrics_write("c", &stats, &row, 1, NULL, 0, &text), T87S_OK);
    const char *at = text_of_buffer();
    for (size_t i = 0; i < T87S_FETCH_BUCKETS - 1; i++) {
        at = strstr(at, "le=\"");
        ck_assert_ptr_nonnull(at);
        at += 4;
        ck_assert_double_eq_tol(strtod(at, NULL) * 1e6, (double)bounds_us[i], 1e-6);
    }
    t87s_buffer_release(&text);
}
END_TEST

START_TEST(without_memory_the_buffer_holds_what_it_held)
{
    struct fault_allocator heap, cache_heap;
    fault_allocator_init(&cache_heap, FAULT_NEVER, false);
    struct t87s_options options = {.allocator = &cache_heap.allocator};
    struct t87s_cache *cache = used_cache(&options);
    long n = 0;
    for (bool failed = true; failed; n++) {
        fault_allocator_init(&heap, n, false);
        struct t87s_buffer buffer = {.allocator = &heap.allocator};
        enum t87s_status before = t87s_buffer_append(&buffer, "before\n", 7);
        enum t87s_status status = t87s_stats_openmetrics(cache, &buffer);
        failed = atomic_load(&heap.failed) > 0;
        ck_assert(failed == (before != T87S_OK || status != T87S_OK));
        if (status == T87S_OK) {
            ck_assert_mem_eq(buffer.data + buffer.size - 6, "# EOF\n", 6);
        } else {
            ck_assert_int_eq(status, T87S_E_NOMEM);
            ck_assert_uint_eq(buffer.size, 7);
            ck_assert_mem_eq(buffer.data, "before\n", 7);
            ck_assert_int_eq(t87s_buffer_append(&buffer, "after\n", 6), T87S_OK); /* it is a buffer still */
        }
        t87s_buffer_release(&buffer);
        ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
    }
    ck_assert_int_gt(n, 4); /* the buffer grows more often than that */

    atomic_store(&cache_heap.until_failure, 0); /* none for the rows either */
    ck_assert_int_eq(t87s_buffer_append(&text, "before", 7), T87S_OK);
    ck_assert_int_eq(t87s_stats_openmetrics(cache, &text), T87S_E_NOMEM);
    ck_assert_str_eq((char *)text.data, "before");
    ck_assert_int_eq(t87s_stats_openmetrics(cache, &text), T87S_OK); /* that one allocation failed, and no more */
    t87s_buffer_release(&text);
    t87s_close(cache);
    ck_assert_int_eq(atomic_load(&cache_heap.live_blocks), 0);
}
END_TEST

START_TEST(nothing_to_ask_or_to_write_into_is_refused)
{
    struct t87s_cache *cache = used_cache(NULL);
    ck_assert_int_eq(t87s_stats_openmetrics(NULL, &text), T87S_E_INVALID);
    ck_assert_uint_eq(text.size, 0);
    ck_assert_int_eq(t87s_stats_openmetrics(cache, NULL), T87S_E_INVALID);
    t87s_close(cache);
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("statistics as text", these_numbers_are_this_text, the_text_of_a_cache_is_that_of_its_numbers,
                 any_names_and_numbers_keep_to_the_grammar, the_bounds_in_the_text_are_those_of_the_buckets,
                 without_memory_the_buffer_holds_what_it_held, nothing_to_ask_or_to_write_into_is_refused, NULL),
        NULL);
}
