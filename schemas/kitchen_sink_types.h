/* SPDX-License-Identifier: MIT */
#ifndef KITCHEN_SINK_TYPES_H
#define KITCHEN_SINK_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct customer {
    uint64_t id;
    char name[48];
    bool blocked;
};

struct price {
    int64_t cents;
    uint32_t version;
};

/* Has pointers, so the schema calls it a codec: the application says how it becomes bytes. */
struct cart {
    size_t n_lines;
    struct cart_line {
        char *sku;
        uint32_t count;
    } * lines;
};

#endif
