/* SPDX-License-Identifier: MIT
 *
 * What a process says of itself, as text and back; and what is to be said of a Redis, by what was found.
 */
#include <stdio.h>
#include <string.h>

#include "advise.h"
#include "heartbeat.h"
#include "suites.h"

/* ---- heartbeats ---- */

static struct t87s__beat beat, back;
static struct t87s_buffer text;

static const struct t87s_query_stats rows[] = {
    {.name = "get_user", .fresh_hits = 10, .negative_hits = 2, .stale_serves = 3, .fetches = 4},
    {.name = "never_asked"},
    {.name = "(by hand)", .fetches = 1},
};

static void write_beat(void) {
    t87s_buffer_release(&text);
    beat = (struct t87s__beat){.host = "web1", .version = "0.1.0", .schema = "blog", .pid = 4711};
    beat.stats.fresh_hits = 12;
    beat.stats.store_pending = UINT64_MAX;
    ck_assert_int_eq(t87s__beat_write(&beat, rows, 3, &text), T87S_OK);
}

static bool read_back(const void *bytes, size_t size) { return t87s__beat_read(bytes, size, &back); }

START_TEST(what_is_written_is_read)
{
    write_beat();
    ck_assert(read_back(text.data, text.size));
    ck_assert_str_eq(back.host, "web1");
    ck_assert_str_eq(back.version, "0.1.0");
    ck_assert_str_eq(back.schema, "blog");
    ck_assert_uint_eq(back.pid, 4711);
    ck_assert_mem_eq(&back.stats, &beat.stats, sizeof beat.stats);
    ck_assert_uint_eq(back.n_queries, 2);
    ck_assert_str_eq(back.queries[0].name, "get_user");
    ck_assert_uint_eq(back.queries[0].hits, 12);
    ck_assert_uint_eq(back.queries[0].stale, 3);
    ck_assert_uint_eq(back.queries[0].fetches, 4);
    ck_assert_str_eq(back.queries[1].name, "(by hand)");
}
END_TEST

START_TEST(cut_anywhere_what_is_whole_is_read)
{
    write_beat();
    for (size_t size = 0; size <= text.size; size++) {
        char copy[512];
        ck_assert_uint_lt(size, sizeof copy);
        memcpy(copy, text.data, size);
        ck_assert_int_eq(read_back(copy, size), size >= strlen("t87s 1\n"));
        ck_assert(!*back.host || !strcmp(back.host, "web1"));
        ck_assert(back.pid == 0 || back.pid == 4711);
    }
}
END_TEST

START_TEST(what_is_not_understood_is_skipped)
{
    static const char strange[] = "t87s 1\nnoblank\n \nfresh_hits x\nfresh_hits 99999999999999999999\ntomorrow 1\n"
                                  "query 1 2 nobody\nquery 1 2 3 \nquery 1 2 3 a\x1b[2Jb\nhost \xff\n\n";
    ck_assert(read_back(strange, sizeof strange - 1));
    ck_assert_uint_eq(back.stats.fresh_hits, 0);
    ck_assert_uint_eq(back.n_queries, 1);
    ck_assert_str_eq(back.queries[0].name, "a?[2Jb"); /* nothing a terminal would obey */
    ck_assert_str_eq(back.host, "?");
    ck_assert(!read_back("t87s 2\nhost a\n", 14));
    ck_assert(!read_back("", 0));
}
END_TEST

START_TEST(more_queries_than_there_is_room_for_are_left_out)
{
    char many[T87S__BEAT_ROWS * 20 + 200] = "t87s 1\n";
    for (int i = 0; i < T87S__BEAT_ROWS + 5; i++)
        snprintf(many + strlen(many), 20, "query 1 0 0 q%d\n", i);
    ck_assert(read_back(many, strlen(many)));
    ck_assert_uint_eq(back.n_queries, T87S__BEAT_ROWS);
}
END_TEST

/* ---- advice ---- */

/* The codes, in order, with blanks between. */
static const char *codes_of(const struct t87s__found *found) {
    static char codes[256];
    static struct t87s__said said;
    t87s__advise(found, &said);
    codes[0] = '\0';
    for (size_t i = 0; i < said.n; i++) {
        ck_assert_uint_lt(strlen(said.advice[i].text), sizeof said.texts[0] - 1); /* not cut */
        ck_assert_uint_lt(strlen(said.advice[i].code), sizeof((struct t87s_advice *)0)->code);
        snprintf(codes + strlen(codes), sizeof codes - strlen(codes), "%s%s", i ? " " : "", said.advice[i].code);
    }
    return codes;
}

