#!/bin/sh
# SPDX-License-Identifier: MIT
# sh full_disk.sh FOLDER SCRATCH
# The programs in FOLDER write to disks that are too small, of more and more kB until all has room: each time they end
# with status 2 and one sentence, and nothing is half written. SCRATCH is a folder to be made anew.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/program/support.sh
. "$here/support.sh"

# Mounts of a namespace of one's own end with it, however this script ends.
if [ -z "${BOLTZ_OWN_MOUNTS:-}" ]; then
    export BOLTZ_OWN_MOUNTS=yes
    for how in -m -rm; do
        # shellcheck disable=SC2016
        if unshare $how sh -c 'mount -t tmpfs tmpfs "$1"' sh "$here" 2>/dev/null; then
            exec unshare $how sh "$0" "$@"
        fi
    done
    echo "skipped: a disk of a given size cannot be mounted here"
    exit 0
fi

folder=$1
scratch=$2
rm -rf "$scratch"
mkdir -p "$scratch/disk" "$scratch/room"
cd "$scratch"
unset BOLTZ_DATA_DIR # synthetic digits
export OPENBLAS_NUM_THREADS=1

# check NAME FILES ARGUMENTS... : the program, whose arguments end with what it writes to in the folder it is called in.
# FILES are those of the result that are the same each time.
check() {
    name=$1
    files=$2
    shift 2
    program=$folder/$name
    (cd room && "$program" "$@" >../stdout 2>../stderr) || fail "$name with room enough: $(cat stderr)"
    kilobytes=4
    refusals=0
    while :; do
        mount -t tmpfs -o "size=${kilobytes}k" tmpfs disk
        status=0
        (cd disk && "$program" "$@" >../stdout 2>../stderr) || status=$?
        [ -z "$(find disk -name '*.writing-*')" ] || fail "$name leaves on $kilobytes kB $(ls disk/*)"
        for file in $files; do
            [ ! -e "disk/$file" ] || cmp "room/$file" "disk/$file" || fail "$file of $name is cut short on $kilobytes kB"
        done
        [ ! -e disk/out/metrics.csv ] || [ -z "$(tail -c 1 disk/out/metrics.csv)" ] ||
            fail "metrics.csv ends within a line on $kilobytes kB"
        umount disk
        [ "$status" != 0 ] || break
        [ "$status" = 2 ] || fail "$name ends on $kilobytes kB with status $status: $(cat stderr)"
        [ "$(grep -c . stderr)" = 1 ] || fail "$name says on $kilobytes kB: $(cat stderr)"
        grep -q "No space left on device" stderr || fail "$name does not say why: $(cat stderr)"
        refusals=$((refusals + 1))
        kilobytes=$((kilobytes * 3 / 2))
    done
    [ "$refusals" -gt 0 ] || fail "$name has never met a full disk"
    echo "$name: refused $refusals times, content with $kilobytes kB"
}

check label_dbm out.png --limit 100 --hidden 10 10 --pretrain-epochs 1 --joint-epochs 1 --sweeps 5 --out out.png
check inpainting out.png --limit 100 --hidden 20 --epochs 1 --sweeps 5 --completions 2 --out out.png
check mnist_dbm "out/model.npz out/classifier.npz out/network.npz out/filters.png out/samples.png out/overview.png
    out/reconstructions.png out/mean_field.png out/filters.gif" --quick --limit 100 --hidden 20 10 \
    --pretrain-epochs 3 2 --joint-epochs 2 --classifier-epochs 2 --fine-tune-epochs 1 --threads 1 \
    --checkpoint-seconds 0 --out out
check reproduce out/rbm-features/settings.json rbm-features --limit 100 --epochs-percent 1 --seeds 1 --threads 1 --out out

# A result that is printed, such as boltz-score's.
program=$folder/boltz-score
status=0
"$program" room/out/model.npz --runs 2 --ladder linear:1 >/dev/full 2>stderr || status=$?
[ "$status" = 2 ] || fail "boltz-score on a full disk ends with status $status: $(cat stderr)"
grep -q "standard output cannot be written" stderr || fail "boltz-score does not say that its result is lost: $(cat stderr)"
rm -rf "$scratch"
