/* SPDX-License-Identifier: MIT
 *
 * Schemas out of commits. Each test has a repository of its own in the folder `repo`, with schemas/shop.tags in it, and
 * what that imports from beside it and from common/; the second commit and the work tree change all of them.
 */
#include "cli.h"

/* What git finds on this machine, and in the environment of a hook that runs the tests, is no matter. */
static const char prelude[] =
    "unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY; "
    "export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b "
    "GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b; set -e; ";

static struct program_run in_shell(const char *line) {
    char *whole = text_of("%s%s", prelude, line);
    struct program_run run = shell(whole);
    free(whole);
    return run;
}

static void expect_line(const char *line, int exit_code, const char *said) {
    expect_run(in_shell(line), exit_code, said);
}

static void make_repository(void) {
    setup();
    expect_line(
        "mkdir -p repo/schemas repo/common && cd repo && git init -q . && "
        "echo 'import \"beside.tags\"; import \"far.tags\"; schema shop; root { a: Static Beside; b: Static Far; }' "
        "> schemas/shop.tags && "
        "echo 'tags Beside { x: Static; }' > schemas/beside.tags && "
        "echo 'tags Far { y: Static; }' > common/far.tags && git add . && git commit -qm one && git tag v1 && "
        "echo 'tags Beside { x: Static; z: Static; }' > schemas/beside.tags && git commit -qam two && "
        "echo 'tags Beside { }' > schemas/beside.tags && echo 'tags Far { }' > common/far.tags",
        0, "");
}

START_TEST(the_same_path_in_the_commit_with_the_imports_of_then)
{
    expect_line("cd repo; $T87SC diff -I common --against git:v1 schemas/shop.tags", 1,
                "v1:schemas/beside.tags:1:15: error: segment 'a.x' is gone");
    expect_line("cd repo; $T87SC diff -I common --against git:HEAD schemas/shop.tags", 1,
                "HEAD:common/far.tags:1:12: error: segment 'b.y' is gone");
    expect_line("cd repo; $T87SC diff -I common --against git:HEAD~1 schemas/shop.tags", 1,
                "schemas/shop.tags against HEAD~1:schemas/shop.tags: 2 breaking changes (SOURCE 2), no warnings\n");
    expect_line("cd repo; git checkout -q .; $T87SC diff -I common --against git:HEAD schemas/shop.tags", 0,
                "no breaking changes, no warnings\n");
}
END_TEST

START_TEST(from_any_folder)
{
    expect_line("$T87SC diff -I repo/common --against git:v1 repo/schemas/shop.tags", 1, "2 breaking changes");
    expect_line("cd repo/schemas; $T87SC diff -I ../common --against git:v1 shop.tags", 1, "2 breaking changes");
    expect_line("cd repo/common; $T87SC diff -I . --against git:v1 ../schemas/shop.tags", 1, "2 breaking changes");
    expect_line("$T87SC diff -I \"$PWD/repo/common\" --against git:v1 \"$PWD/repo/schemas/shop.tags\"", 1,
                "2 breaking changes");
    expect_line("ln -s repo/schemas link; $T87SC diff -I repo/common --against git:v1 link/shop.tags", 1,
                "2 breaking changes");
}
END_TEST

START_TEST(another_path_in_the_commit)
{
    expect_line("cd repo; git mv schemas/shop.tags schemas/store.tags; "
                "$T87SC diff -I common --against git:HEAD:schemas/shop.tags schemas/store.tags",
                1, "3 breaking changes");
    expect_line("cd repo; $T87SC diff -I common --against git:HEAD:./shop.tags schemas/store.tags", 1,
                "3 breaking changes");
    expect_line("cd repo; $T87SC diff -I common --against git:HEAD:../schemas/./shop.tags schemas/store.tags", 1,
                "3 breaking changes");
    expect_line("cd repo; $T87SC diff -I common --against git:HEAD schemas/store.tags", 3,
                "there is no file 'HEAD:schemas/store.tags'");
}
END_TEST

