/* SPDX-License-Identifier: MIT */
#include "vocabulary.h"

#include <string.h>

#include "suites.h"
#include "tokens.h"

static const struct {
    const char *text;
    enum token_sort sort;
} tokens[] = {
#define X(kind, text, sort) {text, SORT_##sort},
    TOKENS(X)
#undef X
};

static bool is_known(const char *word) {
    return vocabulary_find(word, strlen(word), WORD_DECLARATION, WORD_MARK) != NULL;
}

START_TEST(every_word_of_the_language_has_a_meaning)
{
    size_t n = 0;
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        if (tokens[i].sort == SORT_OTHER || tokens[i].sort == SORT_MARK || tokens[i].sort == SORT_INNER)
            continue;
        ck_assert_msg(is_known(tokens[i].text), "%s", tokens[i].text);
        n++;
    }
    ck_assert_uint_gt(n, 20);
    static const char *const types[] = {"str", "u32", "u64", "i32", "i64", "uuid", "bool", "bytes"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        ck_assert(is_known(types[i]));
}
END_TEST

START_TEST(a_word_is_found_by_its_use)
{
    ck_assert_str_ne(vocabulary_find("ttl", 3, WORD_DEFAULT, WORD_DEFAULT)->meaning,
                     vocabulary_find("ttl", 3, WORD_CLAUSE, WORD_MARK)->meaning);
    ck_assert_ptr_null(vocabulary_find("ttl", 3, WORD_TYPE, WORD_VALUE));
    ck_assert_ptr_null(vocabulary_find("ttlx", 4, WORD_DECLARATION, WORD_MARK));
    ck_assert_ptr_null(vocabulary_find("tt", 2, WORD_DECLARATION, WORD_MARK));
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("the vocabulary", every_word_of_the_language_has_a_meaning, a_word_is_found_by_its_use, NULL), NULL);
}
