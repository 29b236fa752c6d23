#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: test_guide.sh DOCUMENT: every file, program and command of a document, tried with an installed copy.
. "$T87S_SOURCE_ROOT/tests/install/stage.sh"

tools='make cmake meson git'
if grep -q redis-server "$T87S_SOURCE_ROOT/$1"; then
    tools="$tools redis-server redis-cli"
    [ -e "$LD_LIBRARY_PATH/libt87s-redis.so" ] || { echo "the guide uses libt87s-redis, which is not here" && exit 77; }
fi
for tool in $tools; do
    command -v "$tool" >/dev/null || { echo "the guide uses $tool, which is not here" && exit 77; }
done
python3 -c 'import yaml' 2>/dev/null || { echo "python3 has no yaml here" && exit 77; }
PATH=$prefix/bin:$PATH
# What git says and does must not depend on who runs this.
HOME=$stage
GIT_CONFIG_NOSYSTEM=1
GIT_AUTHOR_NAME=reader GIT_AUTHOR_EMAIL=reader@example.org
GIT_COMMITTER_NAME=reader GIT_COMMITTER_EMAIL=reader@example.org
CC=$T87S_CC
export PATH HOME GIT_CONFIG_NOSYSTEM GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL CC
unset GIT_DIR GIT_WORK_TREE NO_COLOR CLICOLOR_FORCE

mkdir "$stage/reader"
python3 "$T87S_SOURCE_ROOT/tests/docs/walk.py" "$T87S_SOURCE_ROOT/$1" "$stage/reader"
