/* SPDX-License-Identifier: MIT */
#include "cli.h"

START_TEST(the_version_begins_with_the_number)
{
    struct program_run run = t87sc("--version", NULL);
    /* meson reads 87 out of "t87sc 0.1.0" */
    ck_assert_str_eq(run.out, "0.1.0 (t87sc, codegen ABI 3)\n");
    expect_run(run, 0, "");
    run = t87sc("gen --version", NULL);
    ck_assert_str_eq(run.out, "0.1.0 (t87sc, codegen ABI 3)\n");
    expect_run(run, 0, "");
}
END_TEST

START_TEST(help_tells_all_commands_and_each_its_options)
{
    static const char *const verbs[] = {"gen", "check", "fmt", "dump", "graph", "rules", "explain", "completion"};
    struct program_run all = t87sc("--help", NULL);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        char *line = text_of("\n  %s ", verbs[i]), *words = text_of("%s --help", verbs[i]);
        char *usage = text_of("usage: t87sc %s ", verbs[i]);
        ck_assert_msg(strstr(all.out, line) != NULL, "%s", all.out);
        struct program_run run = t87sc(words, NULL);
        ck_assert_msg(!strncmp(run.out, usage, strlen(usage)), "%s", run.out);
        ck_assert(strstr(run.out, "--help") && strstr(run.out, "exit: 0 fine"));
        ck_assert(!strcmp(verbs[i], "gen") == (strstr(run.out, "--depfile FILE") != NULL));
        expect_run(run, 0, "");
        free(usage);
        free(words);
        free(line);
    }
    expect_run(all, 0, "");
}
END_TEST

START_TEST(help_is_a_word_or_an_option_and_fits_into_80_columns)
{
    static const char *const verbs[] = {"gen",   "check", "fmt", "diff",    "dump",
                                        "graph", "rules", "lsp", "explain", "completion"};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        char *long_one = text_of("%s --help", verbs[i]), *short_one = text_of("%s -h", verbs[i]);
        char *word = text_of("help %s", verbs[i]);
        struct program_run run = t87sc(long_one, NULL), same = t87sc(short_one, NULL), too = t87sc(word, NULL);
        ck_assert_str_eq(run.out, same.out);
        ck_assert_str_eq(run.out, too.out);
        for (const char *line = run.out; *line; line += strcspn(line, "\n") + 1)
            ck_assert_msg(strcspn(line, "\n") <= 80 && (line == run.out || line[-1] == '\n'), "%s", line);
        expect_run(run, 0, "");
        expect_run(same, 0, "");
        expect_run(too, 0, "");
        free(long_one);
        free(short_one);
        free(word);
    }
    struct program_run all = t87sc("help", NULL);
    ck_assert(strstr(all.out, "usage: t87sc COMMAND") && strstr(all.out, "  -h, --help  "));
    ck_assert(strstr(all.out, "  diff --against FILE SCHEMA\n"));
    expect_run(all, 0, "");
}
END_TEST

