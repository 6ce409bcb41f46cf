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

# zeros FILE SHAPE NUMBERS: an array of zeros as numpy.save writes it.
zeros() {
    {
        printf '\223NUMPY\001\000\166\000'
        printf '%-117s\n' "{'descr': '<f8', 'fortran_order': False, 'shape': $2, }"
        head -c $((8 * $3)) /dev/zero
    } >"$1"
}

# A machine of any depth and number type, whoever wrote it.
if [ "$name" = inpainting ]; then
    mkdir deep small_layer
    zeros deep/weights_0.npy '(16, 2)' 32
    zeros deep/weights_1.npy '(2, 3)' 6
    zeros deep/weights_2.npy '(3, 1)' 3
    zeros deep/bias_0.npy '(16,)' 16
    zeros deep/bias_1.npy '(2,)' 2
    zeros deep/bias_2.npy '(3,)' 3
    zeros deep/bias_3.npy '(1,)' 1
    # shellcheck disable=SC2086
    "$program" $small --data states --model deep --out deep.png >deep.log 2>&1 || fail "a deep machine: $(tail -3 deep.log)"
    ! grep -q "Training" deep.log || fail "an RBM is trained beside a model that is given"
    [ -s deep.png ] || fail "a deep machine draws no picture"
    cp deep/weights_2.npy small_layer/weights_0.npy
    cp deep/bias_2.npy small_layer/bias_0.npy
    cp deep/bias_3.npy small_layer/bias_1.npy
    refuse "layer 0 of the model has 3 units, but images have 16 pixels" --data states --model small_layer
fi

# Whether the picture can be written is asked before the training.
mkdir folder
: >file
for out in folder file/picture.png nowhere/picture.png folder/; do
    # shellcheck disable=SC2086
    refuse "cannot write $out" $small --data states --out "$out"
    [ ! -s stdout ] || fail "$out is refused after the training has begun: $(cat stdout)"
done
rm -rf "$scratch"
