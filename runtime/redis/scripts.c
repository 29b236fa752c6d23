/* SPDX-License-Identifier: MIT */
#include "scripts.h"

#include <stdatomic.h>

/* A bucket that is not there or of another history begins a new life. A stamp is greater than all before, of other
 * histories, too, as far as they can be seen. UNLINK comes first: it is allowed when memory is full, and so is what
 * follows it. */
#define NEXT                                                             \
    "local call, b, c = redis.call, KEYS[1], ARGV[1]\n"                  \
    "local t, last = call('TIME'), call('ZSCORE', b, c)\n"               \
    "local seen = last or call('ZREVRANGE', b, 0, 0, 'WITHSCORES')[2]\n" \
    "local stamp = math.max(t[1] * 1000000 + t[2], (seen or 0) + 1)\n"   \
    "local n = string.format('%.0f', stamp)\n"                           \
    "if not last then\n"                                                 \
    "  call('UNLINK', b)\n"                                              \
    "  call('ZADD', b, n, c, '-' .. ARGV[2], 'g')\n"                     \
    "  if seen then call('PUBLISH', ARGV[4], 'c') end\n"                 \
    "end\n"

/* Stamps that are older than any entry lives go, and the oldest of too many; what was born before the youngest that
 * went is outdated from then on. Not more than some at once: nobody waits for that. And not every time, but after a
 * second without a stamp, and so often that far more go than come. */
#define PRUNE                                                                                 \
    "if stamp % 64 < #ARGV - 5 or not last or stamp - last > 1000000 then\n"                  \
    "  local kept = math.max(tonumber(ARGV[3]), -tonumber(call('ZSCORE', b, 'l') or 0))\n"    \
    "  local most = string.format('(%.0f', stamp - kept)\n"                                   \
    "  local old = call('ZREVRANGEBYSCORE', b, most, 1, 'WITHSCORES', 'LIMIT', 0, 1)[2]\n"    \
    "  local full = call('ZCARD', b) > 250000\n"                                              \
    "  if full then most = '(' .. n end\n"                                                    \
    "  if old or full then\n"                                                                 \
    "    old = call('ZRANGEBYSCORE', b, 1, most, 'WITHSCORES', 'LIMIT', 1000, 1)[2] or old\n" \
    "  end\n"                                                                                 \
    "  if old then\n"                                                                         \
    "    call('ZREMRANGEBYSCORE', b, 1, old)\n"                                               \
    "    call('ZADD', b, 'LT', '-' .. old, 'f')\n"                                            \
    "  end\n"                                                                                 \
    "end\n"

/* One pair costs the server no more than it must: that is what nearly all are. */
#define PUT                                                                        \
    "if #ARGV == 7 and ARGV[6] == 'h' then\n"                                      \
    "  call('ZADD', b, n, c, n, ARGV[7])\n"                                        \
    "else\n"                                                                       \
    "  local add = {'ZADD', b, n, c}\n"                                            \
    "  local function put(score, m) add[#add + 1], add[#add + 2] = score, m end\n" \
    "  for i = 6, #ARGV, 2 do\n"                                                   \
    "    local what, m = ARGV[i], ARGV[i + 1]\n"                                   \
    "    local before = what ~= 'h' and what ~= 'l' and call('ZSCORE', b, m)\n"    \
    "    if before then put(before, what .. string.sub(m, 2)) end\n"               \
    "    put(what == 'l' and '-' .. n or n, m)\n"                                  \
    "  end\n"                                                                      \
    "  call(unpack(add))\n"                                                        \
    "end\n"

#define TELL "if ARGV[5] ~= '' then call('PUBLISH', ARGV[4], ARGV[5]) end\n"

static const char *const texts[N_SCRIPTS] = {
    [SCRIPT_BIRTH] =
        NEXT PRUNE PUT "call('ZADD', b, 'LT', '-' .. ARGV[3], 'l')\n" TELL "return {n, call('ZSCORE', b, 'g')}\n",
    [SCRIPT_MARK] = NEXT PRUNE PUT TELL "return n\n",
    [SCRIPT_RAISE] = NEXT "if '-' .. ARGV[8] == call('ZSCORE', b, 'g') then\n"
                          "  call('ZADD', b, 'GT', ARGV[7], ARGV[6])\n"
                          "else\n"
                          "  call('ZADD', b, n, c, n, ARGV[6])\n"
                          "end\n" TELL "return n\n",
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
    [SCRIPT_LEASE] = "local is = redis.call('GET', KEYS[1])\n"
                     "if ARGV[2] ~= '0' and (not is or is == ARGV[3]) then\n"
                     "  is = ARGV[1]\n"
                     "  redis.call('SET', KEYS[1], is, 'PX', ARGV[2])\n"
                     "end\n"
                     "return {is or '', redis.call('PTTL', KEYS[1])}\n",
    /* The holder is all of its value, in front of the time of writing. */
    [SCRIPT_RELEASE] = "local is = redis.call('GET', KEYS[1])\n"
                       "if is and string.sub(is, -16, -9) == ARGV[1] then redis.call('DEL', KEYS[1]) end\n"
                       "return 1\n",
    /* What is there may be of another type, which nobody reads; or no number, of which only the new time is known. It
     * gets its c after its stamp: not if that fails. */
    [SCRIPT_SHARE] = "local skew, news, sets = tonumber(ARGV[6]), {}, {}\n"
                     "local time = redis.call('TIME')\n"
                     "local now = time[1] * 1000 + math.floor(time[2] / 1000)\n"
                     "for i = 7, #ARGV, 2 do\n"
                     "  local is = redis.pcall('GET', ARGV[i])\n"
                     "  if type(is) ~= 'string' then is = '0c' end\n"
                     "  local ms, known = string.match(is, '^%d+'), string.find(is, '^%d+c$')\n"
                     "  if not known then news[#news + 1] = ARGV[i + 1] end\n"
                     "  if skew or not ms then\n"
                     "    ms = math.max(tonumber(ms or 0), now + (skew or 0))\n"
                     "    ms = math.min(ms, 9007199254740991)\n"
                     "    sets[#sets + 1] = {'SET', ARGV[i], string.format('%.0fc', ms)}\n"
                     "  elseif not known then\n"
                     "    sets[#sets + 1] = {'SET', ARGV[i], ms .. 'c', 'KEEPTTL'}\n"
                     "  end\n"
                     "end\n"
                     "local result = '1'\n"
                     "if #news > 0 or not skew then\n" NEXT PRUNE "  local add = {'ZADD', b, n, c}\n"
                     "  for _, m in ipairs(news) do add[#add + 1], add[#add + 2] = n, m end\n"
                     "  call(unpack(add))\n"
                     "  call('ZADD', b, 'LT', '-' .. ARGV[3], 'l')\n"
                     "  result = {n, call('ZSCORE', b, 'g')}\n"
                     "end\n"
                     "for _, set in ipairs(sets) do redis.call(unpack(set)) end\n"
                     "return result\n",
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
