/* SPDX-License-Identifier: MIT
 *
 * on_refresh of every kind of value: a soft invalidation, a stale answer, and a refresh in the background that tells
 * the arguments, the old value and the fresh one. The callback posts, the test waits for it.
 */
#include <errno.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app.h"

static char told[128];
static sem_t told_something;
static int marker; /* what `arg` points to */

__attribute__((format(printf, 2, 3))) static void tell(void *arg, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(told, sizeof told, format, arguments);
    va_end(arguments);
    if (arg != &marker)
        strcpy(told, "another arg");
    sem_post(&told_something);
}

static void setup(void) {
    app_setup();
    ck_assert_int_eq(sem_init(&told_something, 0, 0), 0);
}

static void teardown(void) {
    app_teardown();
    sem_destroy(&told_something);
}

/* `call` is answered fresh, then stale after a soft invalidation with source 2; waits for the refresh that follows. */
#define EXPECT_TOLD(call, tag, expected)                                \
    do {                                                                \
        atomic_store(&app.source, 1);                                   \
        ck_assert_int_eq(call, T87S_OK);                                \
        atomic_store(&app.source, 2);                                   \
        ck_assert_int_eq(odd_invalidate_soft(app.cache, tag), T87S_OK); \
        ck_assert_int_eq(call, T87S_OK);                                \
        while (sem_wait(&told_something) != 0)                          \
            ck_assert_int_eq(errno, EINTR);                             \
        ck_assert_str_eq(told, expected);                               \
    } while (0)

static void account(void *arg, uint64_t id, const struct account *old, const struct account *fresh, bool changed) {
    tell(arg, "%d: %s -> %s, %d", (int)id, old->name, fresh->name, changed);
}

START_TEST(of_a_struct)
{
    struct account value;
    odd_on_refresh_account(app.cache, account, &marker);
    EXPECT_TOLD(odd_account(app.cache, 42, &value), odd_tag_accounts(42), "42: text 1 -> text 2, 1");
}
END_TEST

static void order_total(void *arg, uint64_t id, int64_t order, const uint64_t *old, const uint64_t *fresh,
                        bool changed) {
    tell(arg, "%d %d: %d -> %d, %d", (int)id, (int)order, (int)(UINT64_MAX - *old), (int)(UINT64_MAX - *fresh),
         changed);
}

static void home(void *arg, uint64_t id, const enum odd_region *old, const enum odd_region *fresh, bool changed) {
    tell(arg, "%d: %d -> %d, %d", (int)id, (int)*old, (int)*fresh, changed);
}

START_TEST(of_scalars)
{
    uint64_t number;
    enum odd_region region;
    odd_on_refresh_order_total(app.cache, order_total, &marker);
    EXPECT_TOLD(odd_order_total(app.cache, 42, -7, &number), odd_tag_accounts(42), "42 -7: 1 -> 2, 1");
    odd_on_refresh_home(app.cache, home, &marker);
    EXPECT_TOLD(odd_home(app.cache, 42, &region), odd_tag_accounts(42), "42: 1 -> 2, 1");
}
END_TEST

static void owner(void *arg, const uint8_t device[16], uint64_t id, const uint8_t old[16], const uint8_t fresh[16],
                  bool changed) {
    tell(arg, "%02x %d: %02x%02x -> %02x%02x, %d", (unsigned)device[0], (int)id, (unsigned)old[0], (unsigned)old[15],
         (unsigned)fresh[0], (unsigned)fresh[15], changed);
}

START_TEST(of_a_uuid)
{
    uint8_t value[16];
    odd_on_refresh_owner(app.cache, owner, &marker);
    EXPECT_TOLD(odd_owner(app.cache, uuid_a, 42, value), odd_tag_accounts(42), "a0 42: a001 -> a002, 1");
}
END_TEST

static void title(void *arg, const char *path, const struct t87s_value *old, const struct t87s_value *fresh,
                  bool changed) {
    tell(arg, "%s: %s -> %s, %d", path, (const char *)old->data, (const char *)fresh->data, changed);
}

static enum t87s_status ask_title(void) {
    struct t87s_value value;
    enum t87s_status status = odd_title(app.cache, "a", &value);
    t87s_value_release(&value);
    return status;
}

START_TEST(of_a_text)
{
    odd_on_refresh_title(app.cache, title, &marker);
    EXPECT_TOLD(ask_title(), odd_tag_files("a"), "a: text 1 -> text 2, 1");
}
END_TEST

static void outline(void *arg, const char *path, const struct t87s_value *old, const struct t87s_value *fresh,
                    bool changed) {
    tell(arg, "%s: %d -> %d bytes, %d", path, (int)old->size, (int)fresh->size, changed);
}

static enum t87s_status ask_outline(void) {
    struct t87s_value value;
    enum t87s_status status = odd_outline(app.cache, "a", &value);
    t87s_value_release(&value);
    return status;
}

START_TEST(of_a_codec_encoded)
{
    odd_on_refresh_outline(app.cache, outline, &marker);
    EXPECT_TOLD(ask_outline(), odd_tag_files_index(), "a: 5 -> 10 bytes, 1");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("a generated callback is told of a refresh");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, of_a_struct);
    tcase_add_test(all, of_scalars);
    tcase_add_test(all, of_a_uuid);
    tcase_add_test(all, of_a_text);
    tcase_add_test(all, of_a_codec_encoded);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
