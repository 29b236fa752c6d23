#!/bin/sh
# SPDX-License-Identifier: MIT
# What else the CMake package promises: several targets, the static library, which versions it serves, and that misuse
# is told in a sentence.
command -v cmake >/dev/null || { echo "no cmake here" && exit 77; }
. "$T87S_SOURCE_ROOT/tests/integration/story.sh"

sample cmake-many 'many targets'
build() {
    cmake -S . -B build -G Ninja -DCMAKE_C_COMPILER="${T87S_CC##* }" -DCMAKE_PREFIX_PATH="$prefix" &&
        cmake --build build && cmake --build build --target test
}
build_or_fail many
for name in shared static user; do
    program=build/$name
    prints "$name" '7 left, 2 fetches, no shelf'
done
generates many shop.tags shop.tags shop.tags staff.tags staff.tags staff.tags
build_or_fail 'many again'
generates 'many again'
program=build/static
(unset LD_LIBRARY_PATH && prints 'static, where the shared library is not found' '7 left, 2 fetches, no shelf')
! objdump -p build/static | grep -q 'NEEDED.*libt87s' || fail 'static needs the shared library'

# configure: a project without a language, for what ends before anything is compiled
mkdir "$stage/none"
cd "$stage/none"
configure() {
    rm -rf build
    { printf 'cmake_minimum_required(VERSION 3.20)\nproject(none NONE)\n' && cat; } >CMakeLists.txt
    cmake -S . -B build -G Ninja -DCMAKE_PREFIX_PATH="$LD_LIBRARY_PATH/cmake/t87s" >log 2>&1
}

# Version 0.1.2 serves who wants 0.1, 0.1.1 or 0.1.2: before 1.0 a minor version is a series of its own.
series=${T87S_VERSION%.*}
configure <<END || { cat log && fail versions; }
foreach(case IN ITEMS "$series 1" "$T87S_VERSION 1" "$series.999 0" "0.0 0" "0 0" "0.999 0" "1 0"
    "0...1 1" "0...$T87S_VERSION 1" "0...<$T87S_VERSION 0" "0.0...<$series 0" "0.999...1 0")
  separate_arguments(case)
  list(GET case 0 version)
  list(GET case 1 expected)
  unset(t87s_DIR CACHE)
  find_package(t87s \${version} QUIET)
  if(NOT t87s_FOUND EQUAL expected)
    message(SEND_ERROR "find_package(t87s \${version}): \${t87s_FOUND}")
  endif()
endforeach()
unset(t87s_DIR CACHE)
find_package(t87s $T87S_VERSION EXACT REQUIRED)
END

# misuse SENTENCE: the project on standard input is refused with it
misuse() {
    if configure; then fail "accepted: $1"; fi
    tr '\n' ' ' <log | tr -s ' ' | grep -q "$1" || { cat log && fail "not said: $1"; }
}
misuse 'usage: t87s_generate(TARGET' <<'END'
find_package(t87s REQUIRED)
add_executable(app main.c)
t87s_generate(TARGET app)
END
misuse 'usage: t87s_generate(TARGET' <<'END'
find_package(t87s REQUIRED)
t87s_generate(app SCHEMAS shop.tags)
END
misuse 'the target app has two schemas that would make shop.tags.h' <<'END'
find_package(t87s REQUIRED)
add_executable(app main.c)
t87s_generate(TARGET app SCHEMAS a/shop.tags)
t87s_generate(TARGET app SCHEMAS b/shop.tags)
END
mkdir -p below
printf 'add_executable(app main.c)\n' >below/CMakeLists.txt
misuse 'call it in .*/below, where the target app was made' <<'END'
find_package(t87s REQUIRED)
add_subdirectory(below)
t87s_generate(TARGET app SCHEMAS shop.tags)
END
printf 'find_package(t87s REQUIRED)\n' >below/CMakeLists.txt
misuse 'find_package(t87s) was called in a folder that this one cannot see' <<'END'
add_subdirectory(below)
add_executable(app main.c)
t87s_generate(TARGET app SCHEMAS shop.tags)
END
echo "the CMake package keeps its promises"
