/* SPDX-License-Identifier: MIT */
#include "spacing.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "lexer.h"
#include "text.h"

uint32_t roll(struct dice *dice, uint32_t n) {
    dice->state ^= dice->state << 13;
    dice->state ^= dice->state >> 7;
    dice->state ^= dice->state << 17;
    return (uint32_t)(dice->state >> 16) % n;
}

static const char *pick(struct dice *dice, const char *const *words, size_t n) {
    return words[roll(dice, (uint32_t)n)];
}

#define PICK(dice, ...) \
    pick(dice, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static char *string_of(struct text *text) {
    char *string = strdup(text_string(text));
    text_free(text);
    return string;
}

/* Blanks between two pieces; at least one where the two would become one word. */
static void append_blanks(struct dice *dice, struct text *out, enum spacing spacing, bool needed) {
    if (needed)
        text_append(out, PICK(dice, " ", "\n", "\t", " \n", "\r\n"));
    for (uint32_t n = roll(dice, 4); n > 1; n--)
        text_append(out, spacing & SPACING_EMPTY_LINES ? PICK(dice, " ", "\n", "\t", "\n\n", "\r\n\r\n \n")
                                                       : PICK(dice, " ", "  ", "\t"));
}

static bool is_word_byte(char byte) { return isalnum((unsigned char)byte) || byte == '_'; }

char *respace(struct dice *dice, const char *bytes, enum spacing spacing) {
    const struct source source = {.path = "t", .bytes = bytes, .size = strlen(bytes)};
    struct arena arena;
    struct diag_list diags;
    struct lexer lexer;
    struct token token;
    struct text out;
    arena_init(&arena);
    diag_init(&diags, &arena, NULL);
    text_init(&out);
    lexer_init(&lexer, &source, &diags);
    lexer.wants_comments = true;
    for (enum token_kind kind; (kind = lexer_next(&lexer, &token)) != TOKEN_END;) {
        bool is_comment = kind == TOKEN_COMMENT || kind == TOKEN_DOC;
        if (is_comment && !(spacing & SPACING_COMMENTS))
            continue;
        char last = out.size ? out.data[out.size - 1] : ' ';
        append_blanks(dice, &out, spacing, is_word_byte(last) && is_word_byte(bytes[token.offset]));
        if (spacing & SPACING_COMMENTS && roll(dice, 8) == 0)
            text_printf(&out, "%s%s %u  %s", PICK(dice, "", "", "\n", "\n\n"), PICK(dice, "//", "//", "///", "////"),
                        roll(dice, 100), PICK(dice, "\n", "\r\n", "\t\n\n", "\n// more\n", "\n\n/// more\n"));
        text_append_bytes(&out, bytes + token.offset, token.length);
        if (is_comment)
            text_append_char(&out, '\n');
    }
    append_blanks(dice, &out, spacing, false);
    arena_free(&arena);
    return string_of(&out);
}

/* The grammar's rules, each alternative by chance. */

static void append_name(struct dice *dice, struct text *out) {
    text_append(out,
                PICK(dice, "a", "b", "users", "posts", "key", "ttl", "tagged", "exact", "soft", "version", "struct",
                     "codec", "root", "invalidates", "customer_id", "a_rather_long_name_of_something_small"));
    if (roll(dice, 4) == 0)
        text_printf(out, "_%u", roll(dice, 1000));
}

static void append_names(struct dice *dice, struct text *out, uint32_t most) {
    for (uint32_t n = roll(dice, most) + 1; n; n--) {
        append_name(dice, out);
        text_append(out, n > 1 ? "," : "");
    }
}

static void append_block(struct dice *dice, struct text *out, uint32_t depth);

static void append_segment(struct dice *dice, struct text *out, uint32_t depth) {
    bool is_wild = roll(dice, 2);
    if (!is_wild || roll(dice, 4)) {
        append_name(dice, out);
        text_append(out, ":");
    }
    text_append(out, is_wild ? "Wild" : "Static");
    if (is_wild && roll(dice, 2)) {
        text_append(out, "(");
        append_name(dice, out);
        text_append(out, ":");
        append_name(dice, out);
        text_append(out, ")");
    }
    if (depth < 5 && roll(dice, 3) == 0) {
        append_block(dice, out, depth + 1);
        return;
    }
    if (roll(dice, 3) == 0) {
        text_append(out, " ");
        append_name(dice, out);
    }
    text_append(out, ";");
}

static void append_block(struct dice *dice, struct text *out, uint32_t depth) {
    text_append(out, "{");
    for (uint32_t n = roll(dice, 5); n; n--) {
        append_segment(dice, out, depth);
        text_append(out, PICK(dice, "", "\n", "\n\n"));
    }
    text_append(out, "}");
}

static void append_spec(struct dice *dice, struct text *out) {
    for (uint32_t n = roll(dice, 3) + 1; n; n--) {
        append_name(dice, out);
        if (roll(dice, 2)) {
            text_append(out, "(");
            if (roll(dice, 3))
                append_names(dice, out, 3);
            text_append(out, ")");
        }
        text_append(out, n > 1 ? "." : "");
    }
}

static void append_tags(struct dice *dice, struct text *out, bool may_be_marked) {
    for (uint32_t n = roll(dice, 5) + 1; n; n--) {
        append_spec(dice, out);
        for (uint32_t marks = may_be_marked ? roll(dice, 3) : 0; marks; marks--)
            text_append(out, PICK(dice, " exact", " soft"));
        text_append(out, n > 1 ? "," : "");
    }
}

static void append_function(struct dice *dice, struct text *out) {
    bool is_mutation = roll(dice, 3) == 0;
    text_append(out, is_mutation ? "mutation " : "cached ");
    append_name(dice, out);
    text_append(out, "(");
    for (uint32_t n = roll(dice, 5); n; n--) {
        text_append(out, roll(dice, 3) ? "" : "key ");
        append_name(dice, out);
        text_append(out, ":");
        append_name(dice, out);
        text_append(out, n > 1 ? "," : "");
    }
    text_append(out, ")");
    if (!is_mutation)
        text_printf(out, "->%s", PICK(dice, "u64", "bytes", "ttl", "struct user", "codec cart", "struct struct"));
    for (uint32_t n = roll(dice, 5); n; n--) {
        if (is_mutation || roll(dice, 2)) {
            text_append(out, is_mutation ? " invalidates " : " tagged ");
            append_tags(dice, out, is_mutation);
        } else {
            text_append(out, PICK(dice, " ttl 30s", " grace 5m", " negative 100ms", " jitter 5%", " timeout 2d",
                                  " fleet", " fleet 2s", " verify 100%", " version 3"));
        }
    }
    text_append(out, ";");
}

static void append_declaration(struct dice *dice, struct text *out) {
    switch (roll(dice, 8)) {
    case 0:
        text_append(out, PICK(dice, "schema s;", "include \"a.h\";", "include <b c.h>;", "import \"\xC3\xB6.tags\";",
                              "default ttl 3s;", "default grace 4m;"));
        break;
    case 1:
        text_append(out, "enum ");
        append_name(dice, out);
        text_append(out, "{");
        append_names(dice, out, 10);
        text_append(out, "}");
        break;
    case 2:
    case 3:
        text_append(out, roll(dice, 2) ? "root" : "tags ttl");
        append_block(dice, out, 0);
        break;
    default:
        append_function(dice, out);
    }
}

char *random_schema(struct dice *dice) {
    struct text out;
    text_init(&out);
    for (uint32_t n = roll(dice, 8); n; n--) {
        append_declaration(dice, &out);
        text_append(&out, PICK(dice, "", "\n", "\n\n"));
    }
    return string_of(&out);
}
