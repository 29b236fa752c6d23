/* SPDX-License-Identifier: MIT
 *
 * t87sc fmt: what is printed, what is written back, what is left alone.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

static const char ugly[] = "schema   ugly;\r\nroot{users:Wild(id:u64);}\r\n";
static const char laid_out[] = "schema ugly;\nroot {\n    users: Wild(id: u64);\n}\n";
static const char broken[] = "schema broken;\nroot {\n";

static void prepare(void) {
    setup();
    write_here("ugly.tags", ugly);
    write_here("fine.tags", laid_out);
    write_here("broken.tags", broken);
}

static void expect_out(struct program_run run, int exit_code, const char *out, const char *said) {
    ck_assert_str_eq(run.out, out);
    expect_run(run, exit_code, said);
}

static void expect_here(const char *name, const char *expected) {
    char *text = read_here(name);
    ck_assert_str_eq(text, expected);
    free(text);
}

START_TEST(schemas_are_printed_and_files_are_left_alone)
{
    expect_out(t87sc("fmt ugly.tags", NULL), 0, laid_out, "");
    char *twice = text_of("%s%s", laid_out, laid_out);
    expect_out(t87sc("fmt ugly.tags fine.tags", NULL), 0, twice, "");
    free(twice);
    expect_here("ugly.tags", ugly);
}
END_TEST

START_TEST(standard_input_is_a_dash_or_nothing)
{
    expect_out(t87sc("fmt -", ugly), 0, laid_out, "");
    expect_out(t87sc("fmt", ugly), 0, laid_out, "");
    expect_out(t87sc("fmt --check", ugly), 1, "<stdin>\n", "");
    expect_out(t87sc("fmt --check -", laid_out), 0, "", "");
    expect_out(t87sc("fmt", ""), 0, "", "");
    expect_out(t87sc("fmt", broken), 1, "", "<stdin>:3:1: error: expected");
}
END_TEST

START_TEST(check_lists_what_would_change)
{
    expect_out(t87sc("fmt --check fine.tags", NULL), 0, "", "");
    expect_out(t87sc("fmt --check ugly.tags fine.tags ./ugly.tags", NULL), 1, "ugly.tags\n./ugly.tags\n", "");
    expect_here("ugly.tags", ugly);
}
END_TEST

START_TEST(diff_shows_what_would_change)
{
    static const char diff[] = "--- ugly.tags\n+++ ugly.tags\n@@ -1,2 +1,4 @@\n-schema   ugly;\r\n"
                               "-root{users:Wild(id:u64);}\r\n+schema ugly;\n+root {\n+    users: Wild(id: u64);\n"
                               "+}\n";
    expect_out(t87sc("fmt --diff fine.tags", NULL), 0, "", "");
    expect_out(t87sc("fmt --diff fine.tags ugly.tags", NULL), 1, diff, "");
    expect_here("ugly.tags", ugly);
    struct program_run run = t87sc("fmt --diff --color always ugly.tags", NULL);
    ck_assert(strstr(run.out, "\033[32m+schema ugly;\033[m\n") != NULL);
    expect_run(run, 1, "");
    run = shell("NO_COLOR=1 CLICOLOR_FORCE=1 $T87SC fmt --diff ugly.tags");
    ck_assert(strchr(run.out, '\033') == NULL);
    expect_run(run, 1, "");
    run = shell("CLICOLOR_FORCE=1 $T87SC fmt --diff ugly.tags");
    ck_assert(strchr(run.out, '\033') != NULL);
    expect_run(run, 1, "");
}
END_TEST

START_TEST(a_diff_can_be_applied)
{
    if (system("command -v git >/dev/null") != 0)
        return;
    expect_run(shell("$T87SC fmt --diff ugly.tags >d; git apply -p0 --whitespace=nowarn d && cmp ugly.tags fine.tags"),
               0, "");
}
END_TEST

START_TEST(a_schema_is_written_back_with_its_mode)
{
    expect_run(shell("chmod 640 ugly.tags && cp -p ugly.tags group.tags && chmod 664 group.tags"), 0, "");
    expect_out(shell("umask 077; $T87SC fmt -w ugly.tags group.tags"), 0, "", "");
    expect_here("ugly.tags", laid_out);
    expect_here("group.tags", laid_out);
    expect_out(shell("stat -c %a ugly.tags group.tags"), 0, "640\n664\n", "");
    expect_out(shell("ls -A"), 0, "broken.tags\nfine.tags\ngroup.tags\nsmall.tags\nugly.tags\n", "");
}
END_TEST

START_TEST(a_link_stays_a_link)
{
    expect_out(shell("ln -s ugly.tags link.tags && $T87SC fmt -w link.tags && test -L link.tags"), 0, "", "");
    expect_here("ugly.tags", laid_out);
}
END_TEST

START_TEST(a_schema_that_is_fine_is_not_touched)
{
    expect_out(shell("touch -d 2001-01-01 fine.tags; stat -c '%i %Y' fine.tags >before; $T87SC fmt -w fine.tags;"
                     "stat -c '%i %Y' fine.tags | cmp - before"),
               0, "", "");
}
END_TEST

START_TEST(what_does_not_parse_is_told_and_not_written)
{
    expect_out(t87sc("fmt broken.tags", NULL), 1, "", "broken.tags:3:1: error: expected");
    expect_out(t87sc("fmt --diff broken.tags", NULL), 1, "", "[T0106]");
    expect_out(t87sc("fmt --check broken.tags fine.tags", NULL), 1, "", "[T0106]");
    expect_out(t87sc("fmt -w broken.tags ugly.tags", NULL), 1, "", "[T0106]");
    expect_here("broken.tags", broken);
    expect_here("ugly.tags", laid_out); /* what is wrong with one keeps no other from its turn */
}
END_TEST

