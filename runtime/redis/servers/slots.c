/* SPDX-License-Identifier: MIT */
#include "slots.h"

/* CRC-16/XMODEM, four bits at a time. */
static unsigned crc16(unsigned crc, const unsigned char *bytes, size_t size) {
    static const unsigned short table[16] = {0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7,
                                             0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad, 0xe1ce, 0xf1ef};
    for (size_t i = 0; i < size; i++) {
        crc = (crc << 4 ^ table[(crc >> 12 ^ bytes[i] >> 4) & 15]) & 0xffff;
        crc = (crc << 4 ^ table[(crc >> 12 ^ bytes[i]) & 15]) & 0xffff;
    }
    return crc;
}

unsigned t87s__slot_of(struct t87s__argument head, struct t87s__argument rest) {
    const unsigned char *bytes = rest.bytes, *end = bytes + rest.size;
    const unsigned char *open = rest.size ? memchr(bytes, '{', rest.size) : NULL;
    const unsigned char *close = open ? memchr(open, '}', (size_t)(end - open)) : NULL;
    if (close && close > open + 1)
        return crc16(0, open + 1, (size_t)(close - open) - 1) % T87S__SLOTS;
    return crc16(crc16(0, head.bytes, head.size), bytes, rest.size) % T87S__SLOTS;
}
