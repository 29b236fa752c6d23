/* SPDX-License-Identifier: MIT
 *
 * Signals leave a byte in a pipe, which the wait sees. Those of a crash give the terminal back on the spot: tcsetattr,
 * write and raise may be called there.
 */
#define _GNU_SOURCE /* pipe2 */
#include "screen.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* The other screen, no cursor, no wrapping; and back. */
static const char enter[] = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J", leave[] = "\x1b[?7h\x1b[?25h\x1b[?1049l";

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT}, others[] = {SIGWINCH, SIGCONT, SIGTSTP},
                 crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

static struct {
    volatile sig_atomic_t open;
    struct termios before;
    int pipe[2];
    int ended_by; /* a signal; 0: none */
} screen = {.pipe = {-1, -1}};

static bool write_all(const char *bytes, size_t size) {
    while (size) {
        const ssize_t n = write(STDOUT_FILENO, bytes, size);
        if (n < 0 && errno == EAGAIN)
            poll(&(struct pollfd){STDOUT_FILENO, POLLOUT, 0}, 1, 100);
        else if (n < 0 && errno != EINTR)
            return false;
        bytes += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

static bool take_terminal(void) {
    struct termios now = screen.before;
    now.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    now.c_cc[VMIN] = 1;
    now.c_cc[VTIME] = 0;
    screen.open = 1;
    return tcsetattr(STDIN_FILENO, TCSAFLUSH, &now) == 0 && write_all(enter, sizeof enter - 1);
}

static void give_terminal(void) {
    if (!screen.open)
        return;
    screen.open = 0;
    (void)!write(STDOUT_FILENO, leave, sizeof leave - 1);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &screen.before);
}

static void tell(int signal) {
    const int error = errno;
    const unsigned char byte = (unsigned char)signal;
    (void)!write(screen.pipe[1], &byte, 1); /* full: it is awake */
    errno = error;
}

static void crash(int signal) {
    give_terminal();
    raise(signal); /* again, and by default */
}

static void handle(const int *signals, size_t n, void (*handler)(int), int flags) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < n; i++)
        sigaction(signals[i], &action, NULL);
}
#define HANDLE(signals, handler, flags) handle(signals, sizeof(signals) / sizeof *(signals), handler, flags)

bool screen_possible(void) {
    const char *terminal = getenv("TERM");
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

bool screen_open(void) {
    if (tcgetattr(STDIN_FILENO, &screen.before) != 0 || pipe2(screen.pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return false;
    atexit(give_terminal);
    HANDLE(ending, tell, SA_RESTART);
    HANDLE(others, tell, SA_RESTART);
    HANDLE(crashes, crash, (int)(SA_RESETHAND | SA_NODEFER));
    return take_terminal();
}

void screen_close(void) {
    give_terminal();
    if (screen.pipe[0] < 0)
        return;
    HANDLE(ending, SIG_DFL, 0);
    HANDLE(others, SIG_DFL, 0);
    HANDLE(crashes, SIG_DFL, 0);
    close(screen.pipe[0]);
    close(screen.pipe[1]);
    screen.pipe[0] = screen.pipe[1] = -1;
    if (screen.ended_by)
        raise(screen.ended_by);
}

void screen_size(size_t *columns, size_t *rows) {
    struct winsize size = {.ws_row = 0};
    *columns = 80;
    *rows = 24;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || !size.ws_col || !size.ws_row)
        return;
    *columns = size.ws_col;
    *rows = size.ws_row;
}

bool screen_draw(const char *text, size_t size) {
    static const char home[] = "\x1b[H", rest[] = "\x1b[J";
    return write_all(home, sizeof home - 1) && write_all(text, size) && write_all(rest, sizeof rest - 1);
}

/* ---- waiting ---- */

static enum screen_event stop_and_go_on(void) {
    give_terminal();
    raise(SIGSTOP);
    take_terminal(); /* somebody said: go on */
    return SCREEN_REDRAW;
}

static enum screen_event heed_signal(void) {
    unsigned char byte;
    if (read(screen.pipe[0], &byte, 1) != 1)
        return SCREEN_NOTHING;
    if (byte == SIGTSTP)
        return stop_and_go_on();
    if (byte == SIGWINCH || byte == SIGCONT)
        return SCREEN_REDRAW;
    screen.ended_by = byte;
    return SCREEN_QUIT;
}

static enum screen_event heed_key(void) {
    char keys[64];
    const ssize_t n = read(STDIN_FILENO, keys, sizeof keys);
    if (n <= 0)
        return n < 0 && errno == EINTR ? SCREEN_NOTHING : SCREEN_QUIT; /* the terminal is gone */
    for (ssize_t i = 0; i < n; i++)
        if (keys[i] == 'q' || keys[i] == 'Q' || keys[i] == 4)
            return SCREEN_QUIT;
    return SCREEN_REDRAW;
}

enum screen_event screen_wait(int file, int64_t ms) {
    struct pollfd ready[3] = {{screen.pipe[0], POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}, {file, POLLIN, 0}};
    if (poll(ready, 3, ms > 0 ? (int)(ms < 60000 ? ms : 60000) : 0) <= 0)
        return SCREEN_NOTHING;
    if (ready[0].revents)
        return heed_signal();
    if (ready[1].revents)
        return heed_key();
    return SCREEN_READABLE;
}
