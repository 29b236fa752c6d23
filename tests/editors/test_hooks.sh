#!/bin/sh
# SPDX-License-Identifier: MIT
# The hooks of .pre-commit-hooks.yaml, run by pre-commit in a repository with schemas. Skipped where it is missing.
set -eu
for tool in pre-commit git; do
    command -v "$tool" >/dev/null || { echo "no $tool here" && exit 77; }
done
folder=$(mktemp -d "${TMPDIR:-/tmp}/t87s-hooks-XXXXXX")
trap 'rm -rf "$folder"' EXIT
fail() {
    cat "$folder/log"
    echo "FAILED: $*"
    exit 1
}
HOME=$folder
PRE_COMMIT_HOME=$folder/pre-commit
GIT_CONFIG_NOSYSTEM=1
GIT_AUTHOR_NAME=reader GIT_AUTHOR_EMAIL=reader@example.org
GIT_COMMITTER_NAME=reader GIT_COMMITTER_EMAIL=reader@example.org
PATH=$(dirname "$T87SC"):$PATH
export HOME PRE_COMMIT_HOME GIT_CONFIG_NOSYSTEM PATH
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

git init -q "$folder/t87s"
cp "$T87S_SOURCE_ROOT/.pre-commit-hooks.yaml" "$folder/t87s"
git -C "$folder/t87s" add .
git -C "$folder/t87s" commit -qm hooks

git init -q "$folder/app"
cd "$folder/app"
{
    printf 'repos:\n  - repo: %s\n    rev: %s\n    hooks:\n' "$folder/t87s" "$(git -C "$folder/t87s" rev-parse HEAD)"
    sed -n 's/^- id: /      - id: /p' "$folder/t87s/.pre-commit-hooks.yaml" | sed '/check/a\        args: [good.tags]'
} >.pre-commit-config.yaml
printf 'schema good;\n\nroot {\n    all: Static;\n}\n' >good.tags
echo 'not a schema' >notes.txt
git add .
pre-commit run --all-files >"$folder/log" 2>&1 || fail 'a good schema does not pass'
grep -q Skipped "$folder/log" && fail 'a hook does not look at schemas'

printf 'schema good;\n\nimport "part.tags";\n\nroot {\n    all: Static Part;\n}\n' >good.tags
printf 'tags Part {\n    one: Static;\n}\n' >part.tags
git add .
pre-commit run --all-files >"$folder/log" 2>&1 || fail 'a schema with an import does not pass'
git commit -qnm 'an import'
printf 'tags Part {\n    one: Static\n}\n' >part.tags
git add .
pre-commit run t87sc-check >"$folder/log" 2>&1 && fail 'a schema passes though its import was broken'
grep -q 'part.tags:2:16: error: ' "$folder/log" || fail 'no diagnostic'
git checkout -q HEAD part.tags

printf 'schema ugly; root { all: Static; }\n' >ugly.tags
git add .
pre-commit run t87sc-fmt --all-files >"$folder/log" 2>&1 && fail 'an ugly schema passes'
printf 'schema ugly;\nroot {\n    all: Static;\n}\n' | cmp - ugly.tags || fail 'it is still ugly'
git add .
pre-commit run --all-files >"$folder/log" 2>&1 || fail 'what was laid out does not pass'
