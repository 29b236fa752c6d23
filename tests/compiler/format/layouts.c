/* SPDX-License-Identifier: MIT */
#include "layouts.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump.h"
#include "files.h"
#include "format.h"
#include "format_law.h"
#include "golden.h"
#include "load.h"

char *lay_out(const char *bytes, size_t size) {
    char *laid_out = NULL, *copy = calloc(size + 1, 1); /* followed by a NUL, as sources are */
    memcpy(copy, bytes, size);
    const char *broken = format_law(copy, size, &laid_out);
    if (broken)
        fprintf(stderr, "%s\n--- gives\n%s", copy, laid_out ? laid_out : ""); /* too long for Check */
    ck_assert_msg(!broken, "not so: %s", broken);
    free(copy);
    return laid_out;
}

void expect_layout(const char *schema, const char *laid_out) {
    char *actual = lay_out(schema, strlen(schema));
    ck_assert_msg(actual != NULL, "%s", schema);
    expect_same_text(schema, laid_out, actual);
    free(actual);
}

struct attempt {
    struct arena arena;
    struct source source;
    struct source_list sources;
    struct diag_list diags;
    struct text out;
    bool parses;
};

static void format(void *argument) {
    struct attempt *attempt = argument;
    attempt->parses = format_source(&attempt->arena, &attempt->diags, &attempt->source, &attempt->out);
}

char *refusal_of(const char *bytes, size_t size) {
    struct attempt attempt = {.source = {.path = "t", .bytes = bytes, .size = size}};
    arena_init(&attempt.arena);
    diag_init(&attempt.diags, &attempt.arena, &attempt.sources);
    ck_assert(arena_run(&attempt.arena, format, &attempt));
    size_t n = 0;
    struct diag **sorted = diag_sort(&attempt.diags, &n);
    ck_assert(attempt.parses == (n == 0));
    char *found = text_of("%s", "");
    for (size_t i = 0; i < n; i++) {
        char *longer = text_of("%s%s%u:%u %s", found, i ? ", " : "", sorted[i]->place.line, sorted[i]->place.column,
                               sorted[i]->rule->id);
        free(found);
        found = longer;
    }
    arena_free(&attempt.arena);
    return found;
}

/* Takes out what a layout may change: the places. */
static char *without_places(const char *json) {
    static const char key[] = "\"place\": {";
    char *copy = text_of("%s", json), *to = copy;
    for (const char *from = json; *from;) {
        const char *place = strstr(from, key), *end = place ? place : from + strlen(from);
        memcpy(to, from, (size_t)(end - from));
        to += end - from;
        from = place ? strchr(place, '}') : end;
    }
    *to = '\0';
    return copy;
}

char *resolved(const char *bytes, size_t size, const char *folder) {
    struct loaded loaded;
    FILE *input = fmemopen((void *)(uintptr_t)bytes, size, "rb");
    ck_assert_ptr_nonnull(input);
    struct load_options options = {.path = "-", .input = input, .include_dirs = &folder, .n_include_dirs = 1};
    char *dumped = NULL;
    if (load_schema(&options, &loaded) == LOAD_OK) {
        struct emit_plan plan;
        struct text text;
        text_init(&text);
        ck_assert(emit_plan_make(&plan, loaded.model, &loaded.arena));
        dump_json(&text, &plan);
        ck_assert(!text.failed);
        dumped = without_places(text_string(&text));
        text_free(&text);
    }
    fclose(input);
    load_free(&loaded);
    return dumped;
}
