/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

/* ---------------------------------------------------------------------------------------------------- style ---- */

enum style { PLAIN, BOLD, DIM, GREEN, RED };

static bool wants_colour(void) {
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && (no_color == NULL || *no_color == '\0') && term != NULL &&
           strcmp(term, "dumb") != 0;
}

static const char *style(enum style which) {
    static const char *const codes[] = {"\033[0m", "\033[1m", "\033[2m", "\033[1;32m", "\033[1;31m"};
    return wants_colour() ? codes[which] : "";
}

static void heading(const char *text) { printf("\n%s%s%s\n", style(BOLD), text, style(PLAIN)); }

/* Texts live until eight more were made. */
static char *scratch(void) {
    static char texts[8][32];
    static unsigned next;
    return texts[next++ % 8];
}

enum { TEXT = 32 };

/* 1 234 567 */
static const char *number(uint64_t n) {
    char digits[TEXT], *out = scratch(), *at = out;
    int length = snprintf(digits, sizeof digits, "%" PRIu64, n);
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *at++ = ' ';
        *at++ = digits[i];
    }
    *at = '\0';
    return out;
}

static const char *duration(double ns) {
    char *out = scratch();
    if (ns < 1e3)
        snprintf(out, TEXT, "%.0f ns", ns);
    else if (ns < 1e6)
        snprintf(out, TEXT, "%.1f us", ns / 1e3);
    else if (ns < 1e9)
        snprintf(out, TEXT, "%.1f ms", ns / 1e6);
    else
        snprintf(out, TEXT, "%.2f s", ns / 1e9);
    return out;
}

static const char *share(uint64_t part, uint64_t whole) {
    char *out = scratch();
    snprintf(out, TEXT, "%.1f %%", whole > 0 ? 100.0 * (double)part / (double)whole : 0.0);
    return out;
}

static void row2(const char *label, const char *left, const char *right) {
    printf("  %-34s %18s %18s\n", label, left, right);
}

static void row(const char *label, uint64_t part, uint64_t whole) {
    printf("  %-34s %18s %18s\n", label, number(part), whole > 0 ? share(part, whole) : "");
}

/* ------------------------------------------------------------------------------------------------ the parts ---- */

void report_start(const char *path, double fill_seconds, unsigned readers, unsigned writes_per_second) {
    printf("%st87s: a blog over SQLite %s%s\n", style(BOLD), sqlite3_libversion(), style(PLAIN));
    printf("%s%s: %s users, %s posts, %s comments, filled in %s%s\n", style(DIM), path, number(DB_USERS),
           number(DB_POSTS), number(DB_COMMENTS), duration(fill_seconds * 1e9), style(PLAIN));
    printf("%s%u threads read by a Zipf pattern, one makes %u writes a second to what is read most: five seconds%s\n",
           style(DIM), readers, writes_per_second, style(PLAIN));
    fflush(stdout);
}

static const char *per_second(const struct workload_result *result) {
    return number((uint64_t)((double)result->answers / result->seconds));
}

void report_workloads(const struct workload_result *without, const struct workload_result *with,
                      const struct t87s_stats *stats) {
    heading("The same questions");
    printf("%s", style(DIM));
    row2("", "straight to SQLite", "through the cache");
    printf("%s", style(PLAIN));
    row2("measured for", duration(without->seconds * 1e9), duration(with->seconds * 1e9));
    row2("queries", number(without->answers), number(with->answers));
    row2("queries a second", per_second(without), per_second(with));
    row2("fetches that reached SQLite", number(without->reached_sqlite), number(with->reached_sqlite));
    row2("  of the queries", share(without->reached_sqlite, without->answers),
         share(with->reached_sqlite, with->answers));
    double slow = histogram_mean(&without->answer_time), fast = histogram_mean(&with->answer_time);
    row2("time per answer, mean", duration(slow), duration(fast));
    row2("  median", duration(histogram_quantile(&without->answer_time, 0.5)),
         duration(histogram_quantile(&with->answer_time, 0.5)));
    row2("  99 of 100 within", duration(histogram_quantile(&without->answer_time, 0.99)),
         duration(histogram_quantile(&with->answer_time, 0.99)));
    if (fast > 0)
        printf("  %-34s %s%37.1fx%s\n", "faster on average", style(GREEN), slow / fast, style(PLAIN));

    heading("Where the answers came from");
    row("hits", with->by_outcome[T87S_FRESH], with->answers);
    row("fetched", with->by_outcome[T87S_FETCHED], with->answers);
    row("  never asked for before", with->by_reason[T87S_REASON_ABSENT], with->answers);
    row("  invalidated by a write", with->by_reason[T87S_REASON_INVALIDATED], with->answers);
    row("  expired or evicted", with->by_reason[T87S_REASON_EXPIRED] + with->by_reason[T87S_REASON_EVICTED],
        with->answers);
    row("joined the fetch of another thread", with->by_outcome[T87S_JOINED], with->answers);
    row("stale, and marked so", with->by_outcome[T87S_STALE], with->answers);
    row2("time of a hit, of a fetch", duration(histogram_quantile(&with->fresh_time, 0.5)),
         duration(histogram_quantile(&with->fetched_time, 0.5)));
    row("users renamed, then invalidated", with->renames, 0);
    row("posts edited, then invalidated", with->edits, 0);
    char memory[64];
    snprintf(memory, sizeof memory, "%.1f MiB", (double)stats->bytes_used / 1048576);
    row2("in the cache: entries, memory", number(stats->entries), memory);
}

