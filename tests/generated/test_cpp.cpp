/* SPDX-License-Identifier: MIT
 *
 * A C++ program that defines the functions of a generated header and calls its wrappers. Exits with the line that failed.
 */
#include "mixed.tags.h"

#include <cstring>

enum t87s_status mixed_fetch_users(void *app, uint64_t user, enum mixed_mood *out) {
    ++*static_cast<int *>(app);
    *out = user % 2 ? MIXED_MOOD_BAD : MIXED_MOOD_GOOD;
    return T87S_OK;
}

enum t87s_status mixed_fetch_note(void *app, uint64_t, struct t87s_buffer *out) {
    ++*static_cast<int *>(app);
    return t87s_buffer_append(out, "text", 4);
}

enum t87s_status mixed_fetch_mood(void *app, enum mixed_mood mood, const char *, uint8_t out[16]) {
    ++*static_cast<int *>(app);
    out[3] = static_cast<uint8_t>(mood);
    return T87S_OK;
}

#define EXPECT(condition)                                                                                              \
    if (!(condition))                                                                                                  \
    return __LINE__ % 250 + 1

int main() {
    int fetches = 0;
    t87s_options options = T87S_OPTIONS_INIT;
    mixed_cache *cache = nullptr;
    EXPECT(mixed_open(&options, &fetches, &cache) == T87S_OK);
    enum mixed_mood mood = MIXED_MOOD_GOOD;
    EXPECT(mixed_users(cache, 7, &mood) == T87S_OK && mood == MIXED_MOOD_BAD);
    EXPECT(mixed_users(cache, 7, &mood) == T87S_OK && fetches == 1);
    EXPECT(mixed_invalidate(cache, mixed_tag_users(7)) == T87S_OK);
    EXPECT(mixed_peek_users(cache, 7, &mood) == T87S_MISS);
    t87s_value value = {};
    EXPECT(mixed_note(cache, 1, &value) == T87S_OK && value.size == 4 && std::memcmp(value.data, "text", 5) == 0);
    t87s_value_release(&value);
    uint8_t id[16];
    EXPECT(mixed_mood(cache, MIXED_MOOD_BAD, "x", id) == T87S_OK && id[3] == 1 && id[4] == 0);
    EXPECT(mixed_mood(cache, MIXED_MOOD_BAD, "", id) == T87S_E_INVALID && id[3] == 0);
    char text[40];
    EXPECT(mixed_tag_format(mixed_tag_users_settings_notes_author(5), text, sizeof text) > 0);
    EXPECT(std::strcmp(text, "users/settings/notes/5/author") == 0);
    mixed_close(cache);
    return 0;
}
