/* SPDX-License-Identifier: MIT */
#include "page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SECTIONS = 5, NAME_WIDTH = 36, HEAD_ROWS = 3, LEAST_ROWS = 3 };

static const char plain[] = "\x1b[0m", bold[] = "\x1b[1m", dim[] = "\x1b[2m", red[] = "\x1b[31m", green[] = "\x1b[32m",
                  yellow[] = "\x1b[33m";

/* Lines, the first of which is the heading. */
struct section {
    struct text text;
    size_t n;
};

struct page {
    const struct picture *picture;
    const struct page_style *style;
    struct arena *arena;
    struct section sections[SECTIONS];
    size_t lines; /* so far */
};

/* ---- words ---- */

static void paint(const struct page *page, struct text *out, const char *colour, const char *word) {
    text_printf(out, "%s%s%s", page->style->colour ? colour : "", word, page->style->colour ? plain : "");
}

/* 340 ms, 2.5 s, 12 min, 3.0 h, 4.1 d */
static const char *time_text(char out[24], int64_t ms) {
    const char *sign = ms < 0 ? "-" : "";
    const double seconds = (double)(ms < 0 ? -ms : ms) / 1000;
    if (seconds < 1)
        snprintf(out, 24, "%s%.0f ms", sign, seconds * 1000);
    else if (seconds < 100)
        snprintf(out, 24, "%s%.1f s", sign, seconds);
    else if (seconds < 6000)
        snprintf(out, 24, "%s%.0f min", sign, seconds / 60);
    else if (seconds < 172800)
        snprintf(out, 24, "%s%.1f h", sign, seconds / 3600);
    else
        snprintf(out, 24, "%s%.1f d", sign, seconds / 86400);
    return out;
}

static const char *size_text(char out[24], uint64_t bytes) {
    static const char *const units[] = {"B", "KiB", "MiB", "GiB"};
    double size = (double)bytes;
    size_t unit = 0;
    for (; size >= 1024 && unit < 3; unit++)
        size /= 1024;
    snprintf(out, 24, unit ? "%.1f %s" : "%.0f %s", size, units[unit]);
    return out;
}

static size_t width_of(const char *text) {
    size_t width = 0;
    for (const unsigned char *at = (const unsigned char *)text, *end = at + strlen(text); at < end; width++) {
        long code;
        at = text_next_code_point(at, end, &code);
    }
    return width;
}

/* A name, and blanks up to the next column. */
static void name_column(struct text *out, const char *name, size_t width) {
    const size_t taken = width_of(name);
    text_append(out, name);
    text_append_repeated(out, ' ', taken < width ? width - taken : 1);
}

static struct text *line(struct section *section) {
    section->n++;
    return &section->text;
}

/* ---- sections ---- */

static const char *colour_of(enum entry_state state) {
    switch (state) {
    case ENTRY_FRESH:
        return green;
    case ENTRY_STALE:
    case ENTRY_SOFT:
        return yellow;
    case ENTRY_OUTDATED:
    case ENTRY_BROKEN:
        return red;
    default:
        return dim;
    }
}

static void heading(const struct page *page, struct section *section, const char *text) {
    paint(page, line(section), bold, text);
    text_append(&section->text, "\n");
}

static void queries(struct page *page, struct section *section) {
    size_t n;
    char size[24], title[120];
    const struct query_sum *sums = picture_queries(page->picture, page->arena, &n);
    snprintf(title, sizeof title, "%-*s%8s%8s%8s%10s%8s%12s", NAME_WIDTH, "QUERIES", "entries", "fresh", "stale",
             "outdated", "other", "size");
    heading(page, section, title);
    for (size_t i = 0; i < n; i++) {
        const size_t *states = sums[i].states;
        const size_t stale = states[ENTRY_STALE] + states[ENTRY_SOFT];
        if (!sums[i].n)
            continue;
        name_column(line(section), sums[i].name, NAME_WIDTH);
        text_printf(&section->text, "%8zu%8zu%8zu%10zu%8zu%12s\n", sums[i].n, states[ENTRY_FRESH], stale,
                    states[ENTRY_OUTDATED], sums[i].n - states[ENTRY_FRESH] - stale - states[ENTRY_OUTDATED],
                    size_text(size, sums[i].bytes));
    }
}

