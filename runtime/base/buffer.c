/* SPDX-License-Identifier: MIT
 *
 * What a fetch writes into. Grows by doubling; an append that fails leaves it as it was.
 */
#include <stdlib.h>
#include <string.h>

#include <t87s/t87s.h>

enum { FIRST_CAPACITY = 240 };

static void release(struct t87s_buffer *buffer) {
    if (!buffer->data)
        return;
    if (buffer->allocator)
        buffer->allocator->release(buffer->allocator->arg, buffer->data, buffer->capacity);
    else
        free(buffer->data);
}

static bool grow(struct t87s_buffer *buffer, size_t needed) {
    size_t capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;
    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    unsigned char *data =
        buffer->allocator ? buffer->allocator->allocate(buffer->allocator->arg, capacity) : malloc(capacity);
    if (!data)
        return false;
    if (buffer->size)
        memcpy(data, buffer->data, buffer->size);
    release(buffer);
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

enum t87s_status t87s_buffer_append(struct t87s_buffer *buffer, const void *bytes, size_t size) {
    if (!buffer || (size && !bytes))
        return T87S_E_INVALID;
    if (!size)
        return T87S_OK;
    if (size > SIZE_MAX - buffer->size)
        return T87S_E_NOMEM;
    if (buffer->size + size > buffer->capacity && !grow(buffer, buffer->size + size))
        return T87S_E_NOMEM;
    memcpy(buffer->data + buffer->size, bytes, size);
    buffer->size += size;
    return T87S_OK;
}

void t87s_buffer_release(struct t87s_buffer *buffer) {
    if (!buffer)
        return;
    release(buffer);
    buffer->data = NULL;
    buffer->size = buffer->capacity = 0;
}
