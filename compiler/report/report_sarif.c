/* SPDX-License-Identifier: MIT
 *
 * The Static Analysis Results Interchange Format, version 2.1.0. A log has one run; its rules are those that its
 * results are about, in the order in which they first appear.
 */
#include <string.h>

#include "json_parts.h"
#include "report_formats.h"
#include "uri.h"

static const char schema[] = "https://json.schemastore.org/sarif-2.1.0.json";

void report_sarif_begin(struct report *report) {
    report->rules = json_array();
    report->results = json_array();
}

static json_t *uri_of(const char *path) {
    struct text uri;
    text_init(&uri);
    uri_append_path(&uri, path);
    return json_of_built(&uri);
}

static json_t *artifact_of(const char *path) { return json_pack("{s:o}", "uri", uri_of(path)); }

static json_t *region_of(struct place place, uint32_t end_column) {
    return json_pack("{s:I, s:I, s:I}", "startLine", (json_int_t)place.line, "startColumn", (json_int_t)place.column,
                     "endColumn", (json_int_t)end_column);
}

static json_t *physical_location(struct place place, json_t *region) {
    return json_pack("{s:o, s:o}", "artifactLocation", artifact_of(place.file), "region", region);
}

/* Braces are doubled: a single one would begin a placeholder. */
static void append_message(struct text *out, const char *string) {
    for (; *string; string++) {
        if (*string == '{' || *string == '}')
            text_append_char(out, *string);
        text_append_char(out, *string);
    }
}

static json_t *plain_message(const char *string) {
    struct text text;
    text_init(&text);
    append_message(&text, string);
    return json_pack("{s:o}", "text", json_of_built(&text));
}

/* With the help, which has no place of its own. */
static json_t *message_of_diag(const struct diag *diag) {
    struct text text;
    text_init(&text);
    append_message(&text, diag->message);
    for (const struct diag_remark *remark = diag->remarks; remark; remark = remark->next) {
        if (remark->kind != DIAG_HELP)
            continue;
        text_append(&text, "\nhelp: ");
        append_message(&text, remark->message);
    }
    return json_pack("{s:o}", "text", json_of_built(&text));
}

static json_t *note_of(const struct diag_remark *note) {
    json_t *region = json_pack("{s:I, s:I}", "startLine", (json_int_t)note->place.line, "startColumn",
                               (json_int_t)note->place.column);
    return json_pack("{s:o, s:o}", "physicalLocation", physical_location(note->place, region), "message",
                     plain_message(note->message));
}

static json_t *fix_of(const struct diag_fix *fix) {
    return json_pack("{s:[{s:o, s:[{s:o, s:{s:o}}]}]}", "artifactChanges", "artifactLocation",
                     artifact_of(fix->place.file), "replacements", "deletedRegion",
                     region_of(fix->place, fix->place.column + fix->span), "insertedContent", "text",
                     json_of_text(fix->text));
}

static void append_fenced(struct text *out, const char *title, const char *example) {
    size_t size = strlen(example);
    text_printf(out, "\n%s:\n```\n%s%s```\n", title, example, size && example[size - 1] == '\n' ? "" : "\n");
}

static json_t *explanation_of(const struct diag_rule *rule) {
    struct text page, fenced;
    text_init(&page);
    text_init(&fenced);
    diag_explain(rule, &page);
    text_printf(&fenced, "%s\n", rule->text);
    append_fenced(&fenced, "Wrong", rule->wrong);
    append_fenced(&fenced, "Right", rule->right);
    return json_pack("{s:o, s:o}", "text", json_of_built(&page), "markdown", json_of_built(&fenced));
}

static json_t *rule_of(const struct diag_rule *rule) {
    return json_pack("{s:s, s:s, s:{s:s}, s:{s:s}, s:o, s:{s:s}}", "id", rule->id, "name", rule->name,
                     "shortDescription", "text", rule->title, "fullDescription", "text", rule->text, "help",
                     explanation_of(rule), "defaultConfiguration", "level", diag_level_name(rule->level));
}

/* Where the rule stands among the log's; it is put there when it does not yet. */
static size_t index_of_rule(struct report *report, const struct diag_rule *rule) {
    size_t *at = &report->rule_at[rule->code];
    if (!*at) {
        report->rules = json_grown(report->rules, rule_of(rule));
        *at = ++report->n_rules;
    }
    return *at - 1;
}

/* Of what is allowed: viewers leave it out, and show who wants to know why it was. */
static json_t *suppression_of(const struct diag_allowed *allowed) {
    json_t *region = json_pack("{s:I, s:I}", "startLine", (json_int_t)allowed->place.line, "startColumn",
                               (json_int_t)allowed->place.column);
    return json_pack("{s:s, s:o, s:{s:o}}", "kind", "inSource", "justification", json_of_text(allowed->reason),
                     "location", "physicalLocation", physical_location(allowed->place, region));
}

void report_sarif(struct report *report, const struct diag *diag, uint32_t end_column) {
    size_t index = index_of_rule(report, diag->rule);
    json_t *result =
        json_pack("{s:s, s:I, s:s, s:o, s:[{s:o}]}", "ruleId", diag->rule->id, "ruleIndex", (json_int_t)index, "level",
                  diag_level_name(diag->rule->level), "message", message_of_diag(diag), "locations", "physicalLocation",
                  physical_location(diag->place, region_of(diag->place, end_column)));
    json_t *notes = json_array();
    for (const struct diag_remark *remark = diag->remarks; remark; remark = remark->next)
        if (remark->kind == DIAG_NOTE)
            notes = json_grown(notes, note_of(remark));
    if (!notes || json_array_size(notes))
        report->failed |= json_object_set_new(result, "relatedLocations", notes) != 0;
    else
        json_decref(notes);
    if (diag->fix)
        report->failed |= json_object_set_new(result, "fixes", json_pack("[o]", fix_of(diag->fix))) != 0;
    if (diag->allowed)
        report->failed |=
            json_object_set_new(result, "suppressions", json_pack("[o]", suppression_of(diag->allowed))) != 0;
    report->results = json_grown(report->results, result);
    report->failed |= !report->results;
}

void report_sarif_finish(struct report *report, const char *version, int exit_code) {
    json_t *driver = json_pack("{s:s, s:s, s:O}", "name", "t87sc", "semanticVersion", version, "rules", report->rules);
    json_t *log =
        json_pack("{s:s, s:s, s:[{s:{s:o}, s:[{s:b, s:i}], s:s, s:O}]}", "$schema", schema, "version", "2.1.0", "runs",
                  "tool", "driver", driver, "invocations", "executionSuccessful", exit_code < 2, "exitCode", exit_code,
                  "columnKind", "unicodeCodePoints", "results", report->results);
    append_json_indented(&report->out, log);
    text_append_char(&report->out, '\n');
}
