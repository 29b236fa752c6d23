/* SPDX-License-Identifier: MIT
 *
 * What a server says, taken apart: no server.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reply.h"
#include "suites.h"

static const char everything[] = "*6\r\n"
                                 "$3\r\na\0b\r\n"
                                 ":-9223372036854775807\r\n"
                                 "$-1\r\n"
                                 "*2\r\n+OK\r\n*0\r\n"
                                 "-ERR no\r\n"
                                 "$0\r\n\r\n";

/* From memory of just this size, so that a byte too far is seen. */
static redisReply *take(const char *bytes, size_t size, size_t *taken, bool *lost) {
    char *copy = malloc(size ? size : 1);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, size);
    redisReply *reply = t87s__reply_take(copy, size, taken, lost);
    free(copy); /* nothing is borrowed */
    return reply;
}

START_TEST(all_types_are_taken_with_what_is_below_them)
{
    size_t taken;
    bool lost;
    redisReply *reply = take(everything, sizeof everything - 1, &taken, &lost);
    ck_assert_ptr_nonnull(reply);
    ck_assert_uint_eq(taken, sizeof everything - 1);
    ck_assert_int_eq(reply->type, REDIS_REPLY_ARRAY);
    ck_assert_uint_eq(reply->elements, 6);
    ck_assert_int_eq(reply->element[0]->type, REDIS_REPLY_STRING);
    ck_assert_uint_eq(reply->element[0]->len, 3);
    ck_assert_mem_eq(reply->element[0]->str, "a\0b", 4);
    ck_assert_int_eq(reply->element[1]->type, REDIS_REPLY_INTEGER);
    ck_assert(reply->element[1]->integer == -9223372036854775807);
    ck_assert_int_eq(reply->element[2]->type, REDIS_REPLY_NIL);
    ck_assert_int_eq(reply->element[3]->type, REDIS_REPLY_ARRAY);
    ck_assert_int_eq(reply->element[3]->element[0]->type, REDIS_REPLY_STATUS);
    ck_assert_str_eq(reply->element[3]->element[0]->str, "OK");
    ck_assert_uint_eq(reply->element[3]->element[1]->elements, 0);
    ck_assert(t87s__reply_is_error(reply->element[4], "ERR"));
    ck_assert_uint_eq(reply->element[5]->len, 0);
    t87s__reply_free(reply);
}
END_TEST

START_TEST(what_is_cut_anywhere_is_waited_for)
{
    for (size_t size = 0; size < sizeof everything - 1; size++) {
        size_t taken;
        bool lost;
        ck_assert_ptr_null(take(everything, size, &taken, &lost));
        ck_assert(!lost);
    }
}
END_TEST

START_TEST(what_follows_is_left)
{
    static const char two[] = "+OK\r\n:7\r\n";
    size_t taken;
    bool lost;
    redisReply *reply = take(two, sizeof two - 1, &taken, &lost);
    ck_assert_ptr_nonnull(reply);
    ck_assert_uint_eq(taken, 5);
    t87s__reply_free(reply);
    reply = take(two + taken, sizeof two - 1 - taken, &taken, &lost);
    ck_assert_ptr_nonnull(reply);
    ck_assert(reply->integer == 7);
    t87s__reply_free(reply);
}
END_TEST

START_TEST(what_is_no_protocol_is_lost_at_once)
{
    static const char *const strange[] = {
        "hello\r\n",
        "\r\n",
        "_\r\n",
        "%1\r\n",
        ":x\r\n",
        ":\r\n",
        ":-\r\n",
        ":1 \r\n",
        ":9223372036854775808\r\n",
        "$x\r\n",
        "$-2\r\n",
        "$2\r\nabcd",
        "$67108865\r\n",
        "$99999999999999999999\r\n",
        "*-2\r\n",
        "*1025\r\n",
        "*2000000000\r\n",
        "*2\r\n:1\r\n?",
        "+a\nb\r\n",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
    };
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++) {
        char bytes[128];
        size_t taken;
        bool lost;
        snprintf(bytes, sizeof bytes, "%s\r\n", strange[i]);
        ck_assert_ptr_null(take(bytes, strlen(bytes), &taken, &lost));
        ck_assert_msg(lost, "%s", strange[i]);
    }
}
END_TEST

/* Lines that never end, and more nodes than any server has reason to send. */
START_TEST(there_is_no_end_of_memory_for_what_never_ends)
{
    enum { LINE = 1 << 17, INNER = 1024, OUTER = 128 };
    char *bytes = malloc(LINE + OUTER * (INNER * 4 + 16));
    ck_assert_ptr_nonnull(bytes);
    size_t taken, size = 0;
    bool lost;
    memset(bytes, '+', LINE);
    ck_assert_ptr_null(t87s__reply_take(bytes, LINE, &taken, &lost));
    ck_assert(lost);
    size += (size_t)sprintf(bytes, "*%d\r\n", OUTER);
    for (int i = 0; i < OUTER; i++) {
        size += (size_t)sprintf(bytes + size, "*%d\r\n", INNER);
        for (int k = 0; k < INNER; k++)
            size += (size_t)sprintf(bytes + size, ":1\r\n");
    }
    ck_assert_ptr_null(t87s__reply_take(bytes, size, &taken, &lost));
    ck_assert(lost);
    free(bytes);
}
END_TEST

int main(void) {
    return run_suites(suite_of("replies of a server", all_types_are_taken_with_what_is_below_them,
                               what_is_cut_anywhere_is_waited_for, what_follows_is_left,
                               what_is_no_protocol_is_lost_at_once, there_is_no_end_of_memory_for_what_never_ends,
                               NULL),
                      NULL);
}
