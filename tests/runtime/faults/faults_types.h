/* SPDX-License-Identifier: MIT */
#ifndef FAULTS_TYPES_H
#define FAULTS_TYPES_H
#include <stdint.h>

struct faults_user {
    uint64_t id, version;
    char padding[200]; /* so that no buffer's first block holds it */
};

#endif
