/* SPDX-License-Identifier: MIT
 *
 * What TypeScript writes, as the server tells it: by client-side tracking, which names the keys under p:t: that have
 * changed, over the listener's own connection. So it comes in one row with what is published and with the answers to
 * PING (listen.c): the messages of a change are queued before its answer is sent.
 *
 * What is written there from here is told as well, by its name alone. So it is heard twice, a soft one as a hard one,
 * which costs a question to Redis and no more: there it is what it is.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "typescript.h"

static const char channel_of_keys[] = "__redis__:invalidate";

enum t87s_status t87s__typescript_track(struct t87s__redis *redis, struct t87s__link *link, int64_t deadline_ms) {
    struct t87s__commands commands = {0};
    redisReply *replies[2] = {NULL};
    T87S__COMMAND(&commands, T87S__WORD("CLIENT"), T87S__WORD("ID"));
    enum t87s_status status = t87s__link_call(link, &commands, replies, deadline_ms);
    t87s__commands_free(&commands);
    if (status != T87S_OK)
        return status;
    char id[24], head[sizeof redis->prefix + 4];
    snprintf(id, sizeof id, "%lld", replies[0]->integer);
    snprintf(head, sizeof head, "%s:t:", redis->prefix);
    t87s__replies_free(replies, 1);
    T87S__COMMAND(&commands, T87S__WORD("CLIENT"), T87S__WORD("TRACKING"), T87S__WORD("ON"), T87S__WORD("REDIRECT"),
                  t87s__argument_text(id), T87S__WORD("BCAST"), T87S__WORD("PREFIX"), t87s__argument_text(head));
    T87S__COMMAND(&commands, T87S__WORD("SUBSCRIBE"), t87s__argument_text(channel_of_keys));
    status = t87s__link_call(link, &commands, replies, deadline_ms);
    t87s__commands_free(&commands);
    if (status != T87S_OK)
        return status;
    if (replies[0]->type != REDIS_REPLY_STATUS || replies[1]->type != REDIS_REPLY_ARRAY)
        status = T87S_E_STORE;
    t87s__replies_free(replies, 2);
    return status;
}

/* ---- names become tags ---- */

enum { MOST_MEANINGS = 5, MOST_PATHS = 64 };

/* A segment, and what it may have been. */
struct word {
    char text[T87S_MAX_TEXT + 1];
    size_t size;
    unsigned char uuid[16];
    struct t87s_segment meanings[MOST_MEANINGS];
    unsigned n_meanings;
};

struct words {
    struct word list[T87S_MAX_SEGMENTS + 1]; /* one more may say: exactly */
    size_t n;
};

/* False: it does not end as it should, or is no segment of a tag that there can be here. */
static bool take_word(const char *name, size_t size, size_t *at, struct word *word) {
    word->size = 0;
    for (; *at < size && name[*at] != ':'; ++*at) {
        if (name[*at] == '\\' && (++*at == size || (name[*at] != '\\' && name[*at] != ':')))
            return false;
        if (word->size == T87S_MAX_TEXT)
            return false;
        word->text[word->size++] = name[*at];
    }
    word->text[word->size] = '\0';
    return word->size > 0;
}

static bool take_words(const char *name, size_t size, struct words *words) {
    words->n = 0;
    for (size_t at = 0; at <= size; at++) /* behind the colon; an empty end is a segment, too */
        if (words->n > T87S_MAX_SEGMENTS || !take_word(name, size, &at, &words->list[words->n++]))
            return false;
    return true;
}

static void mean(struct word *word, struct t87s_segment segment) { word->meanings[word->n_meanings++] = segment; }

/* If it is printed so. */
static void mean_numbers(struct word *word) {
    char printed[24];
    const uint64_t number = strtoull(word->text, NULL, 10);
    const int64_t signed_number = strtoll(word->text, NULL, 10);
    snprintf(printed, sizeof printed, "%" PRIu64, number);
    if (!strcmp(printed, word->text))
        mean(word, T87S_WILD_U64(number));
    snprintf(printed, sizeof printed, "%" PRId64, signed_number);
    if (!strcmp(printed, word->text))
        mean(word, T87S_WILD_I64(signed_number));
}

