// SPDX-License-Identifier: MIT

/// @file
/// The program on the first screen of README.md.

// [program]
#include <boltz/boltz.hpp>
#include <iostream>
using namespace boltz;

int main(int argc, char** argv) {
    LabelledImages const digits = argc > 1 ? read_mnist(argv[1]).train : synthetic_digits(3000, 1);
    ByteSource const images{digits};

    Random random{2024};
    using Layer = StochasticLayer<Bernoulli>;
    DBM dbm{Layer{digits.pixels()}, Layer{200}, Layer{300}};
    initialise_weights(dbm, 0.01, random);
    initialise_biases(dbm, images, random);

    DoubledInput{ContrastiveDivergence{.sweeps = 1}, Sgd{.learning_rate = 0.05, .momentum = 0.9}}.pretrain(
        dbm, images, {.epochs = 8}, random, Progress{std::clog});
    Trainer{PersistentCD{.chains = 100}, Sgd{.learning_rate = 0.001}, MeanField{.max_sweeps = 10}}.fit(
        dbm, images, {.epochs = 4}, random, Progress{std::clog}, Checkpoint{"run.npz"});

    auto states = sample(dbm, {.chains = 100, .sweeps = 200}, random);
    report::write_png("samples.png", report::tile(conditional_means(dbm, states), digits.height, digits.width, 10));
    save("digits.npz", dbm); // numpy.load reads it
}
// [program]
