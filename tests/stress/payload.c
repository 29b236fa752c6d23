/* SPDX-License-Identifier: MIT */
#include "payload.h"

#include <string.h>

size_t payload_make(struct payload *payload, uint32_t fetch, uint32_t key) {
    size_t used = fetch % PAYLOAD_FILLER;
    payload->fetch = fetch;
    payload->key = key;
    memset(payload->filler, (int)(fetch & 0xff), used);
    return offsetof(struct payload, filler) + used;
}

bool payload_is_whole(const struct t87s_value *value, uint32_t *fetch) {
    struct payload got, expected;
    if (value->size < offsetof(struct payload, filler) || value->size > sizeof got)
        return false;
    memcpy(&got, value->data, value->size);
    *fetch = got.fetch;
    return payload_make(&expected, got.fetch, got.key) == value->size && memcmp(&got, &expected, value->size) == 0;
}

bool payload_is_whole_fixed(const struct payload *payload, uint32_t *fetch) {
    struct payload expected = {.fetch = 0};
    *fetch = payload->fetch;
    payload_make(&expected, payload->fetch, payload->key);
    return memcmp(payload, &expected, sizeof expected) == 0;
}