static void mean_uuid(struct word *word) {
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", digits[] = "0123456789abcdef";
    size_t n = 0;
    if (word->size != sizeof form - 1)
        return;
    for (size_t i = 0; i < word->size; i++) {
        const char *digit = word->text[i] ? strchr(digits, word->text[i]) : NULL;
        if (form[i] == '-' ? word->text[i] != '-' : !digit)
            return;
        if (form[i] == '-')
            continue;
        word->uuid[n / 2] = (unsigned char)((n % 2 ? word->uuid[n / 2] << 4 : 0) | (digit - digits));
        n++;
    }
    mean(word, T87S_WILD_UUID(word->uuid));
}

static void find_meanings(struct word *word) {
    word->n_meanings = 0;
    mean(word, T87S_WILD_STR(word->text, word->size));
    if (strlen(word->text) != word->size)
        return;
    mean(word, T87S_STATIC(word->text));
    mean_numbers(word);
    mean_uuid(word);
}

/* What does not fit into a tag is told as what is above it. */
static void tell_path(const struct t87s_store_listener *listener, const struct t87s_segment *segments, size_t n,
                      unsigned flags) {
    struct t87s_tag tag;
    for (; t87s_tag_make(&tag, n, segments) != T87S_OK; n--)
        flags = 0;
    listener->invalidated(listener->arg, &(struct t87s_store_tag){tag.path, tag.size}, 1, flags);
}

static void tell_paths(const struct t87s_store_listener *listener, const struct words *words, size_t n,
                       unsigned flags) {
    size_t n_paths = 1, depth = 0;
    while (depth < n && n_paths * words->list[depth].n_meanings <= MOST_PATHS)
        n_paths *= words->list[depth++].n_meanings;
    for (size_t path = 0; path < n_paths; path++) {
        struct t87s_segment segments[T87S_MAX_SEGMENTS];
        size_t rest = path;
        for (size_t i = 0; i < depth; i++) {
            segments[i] = words->list[i].meanings[rest % words->list[i].n_meanings];
            rest /= words->list[i].n_meanings;
        }
        tell_path(listener, segments, depth, depth < n ? 0 : flags);
    }
}

void t87s__typescript_tell(const struct t87s_store_listener *listener, const char *name, size_t size) {
    struct words words;
    if (!take_words(name, size, &words))
        return; /* no tag here is called so */
    for (size_t i = 0; i < words.n; i++)
        find_meanings(&words.list[i]);
    if (words.n > 1 && !strcmp(words.list[words.n - 1].text, "__exact__"))
        tell_paths(listener, &words, words.n - 1, T87S_EXACT);
    if (words.n <= T87S_MAX_SEGMENTS) /* also a tag that ends so */
        tell_paths(listener, &words, words.n, 0);
}

/* ---- messages ---- */

bool t87s__typescript_is_heard(const redisReply *channel) { return !strcmp(channel->str, channel_of_keys); }

/* NULL: all keys, since the server was emptied. */
static void hear_key(const struct t87s__scope *scope, const redisReply *key) {
    const struct t87s__name head = t87s__typescript_head(&scope->layout);
    if (!key || key->type != REDIS_REPLY_STRING || key->len < head.size || memcmp(key->str, head.text, head.size) != 0)
        scope->listener.lost(scope->listener.arg);
    else
        t87s__typescript_tell(&scope->listener, key->str + head.size, key->len - head.size);
}

void t87s__typescript_hear(struct t87s__redis *redis, const redisReply *keys) {
    for (const struct t87s__scope *scope = redis->scopes; scope; scope = scope->next) {
        if (scope->hearing != HEARING_ALL)
            continue;
        if (keys->type != REDIS_REPLY_ARRAY)
            hear_key(scope, NULL);
        for (size_t i = 0; keys->type == REDIS_REPLY_ARRAY && i < keys->elements; i++)
            hear_key(scope, keys->element[i]);
    }
}
