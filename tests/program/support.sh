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

# two_inks: folders `states` and `levels` with the same small data set, its ink being byte 1 and byte 255.
two_inks() {
    mkdir -p states levels
    for part in train:40 t10k:20; do
        count=${part#*:}
        name=${part%:*}
        # Crosses and frames, shifted by one byte from image to image.
        { idx 3 "$count" 4 4 && head -c $((count * 16)) /dev/zero; } >blank
        head -c 16 blank >header
        i=0
        : >payload
        : >classes
        while [ "$i" -lt $((count / 2)) ]; do
            printf '\001\001\001\001\001\000\000\001\001\000\000\001\001\001\001\000' >>payload
            printf '\000\001\001\000\001\001\001\001\000\001\001\000\000\000\000\001' >>payload
            printf '\000\001' >>classes
            i=$((i + 1))
        done
        cat header payload >"states/$name-images-idx3-ubyte"
        { cat header && tr '\001' '\377' <payload; } >"levels/$name-images-idx3-ubyte"
        { idx 1 "$count" && cat classes; } >"states/$name-labels-idx1-ubyte"
        cp "states/$name-labels-idx1-ubyte" levels/
    done
}
