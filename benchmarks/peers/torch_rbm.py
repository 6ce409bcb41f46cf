# SPDX-License-Identifier: MIT
"""Seconds that an epoch of CD-1 takes in PyTorch on the processor: the settings of benchmarks/epoch.cpp."""

import time

import torch

from images import arguments, load, show


class Rbm:
    """A binary RBM trained by CD-1 with momentum and decay; parameters are moved in place."""

    def __init__(self, visible, hidden):
        self.weights = 0.01 * torch.randn(visible, hidden)
        self.biases = [torch.zeros(visible), torch.zeros(hidden)]
        self.velocities = [torch.zeros_like(p) for p in (self.weights, *self.biases)]

    def hidden_means(self, visible):
        return torch.addmm(self.biases[1], visible, self.weights).sigmoid_()

    def visible_means(self, hidden):
        return torch.addmm(self.biases[0], hidden, self.weights.t()).sigmoid_()

    def update(self, data, rate, momentum, decay):
        """One update of CD-1: hidden and visible units are drawn, the last hidden ones are means."""
        hidden = self.hidden_means(data)
        visible_1 = draw(self.visible_means(draw(hidden)))
        hidden_1 = self.hidden_means(visible_1)

        step = rate / len(data)
        of_weights, of_visible, of_hidden = self.velocities
        of_weights.addmm_(data.t(), hidden, beta=momentum, alpha=step)
        of_weights.addmm_(visible_1.t(), hidden_1, alpha=-step)
        of_weights.add_(self.weights, alpha=-rate * decay)
        self.weights.add_(of_weights)
        for bias, velocity, slope in (
            (self.biases[0], of_visible, data.sum(0).sub_(visible_1.sum(0))),
            (self.biases[1], of_hidden, hidden.sum(0).sub_(hidden_1.sum(0))),
        ):
            velocity.mul_(momentum).add_(slope, alpha=step)
            bias.add_(velocity)

    def epoch(self, images, rate, momentum, decay, batch=100):
        for indices in torch.randperm(len(images)).split(batch):
            self.update(images[indices], rate, momentum, decay)


def draw(means):
    """States of binary units with these means; faster than torch.bernoulli on a processor."""
    return torch.rand_like(means).lt(means).to(means.dtype)


@torch.inference_mode()
def main():
    folder, count, threads = arguments()
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    images = torch.from_numpy(load(folder, "train", count)[0])
    rbm = Rbm(images.shape[1], 500)
    rbm.epoch(images[:2000], 0.05, 0.5, 2e-4)
    start = time.perf_counter()
    rbm.epoch(images, 0.05, 0.5, 2e-4)
    show(time.perf_counter() - start, "s", f"epoch of CD-1 (PyTorch {torch.__version__}, threads: {threads})")


if __name__ == "__main__":
    main()
