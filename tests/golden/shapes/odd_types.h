/* SPDX-License-Identifier: MIT */
/* The values of odd.tags. */
#ifndef ODD_TYPES_H
#define ODD_TYPES_H
#include <stddef.h>
#include <stdint.h>

struct account {
    uint64_t id;
    char name[32];
    uint8_t kind; /* padding follows */
};

struct amount {
    int64_t cents;
};

/* Pointers: it cannot be copied, so it has a codec. */
struct outline {
    size_t n;
    char **lines;
};

#endif
