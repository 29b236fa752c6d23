/* SPDX-License-Identifier: MIT */
#ifndef SHOP_TYPES_H
#define SHOP_TYPES_H
struct price {
    int cents;
};
#endif
