/* SPDX-License-Identifier: MIT
 *
 * t87sc: compiles a schema of cached queries and their tags to a typed C header.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "commands.h"
#include "emit_header.h"
#include "output.h"
#include "text.h"

const struct verb verbs[] = {
    {"gen", "SCHEMA", "Generates the C header of a schema.", 1, 1, run_gen},
    {"check", "SCHEMA...", "Checks schemas and writes nothing.", 1, SIZE_MAX, run_check},
    {"fmt", "[SCHEMA]...", "Gives schemas their one layout; without a SCHEMA, standard input.", 0, SIZE_MAX, run_fmt},
    {"diff", "--against FILE SCHEMA", "Tells what a change of a schema does to callers and to running systems.", 1, 1,
     run_diff},
    {"dump", "SCHEMA", "Prints the resolved schema: tags, queries, mutations.", 1, 1, run_dump},
    {"graph", "SCHEMA", "Draws the tags, their queries and what each mutation reaches.", 1, 1, run_graph},
    {"lsp", "", "Serves an editor: the Language Server Protocol over standard input and output.", 0, 0, run_lsp},
    {"rules", "", "Lists what t87sc checks.", 0, 0, run_rules},
    {"explain", "CODE", "Explains a rule, with a wrong and a right schema.", 1, 1, run_explain},
    {"completion", "bash|zsh|fish", "Prints the script that completes t87sc in a shell.", 1, 1, run_completion},
    {NULL, NULL, NULL, 0, 0, NULL},
};

/* Started with a standard stream closed, the next file opened would take its place, and messages would end up in it.
 * What is opened instead refuses: reading from it, or writing to it, is an error as before. */
static void fill_standard_streams(void) {
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) < 0 && errno == EBADF)
            (void)!open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static enum exit_code print_help(const struct verb *verb) {
    struct text text;
    text_init(&text);
    options_help(&text, verb);
    return output_built("-", &text) ? EXIT_FINE : EXIT_INTERNAL;
}

static enum exit_code print_version(void) {
    char line[64];
    /* The number comes first: meson reads a version from the first digits it finds. */
    int size = snprintf(line, sizeof line, "%s (t87sc, codegen ABI %d)\n", T87SC_VERSION, EMIT_CODEGEN_ABI);
    return output_text("-", line, (size_t)size) ? EXIT_FINE : EXIT_INTERNAL;
}

int main(int argc, char *argv[]) {
    fill_standard_streams();
    /* A closed pipe and a file size limit are errors of a write, told like others. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    struct options options;
    enum exit_code code = EXIT_USAGE;
    switch (options_parse(&options, argc, (const char *const *)argv)) {
    case OPTIONS_OK:
        code = options.want == WANT_HELP      ? print_help(options.verb)
               : options.want == WANT_VERSION ? print_version()
                                              : run_and_report(&options);
        break;
    case OPTIONS_WRONG:
        break;
    case OPTIONS_NO_MEMORY:
        fputs("t87sc: error: out of memory\n", stderr);
        code = EXIT_INTERNAL;
        break;
    }
    options_free(&options);
    return (int)code;
}
