// SPDX-License-Identifier: MIT

#include "require.hpp"

#include <boltz/boltz.hpp>

#include <iostream>
#include <vector>

using namespace boltz;

namespace {

using Layer = StochasticLayer<Bernoulli>;

void fine_tune(LabelledImages const& digits, LabelledImages const& others) {
    Random random{2024};
    DBM dbm{Layer{digits.pixels()}, Layer{60}, Layer{40}};
    initialise_weights(dbm, 0.01, random);
    ByteSource const images{digits};
    DoubledInput{ContrastiveDivergence{}, Sgd{.learning_rate = 0.05, .momentum = 0.9}}.pretrain(
        dbm, images, {.epochs = 3}, random);
    Compute const compute{.threads = 2};

    // [unroll]
    auto network = unroll(dbm, 10, random); // 784 + 40 inputs, 60 and 40 hidden units, 10 classes
    MeanField const inference{.max_sweeps = 50};
    Binarised const drawn{images, Binarisation::stochastic};
    auto const inputs = top_down_inputs(dbm, drawn, inference, compute); // pixels, and beside them means of h2
    auto const held_out = top_down_inputs(dbm, ByteSource{others}, inference, compute);
    // [unroll]

    // [train]
    std::size_t const epochs = 15;
    Backpropagation const recipe{Sgd{.learning_rate = Schedule::linear(0.1, 0.001, epochs), .momentum = 0.9},
                                 Dropout{.hidden = 0.2}};
    recipe.fit(network, on_layers<0, 1>(inputs, OneHot{digits.labels, 10}),
               {.epochs = epochs, .batch_size = 20, .compute = compute}, random,
               ClassifierMonitor{held_out, others.labels, compute}, Progress{std::clog});

    double const error = error_rate(network, held_out, others.labels, compute);
    double const nats = cross_entropy(network, held_out, others.labels, compute);
    save("network.npz", network); // load<MLP<>>("network.npz") reads it
    // [train]
    require(error < 0.5, "a fine-tuned network beats guessing by far");
    require(nats < 1.6, "and knows more than nothing");

    // [search]
    auto other = unroll(dbm, 10, random);
    Backpropagation{
        ConjugateGradient{.layer_rates = {1.0, Schedule::per_epoch({0, 1}, 2), Schedule::per_epoch({0, 1}, 2), 1.0}}}
        .fit(other, on_layers<0, 1>(inputs, OneHot{digits.labels, 10}),
             {.epochs = 10, .batch_size = 500, .compute = compute}, random, Progress{std::clog});
    // [search]
    require(error_rate(other, held_out, others.labels, compute) < 0.6, "line searches train too");

    // [stop]
    auto third = unroll(dbm, 10, random);
    EarlyStop stop{"validation_error_percent", 12};
    Backpropagation{Adam{.learning_rate = 0.003, .layer_rates = {1.0, 0.3, 0.3, 1.0}}}.fit(
        third, on_layers<0, 1>(inputs, OneHot{digits.labels, 10}),
        {.epochs = 20, .batch_size = 20, .compute = compute}, random,
        ClassifierMonitor{held_out, others.labels, compute}, Plateau{"validation_error_percent", 0.2, 6}, stop,
        BestCheckpoint{"best.npz", "validation_error_percent"});
    // [stop]
    require(stop.best() < 50, "the best epoch is known");

    // [average]
    auto fourth = unroll(dbm, 10, random);
    auto session = Backpropagation{Averaged{Sgd{.learning_rate = 0.1, .momentum = 0.9}, 5}}.bind(fourth);
    session.fit(on_layers<0, 1>(inputs, OneHot{digits.labels, 10}),
                {.epochs = 10, .batch_size = 20, .compute = compute}, random);
    session.optimizer().write_average(fourth); // the mean of the parameters from the sixth epoch on
    // [average]
    require(error_rate(fourth, held_out, others.labels, compute) < 0.5, "an average of parameters classifies");
}

} // namespace

int main() { fine_tune(synthetic_digits(1000, 1), synthetic_digits(300, 2)); }
