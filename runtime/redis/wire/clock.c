/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <time.h>

enum { MICRO = 1000000 };

int64_t t87s__clock_here_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * MICRO + now.tv_nsec / 1000;
}

/* Digits, of a number below `end`; -1: not so. */
static int64_t number_of(const redisReply *text, int64_t end) {
    int64_t number = 0;
    if (text->type != REDIS_REPLY_STRING || text->len == 0)
        return -1;
    for (size_t i = 0; i < text->len && number < end; i++) {
        if (text->str[i] < '0' || text->str[i] > '9')
            return -1;
        number = number * 10 + (text->str[i] - '0');
    }
    return number < end ? number : -1;
}

int64_t t87s__clock_take(const redisReply *reply) {
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2)
        return 0;
    const int64_t seconds = number_of(reply->element[0], (INT64_C(1) << 53) / MICRO);
    const int64_t us = number_of(reply->element[1], MICRO);
    return seconds > 0 && us >= 0 ? seconds * MICRO + us : 0;
}
