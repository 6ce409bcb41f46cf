#!/bin/sh
# SPDX-License-Identifier: MIT
# sh reproduce.sh PROGRAM SCRATCH CASE ROOT
# Published rows from the command line. CASE: refusals, row, report. SCRATCH is a folder to be made anew.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/program/support.sh
. "$here/support.sh"

program=$1
scratch=$2
case=$3
root=$4

rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"
unset BOLTZ_DATA_DIR # synthetic digits

row="rbm-features --limit 200 --epochs-percent 1 --seeds 2 --threads 1"

case $case in
refusals)
    refuse "no row 'nonsense'" nonsense
    refuse "seeds" dbm --seeds 0
    refuse "epochs-percent" dbm --epochs-percent 0
    refuse "missing.npz" dbm --limit 100 --model missing.npz
    refuse "no-such-folder" rbm-features --data no-such-folder
    printf '\000\000\010\003\000\000\000\001\000\000\000\001\000\000\000\001\001' >tiny.idx
    refuse "tiny.idx has 1 pixels, but the test images have 78400" rbm-binarised --limit 100 --binarised-test tiny.idx
    refuse "row rbm-features trains its own" rbm-features --limit 100 --model missing.npz
    refuse "row dbm reports on those of the folder" dbm --limit 100 --binarised-test tiny.idx
    refuse "validation 10 asks for training images" rbm-binarised --limit 100 --validation 10 --binarised-test tiny.idx
    refuse "there is no --model" dbm --limit 100 --model-note note
    refuse "row dbm takes none" dbm another --limit 100
    refuse "'no-such-folder' is none" report no-such-folder
    "$program" --list | grep -q "^dbm: DBM 784-500-1000" || fail "--list does not name the rows"
    ;;
row)
    # shellcheck disable=SC2086
    "$program" $row --out whole >stdout || fail "the row ends with status $?"
    grep -q "k nearest neighbours" stdout || fail "the table lacks a quantity"
    json=whole/rbm-features/rbm-features.json
    grep -q '"published": "1.27 %' $json || fail "the file lacks what was published"
    [ "$(grep -c '"obtained"\|"mean"' $json)" = 3 ] || fail "the file does not hold three figures: $(cat $json)"
    # Stages that are done are not made again, and give the same figures.
    # shellcheck disable=SC2086
    "$program" $row --out whole >again || fail "the row does not go on"
    ! grep -q "epoch 1/1" again || fail "a stage that is done is trained again"
    [ "$(grep ' error' stdout)" = "$(grep ' error' again)" ] || fail "the figures differ"
    # shellcheck disable=SC2086
    refuse "stages of a run with other settings" $row --seed 2 --out whole
    sed 's/"recipe": [0-9]*/"recipe": 0/' whole/rbm-features/settings.json >other && mv other whole/rbm-features/settings.json
    # shellcheck disable=SC2086
    refuse "stages of a run with other settings" $row --out whole
    # So with a whole run of mnist_dbm.
    short="45-seconds --limit 500 --seeds 2 --threads 1 --out short"
    # shellcheck disable=SC2086
    "$program" $short >stdout || fail "the whole run ends with status $?"
    grep -q "from reading the images to this error" stdout || fail "the table lacks the time"
    # shellcheck disable=SC2086
    "$program" $short >again || fail "the whole run does not go on"
    ! grep -q "epoch 1/1" again || fail "a run that is done is made again"
    [ "$(grep '^  test error' stdout)" = "$(grep '^  test error' again)" ] || fail "the figures of whole runs differ"
    ;;
report)
    "$program" report "$root/docs/results" >page
    diff page "$root/docs/results.md" || fail "docs/results.md is not what the files in docs/results say"
    ;;
*)
    fail "there is no case $case"
    ;;
esac