START_TEST(what_does_not_check_is_laid_out_without_a_word)
{
    expect_out(t87sc("fmt -", "import \"missing.tags\";cached q()->x tagged y ttl 1s ttl 2s;"), 0,
               "import \"missing.tags\";\ncached q() -> x tagged y ttl 1s ttl 2s;\n", "");
}
END_TEST

START_TEST(what_cannot_be_read_is_told)
{
    expect_out(t87sc("fmt missing.tags fine.tags", NULL), 3, laid_out, "there is no file 'missing.tags' [T0120]");
    expect_out(t87sc("fmt --check .", NULL), 3, "", "'.' is a folder [T0121]");
    expect_out(t87sc("fmt -w missing.tags broken.tags", NULL), 3, "", "[T0120]");
    expect_out(shell("$T87SC fmt - <&-"), 3, "", "[T0123]");
    expect_out(shell("head -c 17000000 /dev/zero | tr '\\0' '\\n' | $T87SC fmt"), 3, "", "is too big");
    expect_out(shell("printf 'schema s;\\0' | $T87SC fmt -"), 1, "", "U+0000");
}
END_TEST

START_TEST(a_layout_that_would_be_too_big_is_told)
{
    expect_out(shell("{ echo 'root{a:Wild{a:Wild{a:Wild{a:Wild{'; yes 'a:Wild;' | head -n 1500000; echo '}}}}}'; }"
                     ">big.tags; cp big.tags copy; $T87SC fmt -w big.tags || { e=$?; cmp big.tags copy && exit $e; }"),
               1, "", "big.tags:1:1: error: 'big.tags' would be too big in its layout");
}
END_TEST

START_TEST(what_cannot_be_written_is_told_and_the_old_file_stays)
{
    expect_out(shell("$T87SC fmt fine.tags >/dev/full"), 3, "", "standard output: cannot be written: No space left");
    expect_out(shell("$T87SC fmt --check ugly.tags >/dev/full"), 3, "", "standard output: cannot be written");
    expect_out(shell("$T87SC fmt --diff ugly.tags >&-"), 3, "", "standard output: cannot be written");
    expect_run(shell("for i in $(seq 20000); do echo 'enum  a{b}'; done >big.tags; cp big.tags copy;"
                     "(ulimit -f 64; $T87SC fmt -w big.tags); e=$?; cmp big.tags copy && exit $e"),
               3, "big.tags: cannot be written: File too large");
    expect_out(shell("ls -A"), 0, "big.tags\nbroken.tags\ncopy\nfine.tags\nsmall.tags\nugly.tags\n", "");
    expect_out(shell("mkfifo p; cat ugly.tags >p & $T87SC fmt -w p"), 3, "", "p: is no file that could be written");
    expect_out(shell("cat fine.tags >p & $T87SC fmt -w p"), 0, "", "");
    if (geteuid() != 0) {
        expect_out(shell("chmod 555 .; $T87SC fmt -w fine.tags ugly.tags; e=$?; chmod 755 .; exit $e"), 3, "",
                   "ugly.tags: cannot be written: Permission denied");
        expect_here("ugly.tags", ugly);
    }
}
END_TEST

