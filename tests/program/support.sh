# SPDX-License-Identifier: MIT
# What the tests of programs have in common; to be read by a script that has set $program.

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# refuse WORDS ARGUMENTS...: the program ends with status 2 and says one thing with these words, on stderr.
refuse() {
    words=$1
    shift
    status=0
    "$program" "$@" >stdout 2>stderr || status=$?
    [ "$status" = 2 ] || fail "$* ended with status $status: $(cat stderr)"
    grep -q -- "$words" stderr || fail "$* does not say '$words': $(cat stderr)"
    # The sentence, and at most a hint at --help.
    [ "$(grep -c . stderr)" -le 2 ] || fail "$* says more than one sentence: $(cat stderr)"
}

# idx RANK-BYTE DIMENSIONS... : the header of an IDX file of bytes; dimensions below 256.
idx() {
    printf '\0\0\010'
    printf "\\$1"
    shift
    for extent; do printf "\\0\\0\\0\\$(printf %o "$extent")"; done
}
