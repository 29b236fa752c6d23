/* SPDX-License-Identifier: MIT */
/* The helpers themselves: a runner that could not fail would prove nothing. */
#include "files.h"
#include "golden.h"
#include "lateness.h"
#include "program.h"
#include "suites.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

START_TEST(a_program_gives_its_output_error_and_exit_code)
{
    struct program_run run;
    struct program_options options = {.folder = "/", .input = "abc", .input_size = 3};
    program_run(&run, &options, (const char *const[]){"sh", "-c", "cat; pwd >&2; exit 7", NULL});
    ck_assert_int_eq(run.exit_code, 7);
    ck_assert_str_eq(run.out, "abc");
    ck_assert_uint_eq(run.out_size, 3);
    ck_assert_str_eq(run.err, "/\n");
    program_run_free(&run);
}
END_TEST

START_TEST(a_killed_program_gives_its_signal)
{
    struct program_run run;
    program_run(&run, NULL, (const char *const[]){"sh", "-c", "kill -9 $$", NULL});
    ck_assert_int_eq(run.exit_code, 128 + SIGKILL);
    program_run_free(&run);
}
END_TEST

START_TEST(a_temporary_folder_goes_with_all_that_is_in_it)
{
    char *folder = temp_dir_make();
    char *file = text_of("%s/x", folder);
    write_text(file, "hello");
    size_t size;
    char *back = read_file(file, &size);
    ck_assert_uint_eq(size, 5);
    ck_assert_str_eq(back, "hello");
    temp_dir_remove(folder);
    ck_assert(!file_exists(file));
    free(back);
    free(file);
}
END_TEST

START_TEST(a_machine_that_stood_still_was_late)
{
    int status;
    const pid_t child = fork();
    if (!child) {
        lateness_watch();
        const int64_t before = lateness_ms();
        raise(SIGSTOP);
        _exit(lateness_ms() - before >= 200 ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, WUNTRACED), child);
    ck_assert(WIFSTOPPED(status));
    nanosleep(&(struct timespec){.tv_nsec = 300 * 1000000}, NULL); /* from when it stands still on */
    kill(child, SIGCONT);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

START_TEST(lateness_is_what_is_watched_in_this_process)
{
    ck_assert_int_eq(lateness_ms(), 0);
    lateness_watch();
    for (int64_t late = lateness_ms(), i = 0; i < 1000; i++) { /* it only grows */
        ck_assert_int_ge(lateness_ms(), late);
        late = lateness_ms();
    }
}
END_TEST

/* A deliberate failure, asked for by the tests below through the environment of a second run of this program. */
START_TEST(fails_when_asked)
{
    const char *how = getenv("T87S_TEST_LIB_FAIL");
    if (how != NULL && strcmp(how, "assert") == 0)
        expect_same_text("two texts", "same\nleft\n", "same\nright\n");
    if (how != NULL && strcmp(how, "crash") == 0)
        raise(SIGSEGV);
    ck_assert_ptr_null(how);
}
END_TEST

static void expect_own_failure(const char *setting, const char *in_output) {
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    ck_assert_int_gt(length, 0);
    self[length] = '\0';
    struct program_run run;
    program_run(&run, NULL, (const char *const[]){"env", setting, "CK_RUN_CASE=on request", self, NULL});
    ck_assert_int_eq(run.exit_code, 1);
    char *both = text_of("%s%s", run.out, run.err);
    ck_assert_msg(strstr(both, in_output) != NULL, "no '%s' in: %s", in_output, both);
    free(both);
    program_run_free(&run);
}

START_TEST(a_failing_check_fails_the_runner_and_shows_the_line)
{
    expect_own_failure("T87S_TEST_LIB_FAIL=assert", "two texts:2: differs");
    expect_own_failure("T87S_TEST_LIB_FAIL=assert", "0%: Checks: 1, Failures: 1, Errors: 0");
}
END_TEST

START_TEST(a_crash_fails_the_runner)
{ expect_own_failure("T87S_TEST_LIB_FAIL=crash", "0%: Checks: 1, Failures: 0, Errors: 1"); }
END_TEST

START_TEST(no_checks_at_all_fail_the_runner)
{ expect_own_failure("CK_RUN_SUITE=misspelt", "no checks were run"); }
END_TEST

int main(void) {
    return run_suites(
        suite_of("helpers", a_program_gives_its_output_error_and_exit_code, a_killed_program_gives_its_signal,
                 a_temporary_folder_goes_with_all_that_is_in_it, NULL),
        suite_of("runner", a_failing_check_fails_the_runner_and_shows_the_line, a_crash_fails_the_runner,
                 no_checks_at_all_fail_the_runner, NULL),
        suite_of("lateness", a_machine_that_stood_still_was_late, lateness_is_what_is_watched_in_this_process, NULL),
        suite_of("on request", fails_when_asked, NULL), NULL);
}
