/* SPDX-License-Identifier: MIT
 *
 * Statistics as OpenMetrics 1.0 text. Knows no cache: numbers in, text out.
 */
#ifndef T87S_CACHE_OPENMETRICS_H
#define T87S_CACHE_OPENMETRICS_H

#include <t87s/t87s.h>

/* Appends the text. T87S_E_NOMEM: the buffer holds what it held before. */
enum t87s_status t87s__openmetrics_write(const char *cache_name, const struct t87s_stats *stats,
                                         const struct t87s_query_stats *queries, size_t n_queries,
                                         const struct t87s_advice *advice, size_t n_advice, struct t87s_buffer *out);

#endif
