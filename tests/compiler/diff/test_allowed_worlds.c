/* SPDX-License-Identifier: MIT
 *
 * Random schemas, edited at random, and what their findings say how to be allowed, written into the new schema as they
 * say: some of it, by chance. What is allowed is what was written, all else is as before; and of what the old schema
 * has too, nothing. T87S_DIFF_WORLDS: how many (600); T87S_DIFF_SEED: the first.
 */
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "files.h"
#include "load_text.h"
#include "suites.h"
#include "world.h"

enum { MAX_EDITS = 8, MAX_FINDINGS = 200, MAX_LINES = 64, MAX_ADVICE = 128 };

static size_t n_allowed, n_left, n_gone, n_old;

/* ---- what is found ---- */

struct found {
    enum diag_code code;
    uint32_t line;                         /* 0: gone */
    char message[400], advice[MAX_ADVICE]; /* "allow(T2302 m0)" */
    bool is_allowed, is_void;
};

struct findings {
    size_t n, n_others; /* others: of allowances themselves */
    struct found items[MAX_FINDINGS];
};

static void add_found(struct findings *findings, const struct diag *diag) {
    if (diag->rule->code == T2401 || diag->rule->code == T2402) {
        findings->n_others++;
        return;
    }
    ck_assert_uint_lt(findings->n, MAX_FINDINGS);
    struct found *found = &findings->items[findings->n++];
    *found = (struct found){.code = diag->rule->code, .line = diag->place.line, .is_allowed = diag->allowed != NULL};
    snprintf(found->message, sizeof found->message, "%s", diag->message);
    for (const struct diag_remark *remark = diag->remarks; remark; remark = remark->next) {
        const char *advice = strstr(remark->message, "allow(");
        found->is_void |= !strncmp(remark->message, "this allowance was there before", 31);
        if (!advice)
            continue;
        snprintf(found->advice, MAX_ADVICE, "%.*s", (int)strcspn(advice, ")") + 1, advice);
        if (strstr(remark->message, "anywhere"))
            found->line = 0;
    }
}

static void find(struct findings *findings, const char *old_text, const char *new_text) {
    struct loaded old, new;
    struct diff diff;
    *findings = (struct findings){0};
    ck_assert_msg(load_text(old_text, &old) == LOAD_OK, "%s", old_text);
    ck_assert_msg(load_text(new_text, &new) == LOAD_OK, "%s", new_text);
    ck_assert(diff_schemas(&diff, &old, &new, &(struct diff_options){.warnings_count = true}));
    for (const struct diag *diag = diff.diags.first; diag; diag = diag->next)
        add_found(findings, diag);
    size_t n_told = 0;
    for (int i = 0; i < DIFF_N_CATEGORIES; i++)
        n_told += diff.n_errors[i] + diff.n_warnings[i] + diff.n_allowed[i];
    ck_assert_uint_eq(n_told, findings->n);
    diff_free(&diff);
    load_free(&old);
    load_free(&new);
}

/* ---- what is written ---- */

/* The line of the old schema that begins with the same two words; 0: there is none. */
static size_t same_line(const char *old, const char *line) {
    size_t size = strcspn(line, " "), number = 1;
    size += line[size] ? 1 + strcspn(line + size + 1, " (") : 0;
    for (const char *at = old; *at; at += strcspn(at, "\n"), at += *at == '\n', number++)
        if (!strncmp(at, line, size) && strchr(" (\n", at[size]))
            return number;
    return 0;
}

static const char *line_of(const char *text, size_t number) {
    for (; number > 1; number--)
        text += strcspn(text, "\n") + 1;
    return text;
}

/* Comments before some of the lines, and at the end. */
struct notes {
    struct text lines[MAX_LINES + 1];
};

static char *with_notes(struct notes *notes, const char *text) {
    struct text out;
    size_t number = 1;
    text_init(&out);
    for (const char *at = text; *at; number++) {
        size_t size = strcspn(at, "\n") + 1;
        ck_assert_uint_lt(number, MAX_LINES);
        text_append(&out, text_string(&notes->lines[number]));
        text_append_bytes(&out, at, size);
        at += size;
    }
    text_append(&out, text_string(&notes->lines[0]));
    char *whole = text_of("%s", text_string(&out));
    text_free(&out);
    for (size_t i = 0; i <= MAX_LINES; i++)
        text_free(&notes->lines[i]);
    return whole;
}

static void init_notes(struct notes *notes) {
    for (size_t i = 0; i <= MAX_LINES; i++)
        text_init(&notes->lines[i]);
}

