#!/bin/sh
# SPDX-License-Identifier: MIT
# sh boltz_score.sh PROGRAM CMAKE SCRATCH CASE
# boltz-score from the command line, on models small enough for awk to count off. CASE: exact, annealed, refusals.
# SCRATCH is a folder to be made anew.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/program/support.sh
. "$here/support.sh"

program=$1
cmake=$2
scratch=$3
case=$4

rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"

# number TYPE VALUE: the bytes of one of a few numbers that are easily written.
number() {
    if [ "$1" = '<u8' ]; then
        printf "\\$2\\000\\000\\000\\000\\000\\000\\000"
        return
    fi
    case $2 in
    0) top='\000\000' ;; 0.5) top='\000\077 \340\077' ;; -0.5) top='\000\277 \340\277' ;; 1) top='\200\077 \360\077' ;;
    -1) top='\200\277 \360\277' ;; 2) top='\000\100' ;; -2) top='\000\300' ;; nan) top='\300\177 \370\177' ;;
    *) fail "no bytes are known for $2" ;;
    esac
    case $1 in
    '<f4') printf "\\000\\000${top% *}" ;;
    '<f8') printf "\\000\\000\\000\\000\\000\\000${top#* }" ;;
    esac
}

# npy FILE TYPE SHAPE NUMBERS...: a file as numpy.save writes it.
npy() {
    file=$1
    type=$2
    {
        printf '\223NUMPY\001\000\166\000'
        printf '%-117s\n' "{'descr': '$type', 'fortran_order': False, 'shape': $3, }"
        shift 3
        for value; do number "$type" "$value"; done
    } >"$file"
}

# The numbers of the models. The RBM has the two lower layers of the DBM.
w0="1 -2  0.5 2  -1 1"
w1="1 -1  2 0.5"
b0="-1 0.5 0"
b1="0.5 -1"
b2="-0.5 1"
cases="1 0 1  0 1 1  0 0 0  1 1 0"

# shellcheck disable=SC2086
models() {
    mkdir rbm dbm
    npy rbm/weights_0.npy '<f8' '(3, 2)' $w0
    npy rbm/bias_0.npy '<f8' '(3,)' $b0
    npy rbm/bias_1.npy '<f8' '(2,)' $b1
    npy dbm/weights_0.npy '<f4' '(3, 2)' $w0
    npy dbm/weights_1.npy '<f4' '(2, 2)' $w1
    npy dbm/bias_0.npy '<f4' '(3,)' $b0
    npy dbm/bias_1.npy '<f4' '(2,)' $b1
    npy dbm/bias_2.npy '<f4' '(2,)' $b2
    zipped rbm rbm.npz
    { idx 2 4 3 && for s in $cases; do printf "\\$s"; done; } >binary
    { idx 3 4 3 1 && for s in $cases; do [ "$s" = 0 ] && printf '\0' || printf '\377'; done; } >grey
    gzip -c grey >packed.gz
    npy cases.npy '<f4' '(4, 3)' $cases
}

# zipped FOLDER FILE: the files of a folder as one .npz file.
zipped() {
    (cd "$1" && "$cmake" -E tar cf "../$2" --format=zip -- *)
}

# described FOLDER UNIT: an RBM with 3 units of another kind below, and what they keep of their own.
described() {
    cp -r rbm "$1"
    mkdir "$1/unit_0"
    cat >"$1/meta.json" <<EOF
{"format": "boltz-model", "format_version": 1, "value_type": "float64",
 "layers": [{"unit": "$2", "size": 3}, {"unit": "bernoulli", "size": 2}]}
EOF
}

