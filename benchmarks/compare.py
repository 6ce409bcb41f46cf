#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Times boltz and programs for other libraries in turn, and prints one table of ratios.

Builds the preset `bench`, then runs every program once a round, so that a machine whose speed drifts slows all of
them. A ratio is (time of the program) / (time of boltz by that engine) within a round; the table has medians. Needs
no Python package itself; peers whose package is missing are named and skipped.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "build-bench" / "benchmarks"
PEERS = ROOT / "benchmarks" / "peers"
ENGINES = ("blas", "float32", "bfloat16")
# The Python package of a peer, and the Debian package that brings it.
PACKAGES = {
    "NumPy": ("numpy", "python3-numpy"),
    "PyTorch": ("torch", "python3-torch"),
    "scikit-learn": ("sklearn", "python3-sklearn"),
}


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    mnist = pathlib.Path(os.environ.get("BOLTZ_DATA_DIR", "")) / "mnist"
    usual = mnist if "BOLTZ_DATA_DIR" in os.environ and mnist.is_dir() else None
    parser.add_argument("--mnist", type=pathlib.Path, default=usual,
                        help="folder with MNIST's four files (default: $BOLTZ_DATA_DIR/mnist, else synthetic digits)")
    parser.add_argument("--images", type=int, default=20000, help="training images (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="times each program runs (default: %(default)s)")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="numbers of threads (default: 1 2)")
    parser.add_argument("--pipeline", action="store_true",
                        help="a whole DBM, from random weights to a classifier, in place of an epoch of an RBM; "
                        "takes minutes a round")
    parser.add_argument("--python", help="the Python of the peers (default: this one, else /usr/bin/python3)")
    return parser.parse_args()


def build(targets):
    subprocess.run(["cmake", "--preset", "bench"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "--preset", "bench", "--target", *targets], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)


def find_python(asked):
    """The first interpreter with NumPy, which all peers need."""
    candidates = [asked] if asked else [sys.executable, "/usr/bin/python3"]
    return next((python for python in candidates if imports(python, "numpy")), None)


def imports(python, module):
    try:
        return subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0
    except OSError:
        return False


def run(command, threads):
    """What a program printed: {what: (number, unit)}. What stands in brackets is left out of the names."""
    environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(threads), OMP_NUM_THREADS=str(threads),
                       PYTHONDONTWRITEBYTECODE="1")
    done = subprocess.run([str(word) for word in command], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed: {done.stderr.strip()}")
    lines = [line.split(" ", 2) for line in done.stdout.splitlines()]
    return {what.split(" (")[0]: (float(number), unit) for number, unit, what in lines}


def boltz_programs(program):
    """Engines of boltz that can be had here, and how each is run: by what program, in which precision."""
    programs = {"boltz, blas": (f"benchmark_{program}_blas", "float32")}
    for precision in ("float32", "bfloat16"):
        command = [PROGRAMS / "benchmark_epoch", "synthetic", "100", precision, "1"]
        probe = subprocess.run(command, capture_output=True, text=True)
        if probe.returncode != 0:
            print(f"skipped: boltz, {precision}: {probe.stderr.strip()}")
        elif "oneDNN" not in probe.stdout:
            print(f"skipped: boltz, {precision}: needs oneDNN (libdnnl-dev) and AVX-512")
        else:
            programs[f"boltz, {precision}"] = (f"benchmark_{program}", precision)
    return programs


def commands(options, folder):
    """{name: function of threads that gives a command}"""
    boltz = boltz_programs("pipeline" if options.pipeline else "epoch")
    result = {
        name: lambda threads, program=program, precision=precision:
            [PROGRAMS / program, folder, options.images, precision, threads]
        for name, (program, precision) in boltz.items()
    }
    scripts = {"NumPy": "numpy_dbm.py"} if options.pipeline else \
        {"NumPy": "numpy_rbm.py", "PyTorch": "torch_rbm.py", "scikit-learn": "sklearn_rbm.py"}
    python = find_python(options.python)
    for name, script in scripts.items():
        module, package = PACKAGES[name]
        if python is None or not imports(python, module):
            print(f"skipped: {name}: there is no Python package {module} ({package})")
            continue
        result[name] = lambda threads, script=script: [python, PEERS / script, folder, options.images, threads]
    return result


def table(results, names, threads, rounds):
    """Rows of the table: (what, program, threads, median, ratios)."""
    for what, (_, unit) in results[0][names[0], threads[0]].items():
        for count in threads:
            for name in names:
                times = [results[r][name, count][what][0] for r in range(rounds)]
                cells = []
                for engine in ENGINES if unit == "s" else ():
                    if f"boltz, {engine}" not in names:
                        cells.append("")
                        continue
                    own = [results[r][f"boltz, {engine}", count][what][0] for r in range(rounds)]
                    cells.append(f"{statistics.median(t / o for t, o in zip(times, own)):.2f}")
                middle = f"{statistics.median(times):.2f} {unit}"
                yield [what, name, str(count), middle, *(cells or [""] * len(ENGINES))]


def show(rows):
    header = ["", "program", "threads", "median"] + [f"/ boltz, {engine}" for engine in ENGINES]
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    for row in [header, ["-" * width for width in widths], *rows]:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")


def add_total(result):
    """The phases of a pipeline, together."""
    phases = [number for number, unit in result.values() if unit == "s"]
    if len(phases) > 1:
        result["together"] = (sum(phases), "s")
    return result


def main():
    options = parse()
    for name in ("images", "rounds"):
        if getattr(options, name) < 1:
            sys.exit(f"compare.py: --{name} is {getattr(options, name)}, but must be at least 1")
    print("building", file=sys.stderr)
    build([f"benchmark_{name}" for name in ("digits", "epoch", "epoch_blas", "pipeline", "pipeline_blas")])
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.mnist
        if folder is None:
            folder = pathlib.Path(scratch)
            subprocess.run([PROGRAMS / "benchmark_digits", folder, str(options.images)], check=True)
        programs = commands(options, folder)
        names = list(programs)
        results = []
        for round_number in range(options.rounds):
            print(f"round {round_number + 1} of {options.rounds}", file=sys.stderr)
            first = round_number % len(names)
            results.append({
                (name, threads): add_total(run(programs[name](threads), threads))
                for threads in options.threads
                for name in names[first:] + names[:first]
            })
    data = "synthetic digits" if options.mnist is None else f"images of {options.mnist}"
    print(f"{options.images} {data}, {options.rounds} rounds\n")
    show(list(table(results, names, options.threads, options.rounds)))


if __name__ == "__main__":
    main()