START_TEST(a_schema_at_the_top_imports_what_is_beside_it)
{
    expect_line(
        "cd repo; echo 'import \"more/m.tags\"; schema s; root { a: Static M; }' > top.tags; mkdir more; "
        "echo 'import \"../n.tags\"; tags M { n: Static N; }' > more/m.tags; echo 'tags N { o: Static; }' > n.tags; "
        "git add .; git commit -qm top; rm n.tags; echo 'tags M { }' > more/m.tags",
        0, "");
    expect_line("cd repo; $T87SC diff --against git:HEAD top.tags", 1,
                "HEAD:more/m.tags:1:30: error: segment 'a.n' is gone");
    /* -I the top itself */
    expect_line(
        "cd repo; git checkout -q n.tags; echo 'import \"n.tags\"; schema s; root { a: Static N; }' > more/t.tags; "
        "git add .; git commit -qm more; echo 'tags N { }' > n.tags; "
        "$T87SC diff -I . --against git:HEAD more/t.tags",
        1, "HEAD:n.tags:1:10: error: segment 'a.o' is gone");
}
END_TEST

START_TEST(folders_outside_of_the_repository_are_read_as_they_are)
{
    expect_line("mkdir out; mv repo/common/far.tags out/; cd repo; git rm -qr --cached common; git commit -qm away; "
                "$T87SC diff -I ../out --against git:HEAD schemas/shop.tags",
                1, "2 breaking changes (SOURCE 2)");
    /* not a way around: what begins like the work tree is not in it */
    expect_line(
        "mkdir repo2; cp out/far.tags repo2/; cd repo; $T87SC diff -I ../repo2 --against git:HEAD schemas/shop.tags", 1,
        "2 breaking changes (SOURCE 2)");
}
END_TEST

START_TEST(an_import_that_was_not_there_is_told_at_its_place_in_the_commit)
{
    expect_line("cd repo; git rm -q --cached common/far.tags; git commit -qm broken; "
                "$T87SC diff -I common --against git:HEAD schemas/shop.tags",
                1, "HEAD:schemas/shop.tags:1:30: error: the imported file is not found");
    expect_line("cd repo; $T87SC diff --against git:v1:common schemas/beside.tags", 3, "'v1:common' is a folder");
    expect_line("cd repo; echo 'import \"../../../x.tags\"; schema s; root { }' > schemas/up.tags; git add .; "
                "git commit -qm up; echo 'schema s; root { }' > schemas/up.tags; "
                "$T87SC diff --against git:HEAD schemas/up.tags",
                1, "HEAD:schemas/up.tags:1:8: error: the imported file is not found");
}
END_TEST

START_TEST(links_in_the_tree_are_followed)
{
    expect_line("cd repo; git checkout -q .; ln -s schemas/beside.tags l.tags; ln -s ../x.tags out.tags; "
                "ln -s loop.tags loop.tags; echo 'import \"l.tags\"; schema s; root { a: Static Beside; }' > t.tags; "
                "echo 'import \"l.tags\"; import \"schemas/beside.tags\"; schema s; root { }' > two.tags; "
                "git add .; git commit -qm links",
                0, "");
    expect_line("cd repo; $T87SC diff --against git:HEAD t.tags", 0, "no breaking changes");
    expect_line("cd repo; $T87SC diff --against git:HEAD:two.tags t.tags", 1,
                "HEAD:two.tags:1:25: error: 'schemas/beside.tags' is imported twice");
    expect_line("cd repo; $T87SC diff --against git:HEAD:out.tags t.tags", 3, "there is no file 'HEAD:out.tags'");
    expect_line("cd repo; $T87SC diff --against git:HEAD:loop.tags t.tags", 3, "cannot read 'HEAD:loop.tags'");
}
END_TEST

START_TEST(what_git_does_not_know_is_told)
{
    expect_line("cd repo; $T87SC diff --against git:nowhere schemas/shop.tags", 3,
                "the repository has no commit 'nowhere'");
    expect_line("echo 'schema s; root { }' > out.tags; $T87SC diff --against git:HEAD out.tags", 3,
                "'.' is in no git repository: fatal: ");
    expect_line("cd repo; T=$T87SC; mkdir bin; PATH=$PWD/bin $T diff --against git:HEAD schemas/shop.tags", 3,
                "git cannot be run: it is not installed");
    expect_line("cd repo; git --git-dir=../bare.git init -q --bare; cd ../bare.git; "
                "cp ../repo/schemas/beside.tags .; $T87SC diff --against git:HEAD beside.tags",
                3, "the repository has no commit 'HEAD'");
}
END_TEST

START_TEST(what_git_says_beside_its_answer_is_not_in_it)
{
    expect_line("cd repo; GIT_TRACE=1 $T87SC diff -I common --against git:v1 schemas/shop.tags", 1,
                "schemas/shop.tags against v1:schemas/shop.tags: 2 breaking changes");
}
END_TEST

