/* SPDX-License-Identifier: MIT */
#include "redis_server.h"

#include <arpa/inet.h>
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
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
    const char *const always[] = {
        "--port", "0", "--unixsocket", server->socket, "--dir", server->folder, "--appendonly", "no", "--save", ""};
    const char *command[32] = {"redis-server"};
    size_t n = 1;
    if (server->config)
        command[n++] = server->config;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        command[n++] = always[i];
    for (; arguments && *arguments && n < 31; arguments++)
        command[n++] = *arguments;
    if (server->own_clock) {
        char file[80];
        snprintf(file, sizeof file, "%s/clock", server->folder);
        setenv("LD_PRELOAD", getenv("T87S_SET_CLOCK"), 1);
        setenv("T87S_TEST_CLOCK", file, 1);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!freopen("/dev/null", "w", stdout))
        _exit(127);
    execvp(command[0], (char *const *)(void *)command);
    _exit(127);
}

/* Reads until there is no more, or no more room, or the end of a line. */
static void talk(const struct redis_server *server, const char *command, bool one_line, char *out, size_t room) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const ssize_t size = (ssize_t)strlen(command);
    size_t n = 0;
    const int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memcpy(address.sun_path, server->socket, strlen(server->socket) + 1);
    if (connect(file, (struct sockaddr *)&address, sizeof address) == 0 &&
        send(file, command, (size_t)size, MSG_NOSIGNAL) == size && send(file, "\r\n", 2, MSG_NOSIGNAL) == 2 &&
        (one_line || shutdown(file, SHUT_WR) == 0))
        while (n < room - 1 && !(one_line && memchr(out, '\n', n))) {
            const ssize_t got = read(file, out + n, room - 1 - n);
            if (got <= 0)
                break;
            n += (size_t)got;
        }
    close(file);
    out[n] = '\0';
}

struct redis_reply redis_server_tell(const struct redis_server *server, const char *command) {
    struct redis_reply reply;
    talk(server, command, true, reply.text, sizeof reply.text);
    reply.text[strcspn(reply.text, "\r")] = '\0';
    return reply;
}

void redis_server_ask(const struct redis_server *server, const char *command, char *out, size_t room) {
    talk(server, command, false, out, room);
}

/* Nobody has it, and nobody has been given it: who was, is known by a name of that number until his process ends. The
 * server that is to have it takes a while to start. */
bool take_port(int port) {
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
    struct sockaddr_un name = {.sun_family = AF_UNIX}; /* of no file: it begins with a zero byte */
    const int length = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "t87s-test-port-%d", port);
    const socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
    const int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int named = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool taken = bind(file, (const struct sockaddr *)&address, sizeof address) == 0 &&
                       bind(named, (const struct sockaddr *)&name, size) == 0;
    close(file);
    if (!taken)
        close(named);
    return taken;
}

/* Below the range that connections are given their ports from. */
int free_port(void) {
    enum { FIRST = 20000, PORTS = 12000 };
    for (unsigned i = 0;; i++) {
        const int port = FIRST + (int)(((unsigned)getpid() * 97u + (unsigned)rand() + i) % PORTS);
        if (take_port(port))
            return port;
        ck_assert_uint_lt(i, PORTS);
    }
}

static int answers(const struct redis_server *server) { return redis_server_tell(server, "PING").text[0] == '+'; }

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
    if (server->own_clock)
        redis_server_set_clock(server, 0);
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

void redis_server_set_clock(const struct redis_server *server, int seconds) {
    char file[80];
    snprintf(file, sizeof file, "%s/clock", server->folder);
    const int out = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600); /* not cut: it is mapped */
    ck_assert_int_eq(pwrite(out, &seconds, sizeof seconds, 0), sizeof seconds);
    close(out);
}
