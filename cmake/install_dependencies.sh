#!/bin/sh
# SPDX-License-Identifier: MIT
# install_dependencies.sh <group>...   groups: library examples tests benchmarks checks
# Makes sure that what these groups need is there: installs it through apt when that is allowed, else names what is
# missing and ends with status 2.
set -eu

# Package, and what proves that it is there although dpkg does not know it: a command, a header or a library. A BLAS is
# asked for by name: the reference implementation has the same header and is many times slower.
list() {
    case $1 in
    library)
        echo "g++ command:c++"
        echo "cmake command:cmake"
        echo "ninja-build command:ninja|make"
        echo "pkg-config command:pkg-config"
        echo "ca-certificates file:/etc/ssl/certs"
        echo "libopenblas-dev library:openblas|mkl_rt|blis"
        echo "libxtensor-dev optional"
        echo "libzip-dev header:zip.h"
        echo "zlib1g-dev header:zlib.h"
        echo "libpng-dev header:png.h"
        echo "libgif-dev header:gif_lib.h"
        ;;
    examples)
        echo "libcli11-dev header:CLI/CLI.hpp"
        echo "libdnnl-dev optional"
        ;;
    tests) echo "catch2 header:catch2/catch.hpp|catch2/catch_all.hpp" ;;
    benchmarks)
        echo "libbenchmark-dev header:benchmark/benchmark.h"
        echo "libdnnl-dev optional"
        ;;
    checks)
        echo "clang command:clang++"
        echo "clang-format command:clang-format"
        echo "libclang-rt-dev sanitizers"
        ;;
    *)
        echo "install_dependencies.sh: there is no group '$1'" >&2
        exit 1
        ;;
    esac
}

installed() {
    [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | cut -c 1-2)" = ii ]
}

# Is one of the alternatives there?
proved() {
    kind=${1%%:*}
    for name in $(echo "${1#*:}" | tr '|' ' '); do
        case $kind in
        command) command -v "$name" >/dev/null 2>&1 && return 0 ;;
        file) [ -e "$name" ] && return 0 ;;
        header) echo "#include <$name>" | c++ -std=c++20 -E -x c++ - >/dev/null 2>&1 && return 0 ;;
        library) echo "int main() {}" | c++ -x c++ -o /dev/null - -l"$name" >/dev/null 2>&1 && return 0 ;;
        sanitizers)
            echo "int main() {}" | clang++ -fsanitize=address,undefined -x c++ -o /dev/null - >/dev/null 2>&1 && return 0
            ;;
        esac
    done
    return 1
}

missing=
for group in "$@"; do
    packages=$(list "$group")
    while read -r package proof; do
        if installed "$package" || proved "$proof"; then
            continue
        fi
        # Without xtensor's package CMake downloads the pinned sources; without oneDNN all products go through BLAS.
        if [ "$proof" = optional ] && ! apt-cache show "$package" >/dev/null 2>&1; then
            continue
        fi
        missing="$missing $package"
    done <<END
$packages
END
done

[ -n "$missing" ] || exit 0

give_up() {
    echo "Missing:$missing" >&2
    echo "$1 On Debian or Ubuntu, install it with" >&2
    echo "    sudo apt-get install$missing" >&2
    exit 2
}

command -v apt-get >/dev/null 2>&1 || give_up "There is no apt-get here to install it."
if [ "$(id -u)" -eq 0 ]; then
    as_root="env"
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n env"
else
    give_up "Installing it needs root."
fi

echo "Installing:$missing"
$as_root apt-get update -q >/dev/null 2>&1 || true # a failure shows in the next step
# shellcheck disable=SC2086
if ! $as_root DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing >/dev/null; then
    give_up "apt-get could not install it."
fi
