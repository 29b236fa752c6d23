/* SPDX-License-Identifier: MIT */
#include "server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char folder[] = "/tmp/t87s-bench-XXXXXX";
static char path[64];
static pid_t process;

static void run(void) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (freopen("/dev/null", "w", stdout))
        execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", path, "--dir", folder, "--save", "",
               "--appendonly", "no", (char *)NULL);
    _exit(127);
}

const char *server_start(void) {
    if (!mkdtemp(folder))
        exit(EXIT_FAILURE);
    snprintf(path, sizeof path, "%s/socket", folder);
    process = fork();
    if (process == 0)
        run();
    while (access(path, F_OK) != 0) {
        if (waitpid(process, NULL, WNOHANG) != 0) {
            fprintf(stderr, "bench-redis: redis-server does not start\n");
            rmdir(folder);
            exit(77);
        }
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return path;
}

void server_stop(void) {
    kill(process, SIGKILL);
    waitpid(process, NULL, 0);
    unlink(path);
    rmdir(folder);
}
