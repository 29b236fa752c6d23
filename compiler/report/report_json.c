/* SPDX-License-Identifier: MIT */
#include "json_parts.h"
#include "report_formats.h"

static json_t *end_of(uint32_t line, uint32_t column) {
    return json_pack("{s:I, s:I}", "line", (json_int_t)line, "column", (json_int_t)column);
}

static json_t *note_of(const struct diag_remark *note) {
    return json_pack("{s:o, s:I, s:I, s:o}", "file", json_of_text(note->place.file), "line",
                     (json_int_t)note->place.line, "column", (json_int_t)note->place.column, "message",
                     json_of_text(note->message));
}

static json_t *fix_of(const struct diag_fix *fix) {
    if (!fix)
        return json_null();
    return json_pack("{s:o, s:I, s:I, s:o, s:o}", "file", json_of_text(fix->place.file), "line",
                     (json_int_t)fix->place.line, "column", (json_int_t)fix->place.column, "end",
                     end_of(fix->place.line, fix->place.column + fix->span), "text", json_of_text(fix->text));
}

static json_t *allowed_of(const struct diag_allowed *allowed) {
    if (!allowed)
        return json_null();
    return json_pack("{s:o, s:I, s:I, s:o}", "file", json_of_text(allowed->place.file), "line",
                     (json_int_t)allowed->place.line, "column", (json_int_t)allowed->place.column, "reason",
                     json_of_text(allowed->reason));
}

void report_json(struct report *report, const struct diag *diag, uint32_t end_column) {
    json_t *help = json_array(), *notes = json_array();
    for (const struct diag_remark *remark = diag->remarks; remark; remark = remark->next) {
        if (remark->kind == DIAG_HELP)
            help = json_grown(help, json_of_text(remark->message));
        else
            notes = json_grown(notes, note_of(remark));
    }
    json_t *object = json_pack("{s:o, s:I, s:I, s:o, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "file",
                               json_of_text(diag->place.file), "line", (json_int_t)diag->place.line, "column",
                               (json_int_t)diag->place.column, "end", end_of(diag->place.line, end_column), "severity",
                               diag_level_name(diag->level), "code", diag->rule->id, "name", diag->rule->name,
                               "message", json_of_text(diag->message), "help", help, "notes", notes, "fix",
                               fix_of(diag->fix), "allowed", allowed_of(diag->allowed));
    append_json(&report->out, object);
    text_append_char(&report->out, '\n');
}
