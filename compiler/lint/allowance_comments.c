/* SPDX-License-Identifier: MIT
 *
 * Finds the allowances among the comments of a file, and what each covers, by its tokens alone.
 */
#include <ctype.h>
#include <string.h>

#include "allowances.h"
#include "lexer.h"
#include "lint.h"
#include "suggest.h"
#include "text.h"

static const char mark[] = "t87sc:";

enum {
    SCAN_MAX_DEPTH = 64, /* of braces; the parser allows half of it */
    MAX_BLANKS = 256     /* between the words of an anchor: more is looked at by nobody */
};

/* One that covers what began at this depth of braces, and has not ended. */
struct open_allowance {
    struct allowance *allowance;
    uint32_t depth;
    struct open_allowance *before;
};

struct scan {
    struct allowances *all;
    const struct source *source;
    const char
        *at; /* in the comment that is read, and the place of that: names are many, and each is counted from here */
    struct place place;
    struct allowed_file *allowed;   /* made with the first one */
    struct open_allowance *open;    /* the newest first: its depth is the greatest */
    struct open_allowance *waiting; /* for the token that they stand before */
    uint32_t depth;
    struct token starts[SCAN_MAX_DEPTH]; /* at each depth of what is under way; no line: nothing is */
    const char *reason;                  /* of the comment that is read */
    /* of the last token that is no comment */
    uint32_t last_line;
    struct token ended; /* the first one of what it ends; no line: it ends nothing */
};

/* ---- what a comment says ---- */

/* The text of a comment after the mark; NULL: it is a comment like others. */
static const char *text_after_mark(const char *comment, const char *end) {
    while (comment < end && (*comment == '/' || *comment == ' ' || *comment == '\t'))
        comment++;
    size_t size = sizeof mark - 1;
    return (size_t)(end - comment) >= size && !memcmp(comment, mark, size) ? comment + size : NULL;
}

static const char *skip_blanks(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    return at;
}

static uint32_t code_points(const char *from, const char *to) {
    uint32_t n = 0;
    for (; from < to; from++)
        n += (*from & 0xC0) != 0x80;
    return n;
}

static struct place place_of(struct scan *scan, const char *at) {
    scan->place.column += code_points(scan->at, at);
    scan->at = at;
    return scan->place;
}

static bool is_fault_told(const struct scan *scan, enum diag_code code) {
    const struct allowances *all = scan->all;
    return all->switches && !all->switches->off[code] && !diag_only_counted(all->diags, code);
}

/* What begins at `at` and ends before `end` is not understood. */
static void tell_unreadable(struct scan *scan, const char *at, const char *end, const char *what) {
    struct diag_list *diags = scan->all->diags;
    struct place place = place_of(scan, at);
    if (is_fault_told(scan, T1102))
        diag_help(diags, diag_add(diags, T1102, place, code_points(at, end), "%s", what),
                  "an allowance is written '// t87sc: allow(T1002) reason'");
}

/* `rule` is what has the name, or NULL. */
static void tell_unknown(struct scan *scan, struct place place, const char *name, const struct diag_rule *rule) {
    struct diag_list *diags = scan->all->diags;
    uint32_t span = code_points(name, name + strlen(name));
    if (!is_fault_told(scan, T1102))
        return;
    if (rule) {
        diag_help(diags,
                  diag_add(diags, T1102, place, span,
                           rule->level == DIAG_ERROR ? "'%s' is an error, which cannot be allowed"
                                                     : "'%s' is no warning that a schema can allow",
                           name),
                  "take it out of the brackets");
        return;
    }
    struct diag *diag = diag_add(diags, T1102, place, span, "there is no warning '%s'", name);
    struct suggestion suggestion = suggest_for(name);
    for (size_t i = 0; i < DIAG_N_CODES; i++) {
        const struct diag_rule *offered = diag_rule((enum diag_code)i);
        if (!diag_is_allowable(offered))
            continue;
        suggest_offer(&suggestion, offered->id);
        suggest_offer(&suggestion, offered->name);
    }
    const char *best = suggest_best(&suggestion);
    if (best)
        diag_did_you_mean(diags, diag, best);
    else
        diag_help(diags, diag, "`t87sc rules` lists the warnings");
}

/* ---- what it stands at ---- */

static const char *end_of_word(const char *at) {
    while (isalnum((unsigned char)*at) || *at == '_')
        at++;
    return at;
}

/* "mutation edit_post", "posts": that it is the same one in another version of the schema. */
static void anchor(const struct scan *scan, struct allowance *allowance, struct token start) {
    const char *word = scan->source->bytes + start.offset, *end = end_of_word(word), *second = end;
    struct text words;
    if (!allowance->reason || allowance->is_named)
        return;
    while (isspace((unsigned char)*second) && second - end < MAX_BLANKS)
        second++;
    text_init_in(&words, scan->all->arena);
    text_append_bytes(&words, word, (size_t)(end - word));
    end = end_of_word(second);
    if (end > second)
        text_append_char(&words, ' ');
    text_append_bytes(&words, second, (size_t)(end - second));
    allowance->anchor = text_string(&words);
}

