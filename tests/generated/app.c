/* SPDX-License-Identifier: MIT */
#include "app.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct app app;

const uint8_t uuid_a[16] = {0xA0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
const uint8_t uuid_b[16] = {0xB0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

void app_setup(void) {
    memset(&app, 0, sizeof app);
    fake_clock_init(&app.clock, 1000);
    atomic_store(&app.source, 1);
    struct t87s_options options = T87S_OPTIONS_INIT;
    options.clock = &app.clock.clock;
    ck_assert_int_eq(odd_open(&options, &app, &app.cache), T87S_OK);
}

void app_teardown(void) { odd_close(app.cache); }

void expect_calls(int n, const char *last) {
    ck_assert_int_eq(atomic_exchange(&app.calls, 0), n);
    ck_assert_str_eq(app.last, last);
    app.last[0] = '\0';
}

__attribute__((format(printf, 2, 3))) static enum t87s_status note(void *arg, const char *format, ...) {
    struct app *own = arg;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(own->last, sizeof own->last, format, arguments);
    va_end(arguments);
    atomic_fetch_add(&own->calls, 1);
    return own->status;
}

static int source_of(void *arg) { return atomic_load(&((struct app *)arg)->source); }

static enum t87s_status give_text(void *arg, enum t87s_status status, struct t87s_buffer *out) {
    char text[32];
    int size = snprintf(text, sizeof text, "text %d", source_of(arg));
    return status == T87S_OK ? t87s_buffer_append(out, text, (size_t)size) : status;
}

static enum t87s_status give_outline(void *arg, enum t87s_status status, struct outline *out) {
    if (status != T87S_OK)
        return status;
    out->n = (size_t)source_of(arg);
    out->lines = calloc(out->n, sizeof *out->lines);
    for (size_t i = 0; i < out->n; i++)
        out->lines[i] = strdup("line");
    return T87S_OK;
}

/* One line a text, each with its NUL. */
enum t87s_status odd_encode_outline(const struct outline *value, struct t87s_buffer *out) {
    enum t87s_status status = T87S_OK;
    atomic_fetch_add(&app.encoded, 1);
    for (size_t i = 0; i < value->n && status == T87S_OK; i++)
        status = t87s_buffer_append(out, value->lines[i], strlen(value->lines[i]) + 1);
    return status;
}

enum t87s_status odd_decode_outline(const void *data, size_t size, struct outline *out) {
    const char *at = data, *end = at + size;
    *out = (struct outline){0, NULL};
    out->lines = calloc(size + 1, sizeof *out->lines);
    for (; at < end; at += strlen(at) + 1)
        out->lines[out->n++] = strdup(at);
    return T87S_OK;
}

void odd_free_outline(struct outline *value) {
    atomic_fetch_add(&app.freed, 1);
    for (size_t i = 0; i < value->n; i++)
        free(value->lines[i]);
    free(value->lines);
}

static const char *region_text(enum odd_region region) {
    static const char *const texts[] = {[ODD_REGION_EU] = "eu", [ODD_REGION_US] = "us", [ODD_REGION_ASIA] = "asia"};
    return texts[region];
}

enum t87s_status odd_fetch_account(void *arg, uint64_t account, struct account *out) {
    enum t87s_status status = note(arg, "account(%" PRIu64 ")", account);
    out->id = account;
    snprintf(out->name, sizeof out->name, "text %d", source_of(arg));
    out->kind = 7;
    return status;
}

enum t87s_status odd_fetch_order_total(void *arg, uint64_t account, int64_t order, uint64_t *out) {
    *out = UINT64_MAX - (uint64_t)source_of(arg);
    return note(arg, "order_total(%" PRIu64 ", %" PRId64 ")", account, order);
}

enum t87s_status odd_fetch_order_count(void *arg, uint64_t account, uint32_t *out) {
    *out = UINT32_MAX - (uint32_t)source_of(arg);
    return note(arg, "order_count(%" PRIu64 ")", account);
}

enum t87s_status odd_fetch_balance(void *arg, uint64_t account, int64_t *out) {
    *out = INT64_MIN + source_of(arg);
    return note(arg, "balance(%" PRIu64 ")", account);
}

enum t87s_status odd_fetch_trend(void *arg, uint64_t account, int32_t *out) {
    *out = INT32_MIN + source_of(arg);
    return note(arg, "trend(%" PRIu64 ")", account);
}

enum t87s_status odd_fetch_is_open(void *arg, uint64_t account, bool *out) {
    *out = source_of(arg) % 2 != 0;
    return note(arg, "is_open(%" PRIu64 ")", account);
}

enum t87s_status odd_fetch_home(void *arg, uint64_t account, enum odd_region *out) {
    *out = (enum odd_region)(source_of(arg) % 3);
    return note(arg, "home(%" PRIu64 ")", account);
}

enum t87s_status odd_fetch_owner(void *arg, const uint8_t device[16], uint64_t account, uint8_t out[16]) {
    memcpy(out, device, 16);
    out[15] = (uint8_t)source_of(arg);
    return note(arg, "owner(%02x.., %" PRIu64 ")", (unsigned)device[0], account);
}

enum t87s_status odd_fetch_title(void *arg, const char *path, struct t87s_buffer *out) {
    return give_text(arg, note(arg, "title(%s)", path), out);
}

enum t87s_status odd_fetch_content(void *arg, const char *path, uint32_t version, struct t87s_buffer *out) {
    return give_text(arg, note(arg, "content(%s, %" PRIu32 ")", path, version), out);
}

enum t87s_status odd_fetch_outline(void *arg, const char *path, struct outline *out) {
    return give_outline(arg, note(arg, "outline(%s)", path), out);
}

enum t87s_status odd_fetch_digest(void *arg, uint32_t depth, bool deep, struct outline *out) {
    return give_outline(arg, note(arg, "digest(%" PRIu32 ", %s)", depth, deep ? "true" : "false"), out);
}

enum t87s_status odd_fetch_price(void *arg, enum odd_region zone, const char *sku, struct amount *out) {
    out->cents = source_of(arg);
    return note(arg, "price(%s, %s)", region_text(zone), sku);
}

enum t87s_status odd_fetch_zone_prices(void *arg, enum odd_region zone, const char *currency, struct t87s_buffer *out) {
    return give_text(arg, note(arg, "zone_prices(%s, %s)", region_text(zone), currency), out);
}

enum t87s_status odd_fetch_price_history(void *arg, enum odd_region zone, const char *sku, int64_t from, int64_t to,
                                         struct t87s_buffer *out) {
    return give_text(
        arg, note(arg, "price_history(%s, %s, %" PRId64 ", %" PRId64 ")", region_text(zone), sku, from, to), out);
}

enum t87s_status odd_fetch_named(void *arg, int32_t n, int64_t m, uint64_t *out) {
    *out = (uint64_t)source_of(arg);
    return note(arg, "named(%" PRId32 ", %" PRId64 ")", n, m);
}

enum t87s_status odd_fetch_alarms(void *arg, uint64_t account, const uint8_t device[16], enum odd_level level,
                                  int64_t at, struct t87s_buffer *out) {
    return give_text(
        arg, note(arg, "alarms(%" PRIu64 ", %02x.., %d, %" PRId64 ")", account, (unsigned)device[0], (int)level, at),
        out);
}

enum t87s_status odd_fetch_everything(void *arg, const char *a, uint32_t b, uint64_t c, int32_t d, int64_t e,
                                      const uint8_t f[16], bool g, enum odd_region h, struct t87s_buffer *out) {
    return give_text(arg,
                     note(arg, "everything(%s, %" PRIu32 ", %" PRIu64 ", %" PRId32 ", %" PRId64 ", %02x.., %d, %s)", a,
                          b, c, d, e, (unsigned)f[0], (int)g, region_text(h)),
                     out);
}

enum t87s_status odd_fetch_key(void *arg, uint64_t cache, uint64_t out, uint64_t u, uint32_t key, uint32_t at,
                               uint32_t entries, uint32_t query, struct account *value) {
    value->id = (uint64_t)source_of(arg);
    return note(arg, "key(%" PRIu64 ", %" PRIu64 ", %" PRIu64 ", %" PRIu32 ", %" PRIu32 ", %" PRIu32 ", %" PRIu32 ")",
                cache, out, u, key, at, entries, query);
}

enum t87s_status odd_fetch_twice(void *arg, const char *a, const char *b, uint64_t *out) {
    *out = (uint64_t)source_of(arg);
    return note(arg, "twice(%s, %s)", a, b);
}

enum t87s_status odd_apply_rename(void *arg, uint64_t account, const char *name) {
    return note(arg, "rename(%" PRIu64 ", %s)", account, name ? name : "NULL");
}

enum t87s_status odd_apply_set_locale(void *arg, uint64_t account, const char *locale) {
    return note(arg, "set_locale(%" PRIu64 ", %s)", account, locale);
}

enum t87s_status odd_apply_reprice(void *arg, enum odd_region zone, const char *sku, const char *text) {
    return note(arg, "reprice(%s, %s, %s)", region_text(zone), sku, text ? text : "NULL");
}

enum t87s_status odd_apply_pair(void *arg, const uint8_t device[16], uint64_t account) {
    return note(arg, "pair(%02x.., %" PRIu64 ")", (unsigned)device[0], account);
}

enum t87s_status odd_apply_status(void *arg, uint64_t cache) { return note(arg, "status(%" PRIu64 ")", cache); }
