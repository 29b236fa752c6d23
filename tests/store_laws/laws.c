/* SPDX-License-Identifier: MIT */
#include "laws_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "real_clock.h"

const struct laws_subject *subject;

/* ---- two handles, each with a listener that writes down what it hears ---- */

struct handle handles[2], other_prefix;
struct t87s_store *stores[2];

static void note(struct heard *heard, const char *line) {
    pthread_mutex_lock(&heard->lock);
    if (heard->size < sizeof heard->text / 2) /* the beginning will do */
        heard->size += (size_t)snprintf(heard->text + heard->size, sizeof heard->text - heard->size, "%s\n", line);
    pthread_mutex_unlock(&heard->lock);
}

static void hear_invalidated(void *arg, const struct t87s_store_tag *tags, size_t n, unsigned flags) {
    for (size_t i = 0; i < n; i++) {
        char line[512];
        struct t87s_tag tag = {.size = (uint16_t)tags[i].size};
        memcpy(tag.path, tags[i].path, tags[i].size);
        int size =
            snprintf(line, sizeof line, "%s%s", flags & T87S_SOFT ? "soft " : "", flags & T87S_EXACT ? "exact " : "");
        t87s_tag_format(&tag, line + size, sizeof line - (size_t)size);
        note(arg, line);
    }
}

static void hear_removed(void *arg, const void *key, size_t size) {
    char line[512];
    snprintf(line, sizeof line, "removed %.*s", (int)(size < 100 ? size : 100), (const char *)key);
    note(arg, line);
}

static void hear_lost(void *arg) { note(arg, "lost"); }

static void hear_vouched(void *arg, int64_t until_ms) {
    struct heard *heard = arg;
    pthread_mutex_lock(&heard->lock);
    heard->vouched_until = until_ms;
    pthread_mutex_unlock(&heard->lock);
}

static void attach(struct handle *handle, struct t87s_store *store, const char *prefix) {
    *handle = (struct handle){.store = store};
    pthread_mutex_init(&handle->heard.lock, NULL);
    const struct t87s_store_listener listener = {
        &handle->heard, hear_invalidated, hear_removed, hear_lost, hear_vouched, NULL, NULL};
    ck_assert_int_eq(store->attach(store, prefix, &listener, &handle->scope), T87S_OK);
}

static void setup(void) {
    subject->open(stores);
    for (int i = 0; i < 2; i++)
        attach(&handles[i], stores[i], "laws");
    attach(&other_prefix, stores[1], "laws2");
}

static void teardown(void) {
    other_prefix.store->detach(other_prefix.store, other_prefix.scope);
    for (int i = 0; i < 2; i++)
        stores[i]->detach(stores[i], handles[i].scope);
    subject->close(stores);
}

/* ---- short forms of the calls ---- */

void tags_of(struct tags *tags, const char *paths) {
    char copy[2048], *rest = copy;
    ck_assert_uint_lt(strlen(paths), sizeof copy);
    memcpy(copy, paths, strlen(paths) + 1);
    tags->n = 0;
    for (char *path; (path = strtok_r(rest, " ", &rest)); tags->n++) {
        tags->tags[tags->n] = tag_of(path);
        tags->list[tags->n] = (struct t87s_store_tag){tags->tags[tags->n].path, tags->tags[tags->n].size};
    }
}

bool is_birth(const struct t87s_store_birth *birth) {
    static const struct t87s_store_birth none;
    return memcmp(birth, &none, sizeof none) != 0;
}

static struct found read_bytes(struct handle *handle, const void *key, size_t size, const char *paths) {
    struct tags tags;
    tags_of(&tags, paths);
    struct found found = {.value = {.size = 0}};
    found.answer.value = &found.value;
    const struct t87s_store_query query = {key, size, tags.list, tags.n, DEADLINE_MS};
    ck_assert_int_eq(handle->store->read(handle->store, handle->scope, &query, &found.answer), T87S_OK);
    ck_assert(is_birth(&found.answer.next_birth));
    found.answer.value = NULL;
    return found;
}

