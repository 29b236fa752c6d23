/* SPDX-License-Identifier: MIT */
#ifndef T87S_STRESS_PAYLOAD_H
#define T87S_STRESS_PAYLOAD_H

#include <t87s/t87s.h>

/* A value that says which fetch brought it and for which key, and can tell whether it is whole. */
enum { PAYLOAD_FILLER = 200 };

struct payload {
    uint32_t fetch, key;
    unsigned char filler[PAYLOAD_FILLER];
};

/* Returns how many bytes of it are the value. */
size_t payload_make(struct payload *payload, uint32_t fetch, uint32_t key);
bool payload_is_whole(const struct t87s_value *value, uint32_t *fetch);
/* The same where a value has a fixed size: all of the struct, with zeroes behind what is used. */
bool payload_is_whole_fixed(const struct payload *payload, uint32_t *fetch);

#endif
