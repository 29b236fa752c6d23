/* SPDX-License-Identifier: MIT */
#include "ask.h"

#include <stdio.h>

bool ask_init(struct ask *ask, const char *uri) {
    *ask = (struct ask){.address = ""};
    if (!t87s__redis_uri_parse(uri, &ask->uri))
        return false;
    if (*ask->uri.host)
        snprintf(ask->address, sizeof ask->address, "redis://%s:%d/%d", ask->uri.host, ask->uri.port, ask->uri.db);
    else
        snprintf(ask->address, sizeof ask->address, "unix://%s?db=%d", ask->uri.path, ask->uri.db);
    return true;
}

void ask_close(struct ask *ask) { t87s__link_close(&ask->link); }

const char *ask_call(struct ask *ask, struct t87s__commands *commands, redisReply **replies) {
    const int64_t deadline = t87s__link_deadline(ASK_PATIENCE_MS);
    enum t87s_status status = T87S_OK;
    if (!ask->link.context)
        status = t87s__link_open(&ask->link, &ask->uri, deadline);
    if (status == T87S_OK)
        status = t87s__link_call(&ask->link, commands, replies, deadline);
    t87s__commands_free(commands);
    switch (status) {
    case T87S_OK:
        return NULL;
    case T87S_E_TIMEOUT:
        return "it does not answer in time";
    case T87S_E_NOMEM:
        return "out of memory";
    default:
        return "it cannot be reached, or refuses the account";
    }
}