static void anchor_to_file(struct allowance *allowance) {
    if (allowance->reason)
        allowance->anchor = "schema";
}

/* What is under way, or ends, where the line ends. */
static struct token innermost(const struct scan *scan) {
    uint32_t depth = scan->depth;
    if (scan->ended.line)
        return scan->ended;
    while (depth && !scan->starts[depth].line)
        depth--;
    return scan->starts[depth];
}

static struct allowance *add_allowance(struct scan *scan, enum diag_code code, struct place place, uint32_t span) {
    struct allowances *all = scan->all;
    if (!scan->allowed) {
        scan->allowed = ARENA_NEW(all->arena, struct allowed_file);
        scan->allowed->path = scan->source->path;
        scan->allowed->next = all->first;
        all->first = scan->allowed;
    }
    struct allowed_code *of_code = &scan->allowed->codes[code];
    struct allowance *allowance = ARENA_NEW(all->arena, struct allowance);
    *allowance = (struct allowance){
        .place = place, .span = span, .reason = diag_is_of_diff(diag_rule(code)) ? scan->reason : NULL, .anchor = ""};
    *(of_code->last ? &of_code->last->next : &of_code->first) = allowance;
    of_code->last = allowance;
    of_code->n++;
    return allowance;
}

/* At the end of a line: that line, and what ends there. Else it waits for the next token. */
static void place_allowance(struct scan *scan, struct allowance *allowance) {
    if (scan->last_line == allowance->place.line) {
        bool ends = scan->ended.line && scan->ended.line < scan->last_line;
        allowance->from_line = ends ? scan->ended.line : scan->last_line;
        allowance->from_column = ends ? scan->ended.column : 0;
        allowance->to_line = scan->last_line;
        allowance->to_column = UINT32_MAX;
        anchor(scan, allowance, innermost(scan));
        return;
    }
    struct open_allowance *waiting = ARENA_NEW(scan->all->arena, struct open_allowance);
    *waiting = (struct open_allowance){.allowance = allowance, .before = scan->waiting};
    scan->waiting = waiting;
}

static bool is_repeated(const struct scan *scan, const struct diag_rule *rule) {
    const struct allowance *last = scan->allowed ? scan->allowed->codes[rule->code].last : NULL;
    return last && last->place.line == scan->place.line && !last->is_named;
}

/* What a tag, query, mutation or enum may be called: "edit_post", "users.posts". */
static bool is_path(const char *at, const char *end) {
    for (;;) {
        const char *word = at;
        at = end_of_word(at);
        if (at == word || at > end)
            return false;
        if (at == end || *at != '.')
            return at == end;
        at++;
    }
}

/* Of diff: what is gone, by its name. */
static void read_gone(struct scan *scan, const struct diag_rule *rule, struct place place, uint32_t span,
                      const char *name, const char *end) {
    if (!diag_is_of_diff(rule)) {
        tell_unreadable(scan, name, end, "a warning is allowed where it stands, without a name");
    } else if (!diag_may_be_gone(rule)) {
        tell_unreadable(scan, name, end,
                        "this is told of nothing that is gone: it is allowed where it stands, without a name");
    } else if (!is_path(name, end)) {
        tell_unreadable(scan, name, end,
                        "this is no name of something that is gone, as 'edit_post' or 'users.posts' are");
    } else {
        struct allowance *allowance = add_allowance(scan, rule->code, place, span);
        allowance->is_named = true;
        allowance->anchor = arena_copy(scan->all->arena, name, (size_t)(end - name));
    }
}

