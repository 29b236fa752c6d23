#!/bin/sh
# SPDX-License-Identifier: MIT
# test_tree.sh fails, and says why, on a tree that breaks its rules; and passes on one that does not.
set -eu
check=$T87S_SOURCE_ROOT/tests/house/test_tree.sh
folder=$(mktemp -d "${TMPDIR:-/tmp}/t87s-tree-XXXXXX")
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/.ci" "$folder/runtime/base"
cd "$folder"
for script in dev .ci/run; do
    printf '#!/bin/sh\n# SPDX-License-Identifier: MIT\n' >"$script"
done
git init -q .

echo '/* SPDX-License-Identifier: MIT */' >runtime/base/good.c
git add .
T87S_SOURCE_ROOT=$folder "$check" || exit 1

# expect WHAT: it fails now and says so
expect() {
    git add .
    if T87S_SOURCE_ROOT=$folder "$check" >said; then
        echo "passes: $1" && exit 1
    fi
    grep -q "^$1:" said || { cat said && exit 1; }
    git rm -qf runtime/base/bad.c
}

echo 'int x;' >runtime/base/bad.c
expect 'no SPDX line'
echo "/* SPDX-License-Identifier: MIT */ /* TO""DO */" >runtime/base/bad.c
expect 'put off'
echo '/* SPDX-License-Identifier: MIT */ ' >runtime/base/bad.c
expect 'blanks at the end of a line'
echo '/* SPDX-License-Identifier: MIT */ void f(void) { exit(1); }' >runtime/base/bad.c
expect 'a library neither prints nor exits'
{ echo '/* SPDX-License-Identifier: MIT */' && seq 1000 | sed 's/.*//'; } >runtime/base/bad.c
expect 'more than 600 lines'
