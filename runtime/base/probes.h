/* SPDX-License-Identifier: MIT
 *
 * Probes (USDT) for bpftrace, SystemTap and perf: provider t87s, in libraries built where <sys/sdt.h> is (option
 * `probes`). A probe is one nop and a note in the file; its arguments are at hand anyway, and none is where a fresh hit
 * passes. `key` is the hash of the key, `row` the query's in the schema's order (t87s_stats_queries), numbers are those
 * of t87s.h.
 *
 *     miss          key row reason           there is no fresh entry
 *     fetch__begin  key row                  the application's fetch is called
 *     fetch__end    key row status ns        and has returned
 *     join          key row                  waits for another thread's fetch
 *     takeover      key row                  which did not end in time
 *     deadlock      key row                  a fetch would have waited for itself
 *     stale         key row reason           an old answer was served within its grace
 *     refresh       key row status           a refresh in the background has ended
 *     evict         key row                  the capacity needed the entry's place
 *     invalidate    path size flags known    a tag, encoded; known: some entry may have it
 *
 *     bpftrace -e 'usdt:./libt87s.so:t87s:fetch__end { @ns[arg1] = hist(arg3); }'
 */
#ifndef T87S_BASE_PROBES_H
#define T87S_BASE_PROBES_H

#ifdef T87S_PROBES

#include <sys/sdt.h>

#ifdef __clang__ /* of the macros of sys/sdt.h */
#pragma clang diagnostic ignored "-Wgnu-zero-variadic-macro-arguments"
#endif

#define T87S__PROBE2(name, a, b) DTRACE_PROBE2(t87s, name, a, b)
#define T87S__PROBE3(name, a, b, c) DTRACE_PROBE3(t87s, name, a, b, c)
#define T87S__PROBE4(name, a, b, c, d) DTRACE_PROBE4(t87s, name, a, b, c, d)

#else

#define T87S__PROBE2(name, a, b) ((void)0)
#define T87S__PROBE3(name, a, b, c) ((void)0)
#define T87S__PROBE4(name, a, b, c, d) ((void)0)

#endif

#endif
