/* SPDX-License-Identifier: MIT */
#include "told.h"

#include <stdlib.h>
#include <string.h>

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size) {
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * 0x100000001B3u;
    return hash;
}

static uint64_t hash_diag(const struct diag *diag) {
    uint64_t hash = hash_bytes(0xCBF29CE484222325u, diag->place.file, strlen(diag->place.file) + 1);
    const uint32_t numbers[] = {diag->place.line, diag->place.column, (uint32_t)diag->rule->code};
    hash = hash_bytes(hash, numbers, sizeof numbers);
    hash = hash_bytes(hash, diag->message, strlen(diag->message));
    return hash ? hash : 1;
}

/* Where the hash is, or would be. */
static uint64_t *find(uint64_t *hashes, size_t capacity, uint64_t hash) {
    size_t at = (size_t)hash & (capacity - 1);
    while (hashes[at] && hashes[at] != hash)
        at = (at + 1) & (capacity - 1);
    return &hashes[at];
}

static bool grow(struct told *told) {
    size_t capacity = told->capacity ? 2 * told->capacity : 64;
    uint64_t *hashes = calloc(capacity, sizeof *hashes);
    if (!hashes)
        return false;
    for (size_t i = 0; i < told->capacity; i++)
        if (told->hashes[i])
            *find(hashes, capacity, told->hashes[i]) = told->hashes[i];
    free(told->hashes);
    told->hashes = hashes;
    told->capacity = capacity;
    return true;
}

void told_mark(struct told *told, struct diag_list *list) {
    const char *own = list->sources && list->sources->first ? list->sources->first->path : NULL;
    for (struct diag *diag = list->first; diag; diag = diag->next) {
        if (!own || !strcmp(diag->place.file, own))
            continue;
        if (2 * told->n >= told->capacity && !grow(told))
            return;
        uint64_t hash = hash_diag(diag), *at = find(told->hashes, told->capacity, hash);
        diag->was_told = *at == hash;
        told->n += !diag->was_told;
        *at = hash;
    }
}

void told_free(struct told *told) { free(told->hashes); }
