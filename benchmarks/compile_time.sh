#!/bin/sh
# SPDX-License-Identifier: MIT
# sh benchmarks/compile_time.sh [compiler]
# Seconds and memory that it takes to compile the entry headers alone and the program of README.md, with -O2.
set -eu

compiler=${1:-g++}
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

compile() {
    /usr/bin/time -f "%U s (user)  %M KB  $1" "$compiler" -std=c++20 -O2 -I "$root/include" -c "$2" -o "$scratch/object.o"
}

for header in rbm dbm io report boltz; do
    echo "#include <boltz/$header.hpp>" >"$scratch/$header.cpp"
    compile "<boltz/$header.hpp> alone" "$scratch/$header.cpp"
done
compile "the program of README.md" "$root/docs/snippets/readme.cpp"