START_TEST(wrong_usage_writes_nothing)
{
    static const struct {
        const char *words, *said;
    } wrongs[] = {
        {"fmt -w --check ugly.tags", "-w, --check and --diff exclude each other"},
        {"fmt --diff --check ugly.tags", "-w, --check and --diff exclude each other"},
        {"fmt --diff -w ugly.tags", "-w, --check and --diff exclude each other"},
        {"fmt -w", "standard input is none"},
        {"fmt -w ugly.tags -", "standard input is none"},
        {"fmt --format json ugly.tags", "such a --format needs -w"},
        {"fmt -I . ugly.tags", "'-I' is not an option of this command"},
        {"fmt --chekc ugly.tags", "did you mean '--check'?"},
    };
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++)
        expect_out(t87sc(wrongs[i].words, NULL), 2, "", wrongs[i].said);
    expect_here("ugly.tags", ugly);
}
END_TEST

/* They cover lines, and lines come and go. */
START_TEST(an_allowance_behind_a_declaration_goes_on_covering_all_of_it)
{
    static const char allowed[] =
        "schema s; root { all: Static; a: Wild(id: str) { b: Static; c: Static; } } // t87sc: allow(T1001) no query\n"
        "cached a_query_with_a_rather_long_name() -> u64 tagged all ttl 0s jitter 100%; // t87sc: allow(T1008, T1009) "
        "broken\n"
        "cached b() -> u64\n    tagged all\n    ttl 0s; // t87sc: allow(T1008) joined\n";
    write_here("allowed.tags", allowed);
    expect_run(t87sc("check --werror allowed.tags", NULL), 0, "");
    expect_run(t87sc("fmt -w allowed.tags", NULL), 0, "");
    expect_out(shell("grep -c . allowed.tags"), 0, "12\n", "");
    expect_run(t87sc("check --werror allowed.tags", NULL), 0, "");
}
END_TEST

START_TEST(programs_are_told_of_what_does_not_parse)
{
    struct program_run run = t87sc("fmt -w --format json broken.tags ugly.tags", NULL);
    ck_assert(strstr(run.out, "\"T0106\"") && strstr(run.out, "broken.tags"));
    expect_run(run, 1, "");
    expect_here("ugly.tags", laid_out);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("t87sc fmt");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 30);
    tcase_add_checked_fixture(all, prepare, teardown);
    tcase_add_test(all, schemas_are_printed_and_files_are_left_alone);
    tcase_add_test(all, standard_input_is_a_dash_or_nothing);
    tcase_add_test(all, check_lists_what_would_change);
    tcase_add_test(all, diff_shows_what_would_change);
    tcase_add_test(all, a_diff_can_be_applied);
    tcase_add_test(all, a_schema_is_written_back_with_its_mode);
    tcase_add_test(all, a_link_stays_a_link);
    tcase_add_test(all, a_schema_that_is_fine_is_not_touched);
    tcase_add_test(all, what_does_not_parse_is_told_and_not_written);
    tcase_add_test(all, what_does_not_check_is_laid_out_without_a_word);
    tcase_add_test(all, what_cannot_be_read_is_told);
    tcase_add_test(all, a_layout_that_would_be_too_big_is_told);
    tcase_add_test(all, what_cannot_be_written_is_told_and_the_old_file_stays);
    tcase_add_test(all, wrong_usage_writes_nothing);
    tcase_add_test(all, an_allowance_behind_a_declaration_goes_on_covering_all_of_it);
    tcase_add_test(all, programs_are_told_of_what_does_not_parse);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
