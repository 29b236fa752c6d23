/* SPDX-License-Identifier: MIT
 *
 * An output file is whole or absent: full disks, folders in the way, links, pipes, signals. Nothing may be left over.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

START_TEST(a_full_device_is_told)
{
    expect_run(t87sc("gen -o /dev/full small.tags", NULL), 3, "/dev/full: cannot be written: No space left on device");
    expect_run(shell("$T87SC gen -o - small.tags >/dev/full"), 3, "standard output: cannot be written: No space left");
    expect_run(shell("$T87SC --help >/dev/full"), 3, "standard output: cannot be written");
    expect_run(shell("$T87SC dump small.tags >/dev/full"), 3, "standard output: cannot be written");
    expect_run(t87sc("gen -o /dev/null small.tags", NULL), 0, "");
    ck_assert_int_eq(access("/dev/null", W_OK), 0);
    expect_files("small.tags ");
}
END_TEST

START_TEST(a_file_that_may_not_grow_leaves_the_old_one)
{
    write_big_schema(2000);
    write_here("out.h", old_header);
    expect_run(shell("ulimit -f 64; $T87SC gen -o out.h big.tags"), 3, "out.h: cannot be written: File too large");
    char *text = read_here("out.h");
    ck_assert_str_eq(text, old_header);
    free(text);
    expect_files("big.tags out.h small.tags ");
}
END_TEST

START_TEST(what_cannot_be_written_is_told)
{
    expect_run(shell("mkdir out.h"), 0, "");
    expect_run(t87sc("gen -o out.h small.tags", NULL), 3, "out.h: is a folder");
    expect_run(t87sc("gen -o missing/out.h small.tags", NULL), 3, "missing/out.h: cannot be written: No such file");
    expect_run(t87sc("gen -o small.tags/out.h small.tags", NULL), 3, "cannot be written: Not a directory");
    expect_run(t87sc("gen -o ok.h --depfile missing/d small.tags", NULL), 3, "missing/d: cannot be written");
    expect_files("out.h small.tags ");
    if (geteuid() != 0) {
        expect_run(shell("chmod 555 ."), 0, "");
        expect_run(t87sc("gen -o other.h small.tags", NULL), 3, "other.h: cannot be written: Permission denied");
        expect_run(shell("chmod 755 ."), 0, "");
    }
}
END_TEST

START_TEST(a_closed_pipe_is_told)
{
    write_big_schema(2000);
    struct program_run run = shell("{ $T87SC gen -o - big.tags; echo $? >code; } | head -c 10 >/dev/null; cat code");
    ck_assert_str_eq(run.out, "3\n");
    expect_run(run, 0, "standard output: cannot be written: Broken pipe");
}
END_TEST

START_TEST(closed_standard_streams_get_into_no_file)
{
    expect_run(shell("$T87SC gen -o - small.tags >&-"), 3, "standard output: cannot be written");
    expect_run(shell("$T87SC gen -o out.h bad.tags 2>&- >&- <&-"), 3, "");
    ck_assert(!is_here("out.h"));
    expect_run(shell("$T87SC gen -o out.h small.tags 2>&- >&- <&-; $T87SC gen -o 2.h small.tags; cmp out.h 2.h"), 0,
               "");
    struct program_run run = shell("$T87SC check - <&-");
    ck_assert_int_ne(run.exit_code, 0);
    program_run_free(&run);
}
END_TEST

START_TEST(a_link_stays_a_link_and_modes_follow_the_umask)
{
    expect_run(shell("mkdir real && ln -s real/out.h out.h && touch real/out.h && chmod 600 real/out.h"), 0, "");
    expect_run(t87sc("gen -o out.h small.tags", NULL), 0, "");
    expect_run(shell("test -L out.h && test -s real/out.h && test $(stat -c %a real/out.h) = 600"), 0, "");
    expect_run(shell("umask 027 && $T87SC gen -o new.h small.tags && test $(stat -c %a new.h) = 640"), 0, "");
    expect_files("new.h out.h real small.tags ");
}
END_TEST

START_TEST(a_link_whose_end_is_not_there_leads_to_the_new_file)
{
    expect_run(shell("mkdir real && ln -s real/second.h first.h && ln -s \"$PWD/real/out.h\" real/second.h"), 0, "");
    expect_run(t87sc("gen -o first.h small.tags", NULL), 0, "");
    expect_run(shell("test -L first.h && test -L real/second.h && test -s real/out.h"), 0, "");
    expect_run(shell("ln -s missing/out.h lost.h"), 0, "");
    expect_run(t87sc("gen -o lost.h small.tags", NULL), 3, "lost.h: cannot be written: No such file");
    expect_run(shell("ln -s ring.h ring.h"), 0, "");
    expect_run(t87sc("gen -o ring.h small.tags", NULL), 3, "ring.h: cannot be written: Too many levels");
    expect_files("first.h lost.h real ring.h small.tags ");
}
END_TEST

START_TEST(a_pipe_is_written_as_it_is)
{
    struct program_run run = shell(
        "mkfifo p && { cat p >copy & $T87SC gen -o p small.tags; wait; } && $T87SC gen -o - small.tags | cmp - copy"
        " && test -p p");
    expect_run(run, 0, "");
}
END_TEST

START_TEST(a_signal_in_between_leaves_nothing)
{
    write_big_schema(20000);
    write_here("out.h", old_header);
    for (int i = 0; i < 8; i++) {
        static const char *const signals[] = {"INT", "TERM", "KILL", "HUP"};
        char *line = text_of("timeout -s %s 0.0%d $T87SC gen -o out.h big.tags; true", signals[i % 4], 2 + i);
        struct program_run run = shell(line);
        program_run_free(&run);
        free(line);
        expect_old_or_whole("out.h");
        expect_files("big.tags out.h small.tags ");
    }
}
END_TEST

/* On another machine, or in another container, somebody with our number writes into the same folder. */
START_TEST(what_others_call_as_we_would_is_theirs)
{
    expect_run(shell("sh -c 'for name in .t87sc-$$ .t87sc-$$-0 .t87sc-$$-1; do echo theirs >$name; done; "
                     "exec $T87SC gen -o out.h small.tags'"),
               0, "");
    struct program_run run = shell("cat .t87sc-* && tail -n 1 out.h && rm .t87sc-*");
    ck_assert_str_eq(run.out, "theirs\ntheirs\ntheirs\n#endif\n");
    expect_run(run, 0, "");
    expect_files("out.h small.tags ");
}
END_TEST

START_TEST(what_a_shell_calls_standard_output_is_written_as_it_is)
{
    expect_run(shell("$T87SC gen -o here.h small.tags; $T87SC gen -o /dev/stdout small.tags | cmp - here.h; "
                     "$T87SC gen -o /proc/self/fd/3 small.tags 3>there.h; cmp here.h there.h"),
               0, "");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("outputs are whole or absent");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 30);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, a_full_device_is_told);
    tcase_add_test(all, a_file_that_may_not_grow_leaves_the_old_one);
    tcase_add_test(all, what_cannot_be_written_is_told);
    tcase_add_test(all, a_closed_pipe_is_told);
    tcase_add_test(all, closed_standard_streams_get_into_no_file);
    tcase_add_test(all, a_link_stays_a_link_and_modes_follow_the_umask);
    tcase_add_test(all, a_link_whose_end_is_not_there_leads_to_the_new_file);
    tcase_add_test(all, a_pipe_is_written_as_it_is);
    tcase_add_test(all, a_signal_in_between_leaves_nothing);
    tcase_add_test(all, what_others_call_as_we_would_is_theirs);
    tcase_add_test(all, what_a_shell_calls_standard_output_is_written_as_it_is);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
