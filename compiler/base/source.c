/* SPDX-License-Identifier: MIT */
#include "source.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "arena.h"

void source_init(struct source_list *list, struct arena *arena) { *list = (struct source_list){.arena = arena}; }

const struct source *source_find(const struct source_list *list, const char *path) {
    for (const struct source *source = list->first; source; source = source->next)
        if (source->path == path)
            return source;
    return NULL;
}

/* Everything that `stream` has, up to `most` bytes. arena_try(), not arena_alloc(): the caller has a stream to close.
 * ENOMEM in errno tells a failure of memory. */
static enum source_status read_all(struct arena *arena, FILE *stream, size_t guess, size_t most,
                                   struct source *source) {
    size_t capacity = guess < most ? guess + 2 : most + 2;
    size_t size = 0;
    char *bytes = arena_try(arena, capacity);
    for (;;) {
        if (!bytes) {
            errno = ENOMEM;
            return SOURCE_UNREADABLE;
        }
        errno = 0;
        size += fread(bytes + size, 1, capacity - 1 - size, stream);
        if (ferror(stream))
            return SOURCE_UNREADABLE;
        if (size > most)
            return SOURCE_TOO_BIG;
        if (size < capacity - 1)
            break;
        size_t wider = capacity < most / 2 ? capacity * 2 : most + 2;
        char *copy = arena_try(arena, wider);
        if (copy)
            memcpy(copy, bytes, size);
        bytes = copy;
        capacity = wider;
    }
    bytes[size] = '\0';
    source->bytes = bytes;
    source->size = size;
    return SOURCE_OK;
}

static enum source_status status_of_errno(void) {
    return errno == ENOENT || errno == ENOTDIR ? SOURCE_MISSING
           : errno == EISDIR                   ? SOURCE_IS_FOLDER
                                               : SOURCE_UNREADABLE;
}

static struct source **slot_of(struct source_list *list, uint64_t device, uint64_t inode) {
    return &list->slots[((device ^ inode) * 0x9e3779b97f4a7c15u) >> 54 & (SOURCE_SLOTS - 1)];
}

/* The source that is that file already, or NULL. */
static struct source *find_file(struct source_list *list, uint64_t device, uint64_t inode) {
    struct source *source = *slot_of(list, device, inode);
    while (source && (source->device != device || source->inode != inode))
        source = source->next_in_slot;
    return source;
}

static enum source_status read_stream(struct source_list *list, FILE *stream, struct source **source) {
    struct stat facts = {0};
    size_t most = SOURCE_MAX_BYTES - list->total;
    int known = fstat(fileno(stream), &facts) == 0;
    if (known && S_ISDIR(facts.st_mode))
        return SOURCE_IS_FOLDER;
    bool regular = known && S_ISREG(facts.st_mode);
    if (regular) {
        struct source *old = find_file(list, (uint64_t)facts.st_dev, (uint64_t)facts.st_ino);
        if (old) {
            *source = old;
            return SOURCE_OK;
        }
        if ((uint64_t)facts.st_size > most)
            return SOURCE_TOO_BIG;
        (*source)->device = (uint64_t)facts.st_dev;
        (*source)->inode = (uint64_t)facts.st_ino;
    }
    return read_all(list->arena, stream, regular ? (size_t)facts.st_size : 1 << 16, most, *source);
}

/* Through arena_run(), as an allocation would that the arena cannot serve. */
static void leave_for_memory(struct arena *arena) { arena_alloc(arena, SIZE_MAX); }

static void append(struct source_list *list, struct source *source) {
    list->total += source->size;
    list->n++;
    if (list->last)
        list->last->next = source;
    else
        list->first = source;
    list->last = source;
    if (!source->inode)
        return;
    struct source **slot = slot_of(list, source->device, source->inode);
    source->next_in_slot = *slot;
    *slot = source;
}

/* One text may stand for several paths, which are one file then. */
static enum source_status read_overlaid(struct source_list *list, struct source *fresh, struct source **out) {
    for (struct source *old = list->first; old; old = old->next) {
        if (old->bytes == fresh->bytes) {
            *out = old;
            return SOURCE_OK;
        }
    }
    if (fresh->size > SOURCE_MAX_BYTES - list->total)
        return SOURCE_TOO_BIG;
    append(list, fresh);
    *out = fresh;
    return SOURCE_OK;
}

static bool is_in_tree(const struct source_tree *tree, const char *path) {
    return tree && !strncmp(path, tree->root, strlen(tree->root));
}

static enum source_status read_from_tree(struct source_list *list, struct source *fresh, struct source **out) {
    const struct source_tree *tree = list->tree;
    errno = 0;
    enum source_status status =
        tree->read(tree->context, list->arena, fresh->path, SOURCE_MAX_BYTES - list->total, fresh);
    if (status == SOURCE_UNREADABLE && errno == ENOMEM)
        leave_for_memory(list->arena);
    if (status != SOURCE_OK)
        return status;
    struct source *old = find_file(list, fresh->device, fresh->inode);
    if (!old)
        append(list, fresh);
    *out = old ? old : fresh;
    return SOURCE_OK;
}

/* A pipe without a writer, a terminal and other devices would be waited for, some of them for ever. */
static bool is_special(const char *path) {
    struct stat facts;
    return stat(path, &facts) == 0 && !S_ISREG(facts.st_mode) && !S_ISDIR(facts.st_mode);
}

size_t source_folder(const struct source_list *list, const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : is_in_tree(list->tree, path) ? strlen(list->tree->root) : 0;
}

enum source_status source_read(struct source_list *list, const char *path, FILE *stream, struct source **out) {
    struct source *fresh = ARENA_NEW(list->arena, struct source);
    fresh->path = arena_copy(list->arena, path, strlen(path));
    FILE *opened = NULL;
    if (!stream && is_in_tree(list->tree, path))
        return read_from_tree(list, fresh, out);
    if (!stream && list->overlay)
        fresh->bytes = list->overlay->find(list->overlay->context, path, &fresh->size);
    if (fresh->bytes)
        return read_overlaid(list, fresh, out);
    if (!stream && list->n && is_special(path))
        return SOURCE_IS_SPECIAL;
    if (!stream) {
        errno = 0;
        opened = fopen(path, "rb");
        if (!opened && errno == ENOMEM)
            leave_for_memory(list->arena);
        if (!opened)
            return status_of_errno();
        stream = opened;
    }
    struct source *source = fresh;
    enum source_status status = read_stream(list, stream, &source);
    int error = errno;
    if (opened)
        fclose(opened);
    errno = error;
    if (status == SOURCE_UNREADABLE && errno == ENOMEM)
        leave_for_memory(list->arena);
    if (status != SOURCE_OK)
        return status == SOURCE_UNREADABLE ? status_of_errno() : status;
    if (source == fresh)
        append(list, source);
    *out = source;
    return SOURCE_OK;
}
