#!/bin/sh
# SPDX-License-Identifier: MIT
# sh mnist_dbm.sh PROGRAM SCRATCH CASE
# The main program from the command line. CASE: refusals, bytes, folder, interrupted, threads, evaluation. SCRATCH is a folder to be made anew.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/program/support.sh
. "$here/support.sh"

program=$1
scratch=$2
case=$3

rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"
unset BOLTZ_DATA_DIR # synthetic digits, unless --data says otherwise

# refused WORDS ARGUMENTS...: as `refuse`, and no training has begun.
refused() {
    refuse "$@"
    shift
    ! grep -q epoch stdout || fail "$* trains before it is refused"
}

# mnist FOLDER: four files of blank images of 4 x 4 pixels, all of class 0.
mnist() {
    mkdir -p "$1"
    for part in train:12 t10k:5; do
        count=${part#*:}
        { idx 3 "$count" 4 4 && head -c $((count * 16)) /dev/zero; } >"$1/${part%:*}-images-idx3-ubyte"
        { idx 1 "$count" && head -c "$count" /dev/zero; } >"$1/${part%:*}-labels-idx1-ubyte"
    done
}

refusals() {
    small="--quick --hidden 4 3 --pretrain-epochs 1 1 --joint-epochs 1 --classifier-epochs 1"

    mnist good
    # shellcheck disable=SC2086
    "$program" $small --data good --out good_out >stdout 2>stderr || fail "good data is refused: $(cat stderr)"
    [ -s good_out/model.npz ] || fail "no model is written"
    grep -q '"peak_memory_megabytes": [1-9]' good_out/summary.json || fail "the summary has no peak memory"

    # shellcheck disable=SC2086
    {
        refused "missing/train-images-idx3-ubyte" $small --data missing --out out

        mnist truncated
        head -c 100 good/train-images-idx3-ubyte >truncated/train-images-idx3-ubyte
        refused "truncated/train-images-idx3-ubyte" $small --data truncated --out out
        head -c 3 good/t10k-labels-idx1-ubyte >truncated/t10k-labels-idx1-ubyte
        cp good/train-images-idx3-ubyte truncated/
        refused "truncated/t10k-labels-idx1-ubyte" $small --data truncated --out out

        mnist lengths
        { idx 1 11 && head -c 11 /dev/zero; } >lengths/train-labels-idx1-ubyte
        refused "12 images.*11 labels" $small --data lengths --out out

        mnist classes
        { idx 1 5 && head -c 4 /dev/zero && printf '\012'; } >classes/t10k-labels-idx1-ubyte
        refused "label 4 is 10" $small --data classes --out out

        mnist sizes
        { idx 3 5 4 3 && head -c 60 /dev/zero; } >sizes/t10k-images-idx3-ubyte
        refused "4 x 4.*4 x 3" $small --data sizes --out out

        echo "in the way" >file
        refused "file" $small --data good --out file
        refused "file/out" $small --data good --out file/out
        [ "$(cat file)" = "in the way" ] || fail "the file in the way was changed"

        refused "--validation\|validation is 12" $small --data good --validation 12 --out out
        refused "resume" --resume --out empty
        refused "hidden" --hidden 0 5 --out out
        refused "hidden" --hidden 5 --out out
        refused "hidden" --hidden five six --out out
        refused "batch-size" --batch-size 0 --out out
        refused "threads" --threads 0 --out out
        refused "limit" --limit -3 --out out
        refused "joint-rate" --joint-rate -1 --out out
        refused "joint-rate" --joint-rate nan --out out
        refused "binarisation" --binarisation sometimes --out out
        refused "chains" --chains 0 --out out
        refused "hidden: Value 0x10 is not" --hidden 0x10 5 --out out
        refused "dropout: Value 1e3 is not a number from 0 to 0.95" --dropout 0 0 1e3 --out out
        refused "nonsense" --nonsense --out out
        refused "nonsense" nonsense --out out
    }

    # A training that diverges says what to do about it.
    status=0
    "$program" --quick --limit 200 --hidden 10 10 --pretrain-rates 10 10 --pretrain-decay 10 --pretrain-momentum 0.99 0.99 \
        --pretrain-epochs 400 1 --out diverged >stdout 2>stderr || status=$?
    [ "$status" = 2 ] || fail "a training that diverges ended with status $status: $(tail -1 stdout)"
    grep -q "smaller learning rates" stderr || fail "a training that diverges does not say so: $(cat stderr)"

    # A layer that has died is told of, in the phase where it did.
    "$program" --quick --threads 1 --limit 200 --hidden 16 8 --pretrain-rates 10 10 --classifier-epochs 1 --fine-tune-epochs 0 \
        --out dead >log 2>&1 || fail "a training at high rates: $(tail -3 log)"
    grep -q "all units of layer 1 have the same mean for every case" log || fail "a dead layer is passed over"

    # A refusal costs no result that is there already.
    mkdir earlier
    echo results >earlier/checkpoint.npz
    echo results >earlier/metrics.csv
    # shellcheck disable=SC2086
    refused "truncated" $small --data truncated --restart --out earlier
    [ "$(cat earlier/checkpoint.npz earlier/metrics.csv)" = "results
results" ] || fail "a refusal removed results"
    cp good_out/options.json earlier/
    refused "checkpoint.npz" --resume --out earlier
    refused "restart" --resume --restart --out earlier

    "$program" --help >help 2>&1 || fail "--help is an error"
    for option in --data --hidden --pretrain-epochs --joint-epochs --batch-size --chains --gibbs-steps \
        --mean-field-sweeps --classifier-epochs --seed --threads --limit --out --resume --quick --paper --evaluate --load; do
        grep -q -- "$option" help || fail "--help does not mention $option"
    done
}

# Bytes 0 and 1 give the model of bytes 0 and 255, and a word; also where only some images are trained on.
bytes() {
    small="--quick --hidden 4 3 --limit 15 --pretrain-epochs 2 1 --joint-epochs 1 --classifier-epochs 1 --threads 1"
    two_inks
    for data in states levels; do
        # shellcheck disable=SC2086
        "$program" $small --data $data --out $data.out >$data.log 2>&1 || fail "$data: $(tail -3 $data.log)"
    done
    for file in model.npz classifier.npz samples.png reconstructions.png; do
        cmp "states.out/$file" "levels.out/$file" || fail "bytes 0 and 1 give another $file than bytes 0 and 255"
    done
    grep -q "no byte of .*/states is above 1" states.log || fail "bytes 0 and 1 are taken as they are without a word"
    grep -q '"note": "no byte of .*/states is above 1' states.out/summary.json || fail "the summary has no note"
    ! grep -q "is above 1" levels.log || fail "bytes 0 and 255 are taken for states"
    cp levels/t10k-images-idx3-ubyte states/
    # shellcheck disable=SC2086
    refused "bytes up to 1, .*bytes up to 255" $small --data states --out mixed
}

# interrupt PHASE ARGUMENTS...: starts the program and sends it SIGINT once the phase has begun.
interrupt() {
    phase=$1
    shift
    : >log # that of the run before has such lines too
    "$program" "$@" >>log 2>&1 &
    running=$!
    while ! grep -q "^$phase  epoch" log; do
        kill -0 "$running" 2>/dev/null || fail "ended before $phase: $(tail -3 log)"
        sleep 0.02
    done
    kill -INT "$running"
    status=0
    wait "$running" || status=$?
    [ "$status" = 130 ] || fail "interrupted in $phase, but ended with status $status: $(tail -3 log)"
    grep -q -- "--resume" log || fail "interrupted in $phase, but does not say how to go on"
    [ -s broken/checkpoint.npz ] || fail "interrupted in $phase, but there is no checkpoint"
    [ ! -e broken/model.npz ] || fail "interrupted in $phase, but there is a model already"
}

# The options of the stopped run are those of its checkpoint: neither the command line nor options.json changes one.
not_believed() {
    two_inks
    refused "joint-epochs is 41, but 25 in broken/checkpoint.npz" --resume --joint-epochs 41 --out broken
    refused "seed is 5, but 1 in broken/checkpoint.npz" --resume --seed 5 --out broken
    refused "hidden is .50,20., but .30,20. in" --resume --hidden 50 20 --out broken
    refused "the preset's --classifier-epochs is 50, but 4000 in" --resume --paper --out broken
    cp broken/options.json kept.json
    # edited WORDS KEY VALUE: a value of one line of options.json is changed.
    edited() {
        tr -d '\n' <kept.json | sed 's/"'"$2"'": *\(\[[^]]*\]\|[^,}]*\)/"'"$2"'": '"$3"'/' >broken/options.json
        grep -qF "\"$2\": $3" broken/options.json || fail "the test could not edit $2"
        refused "$1" --resume --out broken
        grep -q "broken/options.json" stderr || fail "the refusal of $2 does not name the file: $(cat stderr)"
    }
    edited "binarisation.*foo" binarisation '"foo"'
    edited "batch-size.*-5" batch_size -5
    edited "joint_rate is .fast" joint_rate '"fast"'
    edited "joint-rate: Value 1000" joint_rate 1e3
    edited "hidden.*2 required" hidden '[4]'
    edited "dropout.*3 required" dropout '[0]'
    edited "evaluate is 7" evaluate 7
    sed 's/"seed"/"sead"/' kept.json >broken/options.json
    refused "options.json lacks the option seed" --resume --out broken
    { printf '{"colour": 1,' && tail -n +2 kept.json; } >broken/options.json
    refused "options.json holds colour" --resume --out broken
    edited "batch_size is 61" batch_size 61
    echo "not JSON" >broken/options.json
    refused "options.json is no JSON" --resume --out broken
    cp kept.json broken/options.json
}

# One run a folder, and one writer.
folder() {
    small="--quick --limit 100 --hidden 4 3 --pretrain-epochs 1 1 --joint-epochs 1 --fine-tune-epochs 0"
    # shellcheck disable=SC2086
    "$program" $small --out run >log 2>&1 || fail "the first run: $(tail -3 log)"
    : >run/network.npz # of an earlier run, so to say
    cp -r run kept
    # shellcheck disable=SC2086
    refused "run holds a finished run (summary.json): --restart" $small --seed 2 --out run
    refused "nothing to resume" --resume --out run
    diff -r run kept || fail "a refusal changed the run"
    # shellcheck disable=SC2086
    "$program" $small --seed 2 --restart --out run >log 2>&1 || fail "--restart: $(tail -3 log)"
    ! cmp -s run/model.npz kept/model.npz || fail "--restart leaves the old model"
    [ ! -e run/network.npz ] || fail "--restart leaves a file of the earlier run"

    refused "nothing to resume in run: it holds a finished run" --resume --out run
    refused "joint-epochs is for a training" --load run/model.npz --joint-epochs 3 --out other
    refused "nothing.npz" --load nothing.npz --out other
    [ ! -e other ] || fail "a refusal leaves a new folder"
    refused "excludes" --quick --paper --out other

    # What no run has written stays.
    mkdir -p foreign/frames foreign/below
    for file in frames/holiday.jpg samples.png draft.writing-3 below/model.npz.writing-1-0; do
        echo mine >foreign/$file
    done
    cp -r foreign foreign.kept
    # shellcheck disable=SC2086
    refused "foreign holds samples.png, which a run would overwrite" $small --out foreign
    diff -r foreign foreign.kept || fail "a refusal changed the folder"
    rm foreign/samples.png
    # shellcheck disable=SC2086
    "$program" $small --out foreign >log 2>&1 || fail "beside other files: $(tail -3 log)"
    for file in frames/holiday.jpg draft.writing-3 below/model.npz.writing-1-0; do
        [ "$(cat foreign/$file)" = mine ] || fail "a run removed $file, which it has not written"
    done

    mkdir -p blocked/model.npz
    # shellcheck disable=SC2086
    refused "blocked/model.npz: it is a folder" $small --out blocked
    mkdir -p blocked/evaluation.json
    refused "blocked/evaluation.json: it is a folder" --load run/model.npz --out blocked

    # A folder that is written to is refused; a writer that died holds nothing.
    : >log # that of the run before has such lines too
    # shellcheck disable=SC2086
    "$program" $small --classifier-epochs 50000000 --out busy >>log 2>&1 &
    running=$!
    while ! grep -q epoch log; do
        kill -0 "$running" 2>/dev/null || fail "ended before its training: $(tail -3 log)"
        sleep 0.02
    done
    # shellcheck disable=SC2086
    refused "another process is writing to busy" $small --restart --out busy
    refused "another process is writing to busy" --load run/model.npz --out busy
    kill -9 "$running"
    wait "$running" 2>/dev/null || :
    # shellcheck disable=SC2086
    "$program" $small --restart --out busy >log 2>&1 || fail "a dead writer holds its folder: $(tail -3 log)"

    # The first signal ends an evaluation, and the training need not be made again.
    for how in "$small --evaluate --evaluation-runs 1000 --evaluation-temperatures 10000000" --resume; do
        rm -f evaluated/model.npz
        # shellcheck disable=SC2086
        "$program" $how --out evaluated >log 2>&1 &
        running=$!
        while [ ! -s evaluated/model.npz ]; do
            kill -0 "$running" 2>/dev/null || fail "ended before its evaluation: $(tail -3 log)"
            sleep 0.02
        done
        kill -TERM "$running"
        status=0
        wait "$running" || status=$?
        [ "$status" = 130 ] || fail "stopped in its evaluation, but ended with status $status: $(tail -3 log)"
        grep -q -- "--resume --out evaluated" log || fail "stopped in its evaluation, but does not say how to go on"
    done
    ! grep -q "epoch" log || fail "a run that was stopped in its evaluation trains again"
}

interrupted() {
    options="--quick --limit 500 --hidden 30 20 --batch-size 60 --pretrain-epochs 300 3 --joint-epochs 25
             --classifier-epochs 4000 --binarisation stochastic"
    # shellcheck disable=SC2086
    "$program" $options --threads 1 --out unbroken >log 2>&1 || fail "the unbroken run: $(tail -3 log)"
    # shellcheck disable=SC2086
    interrupt "pretraining 1" $options --threads 1 --out broken
    interrupt "joint training" --resume --threads 2 --out broken
    ! grep -q "^pretraining 1  epoch   1/" log || fail "a resumed run begins again"
    interrupt "classifier" --resume --threads 1 --out broken
    ! grep -q "^pretraining" log || fail "a run resumed in the joint training begins with the pretraining"
    not_believed
    # The folder may be moved; a log that has lost rows is told of.
    cp -r broken moved
    printf '%s' "$(head -c 50 broken/metrics.csv)" >moved/metrics.csv
    refused "moved/metrics.csv has 50 bytes, but had" --resume --out ./moved
    # What another process wrote after the checkpoint, and what it was writing when it died.
    echo '"classifier",4000,1,"training_error_percent",77' >>broken/metrics.csv
    : >broken/model.npz.writing-1-0
    : >"broken/frames/joint training-0000000001.png.writing-1-0"
    refused "are not those of the run" --resume --data levels --out broken
    # Options that are those of the run may be said again.
    "$program" --resume --seed 1 --hidden 30 20 --threads 1 --out broken >log 2>&1 || fail "the last part: $(tail -3 log)"
    [ -z "$(find broken -name '*.writing-*')" ] || fail "a half written file is left: $(find broken -name '*.writing-*')"
    ! grep -q "^joint" log || fail "a run resumed in the classifier begins with the joint training"
    for file in model.npz classifier.npz filters.png samples.png; do
        cmp "unbroken/$file" "broken/$file" || fail "$file of the interrupted run differs"
    done
    for run in unbroken broken; do grep -v '"seconds"' $run/metrics.csv >$run.metrics; done
    cmp unbroken.metrics broken.metrics || fail "metrics of the interrupted run differ"
    [ ! -e broken/checkpoint.npz ] || fail "a finished run leaves a checkpoint"
}

threads() {
    options="--quick --limit 400 --hidden 30 20 --batch-size 70 --chains 33"
    for count in 1 2 3; do
        # shellcheck disable=SC2086
        "$program" $options --threads $count --out "out$count" >log 2>&1 || fail "$count threads: $(tail -3 log)"
    done
    for file in model.npz classifier.npz samples.png; do
        cmp "out1/$file" "out2/$file" || fail "$file differs between 1 and 2 threads"
        cmp "out1/$file" "out3/$file" || fail "$file differs between 1 and 3 threads"
    done
    # shellcheck disable=SC2086
    "$program" $options --threads 1 --seed 2 --out other >log 2>&1 || fail "another seed: $(tail -3 log)"
    ! cmp -s out1/model.npz other/model.npz || fail "another seed gives the same model"
}

# number KEY FILE: a number of a summary; nothing where it is null or missing.
number() {
    sed -n "s/^  \"$1\": \(-*[0-9][-+.0-9e]*\),*\$/\1/p" "$2"
}

evaluation() {
    options="--quick --limit 400 --hidden 12 8"
    settings="--evaluation-runs 100 --evaluation-temperatures 300 --evaluation-sweeps 200 --evaluation-cases 5"
    # shellcheck disable=SC2086
    "$program" $options $settings --evaluate --out run >log 2>&1 || fail "--evaluate: $(tail -3 log)"
    grep -q "log Z from below" log || fail "--evaluate adds no row to the table"
    grep -q '"binarisation": "stochastic"' run/summary.json || fail "the summary does not name the binarisation"
    # Both directions agree on a machine of 12 and 8 hidden units, and the bound is worse than that of no machine at
    # all (784 fair coins, -543) only if log Z is wrong.
    awk -v below="$(number log_z run/summary.json)" -v above="$(number log_z_from_above run/summary.json)" \
        -v error="$(number log_z_standard_error run/summary.json)" -v bound="$(number test_elbo run/summary.json)" \
        -v spread="$(number test_elbo_standard_error run/summary.json)" \
        'BEGIN { exit !(below > 0 && above - below < 1 && below - above < 1 && error > 0 && error < 0.5 &&
                        bound < -20 && bound > -543 && spread > error) }' ||
        fail "the evaluation makes no sense: $(cat run/summary.json)"
    awk -v both="$(number log_z_of_both run/summary.json)" -v error="$(number log_z_of_both_standard_error run/summary.json)" \
        -v below="$(number log_z run/summary.json)" -v above="$(number log_z_from_above run/summary.json)" \
        'BEGIN { exit !(error > 0 && error < 0.5 && both - below < 1 && below - both < 1 && both - above < 1 &&
                        above - both < 1) }' || fail "the two directions make no sense: $(cat run/summary.json)"
    awk -v both="$(number log_z_of_both run/summary.json)" -v below="$(number log_z run/summary.json)" \
        -v bound="$(number test_elbo run/summary.json)" \
        -v with_both="$(number test_elbo_with_log_z_of_both run/summary.json)" \
        'BEGIN { d = bound + below - both - with_both; exit !(with_both < 0 && d < 1e-6 && d > -1e-6) }' ||
        fail "the bound with log Z of both makes no sense: $(cat run/summary.json)"
    # The bound of the first images is below what their own chains say, if only within the error of these.
    [ "$(number cases run/summary.json)" = 5 ] || fail "--evaluation-cases sums out no cases"
    awk -v p="$(number cases_log_likelihood run/summary.json)" -v gap="$(number bound_gap run/summary.json)" \
        -v error="$(number bound_gap_annealing_error run/summary.json)" \
        'BEGIN { exit !(p < -20 && p > -543 && error > 0 && error < 0.5 && gap > -5 * error && gap < 5) }' ||
        fail "the gap of the bound makes no sense: $(cat run/summary.json)"
    grep -q "bound is too low by" log || fail "--evaluation-cases adds no row to the table"
    # A saved model has the same log Z and bound, and its folder stays as it is.
    cp run/summary.json before.json
    for count in 1 2; do
        # shellcheck disable=SC2086
        "$program" --limit 400 $settings --load run/model.npz --threads $count --out run >log 2>&1 ||
            fail "--load: $(tail -3 log)"
        ! grep -q "epoch" log || fail "--load trains"
        for key in log_z log_z_standard_error log_z_from_above test_elbo test_elbo_standard_error bound_gap; do
            [ -n "$(number $key run/evaluation.json)" ] || fail "--load gives no $key"
            [ "$(number $key run/evaluation.json)" = "$(number $key run/summary.json)" ] ||
                fail "$key of the saved model is another"
        done
    done
    cmp before.json run/summary.json || fail "--load changes the summary of the training"
    refused "resume" --load run/model.npz --resume --out run
    refused "missing.npz" --load missing.npz --out other
    head -c 500 run/model.npz >cut.npz
    refused "cut.npz" --load cut.npz --out other
    refused "a feed-forward network and no Boltzmann machine" --load run/classifier.npz --out other
    mnist tiny
    refused "784 visible units.*16 pixels" --load run/model.npz --data tiny --out other
}

case $case in
refusals | bytes | folder | interrupted | threads | evaluation) "$case" ;;
*) fail "there is no case $case" ;;
esac
rm -rf "$scratch"