static void processes(struct page *page, struct section *section) {
    const struct process **all = picture_processes(page->picture, page->arena);
    char name[160], near[24], bound[24], age[24], title[120];
    snprintf(title, sizeof title, "%-*s%8s%12s%12s%9s  %s", NAME_WIDTH, "PROCESSES", "hits", "answers", "fetches",
             "pending", "near, of, seen");
    heading(page, section, title);
    for (size_t i = 0; i < page->picture->look->n_processes; i++) {
        const struct t87s__beat *beat = &all[i]->beat;
        uint64_t hits;
        const uint64_t answers = picture_answers(beat, &hits);
        snprintf(name, sizeof name, "%s:%" PRIu64 " %s", beat->host, beat->pid, beat->schema);
        name_column(line(section), name, NAME_WIDTH);
        if (answers)
            text_printf(&section->text, "%6.1f %%", 100 * (double)hits / (double)answers);
        else
            text_append(&section->text, "       -");
        text_printf(&section->text, "%12" PRIu64 "%12" PRIu64 "%9" PRIu64 "  %s of %s, %s ago\n", answers,
                    beat->stats.fetches, beat->stats.store_pending,
                    time_text(near, (int64_t)beat->stats.store_vouched_ms),
                    time_text(bound, (int64_t)beat->stats.store_bound_ms), time_text(age, all[i]->age_ms));
    }
}

static void invalidation(struct section *section, int64_t age_ms, const char *kind, const char *name) {
    char age[24];
    text_printf(line(section), "%10s  %-10s  %s\n", time_text(age, age_ms), kind, name);
}

static void invalidations(struct page *page, struct section *section) {
    const struct picture *picture = page->picture;
    const struct look *look = picture->look;
    uint64_t nameless = look->n_more;
    size_t heard = picture->feed ? feed_kept(picture->feed) : 0;
    heading(page, section, "INVALIDATIONS of the last 5 min");
    /* Those that were heard came by name; of stamps, which are one for each tag, only what came before. */
    int64_t since_ms = INT64_MAX;
    for (size_t i = 0; i < heard; i++) {
        const struct heard *one = feed_heard(picture->feed, i);
        const int64_t age_ms = picture->now_ms - one->at_ms;
        if (age_ms > LOOK_WINDOW_MS)
            break;
        invalidation(section, age_ms, one->kind, one->name);
    }
    if (picture->feed)
        since_ms = picture->now_ms - picture->feed->since_ms;
    for (size_t i = 0; i < look->n_recent; i++) {
        const struct recent *recent = &look->recent[i];
        if (picture->feed && recent->age_ms < since_ms)
            continue;
        if (recent->known)
            invalidation(section, recent->age_ms, picture_kind(recent->letter), recent->known->name);
        else
            nameless++;
    }
    if (nameless)
        text_printf(line(section), "            and %" PRIu64 " of tags or keys that no entry here has\n", nameless);
}

static void tags(struct page *page, struct section *section) {
    const struct look *look = page->picture->look;
    size_t n;
    char title[120], age[24];
    const struct known **all = picture_tags(page->picture, page->arena, ORDER_BY_AGE, &n);
    snprintf(title, sizeof title, "%-*s%8s  %s", NAME_WIDTH, "TAGS", "entries", "invalidated");
    heading(page, section, title);
    for (size_t i = 0; i < n; i++) {
        const char *between = "  ";
        const struct {
            const char *kind;
            uint64_t stamp;
        } stamps[] = {{"", all[i]->hard}, {"exact ", all[i]->exact}, {"soft ", all[i]->soft}};
        name_column(line(section), all[i]->name, NAME_WIDTH);
        text_printf(&section->text, "%8zu", all[i]->n_entries);
        for (size_t kind = 0; kind < 3; kind++)
            if (stamps[kind].stamp) {
                text_printf(&section->text, "%s%s%s ago", between, stamps[kind].kind,
                            time_text(age, picture_age_ms(look, stamps[kind].stamp)));
                between = ", ";
            }
        text_append(&section->text, "\n");
    }
}

static void entries(struct page *page, struct section *section) {
    const struct look *look = page->picture->look;
    const struct entry **all = picture_entries(page->picture, page->arena, ORDER_BY_AGE);
    char title[120], age[24], left[24];
    snprintf(title, sizeof title, "%-*s%10s%12s  %-9s %s", NAME_WIDTH, "ENTRIES", "age", "fresh for", "state",
             "tags, or why not");
    heading(page, section, title);
    for (size_t i = 0; i < look->n_entries; i++) {
        const struct entry *entry = all[i];
        const char *state = entry_state_name(entry->state);
        name_column(line(section), entry->key.text, NAME_WIDTH);
        if (entry->state == ENTRY_BROKEN || entry->state == ENTRY_UNREAD)
            text_printf(&section->text, "%10s%12s  ", "-", "-");
        else
            text_printf(&section->text, "%10s%12s  ", time_text(age, entry->age_ms), time_text(left, entry->fresh_ms));
        paint(page, &section->text, colour_of(entry->state), state);
        text_append_repeated(&section->text, ' ', 10 - strlen(state));
        if (entry->not_found)
            text_append(&section->text, "(not found) ");
        for (size_t tag = 0; tag < entry->key.n_tags; tag++)
            text_printf(&section->text, "%s%s", tag ? " " : "", entry->tags[tag]);
        if (entry->because)
            text_printf(&section->text, "%s%s", entry->key.n_tags ? " <- " : "", entry->because);
        text_append(&section->text, "\n");
    }
}

