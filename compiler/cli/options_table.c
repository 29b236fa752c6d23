/* SPDX-License-Identifier: MIT */
#include "options_table.h"

#include <string.h>

#include "options.h"

const struct option options_table[] = {
    {ID_INCLUDE, "-I", "DIR", NULL, "gen check diff dump graph lsp", "look for imports in DIR too"},
    {ID_OUTPUT, "-o", "FILE", NULL, "gen",
     "write FILE; - is standard output (default: the schema's name and .h, here)"},
    {ID_OUTPUT, "-o", "FILE", NULL, "graph", "write FILE (default: -, standard output)"},
    {ID_DEPFILE, "--depfile", "FILE", NULL, "gen",
     "also write which files the header was made from, for make and ninja"},
    {ID_DEPTARGET, "--deptarget", "NAME", NULL, "gen", "call the header NAME in the depfile"},
    {ID_CHECK, "--check", NULL, NULL, "gen", "write nothing; exit 1 if the file is not what would be written"},
    {ID_WRITE, "-w", NULL, NULL, "fmt", "write the schemas that change back to their files"},
    {ID_CHECK, "--check", NULL, NULL, "fmt", "list the schemas that would change, and exit 1 if there are any"},
    {ID_DIFF, "--diff", NULL, NULL, "fmt", "print what would change as a diff, and exit 1 if anything would"},
    {ID_AGAINST, "--against", "FILE", NULL, "diff",
     "the schema as it was: a file, or git:REF[:PATH] (default: the same path in that commit)"},
    {ID_CATEGORY, "--category", "NAME", "SOURCE KEY INVALIDATION", "diff",
     "only SOURCE (errors), KEY (warnings) or INVALIDATION (NARROW: errors, WIDEN: warnings); default: all"},
    {ID_WERROR, "--werror", NULL, NULL, "check diff", "exit 1 on warnings too"},
    {ID_WARNING, "-W", "NAME", NULL, "check lsp",
     "tell the warning NAME (all: each), or with no-NAME do not (none: none)"},
    {ID_FORMAT, "--format", "FORMAT", "text json", "dump rules", "text (default) or json"},
    {ID_DIAGNOSTICS, "--format", "FORMAT", "text json sarif github", "gen check fmt diff",
     "of diagnostics: text (default); json, sarif or github on standard output"},
    {ID_FORMAT, "--format", "FORMAT", "dot mermaid html", "graph",
     "dot (default: for Graphviz), mermaid (for Markdown) or html (a page to look around in)"},
    {ID_COLOR, "--color", "WHEN", "auto always never", "gen check fmt diff dump graph",
     "auto (default), always or never"},
    {ID_MAX_ERRORS, "--max-errors", "N", NULL, "gen check fmt diff dump graph",
     "stop telling after N errors (default 20; 0: tell all)"},
    {ID_HELP, "-h", NULL, NULL, NULL, "this text"},
    {ID_HELP, "--help", NULL, NULL, NULL, "this text"},
    {ID_VERSION, "--version", NULL, NULL, NULL, "the version"},
    {0, NULL, NULL, NULL, NULL, NULL},
};

bool has_word(const char *words, const char *word) {
    size_t size = strlen(word);
    for (const char *at = words; (at = strstr(at, word)); at += size)
        if ((at == words || at[-1] == ' ') && (at[size] == ' ' || !at[size]))
            return true;
    return false;
}

bool option_belongs(const struct option *option, const struct verb *verb) {
    return !option->verbs || (verb && has_word(option->verbs, verb->name));
}
