/* SPDX-License-Identifier: MIT
 *
 * ::error file=schemas/blog.tags,line=12,col=27,title=T0203 unknown-segment::unknown segment 'post' ...
 *
 * A command is a line: what would end it, or one of its properties, is written as %XX, as the runner reads it.
 */
#include <string.h>

#include "report_formats.h"

/* `special` are the bytes that mean something where this stands. */
static void append_escaped(struct text *out, const char *string, const char *special) {
    const unsigned char *cursor = (const unsigned char *)string, *limit = cursor + strlen(string);
    while (cursor < limit) {
        long code;
        const unsigned char *next = text_next_code_point(cursor, limit, &code);
        if (code == TEXT_BAD)
            text_append(out, TEXT_REPLACEMENT);
        else if (strchr(special, *cursor))
            text_printf(out, "%%%02X", *cursor);
        else
            text_append_bytes(out, (const char *)cursor, (size_t)(next - cursor));
        cursor = next;
    }
}

static void append_data(struct text *out, const char *string) { append_escaped(out, string, "%\r\n"); }

static void append_property(struct text *out, const char *string) { append_escaped(out, string, "%\r\n:,"); }

/* On a line of the message. */
static void append_place(struct text *out, struct place place) {
    append_data(out, "\n");
    append_data(out, place.file);
    text_printf(out, ":%u:%u: ", place.line, place.column);
}

void report_github(struct report *report, const struct diag *diag, uint32_t end_column) {
    (void)end_column; /* shown nowhere */
    struct text *out = &report->out;
    text_printf(out, "::%s file=", diag->level == DIAG_NOTICE ? "notice" : diag_level_name(diag->level));
    append_property(out, diag->place.file);
    text_printf(out, ",line=%u,col=%u,title=", diag->place.line, diag->place.column);
    append_property(out, diag->rule->id);
    text_append_char(out, ' ');
    append_property(out, diag->rule->name);
    text_append(out, "::");
    append_data(out, diag->message);
    if (diag->allowed) {
        append_place(out, diag->allowed->place);
        text_append(out, "allowed here: ");
        append_data(out, diag->allowed->reason);
    }
    for (const struct diag_remark *remark = diag->remarks; remark; remark = remark->next) {
        if (remark->kind == DIAG_NOTE)
            append_place(out, remark->place);
        else
            append_data(out, "\n");
        text_append(out, remark->kind == DIAG_HELP ? "help: " : "note: ");
        append_data(out, remark->message);
    }
    text_append_char(out, '\n');
}