static void add_note(struct notes *notes, size_t line, const char *advice, const char *reason) {
    char *comment = text_of("// t87sc: %s %s\n", advice, reason);
    if (!strstr(text_string(&notes->lines[line]), comment))
        text_append(&notes->lines[line], comment);
    free(comment);
}

/* ---- what must be so ---- */

static bool is_chosen(const struct found *found, uint64_t choice) {
    uint64_t hash = choice;
    for (const char *at = found->advice; *at; at++)
        hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001B3);
    hash = (hash ^ found->line) * UINT64_C(0x9E3779B97F4A7C15);
    return hash >> 63;
}

/* The findings are the same, and allowed are those that were chosen, or none. */
static void expect_allowed(const struct findings *before, const char *old, const char *new, uint64_t choice,
                           const bool *is_old) {
    struct findings now;
    find(&now, old, new);
    ck_assert_uint_eq(now.n, before->n);
    for (size_t i = 0; i < now.n; i++) {
        bool is_chosen_one = is_chosen(&before->items[i], choice), is_void = is_chosen_one && is_old && is_old[i];
        ck_assert_str_eq(now.items[i].message, before->items[i].message);
        ck_assert_msg(now.items[i].is_allowed == (is_chosen_one && !is_void) && now.items[i].is_void == is_void,
                      "%s: %d %d\n// before\n%s// after\n%s", now.items[i].message, now.items[i].is_allowed,
                      now.items[i].is_void, old, new);
        n_allowed += now.items[i].is_allowed;
        n_left += !now.items[i].is_allowed;
        n_gone += now.items[i].is_allowed && !before->items[i].line;
        n_old += is_void;
    }
    ck_assert_msg(is_old || !now.n_others, "%s// after\n%s", old, new);
}

static void try_choice(const struct findings *before, const char *old, const char *new, uint64_t choice) {
    struct notes of_old, of_new, of_again;
    bool is_old[MAX_FINDINGS];
    init_notes(&of_old);
    init_notes(&of_new);
    init_notes(&of_again);
    for (size_t i = 0; i < before->n; i++) {
        const struct found *found = &before->items[i];
        ck_assert_msg(*found->advice, "%s", found->message);
        size_t line = found->line ? same_line(old, line_of(new, found->line)) : 0;
        is_old[i] = line || !found->line;
        if (!is_chosen(found, choice))
            continue;
        add_note(&of_new, found->line, found->advice, "meant");
        add_note(&of_again, found->line, found->advice, "meant again");
        if (is_old[i])
            add_note(&of_old, line, found->advice, "meant");
    }
    char *old_noted = with_notes(&of_old, old), *noted = with_notes(&of_new, new), *again = with_notes(&of_again, new);
    expect_allowed(before, old, noted, choice, NULL);
    expect_allowed(before, old_noted, again, choice, NULL);
    expect_allowed(before, old_noted, noted, choice, is_old);
    free(old_noted);
    free(noted);
    free(again);
}

static void try_world(uint64_t seed) {
    struct world world;
    struct text old, new;
    struct findings findings;
    text_init(&old);
    text_init(&new);
    world_make(&world, seed);
    world_print(&world, &old);
    for (uint64_t i = 0; i <= seed % MAX_EDITS; i++)
        world_edit(&world);
    world_print(&world, &new);
    find(&findings, text_string(&old), text_string(&new));
    if (findings.n)
        try_choice(&findings, text_string(&old), text_string(&new), seed * UINT64_C(0x9E3779B97F4A7C15));
    text_free(&old);
    text_free(&new);
}

static unsigned long long from_environment(const char *name, unsigned long long otherwise) {
    const char *value = getenv(name);
    return value ? strtoull(value, NULL, 10) : otherwise;
}

START_TEST(what_a_finding_says_to_write_allows_it_and_nothing_else_and_once)
{
    unsigned long long n = from_environment("T87S_DIFF_WORLDS", 600), seed = from_environment("T87S_DIFF_SEED", 1);
    for (unsigned long long i = 0; i < n; i++)
        try_world(seed + i);
    printf("%zu allowed, %zu of them gone, %zu not, %zu of them by old ones\n", n_allowed, n_gone, n_left, n_old);
    if (n >= 600)
        ck_assert(n_allowed > 1000 && n_gone > 100 && n_left > 1000 && n_old > 500);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("findings that are allowed, in random worlds");
    TCase *tests = tcase_create("findings that are allowed, in random worlds");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, what_a_finding_says_to_write_allows_it_and_nothing_else_and_once);
    suite_add_tcase(suite, tests);
    return run_suites(suite, NULL);
}
