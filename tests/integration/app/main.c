/* SPDX-License-Identifier: MIT */
/* The program of every sample: two schemas, one of them in another folder and with an import. It prints what it saw. */
#include <stdio.h>
#include <string.h>

#include "shop.tags.h"
#include "staff.tags.h"

static uint64_t stock = 12;
static int fetches;

enum t87s_status shop_fetch_stock_of(void *app, uint64_t product_id, uint64_t *out) {
    (void)app;
    (void)product_id;
    fetches++;
    *out = stock;
    return T87S_OK;
}

enum t87s_status shop_fetch_price_of(void *app, uint64_t product_id, struct price *out) {
    (void)app;
    out->cents = (int)product_id * 100;
    return T87S_OK;
}

enum t87s_status shop_apply_sell(void *app, uint64_t product_id, uint64_t amount) {
    (void)app;
    (void)product_id;
    stock -= amount;
    return T87S_OK;
}

enum t87s_status shop_apply_replace(void *app, uint64_t product_id) {
    (void)app;
    (void)product_id;
    return T87S_OK;
}

enum t87s_status staff_fetch_phone_of(void *app, const char *name, uint32_t *out) {
    (void)app;
    *out = 87;
    return strcmp(name, "Ada") == 0 ? T87S_OK : T87S_NOT_FOUND;
}

int main(void) {
    struct shop_cache *shop;
    struct staff_cache *staff;
    struct price price;
    uint64_t left;
    uint32_t phone;
    if (shop_open(NULL, NULL, &shop) != T87S_OK || staff_open(NULL, NULL, &staff) != T87S_OK)
        return 1;
    for (int i = 0; i < 3; i++)
        if (shop_stock_of(shop, 1, &left) != T87S_OK || left != 12)
            return 2;
    if (shop_sell(shop, 1, 5) != T87S_OK || shop_stock_of(shop, 1, &left) != T87S_OK)
        return 3;
    if (shop_price_of(shop, 3, &price) != T87S_OK || price.cents != 300)
        return 4;
    if (staff_phone_of(staff, "Ada", &phone) != T87S_OK || phone != 87 ||
        staff_phone_of(staff, "Bob", &phone) != T87S_NOT_FOUND)
        return 5;
#ifdef SHOP_TAG_PRODUCTS_SHELF_WILDS /* the test adds it to the import */
    const char *shelf = "a shelf";
#else
    const char *shelf = "no shelf";
#endif
    printf("%d left, %d fetches, %s\n", (int)left, fetches, shelf);
    staff_close(staff);
    shop_close(shop);
    return 0;
}
