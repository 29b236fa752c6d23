/* SPDX-License-Identifier: MIT
 *
 * What a shared tier has to pass, whoever wrote it (t87s/store.h): each law is a test of its functions alone, with two
 * handles of the same data where it takes two processes.
 */
#ifndef T87S_TEST_STORE_LAWS_H
#define T87S_TEST_STORE_LAWS_H

#include <check.h>
#include <t87s/store.h>

struct laws_subject {
    const char *name;
    /* Two handles over the same, empty data: of two processes, if it comes to that. */
    void (*open)(struct t87s_store *stores[2]);
    void (*close)(struct t87s_store *stores[2]);
    void (*pass_time)(int64_t ms);
    /* D of its vouches (t87s/store.h); 0: it tells before a call returns, and vouches for ever. */
    int64_t staleness_ms;
    bool tells_more; /* than what was done, and of other prefixes */
    /* Once, before the first test and after the last one; NULL: nothing. */
    void (*begin)(void);
    void (*end)(void);
};

Suite *store_laws(const struct laws_subject *subject);

#endif
