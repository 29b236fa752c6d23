/* SPDX-License-Identifier: MIT
 *
 * Looks into entries, a page of them at once: first how large each is and how long it will be there, then the bytes of
 * those that are small enough, with what has happened to their tags.
 */
#include <string.h>

#include "blob.h"
#include "look.h"

enum { PAGE = 50 };

/* One entry on its way. */
struct page_entry {
    struct found_key key;
    struct known *known;
    struct entry *entry;
    bool asked;
    struct t87s_store_query query;
    unsigned n_buckets;
    struct t87s__bucket_asked buckets[T87S_MAX_TAGS + 1];
};

static void ask_sizes(struct looking *looking, struct t87s__commands *commands, const struct page_entry *page,
                      size_t n) {
    const struct t87s__name head = t87s__layout_entry_head(looking->options->layout);
    const struct t87s__argument words[] = {T87S__WORD("STRLEN"), T87S__WORD("PTTL")};
    for (size_t i = 0; i < n; i++)
        for (size_t word = 0; word < 2; word++) {
            t87s__commands_begin(commands, 2);
            t87s__commands_word(commands, words[word]);
            t87s__commands_joined(commands, t87s__argument_name(&head),
                                  (struct t87s__argument){page[i].key.bytes, page[i].key.size});
        }
}

/* False: it is gone by now. */
static bool take_sizes(struct entry *entry, redisReply *const *replies) {
    const long long size = replies[0]->type == REDIS_REPLY_INTEGER ? replies[0]->integer : -1;
    const long long expires = replies[1]->type == REDIS_REPLY_INTEGER ? replies[1]->integer : -1;
    entry->expires_ms = expires > 0 ? expires : 0;
    entry->size = size > 0 ? (uint64_t)size : 0;
    entry->state = size < 0 ? ENTRY_BROKEN : size > LOOK_LARGEST ? ENTRY_UNREAD : ENTRY_FRESH;
    return expires != -2;
}

static void name_entry(struct looking *looking, struct page_entry *on_page, size_t number) {
    struct entry *entry = on_page->entry;
    names_read(looking->options->names, looking->arena, on_page->key.bytes, on_page->key.size, &entry->key);
    on_page->known->name = entry->key.text;
    entry->tags = ARENA_ARRAY(looking->arena, const char *, entry->key.n_tags + 1);
    for (size_t i = 0; i < entry->key.n_tags; i++) {
        known_tag_and_prefixes(&looking->look->known, entry->key.tags[i], number);
        entry->tags[i] = known_tag(&looking->look->known, entry->key.tags[i].path, entry->key.tags[i].size)->name;
    }
    on_page->query = (struct t87s_store_query){
        .key = on_page->key.bytes, .key_size = on_page->key.size, .tags = entry->key.tags, .n_tags = entry->key.n_tags};
}

static void ask_bytes(struct looking *looking, struct t87s__commands *commands, struct page_entry *on_page) {
    const struct t87s__layout *layout = looking->options->layout;
    const struct t87s__name head = t87s__layout_entry_head(layout);
    on_page->n_buckets = t87s__layout_ask(layout, &on_page->query, on_page->buckets);
    t87s__commands_begin(commands, 2);
    t87s__commands_word(commands, T87S__WORD("GET"));
    t87s__commands_joined(commands, t87s__argument_name(&head),
                          (struct t87s__argument){on_page->key.bytes, on_page->key.size});
    for (unsigned i = 0; i < on_page->n_buckets; i++) {
        const struct t87s__bucket_asked *asked = &on_page->buckets[i];
        const struct t87s__name bucket = t87s__layout_bucket(layout, asked->bucket);
        const struct t87s__last last = t87s__layout_last(looking->look->history);
        t87s__commands_begin(commands, 3 + asked->n);
        t87s__commands_word(commands, T87S__WORD("ZMSCORE"));
        t87s__commands_word(commands, t87s__argument_name(&bucket));
        t87s__commands_word(commands, (struct t87s__argument){last.bytes, sizeof last.bytes});
        for (unsigned member = 0; member < asked->n; member++)
            t87s__commands_word(
                commands, (struct t87s__argument){asked->members[member].bytes, t87s__member_size(asked, member)});
    }
}

static void take_bytes(struct looking *looking, const struct page_entry *on_page, redisReply *const *replies) {
    struct t87s__blob blob;
    if (replies[0]->type != REDIS_REPLY_STRING || !t87s__blob_read(replies[0]->str, replies[0]->len, &blob) ||
        on_page->entry->key.kind == KEY_BROKEN)
        on_page->entry->state = ENTRY_BROKEN;
    else
        judge_entry(looking, on_page->entry, &on_page->query, on_page->buckets, replies + 1, on_page->n_buckets, &blob);
}

static void look_into_page(struct looking *looking, struct page_entry *page, size_t n) {
    struct t87s__commands commands = {0};
    redisReply *replies[PAGE * (T87S_MAX_TAGS + 2)];
    ask_sizes(looking, &commands, page, n);
    if (!looking_call(looking, &commands, replies))
        return;
    for (size_t i = 0; i < n; i++) {
        page[i].asked = take_sizes(page[i].entry, replies + 2 * i) && page[i].entry->state == ENTRY_FRESH;
        name_entry(looking, &page[i], looking->look->n_entries + i + 1);
    }
    t87s__replies_free(replies, (unsigned)(2 * n));
    commands = (struct t87s__commands){0};
    for (size_t i = 0; i < n; i++)
        if (page[i].asked)
            ask_bytes(looking, &commands, &page[i]);
    const unsigned n_replies = commands.n;
    if (!looking_call(looking, &commands, replies))
        return;
    redisReply **at = replies;
    for (size_t i = 0; i < n; i++)
        if (page[i].asked) {
            take_bytes(looking, &page[i], at);
            at += 1 + page[i].n_buckets;
        }
    t87s__replies_free(replies, n_replies);
    looking->look->n_entries += n;
}

void look_into_entries(struct looking *looking, const struct found_key *keys, size_t n) {
    struct look *look = looking->look;
    size_t on_page = 0;
    if (!looking->page) /* large, so one for all */
        looking->page = ARENA_ARRAY(looking->arena, struct page_entry, PAGE);
    for (size_t i = 0; i < n && !looking->problem; i++) {
        struct known *known = known_key(&look->known, keys[i].bytes, keys[i].size);
        if (!known) /* a scan may come by twice */
            continue;
        look->n_counted++;
        if (look->n_entries + on_page == look->most_entries)
            continue;
        struct page_entry *next = &looking->page[on_page];
        next->key = keys[i];
        next->known = known;
        next->entry = &look->entries[look->n_entries + on_page++];
        if (on_page == PAGE) {
            look_into_page(looking, looking->page, on_page);
            on_page = 0;
        }
    }
    if (on_page && !looking->problem)
        look_into_page(looking, looking->page, on_page);
}