# truth MODEL: log Z and the mean log-likelihood of the cases, all states counted off. MODEL: rbm, dbm, gaussian (with
# log-precisions 0, 1 and -1), multinomial (one trial).
truth() {
    awk -v model="$1" -v w0="$w0" -v w1="$w1" -v b0="$b0" -v b1="$b1" -v b2="$b2" -v cases="$cases" '
    function bit(number, i) { return int(number / 2 ^ i) % 2 }
    # The sum of exp(-E) over what is not given, for binary visible states.
    function hidden_sum(v0, v1, v2,   v, h, g, i, j, k, e, sum) {
        v[0] = v0; v[1] = v1; v[2] = v2
        for (h = 0; h < 4; ++h)
            for (g = 0; g < (model == "dbm" ? 4 : 1); ++g) {
                e = 0
                for (i = 0; i < 3; ++i) {
                    e += B0[i + 1] * v[i]
                    for (j = 0; j < 2; ++j) e += v[i] * W0[2 * i + j + 1] * bit(h, j)
                }
                for (j = 0; j < 2; ++j) {
                    e += B1[j + 1] * bit(h, j) + B2[j + 1] * bit(g, j)
                    for (k = 0; k < 2; ++k) e += bit(h, j) * W1[2 * j + k + 1] * bit(g, k)
                }
                sum += exp(e)
            }
        return sum
    }
    function gaussian_sum(   h, i, j, x, term, sum, p) {
        for (h = 0; h < 4; ++h) {
            term = B1[1] * bit(h, 0) + B1[2] * bit(h, 1)
            for (i = 0; i < 3; ++i) {
                p = exp(i == 2 ? -1 : i)
                x = B0[i + 1]
                for (j = 0; j < 2; ++j) x += W0[2 * i + j + 1] * bit(h, j)
                term += x * x / (2 * p) + log(2 * 3.14159265358979 / p) / 2
            }
            sum += exp(term)
        }
        return sum
    }
    BEGIN {
        split(w0, W0); split(w1, W1); split(b0, B0); split(b1, B1); split(b2, B2); n = split(cases, C) / 3
        if (model == "gaussian") z = gaussian_sum()
        else for (v = 0; v < 8; ++v) {
            if (model == "multinomial" && bit(v, 0) + bit(v, 1) + bit(v, 2) != 1) continue
            z += hidden_sum(bit(v, 0), bit(v, 1), bit(v, 2))
        }
        for (c = 0; c < n; ++c) mean += log(hidden_sum(C[3 * c + 1], C[3 * c + 2], C[3 * c + 3])) / n
        printf "%.9f %.9f\n", log(z), mean - log(z)
    }'
}

# score ARGUMENTS...: the program's answer, in score.json.
score() {
    "$program" --json "$@" >score.json 2>stderr || fail "$* is refused: $(cat stderr)"
    [ "$(head -1 score.json)" = "{" ] || fail "$* writes more than an object: $(head -1 score.json)"
    [ "$(tail -1 score.json)" = "}" ] || fail "$* writes more than an object: $(tail -1 score.json)"
}

value() {
    "$cmake" -D FILE=score.json "-D KEY=$1" -P "$here/read_json.cmake"
}

# close VALUE VALUE DISTANCE
close() {
    awk -v a="$1" -v b="$2" -v d="$3" 'BEGIN { exit !(a - b <= d && b - a <= d && a != "" && d > 0) }' ||
        fail "$1 is not within $3 of $2"
}

