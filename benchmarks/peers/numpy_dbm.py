# SPDX-License-Identifier: MIT
"""Seconds that a deep Boltzmann machine 784-500-1000 takes in NumPy: the schedule of benchmarks/pipeline.cpp.

Pretraining of 10 + 10 epochs with doubled input (Salakhutdinov & Hinton 2009), 5 epochs of joint training with
100 persistent chains, one Gibbs sweep and five mean-field sweeps an update, softmax regression on both hidden layers.
"""

import time

import numpy as np

from images import arguments, load, show
from numpy_rbm import Rbm, draw, sigmoid

BATCH = 100


class Dbm:
    """Two RBMs put together: their passes towards each other were doubled, so that weights stay as they are and the
    biases of the layer that they share add up."""

    def __init__(self, lower, upper, rng):
        self.rng = rng
        self.weights = [lower.weights, upper.weights]
        self.biases = [lower.biases[0], lower.biases[1] + upper.biases[0], upper.biases[1]]

    def visible_means(self, h1):
        x = h1 @ self.weights[0].T
        x += self.biases[0]
        return sigmoid(x)

    def top_means(self, h1):
        x = h1 @ self.weights[1]
        x += self.biases[2]
        return sigmoid(x)

    def middle_means(self, from_visible, h2):
        """`from_visible` holds bias and input from below, which do not change during an inference."""
        x = h2 @ self.weights[1].T
        x += from_visible
        return sigmoid(x)

    def from_visible(self, visible):
        x = visible @ self.weights[0]
        x += self.biases[1]
        return x

    def mean_field(self, visible, sweeps=5):
        below = self.from_visible(visible)
        m1 = sigmoid(2 * below - self.biases[1])
        m2 = self.top_means(m1)
        for _ in range(sweeps):
            m1 = self.middle_means(below, m2)
            m2 = self.top_means(m1)
        return m1, m2

    def start_chains(self, visible):
        m1, m2 = self.mean_field(visible)
        self.chains = draw(visible, self.rng), draw(m1, self.rng), draw(m2, self.rng)

    def gibbs_sweep(self):
        """Draws h1, then the layers beside it; returns the statistics: states of h1, means of the others."""
        v, _, h2 = self.chains
        h1 = draw(self.middle_means(self.from_visible(v), h2), self.rng)
        v_means, h2_means = self.visible_means(h1), self.top_means(h1)
        self.chains = draw(v_means, self.rng), h1, draw(h2_means, self.rng)
        return v_means, h1, h2_means

    def update(self, visible, rate):
        data = visible, *self.mean_field(visible)
        model = self.gibbs_sweep()
        step, model_step = np.float32(rate / len(visible)), np.float32(rate / BATCH)
        for i, weights in enumerate(self.weights):
            gradient = data[i].T @ data[i + 1]
            gradient *= step
            weights += gradient
            np.matmul(model[i].T, model[i + 1], out=gradient)
            gradient *= model_step
            weights -= gradient
        for bias, of_data, of_model in zip(self.biases, data, model):
            bias += step * of_data.sum(0) - model_step * of_model.sum(0)

    def epoch(self, images, rate):
        order = self.rng.permutation(len(images))
        for first in range(0, len(images), BATCH):
            self.update(images[order[first : first + BATCH]], rate)

    def features(self, images):
        return np.vstack([np.hstack(self.mean_field(images[i : i + 1000])) for i in range(0, len(images), 1000)])


def pretrain(rbm, data):
    for epoch in range(10):
        rbm.epoch(data, 0.05, 0.5 if epoch < 5 else 0.9, 2e-4, BATCH)


def softmax_regression(features, labels, rng, epochs=30, rate=0.1, momentum=0.5):
    """Weights and biases after stochastic gradient descent."""
    targets = np.eye(10, dtype=np.float32)[labels]
    weights, bias = np.zeros((features.shape[1], 10), np.float32), np.zeros(10, np.float32)
    velocity, bias_velocity = np.zeros_like(weights), np.zeros_like(bias)
    for _ in range(epochs):
        order = rng.permutation(len(features))
        for first in range(0, len(features), BATCH):
            chosen = order[first : first + BATCH]
            x = features[chosen]
            p = x @ weights + bias
            p -= p.max(1, keepdims=True)
            np.exp(p, out=p)
            p /= p.sum(1, keepdims=True)
            np.subtract(targets[chosen], p, out=p)
            p *= np.float32(rate / len(chosen))
            velocity *= np.float32(momentum)
            velocity += x.T @ p
            bias_velocity *= np.float32(momentum)
            bias_velocity += p.sum(0)
            weights += velocity
            bias += bias_velocity
    return weights, bias


def main():
    folder, count, _ = arguments()
    images, labels = load(folder, "train", count)
    test_images, test_labels = load(folder, "t10k")
    rng = np.random.Generator(np.random.SFC64(1))

    start = time.perf_counter()
    lower = Rbm(images.shape[1], 500, rng, up=2)
    pretrain(lower, images)
    upper = Rbm(500, 1000, rng, down=2)
    pretrain(upper, lower.hidden_means(images))
    pretrained = time.perf_counter()
    show(pretrained - start, "s", "pretraining")

    dbm = Dbm(lower, upper, rng)
    dbm.start_chains(images[:BATCH])
    for _ in range(5):
        dbm.epoch(images, 0.001)
    trained = time.perf_counter()
    show(trained - pretrained, "s", "joint training")

    weights, bias = softmax_regression(dbm.features(images), labels, rng)
    guesses = (dbm.features(test_images) @ weights + bias).argmax(1)
    show(time.perf_counter() - trained, "s", "features and classifier")
    show(100 * np.mean(guesses != test_labels), "%", "test error")


if __name__ == "__main__":
    main()
