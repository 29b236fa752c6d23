/* SPDX-License-Identifier: MIT
 *
 * Looks into entries of one server, a page of them at once: first how large each is and how long it will be there, then
 * the bytes of those that are small enough, then bucket by bucket what has happened to their tags.
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
    bool asked; /* its bytes are, and were some of an entry */
    struct t87s_store_query query;
    uint64_t stamps[T87S__MOST_BUCKETS], kin; /* of the bytes */
    struct t87s_store_birth lives;
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

/* On its way from one server of a cluster to another. */
static bool is_elsewhere(const redisReply *reply) {
    static const char *const codes[] = {"MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN"};
    for (size_t i = 0; reply->type == REDIS_REPLY_ERROR && i < sizeof codes / sizeof *codes; i++)
        if (t87s__reply_is_error(reply, codes[i]))
            return true;
    return false;
}

/* False: it is gone by now. */
static bool take_sizes(struct entry *entry, redisReply *const *replies) {
    const long long size = replies[0]->type == REDIS_REPLY_INTEGER ? replies[0]->integer : -1;
    const long long expires = replies[1]->type == REDIS_REPLY_INTEGER ? replies[1]->integer : -1;
    entry->expires_ms = expires > 0 ? expires : 0;
    entry->size = size > 0 ? (uint64_t)size : 0;
    entry->state = size > LOOK_LARGEST || is_elsewhere(replies[0]) ? ENTRY_UNREAD
                   : size < 0                                      ? ENTRY_BROKEN
                                                                   : ENTRY_FRESH;
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

static void ask_bytes(const struct looking *looking, struct t87s__commands *commands,
                      const struct page_entry *on_page) {
    const struct t87s__name head = t87s__layout_entry_head(looking->options->layout);
    t87s__commands_begin(commands, 2);
    t87s__commands_word(commands, T87S__WORD("GET"));
    t87s__commands_joined(commands, t87s__argument_name(&head),
                          (struct t87s__argument){on_page->key.bytes, on_page->key.size});
}

static void take_bytes(const struct looking *looking, unsigned server, struct page_entry *on_page,
                       const redisReply *reply) {
    struct t87s__blob blob;
    on_page->asked = on_page->entry->key.kind != KEY_BROKEN && reply->type == REDIS_REPLY_STRING &&
                     t87s__blob_read(reply->str, reply->len, &blob);
    if (!on_page->asked) {
        on_page->entry->state = ENTRY_BROKEN;
        return;
    }
    memcpy(on_page->stamps, blob.stamps, sizeof blob.stamps);
    on_page->kin = blob.kin;
    on_page->lives = (struct t87s_store_birth){{0}};
    on_page->n_buckets = t87s__layout_ask(looking->options->layout, &on_page->query, on_page->buckets);
    judge_bytes(on_page->entry, &blob, looking->servers->list[server].now_us);
}

/* What it asks this bucket; NULL: nothing. */
static const struct t87s__bucket_asked *asked_of(const struct page_entry *on_page, unsigned bucket) {
    for (unsigned i = 0; on_page->asked && i < on_page->n_buckets; i++)
        if (on_page->buckets[i].bucket == bucket)
            return &on_page->buckets[i];
    return NULL;
}

static void add_question(const struct looking *looking, struct t87s__commands *commands,
                         const struct t87s__bucket_asked *asked) {
    const struct server *server = &looking->servers->list[servers_of_bucket(looking->servers, asked->bucket)];
    const struct t87s__name bucket = t87s__layout_bucket(looking->options->layout, asked->bucket);
    const struct t87s__last last = t87s__layout_last(server->history);
    t87s__commands_begin(commands, 3 + asked->n);
    t87s__commands_word(commands, T87S__WORD("ZMSCORE"));
    t87s__commands_word(commands, t87s__argument_name(&bucket));
    t87s__commands_word(commands, (struct t87s__argument){last.bytes, sizeof last.bytes});
    for (unsigned i = 0; i < asked->n; i++)
        t87s__commands_word(commands, (struct t87s__argument){asked->members[i].bytes, t87s__member_size(asked, i)});
}

static void ask_bucket(struct looking *looking, unsigned bucket, struct page_entry *page, size_t n) {
    struct t87s__commands commands = {0};
    redisReply *replies[PAGE], **at = replies;
    for (size_t i = 0; i < n; i++)
        if (asked_of(&page[i], bucket))
            add_question(looking, &commands, asked_of(&page[i], bucket));
    const unsigned n_replies = commands.n;
    if (!n_replies || !looking_call(looking, servers_of_bucket(looking->servers, bucket), &commands, replies))
        return;
    for (size_t i = 0; i < n; i++)
        if (asked_of(&page[i], bucket))
            judge_bucket(looking, page[i].entry, asked_of(&page[i], bucket), *at++, page[i].stamps[bucket],
                         &page[i].lives);
    t87s__replies_free(replies, n_replies);
}

static void look_into_page(struct looking *looking, unsigned server, struct page_entry *page, size_t n) {
    struct t87s__commands commands = {0};
    redisReply *replies[2 * PAGE], **at = replies;
    ask_sizes(looking, &commands, page, n);
    if (!looking_call(looking, server, &commands, replies))
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
    if (!looking_call(looking, server, &commands, replies))
        return;
    for (size_t i = 0; i < n; i++)
        if (page[i].asked)
            take_bytes(looking, server, &page[i], *at++);
    t87s__replies_free(replies, n_replies);
    for (unsigned bucket = 0; bucket < looking->options->layout->n_buckets && !looking->problem; bucket++)
        ask_bucket(looking, bucket, page, n);
    for (size_t i = 0; i < n && !looking->problem; i++)
        if (page[i].asked)
            judge_kin(looking, page[i].entry, &page[i].query, page[i].kin, &page[i].lives);
    looking->look->n_entries += n;
}

void look_into_entries(struct looking *looking, unsigned server, const struct found_key *keys, size_t n) {
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
            look_into_page(looking, server, looking->page, on_page);
            on_page = 0;
        }
    }
    if (on_page && !looking->problem)
        look_into_page(looking, server, looking->page, on_page);
}