/* One name of the list. False: it cannot be one, and the list is not read any further. */
static bool read_name(struct scan *scan, const char *name, const char *end) {
    while (end > name && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    const char *code_end = name;
    while (code_end < end && *code_end != ' ' && *code_end != '\t')
        code_end++;
    if (code_end == name || code_end - name > LEXER_MAX_NAME) {
        tell_unreadable(scan, name, end, "the code of a warning is missing here");
        return false;
    }
    struct place place = place_of(scan, name);
    const char *copy = arena_copy(scan->all->arena, name, (size_t)(code_end - name)),
               *gone = skip_blanks(code_end, end);
    const struct diag_rule *rule = diag_find_rule(copy);
    uint32_t span = code_points(name, code_end);
    if (!rule || !diag_is_allowable(rule))
        tell_unknown(scan, place, copy, rule);
    else if (gone < end)
        read_gone(scan, rule, place, span, gone, end);
    else if (is_repeated(scan, rule))
        tell_unreadable(scan, name, end, "this warning is allowed twice in one comment");
    else
        place_allowance(scan, add_allowance(scan, rule->code, place, span));
    return true;
}

/* Behind the brackets; "" when nothing there can be read. */
static const char *read_reason(const struct scan *scan, const char *from, const char *end) {
    for (const char *at = from; at < end; at++)
        if ((unsigned char)*at >= 0x80 || isalnum((unsigned char)*at)) {
            from = skip_blanks(from, end);
            return arena_copy(scan->all->arena, from, (size_t)(end - from));
        }
    return "";
}

static void read_names(struct scan *scan, const char *name, const char *close) {
    for (bool readable = true; readable && name <= close;) {
        const char *comma = memchr(name, ',', (size_t)(close - name)), *end = comma ? comma : close;
        readable = read_name(scan, skip_blanks(name, end), end);
        name = end + 1;
    }
}

static void read_comment(struct scan *scan, struct token comment, bool is_doc) {
    const char *start = scan->source->bytes + comment.offset, *end = start + comment.length;
    const char *at = text_after_mark(start, end);
    if (!at)
        return;
    scan->at = start;
    scan->place = (struct place){scan->source->path, comment.line, comment.column};
    while (end > at && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
        end--;
    at = skip_blanks(at, end);
    bool allows = end - at > 5 && !memcmp(at, "allow", 5);
    const char *open = allows ? skip_blanks(at + 5, end) : end;
    const char *close = open < end && *open == '(' ? memchr(open, ')', (size_t)(end - open)) : NULL;
    if (is_doc) {
        if (allows)
            tell_unreadable(scan, start, end, "an allowance in a doc comment, which becomes documentation");
        return;
    }
    if (!close) {
        tell_unreadable(scan, start, end, "a comment for t87sc that it does not understand");
        return;
    }
    struct place place = place_of(scan, at);
    scan->reason = read_reason(scan, close + 1, end);
    if (!*scan->reason && is_fault_told(scan, T1101))
        diag_help(scan->all->diags,
                  diag_add(scan->all->diags, T1101, place, code_points(at, close + 1), "an allowance without a reason"),
                  "say behind it why the warning is not right here");
    read_names(scan, open + 1, close);
}

/* ---- what it covers ---- */

static uint32_t end_of(struct token token) { return token.column + token.length - 1; }

/* Those that began at the present depth of braces, or deeper, end here. */
static void close_open(struct scan *scan, struct token at) {
    for (; scan->open && scan->open->depth >= scan->depth; scan->open = scan->open->before) {
        scan->open->allowance->to_line = at.line;
        scan->open->allowance->to_column = end_of(at);
    }
}

/* Those that waited for this token cover what begins with it. */
static void begin(struct scan *scan, enum token_kind kind, struct token token) {
    bool is_file = kind == TOKEN_SCHEMA && !scan->depth && !scan->starts[0].line;
    while (scan->waiting) {
        struct open_allowance *waiting = scan->waiting;
        struct allowance *allowance = waiting->allowance;
        scan->waiting = waiting->before;
        allowance->from_line = is_file ? 0 : token.line;
        allowance->from_column = token.column;
        allowance->to_line = UINT32_MAX;
        if (is_file) {
            anchor_to_file(allowance);
            continue;
        }
        anchor(scan, allowance, token);
        waiting->depth = scan->depth;
        waiting->before = scan->open;
        scan->open = waiting;
    }
}

/* What is under way at the present depth ends with this token. */
static void end(struct scan *scan, struct token token) {
    close_open(scan, token);
    scan->ended = scan->starts[scan->depth];
    scan->starts[scan->depth].line = 0;
}

static void read_token(struct scan *scan, enum token_kind kind, struct token token) {
    begin(scan, kind, token);
    scan->last_line = token.line;
    scan->ended.line = 0;
    if (!scan->starts[scan->depth].line)
        scan->starts[scan->depth] = token;
    if (kind == TOKEN_SEMI || kind == TOKEN_RBRACE)
        end(scan, token);
    if (kind == TOKEN_RBRACE && scan->depth) {
        scan->depth--;
        end(scan, token);
    }
    if (kind == TOKEN_LBRACE && scan->depth + 1 < SCAN_MAX_DEPTH)
        scan->starts[++scan->depth].line = 0;
}

static void read_file(struct allowances *all, const struct source *source) {
    struct scan scan = {.all = all, .source = source};
    struct lexer lexer;
    struct token token;
    enum token_kind kind;
    if (!strstr(source->bytes, mark)) /* a NUL inside would have been an error */
        return;
    lexer_init(&lexer, source, all->diags); /* which has nothing to say: the file was read before, without errors */
    lexer.wants_comments = true;
    do {
        kind = lexer_next(&lexer, &token);
        if (kind == TOKEN_COMMENT || kind == TOKEN_DOC)
            read_comment(&scan, token, kind == TOKEN_DOC);
        else
            read_token(&scan, kind, token);
    } while (kind != TOKEN_END);
    if (scan.allowed)
        allowances_sort(scan.allowed, all->arena);
}

void allowances_read(struct allowances *allowances, const struct loaded *loaded) {
    for (const struct file *file = loaded->first_file; file; file = file->next)
        read_file(allowances, file->ast->source);
}
