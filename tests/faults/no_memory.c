/* SPDX-License-Identifier: MIT
 *
 * Preloaded into a program, lets its memory run out: T87S_FAIL_AT=N fails the Nth allocation, T87S_FAIL_FOR_GOOD all
 * from there on. T87S_COUNT_INTO names a file that gets their number when the program ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* glibc's own names for what is replaced here. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *block, size_t size);

void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *block, size_t size);

static atomic_ulong n_so_far;
static unsigned long fail_at;
static int started, for_good;

static int fails(void) {
    if (!started)
        return 0;
    unsigned long n = atomic_fetch_add(&n_so_far, 1) + 1;
    if (!fail_at || (for_good ? n < fail_at : n != fail_at))
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size) { return fails() ? NULL : __libc_malloc(size); }
void *calloc(size_t n, size_t size) { return fails() ? NULL : __libc_calloc(n, size); }
void *realloc(void *block, size_t size) { return fails() ? NULL : __libc_realloc(block, size); }

static void report(void) {
    started = 0;
    const char *path = getenv("T87S_COUNT_INTO");
    int file = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    if (file >= 0)
        dprintf(file, "%lu\n", atomic_load(&n_so_far));
    if (file >= 0)
        close(file);
}

__attribute__((constructor)) static void start(void) {
    const char *at = getenv("T87S_FAIL_AT");
    fail_at = at ? strtoul(at, NULL, 10) : 0;
    for_good = getenv("T87S_FAIL_FOR_GOOD") != NULL;
    unsetenv("LD_PRELOAD"); /* what the program starts has its memory */
    atexit(report);
    started = 1;
}
