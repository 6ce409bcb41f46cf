#!/bin/sh
# SPDX-License-Identifier: MIT
# sh command_line.sh PROGRAM SCRATCH
# What every program does with its command line, its options taken from its own --help. SCRATCH is a folder to be made
# anew.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/program/support.sh
. "$here/support.sh"

program=$1
scratch=$2
name=$(basename "$program")

rm -rf "$scratch"
mkdir -p "$scratch/empty"
cd "$scratch/empty"

"$program" --help >../help || fail "--help is an error"
version=$("$program" --version) || fail "--version is an error"
echo "$version" | grep -q "^$name (boltz) [0-9]*\.[0-9]*\.[0-9]*$" || fail "--version says: $version"

# Run in the empty folder, so that anything that is begun is seen.
refused() {
    words=$1
    shift
    status=0
    "$program" "$@" >../stdout 2>../stderr || status=$?
    [ "$status" = 2 ] || fail "'$*' ended with status $status: $(cat ../stderr)"
    grep -q -- "^$name: $words" ../stderr || fail "'$*' does not say '$name: $words': $(cat ../stderr)"
    [ ! -s ../stdout ] || fail "'$*' begins before it is refused: $(cat ../stdout)"
    [ -z "$(ls)" ] || fail "'$*' writes before it is refused: $(ls)"
}

for option in $(sed -n 's/^  \(-h,\)*\(--[a-z-]*\).*/\2/p' ../help); do
    refused "${option}x: unknown; did you mean .*$option\\>.*?" "${option}x" 5
    last=$option
done
# Other slips; what is equally near is named too.
refused "${last}x: unknown; did you mean .*$last\\>.*?" "${last}x=5"
refused "${last#-}: unknown; did you mean .*$last\\>.*?" "${last#-}" 5
refused "--hlep: unknown; did you mean .*--help\\>.*?" --hlep
refused "--verzion: unknown; did you mean .*--version\\>.*?" --verzion
refused "--quite-unlike-any: unknown$" --quite-unlike-any 5

for option in $(sed -n 's/^  \(--[a-z-]*\) \(TEXT\|UINT\|INT\|FLOAT\).*/\1/p' ../help); do
    refused "$option: the value is empty" "$option" ""
    last=$option
done
[ "$last" = --version ] || refused "$last: the value is empty" "$last="

# Numbers that could be read in another way than they are written.
for option in $(sed -n '/ x [0-9]/d; s/^  \(--[a-z-]*\) UINT.*/\1/p' ../help); do
    for number in -1 010 0x5 1e2 1.5 18446744073709551616; do
        refused "$option: Value $number is not a whole number" "$option" "$number"
    done
done
for option in $(sed -n '/ x [0-9]/d; s/^  \(--[a-z-]*\) FLOAT.*/\1/p' ../help); do
    for number in nan inf -1 0x1 1e999 1,5; do
        refused "$option: Value $number is not a number" "$option" "$number"
    done
done
cd "$here"
rm -rf "$scratch"
