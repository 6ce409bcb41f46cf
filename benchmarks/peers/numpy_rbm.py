# SPDX-License-Identifier: MIT
"""Seconds that an epoch of CD-1 takes in NumPy: the settings of benchmarks/epoch.cpp.

Single precision throughout; buffers are kept, and everything that can be is computed in place.
"""

import time

import numpy as np

from images import arguments, load, show


def sigmoid(x):
    """In place."""
    np.negative(x, out=x)
    np.exp(x, out=x)
    x += 1
    np.reciprocal(x, out=x)
    return x


def draw(means, rng):
    """States of binary units with these means."""
    return np.less(rng.random(means.shape, dtype=np.float32), means).astype(np.float32)


class Rbm:
    """A binary RBM whose passes up and down may count twice, trained by CD-1 with momentum and decay."""

    def __init__(self, visible, hidden, rng, up=1, down=1):
        self.rng = rng
        self.up, self.down = np.float32(up), np.float32(down)
        self.weights = 0.01 * rng.standard_normal((visible, hidden), dtype=np.float32)
        self.biases = [np.zeros(visible, np.float32), np.zeros(hidden, np.float32)]
        self.velocity = np.zeros_like(self.weights)
        self.bias_velocities = [np.zeros_like(bias) for bias in self.biases]
        self.gradient = np.empty_like(self.weights)
        self.scratch = np.empty_like(self.weights)

    def hidden_means(self, visible):
        x = visible @ self.weights
        x += self.biases[1]
        if self.up != 1:
            x *= self.up
        return sigmoid(x)

    def visible_means(self, hidden):
        x = hidden @ self.weights.T
        x += self.biases[0]
        if self.down != 1:
            x *= self.down
        return sigmoid(x)

    def update(self, data, rate, momentum, decay):
        """One update of CD-1: hidden and visible units are drawn, the last hidden ones are means."""
        hidden = self.hidden_means(data)
        visible_1 = draw(self.visible_means(draw(hidden, self.rng)), self.rng)
        hidden_1 = self.hidden_means(visible_1)

        cases = len(data)
        np.matmul(data.T, hidden, out=self.gradient)
        np.matmul(visible_1.T, hidden_1, out=self.scratch)
        self.gradient -= self.scratch
        self.gradient *= np.float32(rate / cases)
        self.velocity *= np.float32(momentum)
        self.velocity += self.gradient
        np.multiply(self.weights, np.float32(rate * decay), out=self.scratch)
        self.velocity -= self.scratch
        self.weights += self.velocity
        slopes = (data.sum(0) - visible_1.sum(0), hidden.sum(0) - hidden_1.sum(0))
        for bias, velocity, slope in zip(self.biases, self.bias_velocities, slopes):
            velocity *= np.float32(momentum)
            velocity += np.float32(rate / cases) * slope
            bias += velocity

    def epoch(self, images, rate, momentum, decay, batch=100):
        order = self.rng.permutation(len(images))
        for first in range(0, len(images), batch):
            self.update(images[order[first : first + batch]], rate, momentum, decay)


def main():
    folder, count, threads = arguments()
    images, _ = load(folder, "train", count)
    rbm = Rbm(images.shape[1], 500, np.random.Generator(np.random.SFC64(1)))
    rbm.epoch(images[:2000], 0.05, 0.5, 2e-4)
    start = time.perf_counter()
    rbm.epoch(images, 0.05, 0.5, 2e-4)
    show(time.perf_counter() - start, "s", f"epoch of CD-1 (NumPy {np.__version__}, threads: {threads})")


if __name__ == "__main__":
    main()
