/* SPDX-License-Identifier: MIT */
#include "linted.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "golden.h"
#include "load_text.h"

struct lint_switches switches_of(const char *words) {
    struct lint_switches switches = {{false}};
    char *copy = text_of("%s", words);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        ck_assert_msg(lint_switch(&switches, word), "%s", word);
    free(copy);
    return switches;
}

char *told_of(const char *text, const char *words) {
    struct lint_switches switches = switches_of(words);
    struct loaded loaded;
    ck_assert_msg(load_text(text, &loaded) == LOAD_OK, "%s", text);
    ck_assert(lint(&loaded, &switches));
    char *found = found_in(&loaded);
    load_free(&loaded);
    return found;
}

void expect_told(const char *text, const char *told) {
    char *found = told_of(text, "");
    expect_same_text(text, told, found);
    free(found);
}
