/* SPDX-License-Identifier: MIT */
/* What a row costs beside its key and value, and what it costs to make room for one. */
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "ours.h"
#include "scenarios.h"
#include "work.h"

/* ---- memory ---- */

static double heap_bytes(void) {
    const struct mallinfo2 info = mallinfo2();
    return (double)info.uordblks + (double)info.hblkhd;
}

static double resident_bytes(void) {
    unsigned long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file)
        return 0;
    if (fscanf(file, "%lu %lu", &pages, &resident) != 2)
        resident = 0;
    fclose(file);
    return (double)resident * 4096;
}

void scenario_memory(const struct plan *plan) {
    const struct contender *all[MAX_CONTENDERS];
    size_t n = contenders_for(plan, all);
    all[n++] = &ours_member;
    const double rows = (double)plan->memory_entries, payload = sizeof(struct row_key) + sizeof(struct row);
    for (size_t i = 0; i < n; i++) {
        malloc_trim(0); /* so that what the last one gave back does not hide what this one takes */
        const double heap = heap_bytes(), resident = resident_bytes();
        void *self = all[i]->open(plan->memory_entries + plan->memory_entries / 4);
        all[i]->insert(self, 0, plan->memory_entries);
        printf("{\"scenario\": \"memory\", \"entries\": %zu, \"contender\": \"%s\", \"round\": 0, \"bytes\": %.2f, "
               "\"resident\": %.2f",
               plan->memory_entries, all[i]->name, (heap_bytes() - heap) / rows - payload,
               (resident_bytes() - resident) / rows - payload);
        if (all[i] == &ours || all[i] == &ours_member) {
            const struct t87s_stats stats = ours_stats(self);
            printf(", \"counted\": %.2f, \"counted_entries\": %.2f, \"counted_table\": %.2f, \"counted_tags\": %.2f, "
                   "\"counted_other\": %.2f",
                   (double)stats.bytes_used / rows - payload, (double)stats.bytes_entries / rows - payload,
                   (double)stats.bytes_table / rows, (double)stats.bytes_tags / rows, (double)stats.bytes_other / rows);
        }
        puts("}");
        fflush(stdout);
        all[i]->close(self);
    }
}

/* ---- inserts into a full cache ---- */

void scenario_evict(const struct plan *plan) {
    const struct contender *all[MAX_CONTENDERS];
    void *selves[MAX_CONTENDERS];
    size_t n = contenders_for(plan, all), kept = 0;
    all[n++] = &ours_member;
    all[n++] = &ours_set;
    for (size_t i = 0; i < n; i++)
        if (all[i]->evicts)
            all[kept++] = all[i];
    const size_t room = plan->evicting_entries;
    for (size_t i = 0; i < kept; i++) {
        selves[i] = all[i]->open(room);
        all[i]->insert(selves[i], 0, room + room / 4);
    }
    uint64_t next = room + room / 4;
    for (int round = 0; round < plan->rounds; round++, next += plan->evicting_inserts)
        for (size_t turn = 0; turn < kept; turn++) {
            const size_t i = (turn + (size_t)round) % kept;
            const uint64_t waited = work_waited_ns(), began = work_now_ns();
            all[i]->insert(selves[i], next, plan->evicting_inserts);
            const uint64_t took = work_now_ns() - began, delayed = work_waited_ns() - waited;
            printf("{\"scenario\": \"evict\", \"entries\": %zu, \"contender\": \"%s\", \"round\": %d, \"ns\": %.3f}\n",
                   room, all[i]->name, round,
                   (double)(took - (delayed < took ? delayed : 0)) / (double)plan->evicting_inserts);
            fflush(stdout);
        }
    for (size_t i = 0; i < kept; i++) {
        if (all[i] == &ours)
            printf("{\"scenario\": \"evict share\", \"entries\": %zu, \"contender\": \"t87s\", \"round\": 0, "
                   "\"share\": %.4f}\n",
                   room, (double)ours_stats(selves[i]).entries / (double)room);
        all[i]->close(selves[i]);
    }
}