exact() {
    models
    # shellcheck disable=SC2046
    set -- $(truth rbm) && log_z=$1 && likelihood=$2
    for model in rbm rbm.npz; do
        for data in binary grey packed packed.gz cases.npy; do
            score $model --exact --data $data
            close "$(value log_z)" "$log_z" 1e-5
            close "$(value mean_log_likelihood)" "$likelihood" 1e-5
        done
        awk -v e="$(value log_z_standard_error)" 'BEGIN { exit e != 0 }' || fail "an exact log Z has an error"
        grep -q "taken as binary" score.json || fail "it is not said that the units are taken as binary"
    done
    score rbm --exact
    close "$(value log_z)" "$log_z" 1e-5
    [ -z "$(value mean_log_likelihood)" ] || fail "there is a likelihood without data"
    score rbm --exact --data binary
    grep -q "not divided by 255" score.json || fail "bytes 0 and 1 are taken as they are without a word"
    score rbm --exact --data grey --scale 0.00392156862745098
    close "$(value mean_log_likelihood)" "$likelihood" 1e-5
    score rbm --exact --data grey --scale 0.002
    grep -q "no log-probability" score.json || fail "grey values are taken for states without a word"
    score rbm --exact --data grey --scale 0.002 --binarisation threshold # 0.51 is above 1/2
    close "$(value mean_log_likelihood)" "$likelihood" 1e-5

    # shellcheck disable=SC2046
    set -- $(truth dbm) && log_z=$1 && likelihood=$2
    score dbm --exact --data binary --cases 4
    close "$(value log_z)" "$log_z" 1e-5
    close "$(value "summed_cases;mean_log_likelihood")" "$likelihood" 1e-5
    bound=$(value mean_log_likelihood)
    awk -v b="$bound" -v l="$likelihood" 'BEGIN { exit !(b < l && b > l - 0.5) }' ||
        fail "$bound is not a little below $likelihood"

    described gaussian gaussian
    npy gaussian/unit_0/log_precision.npy '<f8' '(3,)' 0 1 -1
    npy gaussian/unit_0/learns.npy '<u8' '()' 0
    zipped gaussian gaussian.npz
    # shellcheck disable=SC2046
    set -- $(truth gaussian)
    score gaussian.npz --exact
    close "$(value log_z)" "$1" 1e-5

    described multinomial multinomial
    npy multinomial/unit_0/trials.npy '<u8' '()' 1
    zipped multinomial multinomial.npz
    # shellcheck disable=SC2046
    set -- $(truth multinomial)
    score multinomial.npz --exact
    close "$(value log_z)" "$1" 1e-5

    described categorical categorical # one group of three states
    npy categorical/unit_0/states.npy '<u8' '()' 3
    zipped categorical categorical.npz
    npy one_hot.npy '<f4' '(2, 3)' 1 0 0 0 0 1
    score categorical.npz --exact --data one_hot.npy
    close "$(value log_z)" "$1" 1e-5

    # Two layers below one: the RBM, its visible units cut in two.
    # shellcheck disable=SC2046
    set -- $(truth rbm)
    mkdir graph
    cat >graph/meta.json <<EOF
{"format": "boltz-model", "format_version": 1, "value_type": "float64", "connections": [[0, 2], [1, 2]],
 "layers": [{"unit": "bernoulli", "size": 1}, {"unit": "bernoulli", "size": 2}, {"unit": "bernoulli", "size": 2}]}
EOF
    npy graph/weights_0.npy '<f8' '(1, 2)' 1 -2
    npy graph/weights_1.npy '<f8' '(2, 2)' 0.5 2 -1 1
    npy graph/bias_0.npy '<f8' '(1,)' -1
    npy graph/bias_1.npy '<f8' '(2,)' 0.5 0
    npy graph/bias_2.npy '<f8' '(2,)' 0.5 -1
    score graph --exact
    close "$(value log_z)" "$1" 1e-9
    [ "$(value "connections;1;0")" = 1 ] || fail "the connections of a graph are not named"
    "$program" graph --exact >text || fail "a graph without --json ends in an error"
    grep -q "weights between layers *0-2, 1-2" text || fail "the connections of a graph are not told: $(cat text)"

    # Five layers, the upper two of one unit that nothing touches.
    # shellcheck disable=SC2046
    set -- $(truth dbm)
    cp -r dbm deep
    npy deep/weights_2.npy '<f4' '(2, 1)' 0 0
    npy deep/weights_3.npy '<f4' '(1, 1)' 0
    npy deep/bias_3.npy '<f4' '(1,)' 0
    npy deep/bias_4.npy '<f4' '(1,)' 0
    score deep --exact
    close "$(value log_z)" "$(awk "BEGIN { print $1 + 2 * log(2) }")" 1e-5

    "$program" rbm --exact --data binary >text || fail "without --json it ends in an error"
    grep -q "log Z" text || fail "without --json there is no log Z: $(cat text)"
    "$program" --help >help || fail "--help is an error"
    for option in --data --scale --binarisation --exact --max-states --runs --ladder --base --base-data --both-sides --sweeps --precision \
        --mean-field-sweeps --cases --seed --threads --json; do
        grep -q -- "$option" help || fail "--help does not mention $option"
    done
}

# An estimate is refused beyond 5 of its standard errors (and 1e-5 of rounding): 1 in 2 million each.
estimated() {
    close "$(value "$1")" "$2" "$(awk -v e="$3" 'BEGIN { print 5 * e + 1e-5 }')"
    awk -v e="$3" 'BEGIN { exit !(e > 0 && e < 0.2) }' || fail "$1 has an error of $3"
}

