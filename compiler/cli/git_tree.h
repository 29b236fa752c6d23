/* SPDX-License-Identifier: MIT
 *
 * The files of a commit as a source_tree, read through git: one `git cat-file --batch` answers for all of them. Paths
 * are REF:PATH as git writes them, from the top of the repository. Links in the tree are followed as far as they stay
 * in it. git is started without a shell, and a REF cannot be taken for an option.
 */
#ifndef T87SC_GIT_TREE_H
#define T87SC_GIT_TREE_H

#include <stdbool.h>
#include <stdio.h>

#include "program.h"
#include "source.h"
#include "text.h"

struct git_tree {
    struct source_tree tree;
    char *root;   /* "REF:" */
    char *folder; /* that git is run in */
    char *object; /* what the ref means now: one that moves meanwhile does not matter */
    char *top;    /* of the work tree; NULL: there is none */
    /* the program that answers, once it was asked */
    bool runs;
    struct program git;
    FILE *ask, *answer;
};

/* Of the repository that `folder` is in. False when there is none, no such ref, no git or no memory, which is told on
 * standard error. To be closed in any case. */
bool git_tree_open(struct git_tree *tree, const char *ref, const char *folder);
void git_tree_close(struct git_tree *tree);

/* The tree's path of what is at `path` in the work tree: "REF:schemas/blog.tags". False when that is elsewhere. Neither
 * needs to be there now. */
bool git_tree_path(const struct git_tree *tree, const char *path, struct text *out);

#endif
