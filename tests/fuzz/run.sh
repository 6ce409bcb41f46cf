#!/bin/sh
# SPDX-License-Identifier: MIT
# sh tests/fuzz/run.sh SECONDS [TARGET...]
# Builds the fuzz targets in build-fuzz and runs each, or those that are named, for SECONDS, as many at a time as there
# are processors. Inputs that reach something new are kept in build-fuzz/corpus, so that the next run goes on from
# there. Prints executions and coverage of each target; ends with status 1 if there is a finding.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
build=$root/build-fuzz
seconds=${1:?"usage: sh tests/fuzz/run.sh SECONDS [TARGET...]"}
shift

if [ $# = 0 ]; then
    for file in "$root"/tests/fuzz/targets/*.cpp; do set -- "$@" "$(basename "$file" .cpp)"; done
fi

(cd "$root" && cmake --preset fuzz >/dev/null && cmake --build --preset fuzz --parallel "$(nproc)")
rm -rf "$build/seeds" "$build/findings"
mkdir -p "$build/findings" "$build/log"
"$build/tests/fuzz/fuzz_seeds" "$build/seeds"

# An input may take ten seconds, and 1 GiB of memory, 256 MiB of it at once.
# shellcheck disable=SC2016
printf '%s\n' "$@" | xargs -P "$(nproc)" -I '{}' sh -c '
    mkdir -p "$1/corpus/{}"
    export ASAN_OPTIONS=quarantine_size_mb=8 BOLTZ_FUZZ={}
    "$1/tests/fuzz/fuzz" "$1/corpus/{}" "$1/seeds/{}" -entropic=0 -dict="$2/tests/fuzz/readers.dict" \
        -max_total_time="$3" -max_len=4096 -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=256 -print_final_stats=1 \
        -artifact_prefix="$1/findings/{}-" >"$1/log/{}" 2>&1 || touch "$1/findings/{}"
    awk -v target={} "/ cov: / { for (i = 1; i < NF; ++i) if (\$i == \"cov:\") coverage = \$(i + 1) }
        /number_of_executed_units/ { runs = \$2 } /average_exec_per_sec/ { speed = \$2 }
        END { printf \"%-12s %9d executions, %6d a second, %5d edges covered\n\", target, runs, speed, coverage }" \
        "$1/log/{}"
' sh "$build" "$root" "$seconds"

for finding in "$build"/findings/*; do
    [ -e "$finding" ] || exit 0
    [ -s "$finding" ] || {
        grep -E "FINDING|ERROR|error|SUMMARY|what\(\)" "$build/log/$(basename "$finding")" | head -5
        continue
    }
    target=$(basename "$finding")
    echo "again with: BOLTZ_FUZZ=${target%%-*} $build/tests/fuzz/fuzz $finding"
done
exit 1