static enum t87s_store_state state_of(struct handle *handle, const char *key, const char *paths) {
    struct found found = read_bytes(handle, key, strlen(key), paths);
    if (found.answer.state == T87S_STORE_ABSENT || found.answer.state == T87S_STORE_OUTDATED)
        ck_assert_uint_eq(found.value.size, 0);
    t87s_buffer_release(&found.value);
    return found.answer.state;
}

static const struct t87s_store_birth now = {{0}};

struct t87s_store_birth birth(struct handle *handle) {
    struct t87s_store_birth birth = now;
    ck_assert_int_eq(handle->store->birth(handle->store, handle->scope, DEADLINE_MS, &birth), T87S_OK);
    ck_assert(is_birth(&birth));
    return birth;
}

void write_as(struct handle *handle, const char *key, const char *paths, const char *text, struct t87s_store_birth born,
              bool replaces_all) {
    struct tags tags;
    tags_of(&tags, paths);
    const struct t87s_store_query query = {key, strlen(key), tags.list, tags.n, DEADLINE_MS};
    const struct t87s_store_value value = {
        .bytes = text, .size = strlen(text), .birth = born, .ttl_ms = TTL_MS, .replaces_all = replaces_all};
    ck_assert_int_eq(handle->store->write(handle->store, handle->scope, &query, &value), T87S_OK);
}

static void write_now(struct handle *handle, const char *key, const char *paths, const char *text) {
    write_as(handle, key, paths, text, birth(handle), false);
}

void invalidate_as(struct handle *handle, const char *paths, unsigned flags) {
    struct tags tags;
    tags_of(&tags, paths);
    ck_assert_int_eq(handle->store->invalidate(handle->store, handle->scope, tags.list, tags.n, flags, DEADLINE_MS),
                     T87S_OK);
}

static void remove_key(struct handle *handle, const char *key) {
    ck_assert_int_eq(handle->store->remove(handle->store, handle->scope, key, strlen(key), DEADLINE_MS), T87S_OK);
}

#define EXPECT_STATE(handle, key, paths, state) ck_assert_int_eq(state_of(handle, key, paths), state)

#define EXPECT_TEXT(handle, key, paths, text)                                                                \
    do {                                                                                                     \
        struct found found_ = read_bytes(handle, key, strlen(key), paths);                                   \
        ck_assert_int_eq(found_.answer.state, T87S_STORE_VALID);                                             \
        ck_assert_uint_eq(found_.value.size, strlen(text));                                                  \
        ck_assert_mem_eq(found_.value.size ? found_.value.data : (const void *)"", text, found_.value.size); \
        t87s_buffer_release(&found_.value);                                                                  \
    } while (0)

/* ---- the laws ---- */

START_TEST(what_one_writes_the_other_reads)
{
    EXPECT_STATE(&handles[0], "k", "users/7", T87S_STORE_ABSENT);
    write_now(&handles[0], "k", "users/7", "Ada");
    EXPECT_TEXT(&handles[1], "k", "users/7", "Ada");
    EXPECT_STATE(&handles[1], "l", "users/7", T87S_STORE_ABSENT);
}
END_TEST

START_TEST(a_birth_taken_after_an_invalidation_is_after_it_whoever_takes_it)
{
    for (int i = 0; i < 20; i++) {
        struct handle *one = &handles[i % 2], *other = &handles[(i + 1) % 2];
        const struct t87s_store_birth before = birth(one), after = (invalidate_as(other, "users/7", 0), birth(one));
        write_as(other, "k", "users/7", "before", before, false);
        ck_assert_int_ne(state_of(one, "k", "users/7"), T87S_STORE_VALID);
        write_as(other, "k", "users/7", "after", after, false);
        EXPECT_TEXT(one, "k", "users/7", "after");
    }
}
END_TEST

