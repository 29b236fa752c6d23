#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: with_redis.sh PROGRAM [ARG...]: runs it with one argument more, the address of a Redis of its own.
set -eu
folder=$(mktemp -d)
redis-server --port 0 --unixsocket "$folder/socket" --dir "$folder" --save '' --appendonly no >"$folder/log" &
server=$!
trap 'kill "$server"; wait "$server" || true; rm -r "$folder"' EXIT
until redis-cli -s "$folder/socket" ping >/dev/null 2>&1; do
    kill -0 "$server" || { cat "$folder/log" && exit 2; }
done
"$@" "unix://$folder/socket"
