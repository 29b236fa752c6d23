/* SPDX-License-Identifier: MIT */
#include "fake_clock.h"
#include "laws.h"
#include "simple_store.h"
#include "suites.h"

static struct fake_clock now;

static void open_both(struct t87s_store *stores[2]) {
    fake_clock_init(&now, 1000);
    stores[0] = stores[1] = simple_store_base(simple_store_open(&now.clock));
}

static void close_both(struct t87s_store *stores[2]) { t87s_store_close(stores[0]); }

static void pass_time(int64_t ms) { fake_clock_advance(&now, ms); }

int main(void) {
    static const struct laws_subject subject = {
        "a store in memory", open_both, close_both, pass_time, 0, false, NULL, NULL};
    return run_suites(store_laws(&subject), NULL);
}