START_TEST(wrong_usage_is_exit_code_2_and_says_what_to_write)
{
    static const struct {
        const char *words, *said;
    } wrongs[] = {
        {"", "no command given\n\nusage: t87sc COMMAND"},
        {"generate small.tags", "there is no command 'generate'; did you mean 'gen'?"},
        {"lint small.tags", "did you mean 'check'?"},
        {"version", "did you mean '--version'?"},
        {"-help", "there is no option '-help'; did you mean '--help'?"},
        {"check -version", "there is no option '-version'; did you mean '--version'?"},
        {"small.tags", "a command goes before the schema, such as 't87sc check small.tags'"},
        {"help chek", "there is no command 'chek'; did you mean 'check'?"},
        {"--werror check small.tags", "the command goes before its options: 't87sc COMMAND --werror'"},
        {"--max-errors=3 check small.tags", "the command goes before its options"},
        {"chek small.tags", "did you mean 'check'?"},
        {"gen", "nothing given for SCHEMA"},
        {"check - small.tags -", "standard input can be read once"},
        {"fmt --check - -", "standard input can be read once"},
        {"gen small.tags small.tags", "'small.tags' is one argument too many"},
        {"gen --chekc small.tags", "there is no option '--chekc'; did you mean '--check'?"},
        {"check -o x small.tags", "'-o' is not an option of this command"},
        {"gen --check=yes small.tags", "option '--check' takes no value"},
        {"gen small.tags -o", "option '-o' needs a value"},
        {"gen small.tags --depfile=", "option '--depfile' needs a value"},
        {"gen --color sometimes small.tags", "option '--color' takes auto, always or never, not 'sometimes'\nTry"},
        {"gen --color nver small.tags", "not 'nver'; did you mean 'never'?"},
        {"gen --format dot small.tags", "option '--format' takes text, json, sarif or github, not 'dot'\nTry"},
        {"dump --format jsn small.tags", "option '--format' takes text or json, not 'jsn'; did you mean 'json'?"},
        {"check -D warnings small.tags", "there is no option '-D'; did you mean '--werror'?"},
        {"check -Werror small.tags", "there is no warning 'error'; did you mean '--werror'?"},
        {"check --error-format=json small.tags", "did you mean '--format'?"},
        {"gen --out=x small.tags", "did you mean '-o'?"},
        {"check --out=x small.tags", "there is no option '--out=x'\nTry"},
        {"fmt -l small.tags", "did you mean '--check'?"},
        {"fmt -q small.tags", "there is no option '-q'\nTry"},
        {"diff small.tags small.tags", "goes behind --against: 't87sc diff --against small.tags small.tags'"},
        {"diff --against small.tags", "nothing given for SCHEMA\n"},
        {"gen --max-errors many small.tags", "'many' is not a number"},
        {"gen --max-errors -1 small.tags", "'-1' is not a number"},
        {"gen -o - --check small.tags", "--check compares with a file"},
        {"gen -o - --depfile d small.tags", "needs --deptarget"},
        {"gen --deptarget x small.tags", "needs --depfile"},
        {"explain", "nothing given for CODE"},
        {"explain T0204x", "there is no rule 'T0204x'"},
        {"rules T0101", "one argument too many"},
        {"completion", "nothing given for bash|zsh|fish"},
        {"completion tcsh", "there is no completion for 'tcsh', only for bash|zsh|fish"},
        {"completion fihs", "did you mean 'fish'?"},
    };
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        struct program_run run = t87sc(wrongs[i].words, NULL);
        ck_assert_msg(run.out_size == 0, "%s", wrongs[i].words);
        expect_run(run, 2, wrongs[i].said);
    }
    ck_assert(!is_here("small.tags.h"));
}
END_TEST

START_TEST(check_tells_findings_of_every_schema)
{
    write_here("bad.tags", "schema bad;\nroot { users: Wild(id: u64); }\ncached user() -> bytes tagged user;\n");
    expect_run(t87sc("check small.tags", NULL), 0, "");
    expect_run(t87sc("check --werror small.tags", NULL), 0, "");
    expect_run(t87sc("check small.tags bad.tags", NULL), 1, "bad.tags:3:31: error: ");
    expect_run(t87sc("check bad.tags small.tags", NULL), 1, "did you mean 'users'?");
    expect_run(t87sc("check missing.tags bad.tags", NULL), 3, "bad.tags:3:31: error: ");
    expect_run(t87sc("check .", NULL), 3, ".");
    expect_run(t87sc("check -", small_schema), 0, "");
    expect_run(t87sc("check -", "schema s"), 1, "<stdin>:1:9: error: ");
    expect_run(t87sc("check -- small.tags", NULL), 0, "");
}
END_TEST