static void census_row(const char *what, unsigned before, unsigned after) {
    printf("  %-34s %18s %18s   %s%s%s\n", what, number(before), number(after), style(before != after ? GREEN : DIM),
           before != after ? number(before - after) : "untouched", before != after ? style(PLAIN) : style(PLAIN));
}

void report_touch(const struct touch *touch) {
    char text[96];
    snprintf(text, sizeof text, "One invalidation: %s", touch->tag);
    heading(text);
    printf("%s", style(DIM));
    printf("  %-34s %18s %18s   %s\n", "answers in the cache", "before", "after", "gone");
    printf("%s", style(PLAIN));
    census_row("get_user", touch->before.users, touch->after.users);
    census_row("get_post", touch->before.posts, touch->after.posts);
    census_row("get_comment", touch->before.comments, touch->after.comments);
    census_row("list_posts", touch->before.pages, touch->after.pages);
    row2("took", "", duration((double)touch->ns));
}

static const char *outcome_name(enum t87s_outcome outcome) {
    static const char *const names[N_OUTCOMES] = {"fresh", "stale", "fetched", "joined", "negative"};
    return (unsigned)outcome < N_OUTCOMES ? names[outcome] : "?";
}

static const char *reason_name(enum t87s_reason reason) {
    static const char *const names[N_REASONS] = {"none",    "absent",  "expired", "invalidated",
                                                 "evicted", "version", "store"};
    return (unsigned)reason < N_REASONS ? names[reason] : "?";
}

static void answer_row(const struct revalidation *moment, int step, const char *remark) {
    printf("  get_user -> %-14s %-10s %15s   %s\n", moment->answers[step].name,
           outcome_name(moment->entries[step].outcome), duration((double)moment->ns[step]), remark);
}

void report_revalidation(const struct revalidation *moment, bool as_promised) {
    heading("Stale while revalidate: get_user has `ttl 30s grace 5m`");
    answer_row(moment, 0, "");
    printf("  %sSQLite commits another name; its tag is invalidated softly%s\n", style(DIM), style(PLAIN));
    char remark[64];
    snprintf(remark, sizeof remark, "reason: %s", reason_name(moment->entries[1].reason));
    answer_row(moment, 1, remark);
    if (moment->refreshed)
        printf("  %son_refresh after %s: %s -> %s, %s%s\n", style(DIM), duration((double)moment->refresh_ns),
               moment->refreshed_from.name, moment->refreshed_to.name, moment->changed ? "changed" : "the same",
               style(PLAIN));
    answer_row(moment, 2, "");
    if (!as_promised)
        printf("  %snot what the header promises%s\n", style(RED), style(PLAIN));
}

void report_verdict(const struct workload_result *with) {
    heading("No answer older than the last invalidation before it");
    row("rows compared with their version", with->verdict.checked, 0);
    row("stale ones, left out", with->by_outcome[T87S_STALE], 0);
    row("queries that failed", with->failures, 0);
    row("rows too old", with->verdict.too_old, 0);
    bool holds = with->verdict.too_old == 0 && with->verdict.checked > 0 && with->failures == 0;
    printf("  %s%s%s\n", style(holds ? GREEN : RED), holds ? "the law holds" : "THE LAW IS BROKEN", style(PLAIN));
    if (with->verdict.too_old > 0)
        printf("  %s\n", with->verdict.first);
}
