/* SPDX-License-Identifier: MIT
 *
 * Where the system knows no nameless files, or cannot give them a name (no /proc, as in a bare root or in front of many
 * network file systems), a header has another name while it is written. Nobody may find that afterwards.
 */
#include "cli.h"

/* Runs `line` where /proc is empty. */
#define WITHOUT_PROC "unshare -rm sh -c 'mount -t tmpfs none /proc && { "
#define END "; }'"

static void make_big_schema(void) {
    setup();
    write_big_schema(20000);
}

START_TEST(a_header_is_written)
{
    expect_run(shell(WITHOUT_PROC "$T87SC gen -o out.h --depfile out.d small.tags" END), 0, "");
    expect_run(shell("$T87SC gen --check -o out.h small.tags"), 0, "");
    expect_files("big.tags out.d out.h small.tags ");
}
END_TEST

START_TEST(a_signal_in_between_leaves_nothing)
{
    write_here("out.h", old_header);
    for (int i = 0; i < 9; i++) {
        static const char *const signals[] = {"INT", "TERM", "HUP"};
        char *line =
            text_of(WITHOUT_PROC "timeout -s %s 0.0%d $T87SC gen -o out.h big.tags; true" END, signals[i % 3], 1 + i);
        expect_run(shell(line), 0, "");
        free(line);
        expect_old_or_whole("out.h");
        expect_files("big.tags out.h small.tags ");
    }
}
END_TEST

START_TEST(a_file_that_may_not_grow_leaves_nothing)
{
    write_here("out.h", old_header);
    expect_run(shell(WITHOUT_PROC "ulimit -f 8; $T87SC gen -o out.h big.tags" END), 3, "out.h: cannot be written");
    char *text = read_here("out.h");
    ck_assert_str_eq(text, old_header);
    free(text);
    expect_files("big.tags out.h small.tags ");
}
END_TEST

int main(void) {
    if (system("unshare -rm mount -t tmpfs none /proc >/dev/null 2>&1") != 0)
        return 77; /* skipped: nobody may do that here */
    Suite *suite = suite_create("outputs that have a name while they are written");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, make_big_schema, teardown);
    tcase_add_test(all, a_header_is_written);
    tcase_add_test(all, a_signal_in_between_leaves_nothing);
    tcase_add_test(all, a_file_that_may_not_grow_leaves_nothing);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
