/* SPDX-License-Identifier: MIT */
#include "unified.h"

#include <string.h>

enum { CONTEXT = 3 };

struct unified {
    struct lines old, new;
    const uint32_t *same;
    struct text *out;
    bool colour;
};

/* Old lines from `old` to `old_end` became the new ones from `new` to `new_end`; both may be none. */
struct edit {
    uint32_t old, old_end, new, new_end;
};

/* The first edit from an old and a new line on that are at the same place; an empty one at the end of both. */
static struct edit find_edit(const struct unified *u, uint32_t old, uint32_t new) {
    for (; old < u->old.n && u->same[old] == new; new += 1)
        old++;
    struct edit edit = {old, old, new, u->new.n};
    while (edit.old_end < u->old.n && u->same[edit.old_end] == LINE_GONE)
        edit.old_end++;
    if (edit.old_end < u->old.n)
        edit.new_end = u->same[edit.old_end];
    return edit;
}

static bool is_empty(struct edit edit) { return edit.old == edit.old_end && edit.new == edit.new_end; }

static void paint(struct unified *u, const char *sequence) {
    if (u->colour)
        text_append(u->out, sequence);
}

static void write_lines(struct unified *u, const struct lines *lines, uint32_t from, uint32_t to, char mark,
                        const char *colour) {
    for (uint32_t i = from; i < to; i++) {
        const char *line = lines->bytes + lines->starts[i];
        size_t size = lines->starts[i + 1] - lines->starts[i];
        bool ends = line[size - 1] == '\n';
        paint(u, colour);
        text_append_char(u->out, mark);
        text_append_bytes(u->out, line, size - ends);
        paint(u, *colour ? "\033[m" : "");
        text_append(u->out, ends ? "\n" : "\n\\ No newline at end of file\n");
    }
}

/* "3,7": where the lines from `from` on are; of none, behind which line. */
static void write_range(struct unified *u, char mark, uint32_t from, uint32_t to) {
    text_printf(u->out, " %c%u", mark, to > from ? from + 1 : from);
    if (to - from != 1)
        text_printf(u->out, ",%u", to - from);
}

/* The hunk that begins with `first`; returns the first edit behind it. */
static struct edit write_hunk(struct unified *u, struct edit first) {
    uint32_t before = first.old < CONTEXT ? first.old : CONTEXT;
    struct edit last = first, next = find_edit(u, first.old_end, first.new_end);
    while (!is_empty(next) && next.old - last.old_end <= 2 * CONTEXT) {
        last = next;
        next = find_edit(u, last.old_end, last.new_end);
    }
    uint32_t after = u->old.n - last.old_end < CONTEXT ? u->old.n - last.old_end : CONTEXT;
    paint(u, "\033[36m");
    text_append(u->out, "@@");
    write_range(u, '-', first.old - before, last.old_end + after);
    write_range(u, '+', first.new - before, last.new_end + after);
    text_append(u->out, " @@");
    paint(u, "\033[m");
    text_append_char(u->out, '\n');
    uint32_t shown = first.old - before;
    for (struct edit edit = first;; edit = find_edit(u, edit.old_end, edit.new_end)) {
        write_lines(u, &u->old, shown, edit.old, ' ', "");
        write_lines(u, &u->old, edit.old, edit.old_end, '-', "\033[31m");
        write_lines(u, &u->new, edit.new, edit.new_end, '+', "\033[32m");
        shown = edit.old_end;
        if (edit.old == last.old && edit.new == last.new)
            break;
    }
    write_lines(u, &u->old, shown, shown + after, ' ', "");
    return next;
}

/* A name with blanks in it ends with a tab: without one, patch(1) reads it as far as the first blank. */
static void write_name(struct unified *u, const char *mark, const char *path) {
    paint(u, "\033[1m");
    text_printf(u->out, "%s %s%s", mark, path, strchr(path, ' ') ? "\t" : "");
    paint(u, "\033[m");
    text_append_char(u->out, '\n');
}

void unified_diff(struct arena *arena, struct text *out, const char *path, const struct lines *old,
                  const struct lines *new, bool colour) {
    struct unified u = {*old, *new, line_diff(arena, old, new), out, colour};
    struct edit edit = find_edit(&u, 0, 0);
    if (is_empty(edit))
        return;
    write_name(&u, "---", path);
    write_name(&u, "+++", path);
    while (!is_empty(edit))
        edit = write_hunk(&u, edit);
}
