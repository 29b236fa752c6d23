#!/bin/sh
# SPDX-License-Identifier: MIT
# Cross compiling: the t87sc beside the library is for another machine; one that runs here is found, or given. The other
# machine is this one in disguise, so that the programs can be run; but the builds are told that they cannot.
. "$T87S_SOURCE_ROOT/tests/integration/story.sh"

mkdir "$stage/native"
native=$stage/native/t87sc
mv "$prefix"/bin/t87sc* "$stage/native/"
printf '#!/bin/sh\necho "t87sc is of another machine" >&2\nexit 126\n' >"$prefix/bin/t87sc"
chmod +x "$prefix/bin/t87sc"
PATH=${PATH#"$prefix/bin:"}
with_native=$stage/native:$PATH

# built WHAT PROGRAM: build() generates all headers by the compiler that runs here, and a program that works
built() {
    program=$2
    build_or_fail "$1"
    generates "$1" shop.tags staff.tags
    prints "$1" '7 left, 2 fetches, no shelf'
}

sample make 'made by make'
build() { make CC="$T87S_CC" CFLAGS='-std=c11 -Werror' T87SC="$native"; }
built make ./app

cat >"$stage/cross.ini" <<END
[binaries]
c = '${T87S_CC##* }'
pkgconfig = 'pkg-config'
[properties]
needs_exe_wrapper = true
[host_machine]
system = 'linux'
cpu_family = 'aarch64'
cpu = 'aarch64'
endian = 'little'
END
sample meson 'made by Meson'
build() { PATH=$with_native $T87S_MESON setup build --cross-file "$stage/cross.ini" --werror && ninja -C build; }
built Meson build/app

sample meson 'made by Meson with a subproject'
subproject
configure() { $T87S_MESON setup build --cross-file "$stage/cross.ini" -Doptimization=0 --force-fallback-for=t87s "$@"; }
build() { PATH=$with_native configure -Dt87s:compiler=false && ninja -C build app; }
built 'Meson with a subproject' build/app
rm -r build
build() { configure -Dt87s:t87sc="$native" && ninja -C build shop.tags.h staff.tags.h; }
build_or_fail 'Meson with option t87sc'
generates 'Meson with option t87sc' shop.tags staff.tags

command -v cmake >/dev/null || { echo "no cmake here" && exit 77; }
cat >"$stage/cross.cmake" <<END
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER "${T87S_CC##* }")
set(CMAKE_FIND_ROOT_PATH "$root")
END
sample cmake 'made by CMake'
configure() { cmake -S . -B build -G Ninja --toolchain "$stage/cross.cmake" -DCMAKE_PREFIX_PATH="$prefix" "$@"; }
build() { PATH=$with_native configure && cmake --build build; }
built CMake build/app
rm -r build
configure >"$stage/log" 2>&1 && fail "CMake takes a t87sc of another machine"
grep -q T87SC_EXECUTABLE "$stage/log" || { cat "$stage/log" && fail "CMake does not say what to do"; }
build() { configure -DT87SC_EXECUTABLE="$native" && cmake --build build; }
built 'CMake with T87SC_EXECUTABLE' build/app
echo "each finds a t87sc that runs here"
