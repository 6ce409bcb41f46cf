# SPDX-License-Identifier: MIT
"""Seconds that an epoch of scikit-learn's BernoulliRBM takes, 500 hidden units, batches of 100.

It has one algorithm, persistent CD with one Gibbs step; no momentum, no decay, and cases in their order.
"""

import time

import sklearn
from sklearn.neural_network import BernoulliRBM

from images import arguments, load, show


def main():
    folder, count, threads = arguments()
    images, _ = load(folder, "train", count)
    rbm = BernoulliRBM(n_components=500, learning_rate=0.05, batch_size=100, n_iter=1, random_state=1)
    rbm.fit(images[:2000])
    start = time.perf_counter()
    rbm.fit(images)
    seconds = time.perf_counter() - start
    show(seconds, "s", f"epoch of CD-1 (scikit-learn {sklearn.__version__}, PCD-1, threads: {threads})")


if __name__ == "__main__":
    main()
