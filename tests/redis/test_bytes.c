/* SPDX-License-Identifier: MIT
 *
 * Entries as bytes and URIs as texts: no server.
 */
#include <stdlib.h>
#include <string.h>

#include "blob.h"
#include "seeds.h"
#include "suites.h"
#include "uri.h"

/* ---- blobs ---- */

static const unsigned char text[] = "Ada Lovelace";

/* With an end as the script writes it; malloc's. */
static unsigned char *whole(const struct t87s__blob *blob, size_t *size) {
    unsigned char *bytes = t87s__blob_write(blob, size);
    ck_assert_ptr_nonnull(bytes);
    bytes = realloc(bytes, *size + T87S__BLOB_END);
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes + *size, "\0\5\xf5\xe1\0\0\0\7", T87S__BLOB_END);
    *size += T87S__BLOB_END;
    return bytes;
}

static const struct t87s__blob samples[] = {
    {.kin = 7, .stamps = {1700000000000000}, .ttl_ms = 30000, .value = text, .size = sizeof text},
    {.kin = UINT64_MAX, .stamps = {0, 5, 0, 6}, .ttl_ms = T87S__BLOB_LONGEST_MS, .grace_ms = T87S__BLOB_LONGEST_MS},
    {.not_found = true, .stamps = {1, 2, 3, 4, 5, 6, 7, 8}, .grace_ms = 1, .value = text, .size = 1},
};

START_TEST(what_is_written_is_read)
{
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const struct t87s__blob *written = &samples[i];
        struct t87s__blob read;
        size_t size;
        unsigned char *bytes = whole(written, &size);
        ck_assert(t87s__blob_read(bytes, size, &read));
        ck_assert_uint_eq(read.not_found, written->not_found);
        ck_assert_uint_eq(read.kin, written->kin);
        ck_assert_mem_eq(read.stamps, written->stamps, sizeof read.stamps);
        ck_assert_int_eq(read.ttl_ms, written->ttl_ms);
        ck_assert_int_eq(read.grace_ms, written->grace_ms);
        ck_assert_uint_eq(read.size, written->size);
        ck_assert(!read.size || !memcmp(read.value, written->value, read.size));
        ck_assert_int_eq(read.written_us, 0x0005f5e100000007);
        free(bytes);
    }
}
END_TEST

START_TEST(a_cut_or_a_flipped_bit_is_no_entry)
{
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct t87s__blob read;
        size_t size;
        unsigned char *bytes = whole(&samples[i], &size);
        for (size_t cut = 0; cut < size; cut++) {
            unsigned char *some = malloc(cut + 1); /* so that a sanitizer sees its end */
            memcpy(some, bytes, cut);
            ck_assert(!t87s__blob_read(some, cut, &read));
            free(some);
        }
        for (size_t bit = 0; bit < (size - T87S__BLOB_END) * 8; bit++) {
            bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
            ck_assert(!t87s__blob_read(bytes, size, &read));
            bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
        free(bytes);
    }
}
END_TEST

/* ---- URIs ---- */

