#!/bin/sh
# SPDX-License-Identifier: MIT
# sh kill.sh PROGRAM SCRATCH [KILLS]
# Kills the main program with SIGKILL at random moments (of a fixed seed), 20 times unless KILLS says otherwise, and
# lets it go on each time. No file is ever half written, and the result is that of the run that nothing has disturbed,
# to the bit. SCRATCH is a folder to be made anew.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/program/support.sh
. "$here/support.sh"

program=$1
scratch=$2
kills=${3:-20}

rm -rf "$scratch"
mkdir -p "$scratch/whole" "$scratch/killed"
cd "$scratch/killed"
unset BOLTZ_DATA_DIR # synthetic digits

# Short epochs, each with a checkpoint, so that many of the kills fall on the writing of one.
options="--quick --limit 200 --hidden 16 12 --batch-size 50 --pretrain-epochs 40 20 --joint-epochs 20
         --classifier-epochs 80 --fine-tune-epochs 10 --threads 1 --checkpoint-seconds 0 --out run"

now() { cut -d ' ' -f 1 /proc/uptime; }
begin=$(now)
# shellcheck disable=SC2086
(cd ../whole && "$program" $options >log 2>&1) || fail "the undisturbed run: $(tail -3 ../whole/log)"
end=$(now)

# What is there, is whole: the same as without kills, or read by the program when it goes on (checkpoint, options).
check_files() {
    for file in model.npz classifier.npz network.npz filters.png samples.png overview.png reconstructions.png \
        mean_field.png curves.png filters.gif; do
        [ ! -e "run/$file" ] || cmp "../whole/run/$file" "run/$file" || fail "$file differs after $count kills"
    done
    [ ! -e run/summary.json ] || [ "$(tail -n 1 run/summary.json)" = "}" ] || fail "summary.json is cut short"
    [ ! -e run/metrics.csv ] || ! grep -vE '^(phase,epoch,update,metric,value|"[^"]*",[0-9]+,[0-9]+,"[^"]*",.+)$' \
        run/metrics.csv || fail "metrics.csv has such a line"
}

# Metrics without times. Rows of epochs that were made again are there twice, and the same.
metrics() { grep -v '"seconds"' "$1/run/metrics.csv" | sort -u; }
summary() { grep -vE '"(pretraining|joint_training|classifier|fine_tuning|peak_memory_megabytes)": [0-9.e+-]+,?$' "$1/run/summary.json"; }
files() { (cd "$1" && find . -type f ! -name '*.writing-*' | sort); }

check_result() {
    check_files
    [ "$(files ../whole/run)" = "$(files run)" ] || fail "other files after $count kills: $(files run)"
    for part in metrics summary; do
        [ "$($part ../whole)" = "$($part .)" ] || fail "$part of the run differs after $count kills"
    done
}

# Begins, goes on, or, after an end that nobody was told of, begins anew.
start() {
    if [ -e run/checkpoint.npz ]; then
        exec "$program" --resume --threads 1 --out run
    fi
    # shellcheck disable=SC2086
    exec "$program" $options
}

count=0
finished=0
for moment in $(awk -v kills="$kills" -v span="$(awk "BEGIN { print $end - $begin }")" \
    'BEGIN { srand(1); for (i = 0; i < 10 * kills; ++i) printf "%.3f\n", 0.7 * rand() * span }'); do
    [ "$count" -lt "$kills" ] || break
    start >log 2>&1 &
    running=$!
    sleep "$moment"
    kill -KILL "$running" 2>/dev/null || true
    status=0
    wait "$running" || status=$?
    case $status in
    137)
        count=$((count + 1))
        check_files
        # What a kill in the middle of a picture leaves.
        [ ! -d run/frames ] || echo half >"run/frames/joint training-0000000001.png.writing-1-0"
        # The pictures at the end have no checkpoints; most kills would fall there.
        [ ! -e run/model.npz ] || [ $((count % 2)) = 0 ] || rm -rf run
        [ -e run/checkpoint.npz ] || [ ! -e run/summary.json ] || status=0 # nothing is left to do
        ;;
    0) ;;
    *) fail "status $status after $count kills: $(tail -3 log)" ;;
    esac
    if [ "$status" = 0 ]; then
        check_result
        finished=$((finished + 1))
        rm -rf run
    fi
done
[ "$count" -ge "$kills" ] || fail "killed $count times only"
(start >log 2>&1) || fail "the last part: $(tail -3 log)"
check_result
echo "$count kills, $((finished + 1)) runs that ended"
rm -rf "$scratch"