annealed() {
    models
    # shellcheck disable=SC2046
    set -- $(truth rbm) && log_z=$1 && likelihood=$2
    for options in "linear:20" "linear:20 --base uniform" "linear:20 --base own" "linear:20 --base-data cases.npy" \
        "adapted:0.9"; do
        # shellcheck disable=SC2086
        score rbm --data binary --runs 300 --ladder $options
        estimated log_z "$log_z" "$(value log_z_standard_error)"
        close "$(value mean_log_likelihood)" "$(awk "BEGIN { print $log_z + $likelihood - $(value log_z) }")" 1e-4
    done
    score rbm --runs 300 --ladder linear:20 --data binary
    cp score.json up.json
    score rbm --runs 300 --ladder linear:20 --data binary --both-sides --sweeps 50
    for key in log_z "likelihood;standard_error" "annealing;effective_runs"; do
        both=$(value "$key")
        cp score.json both.json && cp up.json score.json
        [ -n "$both" ] && [ "$(value "$key")" = "$both" ] || fail "--both-sides changes $key"
        mv both.json score.json
    done
    # A machine of 5 units mixes in 50 sweeps.
    estimated "from_above;log_z" "$log_z" "$(value "from_above;log_z_standard_error")"
    estimated "both_sides;log_z" "$log_z" "$(value "both_sides;log_z_standard_error")"
    close "$(value "both_sides;mean_log_likelihood")" \
        "$(awk "BEGIN { print $(value mean_log_likelihood) + $(value log_z) - $(value "both_sides;log_z") }")" 1e-4
    [ "$(value "from_above;start")" = "tempered chains" ] || fail "the start of the chains down is not named"
    [ "$(value "from_above;sweeps")" = 50 ] || fail "the length of the tempered chains is not named"
    grep -q "only if those" score.json || fail "tempered chains are taken for exact samples"
    awk -v a="$(value "likelihood;standard_error")" -v c="$(value "likelihood;standard_error_over_cases")" \
        -v z="$(value log_z_standard_error)" 'BEGIN { d = a * a - c * c - z * z; exit !(z > 0 && d < 1e-9 && d > -1e-9) }' ||
        fail "the errors of a likelihood do not add up in quadrature"
    "$program" rbm --data binary --runs 300 --ladder linear:20 --both-sides >text 2>stderr || fail "$(cat stderr)"
    grep -q "with log Z of both" text || fail "the table has one likelihood: $(cat text)"
    grep -q "from the ends of tempered chains" text || fail "the table does not name the start: $(cat text)"
    score rbm --runs 12 --ladder published
    [ "$(value "annealing;temperatures")" = 14500 ] || fail "the published ladder has another number of steps"
    score rbm --runs 2 --ladder linear:3
    grep -q "too few" score.json || fail "two runs are believed"

    # shellcheck disable=SC2046
    set -- $(truth dbm) && log_z=$1 && likelihood=$2
    for threads in 1 2 3; do
        score dbm --data binary --runs 300 --ladder linear:30 --cases 4 --threads $threads
        mv score.json score$threads.json
    done
    cmp score1.json score2.json || fail "the score differs between 1 and 2 threads"
    cmp score1.json score3.json || fail "the score differs between 1 and 3 threads"
    mv score1.json score.json
    estimated log_z "$log_z" "$(value log_z_standard_error)"
    sum=$(awk "BEGIN { print $log_z + $likelihood - $(value log_z) }")
    estimated "summed_cases;mean_log_likelihood" "$sum" "$(value "summed_cases;standard_error_of_annealing")"
    score dbm --data binary --runs 300 --ladder linear:30 --seed 2
    ! cmp -s score.json score2.json || fail "another seed gives the same estimate"
}

# refused WORDS ARGUMENTS...: as `refuse`, and nothing is written but the refusal.
refused() {
    words=$1
    shift
    refuse "$words" --json "$@"
    grep -q "^boltz-score: " stderr || fail "$* is refused without the program's name: $(cat stderr)"
    [ ! -s stdout ] || fail "$* writes to stdout before it is refused: $(cat stdout)"
}