START_TEST(a_uri_says_where_and_who)
{
    static const struct {
        const char *uri, *host, *path, *user, *password;
        int port, db;
    } rows[] = {
        {NULL, "127.0.0.1", "", "", "", 6379, 0},
        {"redis://localhost", "localhost", "", "", "", 6379, 0},
        {"redis://h:7/3", "h", "", "", "", 7, 3},
        {"redis://h/", "h", "", "", "", 6379, 0},
        {"redis://:pass@h", "h", "", "", "pass", 6379, 0},
        {"redis://ada:p%40%2Css:@h:1", "h", "", "ada", "p@,ss:", 1, 0},
        {"redis://ada:p@ss@h:1", "h", "", "ada", "p@ss", 1, 0},
        {"redis://[::1]:70/1", "::1", "", "", "", 70, 1},
        {"unix:///run/redis.sock", "", "/run/redis.sock", "", "", 6379, 0},
        {"unix:///a%20b?db=4", "", "/a b", "", "", 6379, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct t87s__redis_uri uri;
        ck_assert_msg(t87s__redis_uri_parse(rows[i].uri, &uri), "%s", rows[i].uri);
        ck_assert_str_eq(uri.host, rows[i].host);
        ck_assert_str_eq(uri.path, rows[i].path);
        ck_assert_str_eq(uri.user, rows[i].user);
        ck_assert_str_eq(uri.password, rows[i].password);
        ck_assert_int_eq(uri.port, rows[i].port);
        ck_assert_int_eq(uri.db, rows[i].db);
    }
}
END_TEST

START_TEST(what_is_not_one_is_refused)
{
    static const char *const refused[] = {
        "",
        "h",
        "redis:/h",
        "rediss://h",
        "http://h",
        "redis://",
        "redis://:6379",
        "redis://h:",
        "redis://h:0",
        "redis://h:65536",
        "redis://h:x",
        "redis://h/x",
        "redis://h/-1",
        "redis://user@h",
        "redis://[::1",
        "redis://[]",
        "redis://[::1]x",
        "redis://h%2",
        "redis://h%zz",
        "redis://h%00",
        "unix://",
        "unix:///",
        "unix://relative",
        "unix:///a?db=",
        "unix:///a?x=1",
        "unix:///a?db=1&x=1",
        "unix:///a?db=1&",
        "redis://h?master=",
        "redis://h?db=1",
        "redis://h/1?x=1",
        "redis://h?master=a/b",
    };
    struct t87s__redis_uri uri;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        ck_assert_msg(!t87s__redis_uri_parse(refused[i], &uri), "%s", refused[i]);
}
END_TEST

START_TEST(a_sentinel_may_be_told_which_master)
{
    static const struct {
        const char *uri, *host, *path, *password, *master;
        int port, db;
    } rows[] = {
        {"redis://h?master=blog", "h", "", "", "blog", 6379, 0},
        {"redis://:p?w@h:7/3?master=a%2Fb%40c", "h", "", "p?w", "a/b@c", 7, 3},
        {"redis://:p?w@h", "h", "", "p?w", "", 6379, 0},
        {"redis://[::1]/?master=%26", "::1", "", "", "&", 6379, 0},
        {"unix:///s?master=blog", "", "/s", "", "blog", 6379, 0},
        {"unix:///s?db=2&master=blog", "", "/s", "", "blog", 6379, 2},
        {"unix:///s?master=blog&db=2", "", "/s", "", "blog", 6379, 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct t87s__redis_uri uri;
        ck_assert_msg(t87s__redis_uri_parse(rows[i].uri, &uri), "%s", rows[i].uri);
        ck_assert_str_eq(uri.host, rows[i].host);
        ck_assert_str_eq(uri.path, rows[i].path);
        ck_assert_str_eq(uri.password, rows[i].password);
        ck_assert_str_eq(uri.master, rows[i].master);
        ck_assert_int_eq(uri.port, rows[i].port);
        ck_assert_int_eq(uri.db, rows[i].db);
    }
}
END_TEST

START_TEST(several_uris_are_seeds_with_one_account)
{
    static const char *const refused[] = {"",
                                          "redis://a,",
                                          ",redis://a",
                                          "redis://a,b:2",
                                          "redis://a,redis://b/1",
                                          "redis://a/1,redis://b",
                                          "redis://a,redis://b?master=blog",
                                          "redis://a?master=blog,redis://b/1"};
    struct t87s__seeds seeds;
    ck_assert_int_eq(t87s__seeds_parse(NULL, &seeds), T87S_OK);
    ck_assert_uint_eq(seeds.n, 1);
    t87s__seeds_free(&seeds);
    ck_assert_int_eq(
        t87s__seeds_parse("redis://ada:p%2Cq@h:1,redis://[::1]:2,redis://bob:x@i,unix:///run/redis", &seeds), T87S_OK);
    ck_assert_uint_eq(seeds.n, 4);
    ck_assert_str_eq(seeds.uris[1].host, "::1");
    ck_assert_int_eq(seeds.uris[1].port, 2);
    ck_assert_str_eq(seeds.uris[1].user, "ada");
    ck_assert_str_eq(seeds.uris[1].password, "p,q");
    ck_assert_str_eq(seeds.uris[2].user, "bob");
    ck_assert_str_eq(seeds.uris[2].password, "x");
    ck_assert_str_eq(seeds.uris[3].password, "p,q");
    t87s__seeds_free(&seeds);
    ck_assert_int_eq(t87s__seeds_parse("redis://a/3?master=blog,redis://b", &seeds), T87S_OK);
    ck_assert_int_eq(seeds.uris[1].db, 3);
    ck_assert_str_eq(seeds.uris[1].master, "blog");
    t87s__seeds_free(&seeds);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        ck_assert_msg(t87s__seeds_parse(refused[i], &seeds) == T87S_E_INVALID, "%s", refused[i]);
}
END_TEST

START_TEST(a_server_says_what_it_is)
{
    static const struct {
        const char *info;
        enum t87s__kind kind;
    } rows[] = {
        {"# Server\r\nredis_mode:standalone\r\nos:x\r\n", T87S__SERVER},
        {"# Server\r\nredis_mode:cluster\r\n", T87S__CLUSTER},
        {"# Server\r\nredis_mode:sentinel", T87S__SENTINEL},
        {"# Server\r\nredis_mode:", T87S__UNKNOWN},
        {"", T87S__UNKNOWN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char said[64];
        redisReply reply = {.type = REDIS_REPLY_STRING, .str = said};
        strcpy(said, rows[i].info);
        ck_assert_int_eq(t87s__kind_of(&reply), rows[i].kind);
        reply.type = REDIS_REPLY_ERROR;
        ck_assert_int_eq(t87s__kind_of(&reply), T87S__UNKNOWN);
    }
}
END_TEST

/* ---- names ---- */

START_TEST(no_two_caches_share_a_name)
{
    struct t87s__layout one, other;
    t87s__layout_init(&one, "t87s", "a:e", 1);
    t87s__layout_init(&other, "t87s", "a", 1);
    ck_assert_str_eq(t87s__layout_bucket(&one, 0).text, "t87s:a%3Ae:t:{0}");
    ck_assert_str_eq(t87s__layout_entry_head(&other).text, "t87s:a:e:");
    ck_assert(t87s__layout_prefix_valid("app:v2"));
    static const char *const refused[] = {"", "a b", "a*", "a?", "[a]", "{a}", "a\\b", "\x80", "a\n"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        ck_assert(!t87s__layout_prefix_valid(refused[i]));
}
END_TEST

START_TEST(a_number_of_a_bucket_is_below_a_bound_and_has_no_sign)
{
    static const struct {
        const char *text;
        uint64_t number;
    } said[] = {{"0", 0},
                {"1700000000000000", 1700000000000000},
                {"-42", 42},
                {"9007199254740991", 9007199254740991},
                {"9007199254740992", 0},
                {"99999999999999999999999999", 0},
                {"", 0},
                {"-", 0},
                {"x", 0}};
    redisReply reply = {.type = REDIS_REPLY_NIL};
    ck_assert_uint_eq(t87s__layout_number(&reply), 0);
    reply.type = REDIS_REPLY_STRING;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        reply.str = strdup(said[i].text); /* so that a sanitizer sees its end */
        ck_assert_uint_eq(t87s__layout_number(&reply), said[i].number);
        free(reply.str);
    }
}
END_TEST

int main(void) {
    return run_suites(suite_of("an entry as bytes", what_is_written_is_read, a_cut_or_a_flipped_bit_is_no_entry, NULL),
                      suite_of("a URI", a_uri_says_where_and_who, what_is_not_one_is_refused,
                               a_sentinel_may_be_told_which_master, several_uris_are_seeds_with_one_account,
                               a_server_says_what_it_is, NULL),
                      suite_of("names and numbers in Redis", no_two_caches_share_a_name,
                               a_number_of_a_bucket_is_below_a_bound_and_has_no_sign, NULL),
                      NULL);
}