START_TEST(an_invalidation_reaches_the_tag_and_what_is_below_it)
{
    static const struct {
        const char *invalidated;
        enum t87s_store_state user, post, other;
    } rows[] = {
        {"users/7", T87S_STORE_OUTDATED, T87S_STORE_OUTDATED, T87S_STORE_VALID},
        {"users", T87S_STORE_OUTDATED, T87S_STORE_OUTDATED, T87S_STORE_OUTDATED},
        {"users/7/posts", T87S_STORE_VALID, T87S_STORE_OUTDATED, T87S_STORE_VALID},
        {"users/7/posts/1/comments", T87S_STORE_VALID, T87S_STORE_VALID, T87S_STORE_VALID},
        {"posts", T87S_STORE_VALID, T87S_STORE_VALID, T87S_STORE_VALID},
        {"users/=7", T87S_STORE_VALID, T87S_STORE_VALID, T87S_STORE_VALID}, /* a text is no number */
        {"posts users/8", T87S_STORE_VALID, T87S_STORE_VALID, T87S_STORE_OUTDATED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_now(&handles[0], "user", "users/7", "Ada");
        write_now(&handles[0], "post", "users/7/posts/1", "Hello");
        write_now(&handles[0], "other", "users/8", "Bob");
        invalidate_as(&handles[1], rows[i].invalidated, 0);
        EXPECT_STATE(&handles[0], "user", "users/7", rows[i].user);
        EXPECT_STATE(&handles[0], "post", "users/7/posts/1", rows[i].post);
        EXPECT_STATE(&handles[0], "other", "users/8", rows[i].other);
    }
}
END_TEST

START_TEST(an_exact_invalidation_reaches_this_very_tag)
{
    write_now(&handles[0], "user", "users/7", "Ada");
    write_now(&handles[0], "post", "users/7/posts/1", "Hello");
    write_now(&handles[0], "all", "users", "Ada, Bob");
    invalidate_as(&handles[1], "users/7", T87S_EXACT);
    EXPECT_STATE(&handles[0], "user", "users/7", T87S_STORE_OUTDATED);
    EXPECT_STATE(&handles[0], "post", "users/7/posts/1", T87S_STORE_VALID);
    EXPECT_STATE(&handles[0], "all", "users", T87S_STORE_VALID);
}
END_TEST

START_TEST(a_soft_invalidation_leaves_it_to_be_served_and_a_hard_one_never)
{
    write_now(&handles[0], "k", "users/7", "Ada");
    invalidate_as(&handles[1], "users", T87S_SOFT);
    subject->pass_time(30);
    invalidate_as(&handles[1], "users/7", T87S_SOFT | T87S_EXACT);
    struct found found = read_bytes(&handles[0], "k", 1, "users/7");
    ck_assert_int_eq(found.answer.state, T87S_STORE_SOFT);
    ck_assert_int_ge(found.answer.soft_ms, 30); /* since the first */
    ck_assert_uint_eq(found.value.size, 3);
    t87s_buffer_release(&found.value);
    write_now(&handles[0], "k", "users/7", "Eve");
    EXPECT_TEXT(&handles[1], "k", "users/7", "Eve");
    invalidate_as(&handles[1], "users/7", T87S_SOFT);
    invalidate_as(&handles[1], "users/7", 0);
    invalidate_as(&handles[1], "users/7", T87S_SOFT);
    EXPECT_STATE(&handles[0], "k", "users/7", T87S_STORE_OUTDATED);
}
END_TEST

START_TEST(a_fetch_that_began_before_an_invalidation_is_outdated)
{
    const struct t87s_store_birth early = birth(&handles[0]);
    invalidate_as(&handles[1], "users/7", 0);
    write_as(&handles[0], "k", "users/7", "old", early, false);
    ck_assert_int_ne(state_of(&handles[1], "k", "users/7"), T87S_STORE_VALID);
    const struct found found = read_bytes(&handles[0], "k", 1, "users/7");
    write_as(&handles[0], "k", "users/7", "new", found.answer.next_birth, false);
    EXPECT_TEXT(&handles[1], "k", "users/7", "new");
}
END_TEST

START_TEST(an_older_entry_never_replaces_a_newer_one)
{
    const struct t87s_store_birth early = birth(&handles[0]);
    invalidate_as(&handles[1], "elsewhere", 0);
    const struct t87s_store_birth late = birth(&handles[1]);
    write_as(&handles[1], "k", "users/7", "new", late, false);
    write_as(&handles[0], "k", "users/7", "old", early, false);
    EXPECT_TEXT(&handles[0], "k", "users/7", "new");
}
END_TEST

START_TEST(a_removed_key_is_gone_and_so_are_fetches_of_it)
{
    const struct t87s_store_birth early = birth(&handles[0]);
    write_now(&handles[0], "k", "users/7", "Ada");
    write_now(&handles[0], "other", "users/7", "Ada");
    remove_key(&handles[1], "k");
    ck_assert_int_ne(state_of(&handles[0], "k", "users/7"), T87S_STORE_VALID);
    write_as(&handles[0], "k", "users/7", "old", early, false);
    ck_assert_int_ne(state_of(&handles[1], "k", "users/7"), T87S_STORE_VALID);
    EXPECT_TEXT(&handles[1], "other", "users/7", "Ada");
    write_now(&handles[0], "k", "users/7", "new");
    EXPECT_TEXT(&handles[1], "k", "users/7", "new");
}
END_TEST

START_TEST(a_clear_takes_all_of_its_prefix_and_running_fetches)
{
    const struct t87s_store_birth early = birth(&handles[0]);
    write_now(&handles[0], "k", "users/7", "Ada");
    write_now(&handles[0], "untagged", "", "x");
    write_now(&other_prefix, "k", "users/7", "Zoe");
    ck_assert_int_eq(stores[1]->clear(stores[1], handles[1].scope, DEADLINE_MS), T87S_OK);
    ck_assert_int_ne(state_of(&handles[0], "k", "users/7"), T87S_STORE_VALID);
    ck_assert_int_ne(state_of(&handles[0], "untagged", ""), T87S_STORE_VALID);
    write_as(&handles[0], "k", "users/7", "old", early, false);
    ck_assert_int_ne(state_of(&handles[1], "k", "users/7"), T87S_STORE_VALID);
    EXPECT_TEXT(&other_prefix, "k", "users/7", "Zoe");
    write_now(&handles[0], "k", "users/7", "new");
    EXPECT_TEXT(&handles[1], "k", "users/7", "new");
}
END_TEST

START_TEST(a_set_outdates_what_was_born_before)
{
    const struct t87s_store_birth early = birth(&handles[0]);
    write_now(&handles[0], "k", "users/7", "fetched");
    write_as(&handles[1], "k", "users/7", "set", now, true);
    EXPECT_TEXT(&handles[0], "k", "users/7", "set");
    write_as(&handles[0], "k", "users/7", "old", early, false);
    EXPECT_TEXT(&handles[0], "k", "users/7", "set");

    const struct t87s_store_birth token = birth(&handles[1]);
    const struct t87s_store_birth fetch = birth(&handles[0]);
    write_as(&handles[1], "k", "users/7", "set again", token, true);
    EXPECT_TEXT(&handles[0], "k", "users/7", "set again");
    write_as(&handles[0], "k", "users/7", "newer", fetch, false);
    EXPECT_TEXT(&handles[1], "k", "users/7", "newer");
    write_as(&handles[1], "k", "users/7", "too late", token, true);
    EXPECT_TEXT(&handles[1], "k", "users/7", "newer");
}
END_TEST

START_TEST(prefixes_keep_caches_apart)
{
    write_now(&handles[0], "k", "users/7", "Ada");
    EXPECT_STATE(&other_prefix, "k", "users/7", T87S_STORE_ABSENT);
    write_now(&other_prefix, "k", "users/7", "Zoe");
    invalidate_as(&other_prefix, "users/7", 0);
    EXPECT_TEXT(&handles[1], "k", "users/7", "Ada");
    EXPECT_STATE(&other_prefix, "k", "users/7", T87S_STORE_OUTDATED);
}
END_TEST

START_TEST(a_kept_not_found_is_one)
{
    struct tags tags;
    tags_of(&tags, "users/7");
    const struct t87s_store_query query = {"k", 1, tags.list, tags.n, DEADLINE_MS};
    const struct t87s_store_value value = {.not_found = true, .birth = birth(&handles[0]), .ttl_ms = TTL_MS};
    ck_assert_int_eq(stores[0]->write(stores[0], handles[0].scope, &query, &value), T87S_OK);
    const struct found found = read_bytes(&handles[1], "k", 1, "users/7");
    ck_assert_int_eq(found.answer.state, T87S_STORE_VALID);
    ck_assert(found.answer.not_found);
    ck_assert_uint_eq(found.value.size, 0);
}
END_TEST

START_TEST(ages_are_by_the_store)
{
    struct tags tags;
    tags_of(&tags, "users/7");
    const struct t87s_store_query query = {"k", 1, tags.list, tags.n, DEADLINE_MS};
    const struct t87s_store_value value = {"Ada", 3, false, birth(&handles[0]), 100, 60000, false, 0};
    ck_assert_int_eq(stores[0]->write(stores[0], handles[0].scope, &query, &value), T87S_OK);
    subject->pass_time(150);
    struct found found = read_bytes(&handles[1], "k", 1, "users/7");
    ck_assert_int_eq(found.answer.state, T87S_STORE_VALID);
    ck_assert_int_ge(found.answer.age_ms, 150);
    ck_assert_int_le(found.answer.fresh_ms, -50);
    ck_assert_int_eq(found.answer.fresh_ms + found.answer.age_ms, 100);
    ck_assert_int_eq(found.answer.grace_ms, 60000);
    t87s_buffer_release(&found.value);
}
END_TEST

START_TEST(keys_tags_and_values_are_any_bytes)
{
    static char large_key[T87S_MAX_KEY + 8], large_value[1 << 20];
    memset(large_key, 'k', sizeof large_key);
    for (size_t i = 0; i < sizeof large_value; i++)
        large_value[i] = (char)(i * 2654435761u >> 13);
    static const char *const keys[] = {"a b", "{a}:*", "\r\n", "%s", "", "\0\0"};
    static const size_t sizes[] = {3, 5, 2, 2, 1, 2};
    for (size_t i = 0; i <= sizeof sizes / sizeof *sizes; i++) {
        const bool large = i == sizeof sizes / sizeof *sizes;
        const void *key = large ? large_key : keys[i];
        const size_t size = large ? sizeof large_key : sizes[i], value_size = large ? sizeof large_value : i;
        struct t87s_tag tag;
        char text[255];
        memset(text, (int)("\0\n{:*\377"[i % 6]), sizeof text);
        ck_assert_int_eq(t87s_tag_make(&tag, 2, (struct t87s_segment[]){T87S_STATIC("s"), T87S_WILD_STR(text, 255)}),
                         T87S_OK);
        const struct t87s_store_tag named = {tag.path, tag.size};
        const struct t87s_store_query query = {key, size, &named, 1, DEADLINE_MS};
        const struct t87s_store_value value = {large_value, value_size, false, birth(&handles[0]), TTL_MS, 0, false, 0};
        ck_assert_int_eq(stores[0]->write(stores[0], handles[0].scope, &query, &value), T87S_OK);
        struct t87s_buffer bytes = {.size = 0};
        struct t87s_store_answer answer = {.value = &bytes};
        ck_assert_int_eq(stores[1]->read(stores[1], handles[1].scope, &query, &answer), T87S_OK);
        ck_assert_int_eq(answer.state, T87S_STORE_VALID);
        ck_assert_uint_eq(bytes.size, value_size);
        ck_assert(!value_size || memcmp(bytes.data, large_value, value_size) == 0);
        t87s_buffer_release(&bytes);
        ck_assert_int_eq(stores[1]->invalidate(stores[1], handles[1].scope, &named, 1, 0, DEADLINE_MS), T87S_OK);
        answer = (struct t87s_store_answer){.value = &bytes};
        ck_assert_int_eq(stores[0]->read(stores[0], handles[0].scope, &query, &answer), T87S_OK);
        ck_assert_int_eq(answer.state, T87S_STORE_OUTDATED);
    }
}
END_TEST

START_TEST(an_entry_has_up_to_eight_tags_and_any_of_them_outdates_it)
{
    static const char eight[] = "a/1 b/2 c/3 d/4 e/5 f/6 g/7 h/8";
    for (const char *at = eight; at; at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL) {
        write_now(&handles[0], "k", eight, "Ada");
        EXPECT_TEXT(&handles[1], "k", eight, "Ada");
        const char one[] = {*at, '\0'};
        invalidate_as(&handles[1], one, 0);
        EXPECT_STATE(&handles[0], "k", eight, T87S_STORE_OUTDATED);
    }
}
END_TEST

/* How often; a NULL line is any. */
static int times_told(const char *told, const char *line) {
    int n = 0;
    for (; *told; told = strchr(told, '\n') + 1)
        n += !line || (!strncmp(told, line, strlen(line)) && told[strlen(line)] == '\n');
    return n;
}

static bool has_heard(struct heard *heard, int64_t moment_ms) {
    pthread_mutex_lock(&heard->lock);
    const bool has = heard->vouched_until - subject->staleness_ms > moment_ms;
    pthread_mutex_unlock(&heard->lock);
    return has;
}

/* Returns when the store vouches that all listeners have been told of everything that was done so far. */
static void settle(void) {
    struct heard *const all[] = {&handles[0].heard, &handles[1].heard, &other_prefix.heard};
    const int64_t moment_ms = now_ms();
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (int turn = 0; !has_heard(all[i], moment_ms); turn++) {
            ck_assert_msg(turn < 2000, "nobody vouches for now");
            sleep_ms(10);
        }
}

/* In whatever order: a store may have parts. That something may be missed may be told more than once. */
START_TEST(everybody_hears_what_was_invalidated_removed_and_cleared)
{
    static const char *const lines[] = {"users/7",       "soft users/a%252Fb", "soft posts",
                                        "exact posts/1", "removed k",          "removed set"};
    const int n_lines = sizeof lines / sizeof *lines;
    settle(); /* what was before they listened is told as `lost` */
    invalidate_as(&handles[0], "users/7", 0);
    invalidate_as(&handles[0], "users/=a%2Fb posts", T87S_SOFT);
    invalidate_as(&handles[0], "posts/1", T87S_EXACT);
    remove_key(&handles[0], "k");
    write_as(&handles[0], "set", "users/7", "x", now, true);
    ck_assert_int_eq(stores[0]->clear(stores[0], handles[0].scope, DEADLINE_MS), T87S_OK);
    settle();
    struct heard *heard = &handles[1].heard;
    pthread_mutex_lock(&heard->lock);
    const char *told = strncmp(heard->text, "lost\n", 5) ? heard->text : heard->text + 5; /* of the beginning */
    for (int i = 0; i < n_lines; i++) {
        const int times = times_told(told, lines[i]);
        ck_assert_msg(times == 1 || (times > 1 && subject->tells_more), "%s in %s", lines[i], told);
    }
    ck_assert_int_ge(times_told(told, "lost"), 1);
    ck_assert(subject->tells_more || times_told(told, NULL) == n_lines + times_told(told, "lost"));
    ck_assert_int_gt(heard->vouched_until, 0);
    pthread_mutex_unlock(&heard->lock);
    pthread_mutex_lock(&other_prefix.heard.lock);
    ck_assert(subject->tells_more || !strstr(other_prefix.heard.text, "users"));
    pthread_mutex_unlock(&other_prefix.heard.lock);
}
END_TEST

/* ---- random operations, against all that ever happened ---- */

enum { KEYS = 4, TAGS = 7, MOST_EVENTS = 4000 };

static const char *const tag_names[TAGS] = {"a", "a/1", "a/2", "a/1/b", "a/1/b/1", "c", "c/1"};

struct world_event {
    int tag; /* -1: of a key */
    int key;
    bool exact;
    int at; /* the step: what was born before is outdated */
};

static bool is_prefix(const char *prefix, const char *path) {
    const size_t size = strlen(prefix);
    return !strncmp(prefix, path, size) && (path[size] == '\0' || path[size] == '/');
}

START_TEST(random_operations_never_give_an_outdated_entry)
{
    struct {
        char text[16];
        int born;    /* the step */
        bool unsure; /* two that may have been born at once */
        bool there;
    } entries[KEYS] = {{.there = false}};
    static struct world_event events[MOST_EVENTS];
    size_t n_events = 0, served = 0;
    struct t87s_store_birth pending; /* of a fetch that takes long */
    int pending_since = -1;
    srand(87);
    for (int step = 0; step < MOST_EVENTS; step++) {
        struct handle *handle = &handles[rand() % 2];
        const int key = rand() % KEYS, tag = rand() % TAGS, what = rand() % 10;
        const char name[] = {(char)('0' + key), '\0'};
        const char *path = tag_names[key + 2];
        if (what < 5) {
            struct found found = read_bytes(handle, name, 1, path);
            bool outdated = !entries[key].there;
            for (size_t i = 0; i < n_events && !outdated; i++)
                outdated =
                    events[i].at > entries[key].born && (events[i].tag < 0 ? events[i].key == key
                                                         : events[i].exact ? !strcmp(tag_names[events[i].tag], path)
                                                                           : is_prefix(tag_names[events[i].tag], path));
            ck_assert_int_eq(found.answer.state == T87S_STORE_VALID, !outdated);
            if (!outdated && !entries[key].unsure) {
                ck_assert_uint_eq(found.value.size, strlen(entries[key].text));
                ck_assert_mem_eq(found.value.data, entries[key].text, found.value.size);
                served++;
            }
            t87s_buffer_release(&found.value);
            if (pending_since < 0) {
                pending = birth(handle);
                pending_since = step;
            }
        } else if (what < 8) {
            const bool late = pending_since >= 0;
            const int born = late ? pending_since : step;
            char text[16];
            snprintf(text, sizeof text, "v%d", step);
            write_as(handle, name, path, text, late ? pending : birth(handle), false);
            const bool since = n_events > 0 && events[n_events - 1].at > born;
            entries[key].unsure = late && !since && entries[key].there && entries[key].born > born;
            if (!entries[key].there || entries[key].born <= born) {
                memcpy(entries[key].text, text, sizeof text);
                entries[key].born = born;
                entries[key].there = true;
            }
            pending_since = rand() % 3 ? -1 : pending_since;
        } else {
            const bool exact = rand() % 4 == 0, whole_key = what == 9 && rand() % 3 == 0;
            if (whole_key)
                remove_key(handle, name);
            else
                invalidate_as(handle, tag_names[tag], exact ? T87S_EXACT : 0);
            events[n_events++] = (struct world_event){whole_key ? -1 : tag, key, exact, step};
        }
    }
    ck_assert_uint_gt(served, 100);
}
END_TEST

Suite *store_laws(const struct laws_subject *of) {
    subject = of;
    Suite *suite = suite_create(of->name);
    TCase *laws = tcase_create("laws");
    if (of->begin)
        tcase_add_unchecked_fixture(laws, of->begin, of->end);
    tcase_add_checked_fixture(laws, setup, teardown);
    tcase_set_timeout(laws, 30);
    tcase_add_test(laws, what_one_writes_the_other_reads);
    tcase_add_test(laws, a_birth_taken_after_an_invalidation_is_after_it_whoever_takes_it);
    tcase_add_test(laws, an_invalidation_reaches_the_tag_and_what_is_below_it);
    tcase_add_test(laws, an_exact_invalidation_reaches_this_very_tag);
    tcase_add_test(laws, a_soft_invalidation_leaves_it_to_be_served_and_a_hard_one_never);
    tcase_add_test(laws, a_fetch_that_began_before_an_invalidation_is_outdated);
    tcase_add_test(laws, an_older_entry_never_replaces_a_newer_one);
    tcase_add_test(laws, a_removed_key_is_gone_and_so_are_fetches_of_it);
    tcase_add_test(laws, a_clear_takes_all_of_its_prefix_and_running_fetches);
    tcase_add_test(laws, a_set_outdates_what_was_born_before);
    tcase_add_test(laws, prefixes_keep_caches_apart);
    tcase_add_test(laws, a_kept_not_found_is_one);
    tcase_add_test(laws, ages_are_by_the_store);
    tcase_add_test(laws, keys_tags_and_values_are_any_bytes);
    tcase_add_test(laws, an_entry_has_up_to_eight_tags_and_any_of_them_outdates_it);
    tcase_add_test(laws, everybody_hears_what_was_invalidated_removed_and_cleared);
    tcase_add_test(laws, random_operations_never_give_an_outdated_entry);
    add_lease_laws(laws);
    suite_add_tcase(suite, laws);
    return suite;
}