refusals() {
    models
    # layers NAME LIST: other layers in the description of a model.
    layers() {
        printf '{"format": "boltz-model", "format_version": 1, "value_type": "float64", "layers": [%s]}\n' "$2" \
            >"$1/meta.json"
    }
    refused "nowhere.npz" nowhere.npz
    refused "MODEL"
    head -c 100 rbm.npz >truncated.npz
    refused "truncated.npz" truncated.npz
    : >empty.npz
    refused "empty.npz" empty.npz
    echo "not a model" >text.npz
    refused "text.npz" text.npz
    mkdir nothing
    refused "nothing is no model" nothing

    # broken NAME: a copy of the RBM to be spoilt.
    broken() { cp -r rbm "$1"; }
    broken short && head -c 150 rbm/weights_0.npy >short/weights_0.npy
    refused "short/weights_0.npy" short --exact
    broken without && rm without/bias_1.npy
    refused "without has no bias_1" without --exact
    broken shape && npy shape/bias_1.npy '<f8' '(3,)' 0 0 0
    refused "shape: weights_0 has shape (3, 2).*must have shape (3, 3)" shape --exact
    broken object && npy object/bias_1.npy '|O' '(2,)'
    refused "object/bias_1.npy holds items of type '|O'" object --exact
    broken useful && npy useful/bias_1.npy '<u8' '(1, 2)' 0 0 && npy useful/title.npy '|O' '()'
    "$program" --json useful --exact >score.json 2>stderr || fail "whole numbers, a bias of 1 x 2, an object are refused: $(cat stderr)"
    broken infinite && npy infinite/bias_1.npy '<f8' '(2,)' 0 nan
    refused "infinite.*bias_1 is not a number" infinite --exact
    described other softplus
    refused '^boltz-score: .*other has "softplus" units' other --exact
    described gaussian gaussian
    refused "gaussian.*log_precision\|log_precision" gaussian --exact
    described foreign bernoulli && echo '{"format": "else"}' >foreign/meta.json
    refused 'foreign .*meta.json is "else", not "boltz-model"' foreign --exact
    described hidden bernoulli && layers hidden '{"unit": "bernoulli", "size": 3}, {"unit": "gaussian", "size": 2}'
    refused "unit_1/" hidden --exact
    layers hidden ""
    refused "hidden has 0 layers, but must have 1" hidden --exact
    described network bernoulli && sed 's/"value_type"/"model": "MLP", &/' network/meta.json >meta && mv meta network/meta.json
    refused "network is a feed-forward network and no Boltzmann machine" network --exact
    described raw bernoulli && echo '{' >raw/meta.json
    refused "meta.json" raw --exact

    refused "nowhere" rbm --exact --data nowhere
    refused "rbm is a folder" rbm --exact --data rbm
    refused "rbm.npz is a .npz file" rbm --exact --data rbm.npz
    { idx 2 4 2 && head -c 8 /dev/zero; } >narrow
    refused "narrow.*2 columns.*3 units" rbm --exact --data narrow
    { idx 2 4 3 && head -c 11 /dev/zero; } >cut
    refused "cut has 11 bytes" rbm --exact --data cut
    { idx 1 3 && head -c 3 /dev/zero; } >labels
    refused "labels has rank 1" rbm --exact --data labels
    refused "grey.*255.*\[0, 1\]" rbm --exact --data grey --scale 1
    head -c 140 cases.npy >cut.npy
    refused "cut.npy" rbm --exact --data cut.npy

    refused "max_states\|states" rbm --exact --max-states 2
    refused "--cases is 2.*likelihood of rbm is exact" rbm --exact --data binary --cases 2
    refused "precision is bfloat16, but the model's numbers are double" rbm --precision bfloat16
    refused "--cases is 2.*no --data" dbm --exact --cases 2
    refused "--cases is 5.*has 4" dbm --exact --data binary --cases 5
    refused "--base is data" rbm --base data
    refused "ladder" rbm --ladder linear:0
    refused "ladder" rbm --ladder adapted:1
    refused "ladder" rbm --ladder steep
    refused "runs" rbm --runs 0
    refused "both-sides" rbm --exact --both-sides
    refused "sweeps" rbm --both-sides --sweeps -1
    refused "scale" rbm --exact --data binary --scale nan
    refused "threads" rbm --threads 0
    refused "base" rbm --base sand
    refused "nonsense" rbm --nonsense
    refused "nonsense" rbm nonsense
    npy gaussian/unit_0/log_precision.npy '<f8' '(3,)' 0 1 -1
    npy gaussian/unit_0/learns.npy '<u8' '()' 0
    zipped gaussian gaussian.npz
    refused "--binarisation is threshold.*gaussian" gaussian.npz --exact --data cases.npy --binarisation threshold
}

case $case in
exact | annealed | refusals) "$case" ;;
*) fail "there is no case $case" ;;
esac
rm -rf "$scratch"
