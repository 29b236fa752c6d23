/* SPDX-License-Identifier: MIT
 *
 * Writes generated C through a fixed buffer: the header of a big schema is never in memory as a whole.
 */
#ifndef T87SC_PRINTER_H
#define T87SC_PRINTER_H

#include <stddef.h>

#include "c_names.h"

struct printer {
    /* set by printer_init, constant */
    void (*write)(void *arg, const char *bytes, size_t size);
    void *arg;
    const struct c_names *names;
    /* what say() takes `%$word` from; NULL: nothing to clash with */
    const struct c_locals *locals;
    /* the last name printed with `%n` and its size: the same one comes again and again */
    const char *own;
    size_t own_size;
    size_t used;
    char buffer[1 << 16];
};

void printer_init(struct printer *printer, const struct c_names *names,
                  void (*write)(void *arg, const char *bytes, size_t size), void *arg);

/* Hands everything printed so far to write(). The last call of a user. */
void printer_flush(struct printer *printer);

/* Prints a text in which stand for something else
 *     %s   const char *             as it is
 *     %n   enum c_name, const char * the generated name of a thing (NULL for the fixed ones)
 *     %t   enum c_name, node        the generated name of a tag
 *     %d   long long                a number
 *     %x   uint64_t                 16 hex digits
 *     %$word                        a local name of the generator's own, changed if a parameter is called so
 */
void say(struct printer *printer, const char *format, ...);

void say_bytes(struct printer *printer, const char *bytes, size_t size);

/* The lines of a doc comment as one C comment that nothing in them can end or continue; nothing when NULL. */
void say_doc(struct printer *printer, const char *doc);

/* One line of any text, made safe for a C comment. */
void say_safe(struct printer *printer, const char *line, size_t size);

#endif
