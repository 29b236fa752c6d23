/* SPDX-License-Identifier: MIT
 *
 * Looks, and shows what was seen: once, again and again as text, or on a screen of its own.
 */
#ifndef T87S_INSPECT_WATCH_H
#define T87S_INSPECT_WATCH_H

#include "names.h"
#include "options.h"

struct watch_options {
    const struct options *options;
    const struct names *names;
    const char *uri;
    bool colour;
};

enum exit_code watch(const struct watch_options *options);

#endif
