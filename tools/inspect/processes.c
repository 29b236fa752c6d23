/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "look.h"

void look_at_processes(struct looking *looking, unsigned server, const struct found_key *names, size_t n) {
    struct look *look = looking->look;
    const size_t head = looking->options->layout->prefix_size + strlen(":hb:");
    for (size_t i = 0; i < n && look->n_processes < LOOK_MOST_PROCESSES; i++) {
        struct t87s__commands commands = {0};
        redisReply *replies[2];
        const struct t87s__argument name = {names[i].bytes, names[i].size};
        struct process *process = &look->processes[look->n_processes];
        T87S__COMMAND(&commands, T87S__WORD("GET"), name);
        T87S__COMMAND(&commands, T87S__WORD("PTTL"), name);
        if (!looking_call(looking, server, &commands, replies))
            return;
        if (replies[0]->type == REDIS_REPLY_STRING && replies[1]->type == REDIS_REPLY_INTEGER &&
            t87s__beat_read(replies[0]->str, replies[0]->len, &process->beat)) {
            const size_t size = names[i].size - head;
            const size_t cut = size < sizeof process->id ? size : sizeof process->id - 1;
            memcpy(process->id, names[i].bytes + head, cut);
            process->id[cut] = '\0';
            process->age_ms = T87S__BEAT_LIVES_MS - replies[1]->integer;
            process->age_ms = process->age_ms > 0 ? process->age_ms : 0;
            look->n_processes++;
        } else {
            look->n_foreign++; /* or of a later version */
        }
        t87s__replies_free(replies, 2);
    }
}
