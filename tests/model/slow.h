/* SPDX-License-Identifier: MIT */
#ifndef T87S_MODEL_SLOW_H
#define T87S_MODEL_SLOW_H

/* 1 under a sanitizer that makes everything take its time. */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define SLOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SLOW 1
#endif
#endif
#ifndef SLOW
#define SLOW 0
#endif

#endif
