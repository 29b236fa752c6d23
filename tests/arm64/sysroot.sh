#!/bin/sh
# SPDX-License-Identifier: MIT
# Unpacks the libraries that the arm64 build needs into a folder, without touching the system, and writes a Meson cross
# file beside them. usage: sysroot.sh FOLDER
set -eu
mkdir -p "$1/apt/lists/partial" "$1/apt/archives/partial"
folder=$(cd "$1" && pwd)
packages='libxxhash-dev libjansson-dev libjansson4 check libsubunit-dev libsubunit0 liburcu-dev liburcu8'

# A state of its own: the system's lists know nothing of this architecture, and shall not.
cp /var/lib/dpkg/status "$folder/apt/status"
apt="-o APT::Architectures::=arm64 -o Dir::State=$folder/apt -o Dir::State::status=$folder/apt/status
    -o Dir::Cache=$folder/apt -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts=$folder/apt/sources
    -o APT::Sandbox::User="
mkdir -p "$folder/apt/sources"
key=/usr/share/keyrings/debian-archive-keyring.gpg
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
echo "deb [arch=arm64 signed-by=$key] http://deb.debian.org/debian $release main" >"$folder/apt/sources/arm64.list"
# shellcheck disable=SC2086 # the options are meant to split
apt-get $apt -q update
for package in $packages; do
    # shellcheck disable=SC2086
    (cd "$folder/apt/archives" && apt-get $apt -q download "$package:arm64")
done
for archive in "$folder"/apt/archives/*.deb; do
    dpkg -x "$archive" "$folder"
done
# Absolute paths do what PKG_CONFIG_SYSROOT_DIR would, for variables too.
sed -i "s|=/usr|=$folder/usr|" "$folder"/usr/lib/aarch64-linux-gnu/pkgconfig/*.pc

cat >"$folder/cross.ini" <<END
[binaries]
c = 'aarch64-linux-gnu-gcc'
ar = 'aarch64-linux-gnu-ar'
strip = 'aarch64-linux-gnu-strip'
pkgconfig = 'pkg-config'
exe_wrapper = ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu', '-E', 'LD_LIBRARY_PATH=$folder/usr/lib/aarch64-linux-gnu']

[properties]
pkg_config_libdir = '$folder/usr/lib/aarch64-linux-gnu/pkgconfig'

[built-in options]
c_link_args = ['-L$folder/usr/lib/aarch64-linux-gnu', '-Wl,-rpath-link,$folder/usr/lib/aarch64-linux-gnu']

[host_machine]
system = 'linux'
cpu_family = 'aarch64'
cpu = 'aarch64'
endian = 'little'
END