START_TEST(nothing_in_a_ref_is_a_command)
{
    expect_line("cd repo; $T87SC diff --against 'git:$(touch hit);touch hit`touch hit`' schemas/shop.tags", 3,
                "the repository has no commit '$(touch hit);touch hit`touch hit`'");
    expect_line("cd repo; $T87SC diff --against 'git:HEAD:$(touch hit)' schemas/shop.tags", 3, "there is no file");
    ck_assert(!is_here("repo/hit"));
    expect_line("cd repo; $T87SC diff --against 'git:--exec=touch hit' schemas/shop.tags", 2, "names no commit");
    expect_line("cd repo; $T87SC diff --against \"git:HEAD:a\nHEAD:schemas/shop.tags\" schemas/shop.tags", 3,
                "there is no file");
}
END_TEST

START_TEST(names_with_anything_in_them)
{
    expect_line("cd repo; mkdir 'a b:c'; echo 'schema s; root { x: Static; }' > 'a b:c/d blob 7.tags'; git add .; "
                "git commit -qm odd; echo 'schema s; root { }' > 'a b:c/d blob 7.tags'; "
                "$T87SC diff --against git:HEAD 'a b:c/d blob 7.tags'",
                1, "segment 'x' is gone");
    expect_line("cd repo; $T87SC diff --against 'git:HEAD:a b:c/no blob 7.tags' 'a b:c/d blob 7.tags'", 3,
                "there is no file 'HEAD:a b:c/no blob 7.tags'");
    expect_line("mv -- repo '-odd repo'; $T87SC diff -I './-odd repo/common' --against git:v1 -- "
                "'-odd repo/schemas/shop.tags'; ",
                1, "2 breaking changes");
}
END_TEST

START_TEST(a_file_of_any_size_is_no_danger)
{
    expect_line("cd repo; head -c 17000000 /dev/zero > big.tags; git add .; git commit -qm big; "
                "echo 'import \"small.tags\"; schema s; root { }' > big.tags; echo > small.tags; "
                "$T87SC diff --against git:HEAD big.tags",
                3, "'HEAD:big.tags' is too big");
    expect_line(
        "cd repo; : > empty.tags; git add empty.tags; git commit -qm empty; echo 'schema s; root { }' > empty.tags; "
        "$T87SC diff --against git:HEAD empty.tags",
        1, "HEAD:empty.tags:1:1: error: the schema has no name");
}
END_TEST

START_TEST(in_a_hook_the_environment_says_which_repository)
{
    expect_line("cd repo; export GIT_DIR=.git; $T87SC diff -I common --against git:v1 schemas/shop.tags", 1,
                "2 breaking changes");
    expect_line("git clone -q --bare repo bare.git; cd bare.git; export GIT_DIR=.; git show v1:schemas/beside.tags | "
                "sed 's/^/schema s; root { } /' | $T87SC diff --against git:v1:schemas/shop.tags -",
                1, "v1:schemas/shop.tags:1:30: error: the imported file is not found");
}
END_TEST

int main(void) {
    if (system("git --version >/dev/null 2>&1") != 0)
        return 77; /* skipped, for want of git */
    Suite *suite = suite_create("t87sc diff, commits");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 30); /* many processes */
    tcase_add_checked_fixture(all, make_repository, teardown);
    tcase_add_test(all, the_same_path_in_the_commit_with_the_imports_of_then);
    tcase_add_test(all, from_any_folder);
    tcase_add_test(all, another_path_in_the_commit);
    tcase_add_test(all, a_schema_at_the_top_imports_what_is_beside_it);
    tcase_add_test(all, folders_outside_of_the_repository_are_read_as_they_are);
    tcase_add_test(all, an_import_that_was_not_there_is_told_at_its_place_in_the_commit);
    tcase_add_test(all, links_in_the_tree_are_followed);
    tcase_add_test(all, what_git_does_not_know_is_told);
    tcase_add_test(all, what_git_says_beside_its_answer_is_not_in_it);
    tcase_add_test(all, nothing_in_a_ref_is_a_command);
    tcase_add_test(all, names_with_anything_in_them);
    tcase_add_test(all, a_file_of_any_size_is_no_danger);
    tcase_add_test(all, in_a_hook_the_environment_says_which_repository);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
