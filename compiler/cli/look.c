/* SPDX-License-Identifier: MIT
 *
 * The verbs that only look: check, dump, rules, explain.
 */
#include <jansson.h>
#include <stdio.h>

#include "commands.h"
#include "dump.h"
#include "output.h"
#include "suggest.h"

enum exit_code run_check(const struct options *options) {
    enum exit_code worst = EXIT_FINE;
    for (size_t i = 0; i < options->n_arguments; i++) {
        struct compiled compiled;
        enum exit_code code = compile_and_lint(&compiled, options, options->arguments[i]);
        worst = code > worst ? code : worst;
        compiled_free(&compiled);
    }
    return worst;
}

static enum exit_code print(struct text *text) { return output_built("-", text) ? EXIT_FINE : EXIT_INTERNAL; }

enum exit_code run_dump(const struct options *options) {
    struct compiled compiled;
    struct text text;
    enum exit_code code = compile(&compiled, options, options->arguments[0]);
    text_init(&text);
    if (code == EXIT_FINE) {
        (options->format == FORMAT_JSON ? dump_json : dump_text)(&text, &compiled.plan);
        code = print(&text);
    }
    compiled_free(&compiled);
    return code;
}

static int append(const char *bytes, size_t size, void *text) {
    text_append_bytes(text, bytes, size);
    return 0;
}

static void rules_json(struct text *text) {
    json_t *rules = json_array();
    bool whole = rules != NULL;
    for (size_t i = 0; i < DIAG_N_CODES; i++) {
        const struct diag_rule *rule = diag_rule((enum diag_code)i);
        json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "code", rule->id, "name", rule->name, "level",
                                   diag_level_name(rule->level), "title", rule->title, "text", rule->text, "wrong",
                                   rule->wrong, "right", rule->right);
        whole = whole && json_array_append_new(rules, object) == 0;
    }
    if (!whole || json_dump_callback(rules, append, text, JSON_INDENT(2)) != 0)
        text->failed = true;
    text_append_char(text, '\n');
    json_decref(rules);
}

enum exit_code run_rules(const struct options *options) {
    struct text text;
    text_init(&text);
    if (options->format == FORMAT_JSON)
        rules_json(&text);
    else
        diag_print_rules(&text);
    return print(&text);
}

enum exit_code run_explain(const struct options *options) {
    const char *code = options->arguments[0];
    const struct diag_rule *rule = diag_find_rule(code);
    if (!rule) {
        struct suggestion suggestion = suggest_for(code);
        for (size_t i = 0; i < DIAG_N_CODES; i++) {
            suggest_offer(&suggestion, diag_rule((enum diag_code)i)->id);
            suggest_offer(&suggestion, diag_rule((enum diag_code)i)->name);
        }
        const char *best = suggest_best(&suggestion);
        fprintf(stderr, "t87sc: error: there is no rule '%s'", code);
        fprintf(stderr, best ? "; did you mean '%s'?\n" : "; `t87sc rules` lists them\n", best);
        return EXIT_USAGE;
    }
    struct text text;
    text_init(&text);
    diag_explain(rule, &text);
    return print(&text);
}
