/* SPDX-License-Identifier: MIT
 *
 * The terminal: a screen of our own, which is given back as it was on every way out, also by a signal or a crash. There
 * is one terminal, so there is one screen, and what is kept of it is static.
 */
#ifndef T87S_INSPECT_SCREEN_H
#define T87S_INSPECT_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether standard input and output are a terminal that can do this. */
bool screen_possible(void);
/* False: errno says why not. */
bool screen_open(void);
/* If a signal ended it, that signal is raised again. Harmless when it is not open. */
void screen_close(void);

void screen_size(size_t *columns, size_t *rows);
/* From the upper left corner on; what is left of the screen is emptied. False: the terminal is gone. */
bool screen_draw(const char *text, size_t size);

enum screen_event { SCREEN_NOTHING, SCREEN_REDRAW, SCREEN_READABLE, SCREEN_QUIT };
/* Waits for a key, a signal, or until `file` (-1: none) has something to be read, but not for longer. */
enum screen_event screen_wait(int file, int64_t ms);

#endif
