/* SPDX-License-Identifier: MIT */
#include "advice.h"

#include <stdio.h>
#include <string.h>

#include "trace.h"

void t87s__advice_init(struct t87s__advice *kept) { pthread_mutex_init(&kept->lock, NULL); }

void t87s__advice_destroy(struct t87s__advice *kept) { pthread_mutex_destroy(&kept->lock); }

static bool has(const struct t87s_advice *rows, size_t n, const struct t87s_advice *wanted) {
    for (size_t i = 0; i < n; i++)
        if (!strcmp(rows[i].code, wanted->code) && !strcmp(rows[i].text, wanted->text))
            return true;
    return false;
}

static bool has_code(const struct t87s_advice *rows, size_t n, const char *code) {
    for (size_t i = 0; i < n; i++)
        if (!strcmp(rows[i].code, code))
            return true;
    return false;
}

void t87s__advice_replace(struct t87s__advice *kept, const struct t87s_store_advice *advice, size_t n,
                          const struct t87s__trace *trace) {
    struct t87s_advice now[T87S__MOST_ADVICE], before[T87S__MOST_ADVICE];
    const size_t n_now = n < T87S__MOST_ADVICE ? n : T87S__MOST_ADVICE;
    memset(now, 0, sizeof now);
    for (size_t i = 0; i < n_now; i++) {
        snprintf(now[i].code, sizeof now[i].code, "%s", advice[i].code);
        snprintf(now[i].text, sizeof now[i].text, "%s", advice[i].text);
    }
    pthread_mutex_lock(&kept->lock);
    const size_t n_before = kept->n;
    memcpy(before, kept->rows, sizeof before);
    memcpy(kept->rows, now, sizeof now);
    kept->n = n_now;
    pthread_mutex_unlock(&kept->lock);
    for (size_t i = 0; i < n_now; i++)
        if (!has(before, n_before, &now[i]))
            T87S__TRACE(trace, "store advice %s: %s", now[i].code, now[i].text);
    for (size_t i = 0; i < n_before; i++)
        if (!has_code(now, n_now, before[i].code))
            T87S__TRACE(trace, "store advice %s: no longer", before[i].code);
}

size_t t87s__advice_read(struct t87s__advice *kept, struct t87s_advice *out, size_t room) {
    pthread_mutex_lock(&kept->lock);
    const size_t n = kept->n;
    if (room)
        memcpy(out, kept->rows, (n < room ? n : room) * sizeof *out);
    pthread_mutex_unlock(&kept->lock);
    return n;
}
