#!/bin/sh
# SPDX-License-Identifier: MIT
# sh benchmarks/compile_time.sh [compiler]
# Seconds and memory that it takes to compile, with -O2, the entry headers alone, the program of README.md, and what
# boltz::onednn adds to a program.
set -eu

compiler=${1:-g++}
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

compile() {
    what=$1
    shift
    /usr/bin/time -f "%U s (user)  %M KB  $what" "$compiler" -std=c++20 -O2 -I "$root/include" -c "$@" \
        -o "$scratch/object.o"
}

echo "#include <xtensor/xtensor.hpp>" >"$scratch/xtensor.cpp"
compile "xtensor alone" "$scratch/xtensor.cpp"
for header in rbm dbm io report boltz; do
    echo "#include <boltz/$header.hpp>" >"$scratch/$header.cpp"
    compile "<boltz/$header.hpp> alone" "$scratch/$header.cpp"
done
compile "<boltz/boltz.hpp> alone, for boltz::compiled" "$scratch/boltz.cpp" -DBOLTZ_COMPILED
compile "the program of README.md" "$root/docs/snippets/readme.cpp"
compile "the program of README.md, for boltz::compiled" "$root/docs/snippets/readme.cpp" -DBOLTZ_COMPILED
if echo '#include <oneapi/dnnl/dnnl.hpp>' | "$compiler" -std=c++20 -E -x c++ -o "$scratch/found" - 2>"$scratch/error"; then
    compile "the source file of boltz::onednn" "$root/cmake/onednn.cpp"
else
    echo "skipped: the source file of boltz::onednn, which needs oneDNN (libdnnl-dev)"
fi
