/* SPDX-License-Identifier: MIT */
/* Every status has a sentence. */
#include <limits.h>
#include <string.h>

#include <t87s/t87s.h>

#include "suites.h"

static void expect_sentence(enum t87s_status status) {
    const char *text = t87s_strstatus(status);
    ck_assert_ptr_nonnull(text);
    size_t length = strlen(text);
    ck_assert_uint_ge(length, 5);
    ck_assert_int_eq(text[length - 1], '.');
    ck_assert(text[0] >= 'A' && text[0] <= 'Z');
}

START_TEST(each_status_has_a_sentence_of_its_own)
{
    for (int a = T87S_OK; a <= T87S_E_CLOSED; a++) {
        expect_sentence((enum t87s_status)a);
        for (int b = T87S_OK; b < a; b++)
            ck_assert_str_ne(t87s_strstatus((enum t87s_status)a), t87s_strstatus((enum t87s_status)b));
    }
}
END_TEST

START_TEST(the_applications_own_statuses_are_known_as_such)
{
    const char *text = t87s_strstatus(T87S_E_USER);
    expect_sentence(T87S_E_USER);
    ck_assert_ptr_nonnull(strstr(text, "application"));
    ck_assert_str_eq(t87s_strstatus((enum t87s_status)1001), text);
    ck_assert_str_eq(t87s_strstatus((enum t87s_status)INT_MAX), text);
}
END_TEST

START_TEST(a_number_that_is_no_status_is_told_so)
{
    static const int unknown[] = {-1, INT_MIN, T87S_E_CLOSED + 1, T87S_E_USER - 1};
    const char *text = t87s_strstatus((enum t87s_status)unknown[0]);
    ck_assert_str_ne(text, t87s_strstatus(T87S_E_USER));
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        expect_sentence((enum t87s_status)unknown[i]);
        ck_assert_str_eq(t87s_strstatus((enum t87s_status)unknown[i]), text);
    }
}
END_TEST

int main(void) {
    return run_suites(suite_of("statuses speak", each_status_has_a_sentence_of_its_own,
                               the_applications_own_statuses_are_known_as_such, a_number_that_is_no_status_is_told_so,
                               NULL),
                      NULL);
}
