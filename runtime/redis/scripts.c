/* SPDX-License-Identifier: MIT */
#include "scripts.h"

#include <stdatomic.h>

#define NEXT                                                     \
    "local b = KEYS[1]\n"                                        \
    "local t = redis.call('TIME')\n"                             \
    "local now = t[1] * 1000000 + t[2]\n"                        \
    "local last = tonumber(redis.call('ZSCORE', b, 'c') or 0)\n" \
    "local stamp = math.max(now, last + 1)\n"                    \
    "local n = string.format('%.0f', stamp)\n"                   \
    "local floor = redis.call('ZSCORE', b, 'f')\n"               \
    "if not floor then floor = stamp; redis.call('ZADD', b, n, 'f') end\n"

/* What is older than any entry lives goes; what was born before the youngest that went is outdated from then on. */
#define PRUNE                                                                                             \
    "local limit = string.format('(%.0f', stamp - ARGV[1])\n"                                             \
    "local gone = redis.call('ZREVRANGEBYSCORE', b, limit, '-inf', 'WITHSCORES', 'LIMIT', 0, 2)\n"        \
    "if gone[1] == 'f' then gone = {gone[3], gone[4]} end\n"                                              \
    "if gone[1] then\n"                                                                                   \
    "  redis.call('ZREMRANGEBYSCORE', b, '-inf', limit)\n"                                                \
    "  redis.call('ZADD', b, string.format('%.0f', math.max(tonumber(gone[2]), tonumber(floor))), 'f')\n" \
    "end\n"

#define TELL "if ARGV[3] ~= '' then redis.call('PUBLISH', ARGV[2], ARGV[3]) end\n"

static const char *const texts[N_SCRIPTS] = {
    [SCRIPT_MARK] = NEXT PRUNE "redis.call('ZADD', b, n, 'c')\n"
                               "for i = 4, #ARGV, 2 do\n"
                               "  local m = ARGV[i + 1]\n"
                               "  if ARGV[i] ~= 'h' then\n"
                               "    local before = redis.call('ZSCORE', b, m)\n"
                               "    if before then redis.call('ZADD', b, before, ARGV[i] .. string.sub(m, 2)) end\n"
                               "  end\n"
                               "  redis.call('ZADD', b, n, m)\n"
                               "end\n" TELL "return n\n",
    [SCRIPT_RAISE] = NEXT "if last == 0 then redis.call('ZADD', b, n, 'c') end\n"
                          "redis.call('ZADD', b, 'GT', ARGV[5], ARGV[4])\n" TELL "return n\n",
    [SCRIPT_WRITE] =
        "local old = redis.call('GETRANGE', KEYS[1], 0, 15)\n"
        "if string.sub(old, 1, 5) == string.sub(ARGV[1], 1, 5) and string.sub(old, 9) > string.sub(ARGV[1], 9, "
        "16) then return 0 end\n"
        "local t = redis.call('TIME')\n"
        "redis.call('SET', KEYS[1], ARGV[1] .. string.format('%016.0f', t[1] * 1000000 + t[2]), 'PX', ARGV[2])\n"
        "return 1\n",
};

/* Their names are the same in every process: the SHA-1 of the text, which the server tells. Written once; `known` is
 * released after that and acquired before they are read. */
enum { NAMES_UNKNOWN, NAMES_BEING_WRITTEN, NAMES_KNOWN };
static char names[N_SCRIPTS][41];
static atomic_int known;

static void remember(redisReply *const *replies) {
    int expected = NAMES_UNKNOWN;
    if (!atomic_compare_exchange_strong_explicit(&known, &expected, NAMES_BEING_WRITTEN, memory_order_relaxed,
                                                 memory_order_relaxed))
        return;
    for (int i = 0; i < N_SCRIPTS; i++)
        memcpy(names[i], replies[i]->str, sizeof names[i]);
    atomic_store_explicit(&known, NAMES_KNOWN, memory_order_release);
}

enum t87s_status t87s__scripts_load(struct t87s__link *link, int64_t deadline_ms) {
    struct t87s__commands commands = {0};
    redisReply *replies[N_SCRIPTS];
    for (int i = 0; i < N_SCRIPTS; i++)
        T87S__COMMAND(&commands, T87S__WORD("SCRIPT"), T87S__WORD("LOAD"), t87s__argument_text(texts[i]));
    enum t87s_status status = t87s__link_call(link, &commands, replies, deadline_ms);
    for (int i = 0; i < N_SCRIPTS && status == T87S_OK; i++)
        if (replies[i]->type != REDIS_REPLY_STRING || replies[i]->len != sizeof names[i] - 1)
            status = T87S_E_STORE;
    if (status == T87S_OK)
        remember(replies);
    t87s__replies_free(replies, N_SCRIPTS);
    t87s__commands_free(&commands);
    return status;
}

void t87s__script_begin(enum t87s__script script, bool by_text, const struct t87s__name *key,
                        struct t87s__argument *arguments, size_t *n) {
    const bool by_name = !by_text && atomic_load_explicit(&known, memory_order_acquire) == NAMES_KNOWN;
    arguments[0] = by_name ? T87S__WORD("EVALSHA") : T87S__WORD("EVAL");
    arguments[1] = t87s__argument_text(by_name ? names[script] : texts[script]);
    arguments[2] = T87S__WORD("1");
    arguments[3] = (struct t87s__argument){key->text, key->size};
    *n = 4;
}
