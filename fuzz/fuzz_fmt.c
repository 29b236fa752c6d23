/* SPDX-License-Identifier: MIT
 *
 * The formatter: of any bytes that parse it keeps the tokens and comments, and is content with what it wrote.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format_law.h"
#include "rejected.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *bytes = malloc(size + 1), *laid_out = NULL; /* followed by a NUL, as sources are */
    if (!bytes)
        abort();
    if (size)
        memcpy(bytes, data, size);
    bytes[size] = '\0';
    const char *broken = format_law(bytes, size, &laid_out);
    if (broken) {
        fprintf(stderr, "fuzz_fmt.c: not so: %s\n%s", broken, laid_out ? laid_out : "");
        abort();
    }
    if (!laid_out)
        rejected();
    free(laid_out);
    free(bytes);
    return 0;
}
