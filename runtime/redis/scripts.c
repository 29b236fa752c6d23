/* SPDX-License-Identifier: MIT */
#include "scripts.h"

#include <stdatomic.h>

/* A bucket that is not there or of another history begins a new life. A stamp is greater than all before, of other
 * lives, too, as far as they can be seen. UNLINK comes first: it is allowed when memory is full, and so is what follows
 * it. */
#define NEXT                                                                           \
    "local b = KEYS[1]\n"                                                              \
    "local t = redis.call('TIME')\n"                                                   \
    "local is = redis.call('ZMSCORE', b, 'c', 'm', 'g', 'l')\n"                        \
    "local last = tonumber(is[1] or 0)\n"                                              \
    "local stamp = math.max(t[1] * 1000000 + t[2], last + 1)\n"                        \
    "local n = string.format('%.0f', stamp)\n"                                         \
    "local life, kept = is[3], -tonumber(is[4] or 0)\n"                                \
    "local anew = last == 0 or not life or is[2] ~= '-' .. ARGV[1]\n"                  \
    "if anew then\n"                                                                   \
    "  life, kept = '-' .. ARGV[2], 0\n"                                               \
    "  redis.call('UNLINK', b)\n"                                                      \
    "  redis.call('ZADD', b, n, 'c', '-' .. n, 'f', '-' .. ARGV[1], 'm', life, 'g')\n" \
    "  if last > 0 then redis.call('PUBLISH', ARGV[4], 'c') end\n"                     \
    "end\n"                                                                            \
    "if tonumber(ARGV[3]) > kept then\n"                                               \
    "  kept = tonumber(ARGV[3])\n"                                                     \
    "  redis.call('ZADD', b, '-' .. ARGV[3], 'l')\n"                                   \
    "end\n"

/* Stamps that are older than any entry lives go, and the oldest of too many; what was born before the youngest that
 * went is outdated from then on. Not more than some at once: nobody waits for that. */
#define PRUNE                                                                                     \
    "local limit = string.format('(%.0f', stamp - kept)\n"                                        \
    "local old = redis.call('ZREVRANGEBYSCORE', b, limit, 1, 'WITHSCORES', 'LIMIT', 0, 1)[2]\n"   \
    "local full = redis.call('ZCARD', b) > 250000\n"                                              \
    "if old or full then\n"                                                                       \
    "  local most = full and '(' .. n or limit\n"                                                 \
    "  old = redis.call('ZRANGEBYSCORE', b, 1, most, 'WITHSCORES', 'LIMIT', 1000, 1)[2] or old\n" \
    "end\n"                                                                                       \
    "if old then\n"                                                                               \
    "  redis.call('ZREMRANGEBYSCORE', b, 1, old)\n"                                               \
    "  redis.call('ZADD', b, 'LT', '-' .. old, 'f')\n"                                            \
    "end\n"                                                                                       \
    "redis.call('ZADD', b, n, 'c')\n"

#define TELL                                                              \
    "if ARGV[5] ~= '' then redis.call('PUBLISH', ARGV[4], ARGV[5]) end\n" \
    "return {n, string.sub(life, 2)}\n"

static const char *const texts[N_SCRIPTS] = {
    [SCRIPT_MARK] = NEXT PRUNE "for i = 6, #ARGV, 2 do\n"
                               "  local what, m = ARGV[i], ARGV[i + 1]\n"
                               "  if what == 'l' then\n"
                               "    redis.call('ZADD', b, '-' .. n, m)\n"
                               "  else\n"
                               "    local before = what ~= 'h' and redis.call('ZSCORE', b, m)\n"
                               "    if before then redis.call('ZADD', b, before, what .. string.sub(m, 2)) end\n"
                               "    redis.call('ZADD', b, n, m)\n"
                               "  end\n"
                               "end\n" TELL,
    [SCRIPT_RAISE] = NEXT "if '-' .. ARGV[8] == life then\n"
                          "  redis.call('ZADD', b, 'GT', ARGV[7], ARGV[6])\n"
                          "else\n"
                          "  redis.call('ZADD', b, n, 'c', n, ARGV[6])\n"
                          "end\n" TELL,
    /* Not by comparing texts, which Lua does by the locale of the server. */
    [SCRIPT_WRITE] = "local new, old = ARGV[1], redis.call('GETRANGE', KEYS[1], 0, 31)\n"
                     "if #old == 32 and string.sub(old, 1, 4) == string.sub(new, 1, 4) and\n"
                     "   string.sub(old, 17, 24) == string.sub(new, 17, 24) then\n"
                     "  local high, low = struct.unpack('>I4I4', new, 25)\n"
                     "  local old_high, old_low = struct.unpack('>I4I4', old, 25)\n"
                     "  if old_high > high or (old_high == high and old_low > low) then return 0 end\n"
                     "end\n"
                     "local t = redis.call('TIME')\n"
                     "local now = struct.pack('>I8', t[1] * 1000000 + t[2])\n"
                     "redis.call('SET', KEYS[1], new .. now, 'PX', ARGV[2])\n"
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

void t87s__script_begin(struct t87s__commands *commands, enum t87s__script script, bool by_text,
                        struct t87s__argument name, struct t87s__argument rest_of_name, size_t n_arguments) {
    /* Acquire: pairs with the release in remember(). */
    const bool by_name = !by_text && atomic_load_explicit(&known, memory_order_acquire) == NAMES_KNOWN;
    t87s__commands_begin(commands, 4 + n_arguments);
    t87s__commands_word(commands, by_name ? T87S__WORD("EVALSHA") : T87S__WORD("EVAL"));
    t87s__commands_word(commands, t87s__argument_text(by_name ? names[script] : texts[script]));
    t87s__commands_word(commands, T87S__WORD("1"));
    t87s__commands_joined(commands, name, rest_of_name);
}
