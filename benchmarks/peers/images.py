# SPDX-License-Identifier: MIT
"""What the peers have in common: their arguments, images and output."""

import gzip
import pathlib
import struct
import sys

import numpy as np


def arguments():
    """<folder with MNIST's files> <training images> <threads>"""
    if len(sys.argv) != 4:
        sys.exit(f"usage: {sys.argv[0]} <folder with MNIST's files> <training images> <threads>")
    return pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])


def read_idx(folder, name):
    """An array of bytes from an IDX file, plain or gzipped."""
    path = folder / name
    data = path.read_bytes() if path.exists() else gzip.decompress((folder / (name + ".gz")).read_bytes())
    rank = data[3]
    shape = struct.unpack(f">{rank}I", data[4 : 4 + 4 * rank])
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def load(folder, part, count=None):
    """Images as rows of floats in [0, 1], and their labels; `part` is "train" or "t10k"."""
    pixels = read_idx(folder, f"{part}-images-idx3-ubyte")[:count]
    labels = read_idx(folder, f"{part}-labels-idx1-ubyte")[:count]
    return pixels.reshape(len(pixels), -1).astype(np.float32) / np.float32(255), labels


def show(value, unit, what):
    """One line of output: a number, its unit, and what it is."""
    print(f"{value:.4f} {unit} {what}", flush=True)
