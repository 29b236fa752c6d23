/* SPDX-License-Identifier: MIT */
#include "history.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void verdict_check(struct verdict *verdict, const char *what, uint64_t id, uint64_t floor, uint64_t version) {
    verdict->checked++;
    if (version >= floor)
        return;
    if (verdict->too_old++ == 0)
        snprintf(verdict->first, sizeof verdict->first,
                 "%s %" PRIu64 ": version %" PRIu64 " was answered after version %" PRIu64 " had been invalidated for",
                 what, id, version, floor);
}

void verdict_merge(struct verdict *into, const struct verdict *from) {
    if (into->too_old == 0)
        memcpy(into->first, from->first, sizeof into->first);
    into->checked += from->checked;
    into->too_old += from->too_old;
}
