/* SPDX-License-Identifier: MIT
 *
 * Preloaded into a server: its wall clock is so many seconds beside the real one as the file $T87S_TEST_CLOCK says, at
 * its beginning, as a struct { int seconds; }. The monotonic clock stays. (libfaketime does not get along with
 * jemalloc.)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int *beside; /* mapped once, before main */

__attribute__((constructor)) static void map(void) {
    const char *path = getenv("T87S_TEST_CLOCK");
    const int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *mapped = file >= 0 ? mmap(NULL, sizeof *beside, PROT_READ, MAP_SHARED, file, 0) : MAP_FAILED;
    if (mapped != MAP_FAILED)
        beside = mapped;
}

int clock_gettime(clockid_t clock, struct timespec *out) {
    const long result = syscall(SYS_clock_gettime, clock, out);
    if (result == 0 && beside && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        out->tv_sec += *beside;
    return (int)result;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone) {
    struct timespec now;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return -1;
    *out = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}
