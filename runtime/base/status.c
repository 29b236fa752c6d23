/* SPDX-License-Identifier: MIT
 *
 * One row a status: what happened, and what to do.
 */
#include <t87s/t87s.h>

#define STATUSES(X)                                                                                                    \
    X(T87S_OK, "Done.")                                                                                                \
    X(T87S_NOT_FOUND, "The source has no such row; treat it as an answer, not as a failure.")                          \
    X(T87S_MISS, "Nothing fresh is cached for this key; query it to have it fetched.")                                 \
    X(T87S_PARTIAL, "Invalidated in this process but not yet in the shared tier; it is being retried, so go on and "   \
                    "watch the counters.")                                                                             \
    X(T87S_E_NOMEM, "There is no memory for the answer; free some or lower capacity_bytes.")                           \
    X(T87S_E_INVALID, "An argument breaks a rule of t87s.h; check keys, tags, texts (1 to 255 bytes) and options.")    \
    X(T87S_E_FETCH, "The fetch function failed and no stale answer could stand in; look at the source behind it.")     \
    X(T87S_E_TIMEOUT, "Another thread's fetch of the same key did not end in time; raise the query's timeout or make " \
                      "the source faster.")                                                                            \
    X(T87S_E_DEADLOCK, "A fetch asked for a key whose answer waits for that very fetch; break the ring of queries.")   \
    X(T87S_E_STORE, "The shared tier cannot be used; check the store given to t87s_open and its server.")              \
    X(T87S_E_ABI, "The generated header was made for another version of libt87s; run t87sc again and rebuild.")        \
    X(T87S_E_CLOSED, "The cache is being closed; make no new calls once t87s_close has begun.")

const char *t87s_strstatus(enum t87s_status status) {
    switch ((int)status) {
#define X(code, sentence) \
    case code:            \
        return sentence;
        STATUSES(X)
#undef X
    default:
        return (int)status >= (int)T87S_E_USER
                   ? "The application's own status, returned by its fetch or apply function."
                   : "Not a status of t87s; check where the value came from.";
    }
}
