/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int run_suites(Suite *first, ...) {
    SRunner *runner = srunner_create(first);
    va_list more;
    va_start(more, first);
    for (Suite *suite; (suite = va_arg(more, Suite *)) != NULL;)
        srunner_add_suite(runner, suite);
    va_end(more);

    srunner_set_fork_status(runner, CK_FORK);
    srunner_run_all(runner, CK_ENV);
    int run = srunner_ntests_run(runner);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);

    if (run == 0)
        fputs("no checks were run: is CK_RUN_SUITE or CK_RUN_CASE misspelt?\n", stderr);
    return run > 0 && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

Suite *suite_of(const char *sentence, const TTest *first, ...) {
    Suite *suite = suite_create(sentence);
    TCase *tests = tcase_create(sentence);
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, first);
    va_list more;
    va_start(more, first);
    for (const TTest *test; (test = va_arg(more, const TTest *)) != NULL;)
        tcase_add_test(tests, test);
    va_end(more);
    return suite;
}

TCase *case_of(Suite *suite, const char *name, void (*start)(void), void (*stop)(void), double timeout_s) {
    TCase *tests = tcase_create(name);
    tcase_add_checked_fixture(tests, start, stop);
    tcase_set_timeout(tests, timeout_s);
    suite_add_tcase(suite, tests);
    return tests;
}
