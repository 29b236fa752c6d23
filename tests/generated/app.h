/* SPDX-License-Identifier: MIT
 *
 * The application behind odd.tags: every fetch and apply notes its arguments as text and answers from `source`.
 */
#ifndef T87S_TEST_GENERATED_APP_H
#define T87S_TEST_GENERATED_APP_H

#include <stdatomic.h>

#include "fake_clock.h"
#include "odd.tags.h"
#include "suites.h"

struct app {
    struct odd_cache *cache;
    struct fake_clock clock;
    atomic_int calls;          /* of fetch and apply functions */
    char last[2048];           /* the last call: "price(asia, blue)" */
    atomic_int source;         /* the value of everything numeric, and in every text */
    enum t87s_status status;   /* what the functions return instead, if not T87S_OK */
    atomic_int encoded, freed; /* outlines */
};

extern struct app app;

/* Around every test: an open cache on a fake clock, source 1. */
void app_setup(void);
void app_teardown(void);

/* Since the last time: how many calls, and what the last one was. */
void expect_calls(int n, const char *last);

extern const uint8_t uuid_a[16], uuid_b[16];

#endif
