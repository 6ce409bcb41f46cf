#!/bin/sh
# SPDX-License-Identifier: MIT
# sh tests/run.sh [options of cmake, such as -D BOLTZ_WERROR=ON]
# From a fresh clone to the result of all tests: installs what is missing, builds in build-tests and runs ctest.
# Several files are compiled as one, which costs a third of the time; -D CMAKE_UNITY_BUILD=OFF suits repeated changes.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=$root/build-tests

sh "$root/cmake/install_dependencies.sh" library examples tests

generator=
if [ ! -e "$build/CMakeCache.txt" ] && command -v ninja >/dev/null 2>&1; then
    generator="-G Ninja"
fi
# shellcheck disable=SC2086
cmake -S "$root" -B "$build" $generator -D CMAKE_BUILD_TYPE=Release \
    -D CMAKE_UNITY_BUILD=ON -D CMAKE_UNITY_BUILD_BATCH_SIZE=8 "$@"
cmake --build "$build" --parallel "$(nproc)"
exec ctest --test-dir "$build" --output-on-failure --no-tests=error --parallel "$(nproc)"
