/* SPDX-License-Identifier: MIT
 *
 * Where names lie in a cluster, and what nodes say of each other: no server.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster.h"
#include "layout.h"
#include "suites.h"

static unsigned slot_of(const char *name) { return t87s__slot_of(T87S__WORD(""), t87s__argument_text(name)); }

/* The numbers are those that CLUSTER KEYSLOT gives. */
START_TEST(a_slot_is_that_of_the_name_or_of_what_its_braces_hold)
{
    static const struct {
        const char *name;
        unsigned slot;
    } rows[] = {
        {"", 0},         {"123456789", 12739}, {"foo", 12182},          {"{foo}bar", 12182}, {"bar{foo", 9144},
        {"foo{}", 5542}, {"foo{}{bar}", 8363}, {"foo{{bar}}zap", 4015}, {"a}b{foo}", 12182}, {"foo{bar}{zap}", 5061}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(slot_of(rows[i].name) == rows[i].slot, "%s: %u", rows[i].name, slot_of(rows[i].name));
    ck_assert_uint_eq(t87s__slot_of(T87S__WORD("fo"), T87S__WORD("o")), 12182);
}
END_TEST

START_TEST(buckets_are_spread_over_all_slots_and_keys_belong_to_the_one_nearby)
{
    struct t87s__layout layout;
    t87s__layout_init(&layout, "t87s", "blog", T87S__MOST_BUCKETS);
    for (unsigned bucket = 0; bucket < T87S__MOST_BUCKETS; bucket++) {
        const struct t87s__name name = t87s__layout_bucket(&layout, bucket);
        const unsigned slot = t87s__layout_slot_of_bucket(bucket), eighth = T87S__SLOTS / T87S__MOST_BUCKETS;
        ck_assert_uint_eq(slot_of(name.text), slot);
        ck_assert_uint_eq(slot_of(t87s__layout_beside_bucket("t87s", bucket).text), slot);
        ck_assert_uint_lt((unsigned)abs((int)slot - (int)(bucket * eighth + eighth / 2)), eighth / 50);
    }
    for (unsigned i = 0; i < 1000; i++) {
        char key[16], name[64];
        snprintf(key, sizeof key, "user:%u", i);
        snprintf(name, sizeof name, "t87s:blog:e:%s", key);
        ck_assert_uint_eq(t87s__layout_slot_of_entry(&layout, key, strlen(key)), slot_of(name));
        ck_assert_uint_eq(t87s__layout_bucket_of_key(&layout, key, strlen(key)), slot_of(name) / 2048);
    }
}
END_TEST

/* So that a hit goes to one server fewer: with three masters, and with six. */
START_TEST(most_entries_lie_with_their_keys_bucket)
{
    struct t87s__layout layout;
    t87s__layout_init(&layout, "t87s", "blog", T87S__MOST_BUCKETS);
    for (unsigned masters = 3; masters <= 6; masters += 3) {
        unsigned apart = 0;
        for (unsigned i = 0; i < 4000; i++) {
            char key[16];
            snprintf(key, sizeof key, "user:%u", i);
            const unsigned slot = t87s__layout_slot_of_entry(&layout, key, strlen(key));
            const unsigned bucket = t87s__layout_bucket_of_key(&layout, key, strlen(key));
            apart += slot * masters / T87S__SLOTS != t87s__layout_slot_of_bucket(bucket) * masters / T87S__SLOTS;
        }
        ck_assert_msg(apart < (masters == 3 ? 400 : 1000), "%u of 4000 with %u masters", apart, masters);
    }
}
END_TEST

/* ---- what nodes say ---- */

static bool take(const char *text, struct t87s__map *map) {
    char *copy = strdup(text); /* so that a sanitizer sees its end */
    const redisReply reply = {.type = REDIS_REPLY_STRING, .str = copy, .len = strlen(text)};
    const bool taken = t87s__cluster_take_nodes(&reply, map);
    free(copy);
    return taken;
}

START_TEST(masters_have_slots_and_nobody_else_counts)
{
    static const char text[] =
        "a 127.0.0.1:7000@17000 myself,master - 0 0 1 connected 0-5460 5462\n"
        "b ::1:7001@17001,host.example master,fail - 0 0 2 disconnected 5461 5463-16382 [5461->-a] [7-<-a]\n"
        "c :7002@17002 master,fail? - 0 0 3 connected 16383\n"
        "d 127.0.0.1:7003@17003 slave a 0 0 1 connected\n"
        "e 127.0.0.1:7004@17004 master - 0 0 4 connected\n"
        "f :0@0 master,fail,noaddr - 0 0 5 disconnected\n"
        "g 127.0.0.1:7005@17005 handshake - 0 0 0 connected\n";
    struct t87s__map *map = malloc(sizeof *map);
    ck_assert(take(text, map));
    ck_assert_uint_eq(map->n, 3);
    ck_assert_str_eq(map->masters[0].host, "127.0.0.1");
    ck_assert_str_eq(map->masters[1].host, "::1");
    ck_assert_str_eq(map->masters[2].host, "");
    ck_assert_int_eq(map->masters[2].port, 7002);
    for (unsigned slot = 0; slot < T87S__SLOTS; slot++)
        ck_assert_uint_eq(map->owners[slot], slot == 16383 ? 3 : slot <= 5460 || slot == 5462 ? 1 : 2);
    ck_assert(take("a 1.2.3.4:1@2 master - 0 0 1 connected 7\n\n", map));
    ck_assert_uint_eq(map->owners[6], 0);
    ck_assert_uint_eq(map->owners[7], 1);
    free(map);
}
END_TEST

START_TEST(what_is_no_list_of_nodes_is_refused)
{
    static const char *const refused[] = {"",
                                          "\n",
                                          "nonsense",
                                          "a b",
                                          "a 1.2.3.4@2 master - 0 0 1 connected 7",
                                          "a 1.2.3.4:0@2 master - 0 0 1 connected 7",
                                          "a 1.2.3.4:65536@2 master - 0 0 1 connected 7",
                                          "a 1.2.3.4:1@2 master - 0 0 1 connected x",
                                          "a 1.2.3.4:1@2 master - 0 0 1 connected 16384",
                                          "a 1.2.3.4:1@2 master - 0 0 1 connected 1-16384",
                                          "a 1.2.3.4:1@2 master - 0 0 1 connected 1--2",
                                          "a 1.2.3.4:1@2 slave b 0 0 1 connected"};
    struct t87s__map *map = malloc(sizeof *map);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        ck_assert_msg(!take(refused[i], map), "%s", refused[i]);
    free(map);
}
END_TEST

START_TEST(an_epoch_is_said_by_nodes_of_clusters)
{
    char said[] = "cluster_state:ok\r\ncluster_current_epoch:87\r\ncluster_my_epoch:3\r\n";
    redisReply info = {.type = REDIS_REPLY_STRING, .str = said};
    uint64_t epoch;
    ck_assert(t87s__cluster_take_epoch(&info, &epoch));
    ck_assert_uint_eq(epoch, 87);
    info.type = REDIS_REPLY_ERROR;
    ck_assert(!t87s__cluster_take_epoch(&info, &epoch));
}
END_TEST

int main(void) {
    return run_suites(suite_of("where names lie", a_slot_is_that_of_the_name_or_of_what_its_braces_hold,
                               buckets_are_spread_over_all_slots_and_keys_belong_to_the_one_nearby,
                               most_entries_lie_with_their_keys_bucket, NULL),
                      suite_of("nodes of a cluster", masters_have_slots_and_nobody_else_counts,
                               what_is_no_list_of_nodes_is_refused, an_epoch_is_said_by_nodes_of_clusters, NULL),
                      NULL);
}
