// SPDX-License-Identifier: MIT

/// @file
/// The program on the first screen of README.md, on a handful of images that it makes itself.

#include "require.hpp"

#include <filesystem>

// [program]
#include <boltz/boltz.hpp>
#include <iostream>
using namespace boltz;

void train(LabelledImages const& digits) {
    Random random{2024};
    using Layer = StochasticLayer<Bernoulli>;
    DBM dbm{Layer{digits.pixels()}, Layer{500}, Layer{1000}};
    initialise_weights(dbm, 0.01, random);
    ByteSource const images{digits};

    DoubledInput{ContrastiveDivergence{.steps = 1}, Sgd{.learning_rate = 0.05, .momentum = 0.9}}.pretrain(
        dbm, images, {.epochs = 8}, random, Progress{std::clog});
    Trainer{PersistentCD{.chains = 100}, Sgd{.learning_rate = 0.001}, MeanField{.max_sweeps = 10}}.fit(
        dbm, images, {.epochs = 4}, random, Progress{std::clog}, Checkpoint{"run.npz"});

    auto states = sample(dbm, {.count = 100, .sweeps = 200}, random);
    write_png("samples.png", tile(conditional_means(dbm, states), digits.height, digits.width, 10));
    save("mnist.npz", dbm); // numpy.load reads it
}
// [program]

int main() {
    train(synthetic_digits(200, 1));
    for (char const* file : {"run.npz", "samples.png", "mnist.npz"})
        require(std::filesystem::exists(file), "the program writes a checkpoint, a picture and the model");
}
