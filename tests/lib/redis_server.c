/* SPDX-License-Identifier: MIT */
#include "redis_server.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void run(const struct redis_server *server, const char *const *arguments) {
    const char *command[32] = {
        "redis-server", "--port", "0", "--unixsocket", server->socket, "--dir", server->folder, "--appendonly",
        "no",           "--save", ""};
    size_t n = 11;
    for (; arguments && *arguments && n < 31; arguments++)
        command[n++] = *arguments;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!freopen("/dev/null", "w", stdout))
        _exit(127);
    execvp(command[0], (char *const *)(void *)command);
    _exit(127);
}

static int answers(const struct redis_server *server) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char reply[8] = "";
    int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memcpy(address.sun_path, server->socket, strlen(server->socket) + 1);
    int fine = connect(file, (struct sockaddr *)&address, sizeof address) == 0 && write(file, "PING\r\n", 6) == 6 &&
               read(file, reply, sizeof reply - 1) > 0 && reply[0] == '+';
    close(file);
    return fine;
}

static void begin(struct redis_server *server, const char *const *arguments) {
    unlink(server->socket);
    server->process = fork();
    ck_assert_int_ge(server->process, 0);
    if (!server->process)
        run(server, arguments);
    for (int i = 0; !answers(server); i++) {
        ck_assert_msg(i < 2000 && waitpid(server->process, NULL, WNOHANG) == 0, "redis-server does not start");
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
}

static void end(struct redis_server *server) {
    kill(server->process, SIGKILL);
    waitpid(server->process, NULL, 0);
}

void redis_server_start(struct redis_server *server, const char *const *arguments) {
    strcpy(server->folder, "/tmp/t87s-redis-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(server->folder));
    snprintf(server->socket, sizeof server->socket, "%s/socket", server->folder);
    snprintf(server->uri, sizeof server->uri, "unix://%s", server->socket);
    begin(server, arguments);
}

void redis_server_restart(struct redis_server *server, const char *const *arguments) {
    end(server);
    begin(server, arguments);
}

void redis_server_stop(struct redis_server *server) {
    char command[96];
    end(server);
    snprintf(command, sizeof command, "rm -r %s", server->folder);
    ck_assert_int_eq(system(command), 0);
}
