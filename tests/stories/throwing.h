/* SPDX-License-Identifier: MIT */
#ifndef T87S_TEST_THROWING_H
#define T87S_TEST_THROWING_H

#include <t87s/t87s.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Throws a C++ exception. */
enum t87s_status throw_trouble(void *);
/* t87s_query; whether that exception came out of it. */
bool query_throws(struct t87s_cache *cache, const struct t87s_query *query, struct t87s_value *out);

#ifdef __cplusplus
}
#endif

#endif