START_TEST(errors_are_told_up_to_a_number)
{
    write_here("bad.tags", "schema bad;\nroot { }\ncached a() -> bytes tagged x;\ncached b() -> bytes tagged x;\n"
                           "cached c() -> bytes tagged x;\n");
    struct program_run run = t87sc("check --max-errors 2 bad.tags", NULL);
    ck_assert(strstr(run.err, "bad.tags:4:") && !strstr(run.err, "bad.tags:5:"));
    expect_run(run, 1, "1 more error not shown");
    run = t87sc("check --max-errors=0 bad.tags", NULL);
    ck_assert(!strstr(run.err, "not shown"));
    expect_run(run, 1, "bad.tags:5:");
}
END_TEST

START_TEST(a_closing_line_counts_what_was_found)
{
    write_here("bad.tags", "schema bad;\nroot { a: Static; }\ncached a() -> bytes tagged x;\n");
    write_here("worse.tags", "schema worse;\nroot { }\ncached a() -> bytes tagged x;\ncached b() -> bytes tagged x;\n");
    write_here("odd.tags", "schema odd;\nroot { a: Static; b: Static; }\ncached f() -> bytes tagged a;\n");
    static const struct {
        const char *words, *closing;
        int code;
    } runs[] = {
        {"check bad.tags", "\nt87sc: 1 error\n", 1},
        {"check odd.tags", "\nt87sc: 1 warning\n", 0},
        {"check --werror odd.tags", "\nt87sc: 1 warning; warnings are treated as errors (--werror)\n", 1},
        {"check bad.tags odd.tags small.tags worse.tags", "\nt87sc: 3 errors, 1 warning in 3 of 4 schemas\n", 1},
        {"check --max-errors 1 worse.tags", " (--max-errors 0 shows all)\nt87sc: 2 errors\n", 1},
        {"gen worse.tags", "\nt87sc: 2 errors\n", 1},
        {"dump worse.tags", "\nt87sc: 2 errors\n", 1},
        {"fmt missing.tags", "\nt87sc: 1 error\n", 3},
        {"diff --against bad.tags worse.tags", "\nt87sc: 3 errors\n", 1},
    };
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        struct program_run run = t87sc(runs[i].words, NULL);
        size_t size = strlen(runs[i].closing);
        ck_assert_msg(run.err_size > size && !strcmp(run.err + run.err_size - size, runs[i].closing), "%s", run.err);
        expect_run(run, runs[i].code, runs[i].closing);
    }
    struct program_run run = t87sc("check --format json bad.tags", NULL);
    expect_run(run, 1, "");
}
END_TEST

START_TEST(what_several_schemas_import_is_told_once)
{
    static const char *const names[] = {"a", "b", "c"};
    write_here("common.tags", "tags Post { comments: Wild(id: u46); size: Wild(id: u46); }\n");
    for (size_t i = 0; i < 3; i++) {
        char *file = text_of("%s.tags", names[i]);
        char *text = text_of("schema %s;\nimport \"common.tags\";\nroot { posts: Static Post; }\n"
                             "cached f() -> u64 tagged nothing;\n",
                             names[i]);
        write_here(file, text);
        free(text);
        free(file);
    }
    struct program_run run = t87sc("check a.tags b.tags c.tags", NULL);
    const char *first = strstr(run.err, "common.tags:1:32: error: ");
    ck_assert(first && !strstr(first + 1, "common.tags:1:32: error: "));
    ck_assert(strstr(run.err, "a.tags:4:") && strstr(run.err, "b.tags:4:") && strstr(run.err, "c.tags:4:"));
    expect_run(run, 1, "t87sc: 5 errors in 3 of 3 schemas\n");
    run = t87sc("check --format json a.tags b.tags", NULL);
    size_t n = 0;
    for (const char *at = run.out; (at = strstr(at, "\n")); at++)
        n++;
    ck_assert_uint_eq(n, 4); /* two of common.tags, one of each schema */
    expect_run(run, 1, "");
    /* The exit code knows of it all the same. */
    write_here("c.tags", "schema c;\nimport \"common.tags\";\nroot { posts: Static Post; }\n");
    expect_run(t87sc("check c.tags c.tags", NULL), 1, "t87sc: 2 errors in 2 of 2 schemas\n");
}
END_TEST

