#!/bin/sh
# SPDX-License-Identifier: MIT
# sh pictures.sh PROGRAM SCRATCH NAME
# The programs that train and draw a picture, from the command line. NAME: inpainting, label_dbm. SCRATCH is a folder to be made anew.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/program/support.sh
. "$here/support.sh"

program=$1
scratch=$2
name=$3

rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"
unset BOLTZ_DATA_DIR # synthetic digits, unless --data says otherwise

case $name in
inpainting) small="--hidden 5 --epochs 2 --sweeps 5 --completions 2" ;;
label_dbm) small="--hidden 5 4 --pretrain-epochs 1 --joint-epochs 1 --sweeps 5" ;;
*) fail "there is no program $name" ;;
esac

# Bytes 0 and 1 give the picture of bytes 0 and 255, and a word.
two_inks
for data in states levels; do
    # shellcheck disable=SC2086
    "$program" $small --data $data --out $data.png >$data.log 2>&1 || fail "$data: $(tail -3 $data.log)"
done
cmp states.png levels.png || fail "bytes 0 and 1 give another picture than bytes 0 and 255"
grep -q "no byte of states is above 1" states.log || fail "bytes 0 and 1 are taken as they are without a word"
! grep -q "is above 1" levels.log || fail "bytes 0 and 255 are taken for states"

# Whether the picture can be written is asked before the training.
mkdir folder
: >file
for out in folder file/picture.png nowhere/picture.png folder/; do
    # shellcheck disable=SC2086
    refuse "cannot write $out" $small --data states --out "$out"
    [ ! -s stdout ] || fail "$out is refused after the training has begun: $(cat stdout)"
done
rm -rf "$scratch"
