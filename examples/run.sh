#!/bin/sh
# SPDX-License-Identifier: MIT
# sh examples/run.sh [options of mnist_dbm]
# From a fresh clone to a trained model: installs what is missing, builds, fetches MNIST and runs the main program.
# The data comes from $BOLTZ_DATA_DIR, else from data/mnist, else from the network, else it is made.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=$root/build

sh "$root/cmake/install_dependencies.sh" library examples

generator=
if [ ! -e "$build/CMakeCache.txt" ] && command -v ninja >/dev/null 2>&1; then
    generator="-G Ninja"
fi
# shellcheck disable=SC2086
cmake -S "$root" -B "$build" $generator -D CMAKE_BUILD_TYPE=Release -D BOLTZ_BUILD_TESTS=OFF
cmake --build "$build" --target mnist_dbm --parallel "$(nproc)"

# The program's own --data, or a question for its options, needs no download.
wanted=yes
for argument in "$@"; do
    case $argument in
    --data | --data=* | -h | --help | --version) wanted=no ;;
    esac
done
if [ "$wanted" = yes ] && [ -z "${BOLTZ_DATA_DIR:-}" ]; then
    if cmake -D "OUT=$root/data/mnist" -P "$root/cmake/fetch_mnist.cmake"; then
        BOLTZ_DATA_DIR=$root/data
        export BOLTZ_DATA_DIR
    else
        echo "MNIST could not be fetched (the reasons stand above); going on without it."
    fi
fi

exec "$build/examples/mnist_dbm" "$@"