static struct t87s__found sound(void) {
    return (struct t87s__found){.looked = true,
                                .version = "7.0.15",
                                .role = "master",
                                .policy = "volatile-ttl",
                                .maxmemory = 1 << 30,
                                .saves = true,
                                .saves_known = true,
                                .pubsub_limit = 32 << 20};
}

START_TEST(of_a_sound_server_and_of_one_that_says_nothing_nothing_is_said)
{
    const struct t87s__found found = sound(), nothing = {.looked = false}, silent = {.looked = true};
    ck_assert_str_eq(codes_of(&found), "");
    ck_assert_str_eq(codes_of(&nothing), "");
    ck_assert_str_eq(codes_of(&silent), "");
}
END_TEST

START_TEST(each_flaw_has_its_word)
{
    struct t87s__found found = sound();
    strcpy(found.policy, "allkeys-lru");
    ck_assert_str_eq(codes_of(&found), "eviction");
    found.maxmemory = 0; /* never gets to evict */
    ck_assert_str_eq(codes_of(&found), "memory");
    found = sound();
    strcpy(found.policy, "noeviction");
    ck_assert_str_eq(codes_of(&found), "eviction");
    found = sound();
    found.saves = false;
    ck_assert_str_eq(codes_of(&found), "persistence");
    found.appends = true;
    ck_assert_str_eq(codes_of(&found), "");
    found = sound();
    strcpy(found.role, "slave");
    ck_assert_str_eq(codes_of(&found), "replica");
    found = sound();
    found.pubsub_limit = 1000;
    ck_assert_str_eq(codes_of(&found), "pubsub-buffer");
    found = sound();
    found.clock_stepped = true;
    found.clock_step_ms = INT64_C(-1000) * 365 * 86400 * 1000;
    ck_assert_str_eq(codes_of(&found), "clock");
    found = sound();
    found.with_typescript = true;
    ck_assert_str_eq(codes_of(&found), "");
    strcpy(found.policy, "allkeys-random");
    ck_assert_str_eq(codes_of(&found), "typescript eviction");
    found = sound();
    found.is_cluster = true;
    ck_assert_str_eq(codes_of(&found), "");
    found.with_typescript = true;
    ck_assert_str_eq(codes_of(&found), "typescript");
    found = (struct t87s__found){.unreachable = true};
    ck_assert_str_eq(codes_of(&found), "unreachable");
}
END_TEST

START_TEST(a_cluster_of_which_one_node_is_named_is_told_of)
{
    struct t87s__found found = sound();
    found.is_cluster = true;
    ck_assert_str_eq(codes_of(&found), "");
    found.one_seed = true;
    ck_assert_str_eq(codes_of(&found), "cluster");
    found.is_cluster = false;
    ck_assert_str_eq(codes_of(&found), "");
}
END_TEST

START_TEST(all_flaws_at_once_have_room)
{
    struct t87s__found found = {.looked = true, .role = "slave", .policy = "noeviction"};
    found.saves_known = found.unreachable = found.clock_stepped = found.with_typescript = true;
    found.is_cluster = found.one_seed = true;
    found.pubsub_limit = 1;
    strcpy(found.version, "5.0.0");
    ck_assert_str_eq(codes_of(&found),
                     "unreachable version replica cluster typescript memory persistence pubsub-buffer clock");
}
END_TEST

START_TEST(versions_are_compared_by_number)
{
    static const struct {
        const char *version;
        bool too_old;
    } versions[] = {{"2.8.0", true},   {"5.0.14", true},  {"6.0.16", true},  {"6.2.0", false},
                    {"6.10.0", false}, {"7.0.15", false}, {"10.0.0", false}, {"", false}};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        struct t87s__found found = sound();
        strcpy(found.version, versions[i].version);
        ck_assert_str_eq(codes_of(&found), versions[i].too_old ? "version" : "");
    }
}
END_TEST

int main(void) {
    return run_suites(suite_of("heartbeats", what_is_written_is_read, cut_anywhere_what_is_whole_is_read,
                               what_is_not_understood_is_skipped, more_queries_than_there_is_room_for_are_left_out,
                               NULL),
                      suite_of("advice", of_a_sound_server_and_of_one_that_says_nothing_nothing_is_said,
                               each_flaw_has_its_word, a_cluster_of_which_one_node_is_named_is_told_of,
                               all_flaws_at_once_have_room, versions_are_compared_by_number, NULL),
                      NULL);
}