/* ---- the page ---- */

/* A line without its end, cut to the screen; what stands behind ESC has no width. */
static void emit(struct page *page, struct text *out, const char *from, const char *to) {
    const unsigned char *at = (const unsigned char *)from, *end = (const unsigned char *)to;
    const size_t columns = page->style->columns;
    size_t width = 0;
    bool cut = false;
    if (page->style->rows && page->lines == page->style->rows)
        return;
    page->lines++;
    while (at < end) {
        long code;
        const unsigned char *next = text_next_code_point(at, end, &code);
        const bool escape = code == 0x1b;
        for (; escape && next < end && next[-1] != 'm'; next++) {
        }
        cut = cut || (!escape && columns && width == columns);
        if (!cut || escape)
            text_append_bytes(out, (const char *)at, (size_t)(next - at));
        width += !escape;
        at = next;
    }
    text_append(out, page->style->end);
}

static void head(struct page *page, struct text *out) {
    const struct picture *picture = page->picture;
    struct text text;
    char since[24];
    text_init_in(&text, page->arena);
    paint(page, &text, bold, picture->model->schema);
    text_printf(&text, " in %s, %s", picture->address, picture->layout->prefix);
    emit(page, out, text_string(&text), text_string(&text) + text.size);
    text_rewind(&text);
    if (picture->look) {
        const struct look *look = picture->look;
        if (look->n_servers == 1)
            text_printf(&text, "Redis %s, %s; ", look->servers->version, look->servers->role);
        else
            text_printf(&text, "Redis %s, %u masters; ", look->servers->version, look->n_servers);
        text_printf(&text, "%" PRIu64 " entries%s", look->n_counted, look->whole ? "" : " so far");
        if (look->n_entries < look->n_counted)
            text_printf(&text, ", %zu of them looked into", look->n_entries);
        text_printf(&text, "; %" PRIu64 " stamps of tags and keys", look->n_stamps);
        if (look->n_foreign)
            text_printf(&text, "; %" PRIu64 " keys of others", look->n_foreign);
        emit(page, out, text_string(&text), text_string(&text) + text.size);
        text_rewind(&text);
    }
    if (picture->problem) {
        text_printf(&text, "No news for %s: ", time_text(since, picture->problem_ms));
        paint(page, &text, red, picture->problem);
        emit(page, out, text_string(&text), text_string(&text) + text.size);
    }
}

static void emit_section(struct page *page, struct text *out, const struct section *section, size_t room) {
    const char *at = text_string(&section->text);
    emit(page, out, "", "");
    for (size_t i = 0; i < section->n && i < room; i++) {
        const char *end = strchr(at, '\n');
        if (i + 1 == room && section->n > room) {
            char rest[40];
            const int size = snprintf(rest, sizeof rest, "    and %zu more", section->n - i);
            emit(page, out, rest, rest + size);
        } else {
            emit(page, out, at, end);
        }
        at = end + 1;
    }
}

/* Sections that need less than their share leave the rest to the others; one that would have next to nothing has none.
 * The blank line in front of each is counted. */
static void share_rows(const struct page *page, size_t left, size_t rooms[SECTIONS]) {
    bool settled[SECTIONS] = {false};
    size_t open = SECTIONS;
    for (bool again = true; again && open;) {
        again = false;
        for (size_t i = 0; i < SECTIONS && open; i++) {
            const size_t share = left / open, needed = page->sections[i].n + 1;
            if (settled[i] || (needed > share && share > LEAST_ROWS))
                continue;
            rooms[i] = needed <= share ? needed - 1 : 0;
            left -= rooms[i] ? needed : 0;
            settled[i] = again = true;
            open--;
        }
    }
    for (size_t i = 0; i < SECTIONS; i++)
        if (!settled[i]) {
            rooms[i] = left / open - 1;
            left -= rooms[i] + 1;
            open--;
        }
}

void page_append(struct text *out, const struct picture *picture, struct arena *arena, const struct page_style *style) {
    static void (*const makers[SECTIONS])(struct page * page, struct section * section) = {
        queries, processes, invalidations, tags, entries};
    struct page page = {.picture = picture, .style = style, .arena = arena};
    head(&page, out);
    if (!picture->look)
        return;
    size_t rooms[SECTIONS];
    for (size_t i = 0; i < SECTIONS; i++) {
        text_init_in(&page.sections[i].text, arena);
        makers[i](&page, &page.sections[i]);
        rooms[i] = page.sections[i].n;
    }
    if (style->rows)
        share_rows(&page, style->rows > HEAD_ROWS ? style->rows - HEAD_ROWS : 0, rooms);
    for (size_t i = 0; i < SECTIONS; i++)
        if (rooms[i])
            emit_section(&page, out, &page.sections[i], rooms[i]);
}