START_TEST(colour_follows_the_flag_then_the_environment)
{
    write_here("bad.tags", "schema bad;\nroot { }\ncached a() -> bytes tagged x;\n");
    static const struct {
        const char *line;
        bool coloured;
    } runs[] = {
        {"$T87SC check bad.tags", false},
        {"$T87SC check --color always bad.tags", true},
        {"CLICOLOR_FORCE=1 $T87SC check bad.tags", true},
        {"CLICOLOR_FORCE=0 $T87SC check bad.tags", false},
        {"NO_COLOR=1 CLICOLOR_FORCE=1 $T87SC check bad.tags", false},
        {"NO_COLOR= CLICOLOR_FORCE=1 $T87SC check bad.tags", true},
        {"NO_COLOR=1 $T87SC check --color=always bad.tags", true},
        {"CLICOLOR_FORCE=1 $T87SC check --color never bad.tags", false},
    };
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        struct program_run run = shell(runs[i].line);
        ck_assert_msg((strchr(run.err, '\033') != NULL) == runs[i].coloured, "%s", runs[i].line);
        expect_run(run, 1, "bad.tags:3:28:");
    }
}
END_TEST

START_TEST(rules_and_their_explanations_are_one_table)
{
    struct program_run run = t87sc("rules", NULL), json = t87sc("rules --format json", NULL);
    ck_assert(strstr(run.out, "T0502 error   name-collision") && strstr(json.out, "\"code\": \"T0502\""));
    expect_run(run, 0, "");
    expect_run(json, 0, "");
    static const char *const names[] = {"explain T0502", "explain t0502", "explain name-collision"};
    for (size_t i = 0; i < 3; i++) {
        run = t87sc(names[i], NULL);
        ck_assert(strstr(run.out, "Wrong:") && strstr(run.out, "Right:"));
        expect_run(run, 0, "");
    }
}
END_TEST

START_TEST(dump_prints_the_resolved_schema)
{
    struct program_run run = t87sc("dump small.tags", NULL);
    ck_assert(strstr(run.out, "<id: u64>") && strstr(run.out, "small_tag_users, 1 wild"));
    expect_run(run, 0, "");
    run = t87sc("dump --format=json -", small_schema);
    ck_assert(strstr(run.out, "\"path\": \"users/<id>\"") && strstr(run.out, "\"file\": \"schema.tags\""));
    expect_run(run, 0, "");
    run = shell("mv small.tags \"$(printf 'b\\377.tags')\" && $T87SC dump --format json b*");
    ck_assert(strstr(run.out, "\"file\": \"b?.tags\",\n") && strstr(run.out, "\"file\": \"b?.tags\", \"line\": 2"));
    expect_run(run, 0, "");
    expect_run(t87sc("dump -", "schema"), 1, "<stdin>:1:7: error");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("the command line");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, the_version_begins_with_the_number);
    tcase_add_test(all, help_tells_all_commands_and_each_its_options);
    tcase_add_test(all, help_is_a_word_or_an_option_and_fits_into_80_columns);
    tcase_add_test(all, wrong_usage_is_exit_code_2_and_says_what_to_write);
    tcase_add_test(all, check_tells_findings_of_every_schema);
    tcase_add_test(all, errors_are_told_up_to_a_number);
    tcase_add_test(all, a_closing_line_counts_what_was_found);
    tcase_add_test(all, what_several_schemas_import_is_told_once);
    tcase_add_test(all, colour_follows_the_flag_then_the_environment);
    tcase_add_test(all, rules_and_their_explanations_are_one_table);
    tcase_add_test(all, dump_prints_the_resolved_schema);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
