// SPDX-License-Identifier: MIT

/// @file
/// The code of docs/quick_start.md, on a handful of images that it makes itself.

#include "require.hpp"

#include <filesystem>
#include <numeric>

// [includes]
#include <boltz/boltz.hpp>
#include <boltz/problem/bars_and_stripes.hpp>

#include <cmath>
#include <cstdio>
#include <iostream>

using namespace boltz;
// [includes]

// [rbm]
double first_steps() {
    Random random{1};
    auto const problem = bars_and_stripes(3); // 14 different pictures of 3 x 3 pixels

    RBM rbm{StochasticLayer<Bernoulli>{9}, StochasticLayer<Bernoulli>{16}};
    initialise_weights(rbm, 0.1, random);

    std::size_t const epochs = 20000; // of one batch each
    Trainer{PersistentCD{.chains = 100}, Sgd{.learning_rate = Schedule::linear(0.05, 0, epochs)}}.fit(
        rbm, problem.cases, {.epochs = epochs, .batch_size = 16}, random);

    auto const log_p = exact_log_likelihood(rbm, problem.cases);
    double const mean = std::accumulate(log_p.begin(), log_p.end(), 0.0) / static_cast<double>(log_p.size());
    std::printf("log-likelihood %.3f nats a case; no model has more than %.3f\n", mean, problem.negative_entropy());
    return mean;
}
// [rbm]

void check_first_steps() {
    double const mean = first_steps();
    double const best = bars_and_stripes(3).negative_entropy();
    require(mean <= best, "no model is better than the distribution itself");
    require(mean > best - 0.3, "the RBM learns most of bars and stripes");
}

void deep(LabelledImages const& digits, LabelledImages const& others, std::size_t h1, std::size_t h2) {
    // [data]
    ByteSource const grey{digits};                          // bytes / 255, read as they are needed
    Binarised const images{grey, Binarisation::stochastic}; // drawn afresh at each presentation
    // [data]
    // [model]
    Random random{2024};
    using Layer = StochasticLayer<Bernoulli>;
    DBM dbm{Layer{digits.pixels()}, Layer{h1}, Layer{h2}};
    initialise_weights(dbm, 0.01, random);
    initialise_biases(dbm, grey, random);
    // [model]
    // [pretrain]
    Compute const compute{.threads = 2};
    DoubledInput{ContrastiveDivergence{}, Sgd{.learning_rate = 0.05, .momentum = Schedule::per_epoch({0.5, 0.9}, 5)}}
        .pretrain(dbm, images, {.epochs = 8, .compute = compute}, random, Progress{std::clog});
    // [pretrain]
    // [joint]
    FitReport const report =
        Trainer{PersistentCD{.chains = 100, .sweeps = 1}, Sgd{.learning_rate = 0.001}, MeanField{.max_sweeps = 10}}
            .fit(dbm, images, {.epochs = 4, .compute = compute}, random, StopOnNaN{}, Progress{std::clog});
    // [joint]
    require(report.clock.epoch == 4 && !report.stopped, "all epochs are done");
    require(report.binarisation == Binarisation::stochastic, "the report names the protocol");

    // [classify]
    auto const seen = features<1, 2>(dbm, grey, MeanField{}, compute); // one row an image, h1 + h2 columns
    MLP classifier{seen.shape(1), OutputLayer<Multinomial>{10}};
    Backpropagation{Sgd{.learning_rate = 0.1, .momentum = 0.5}}.fit(
        classifier, on_layers<0, 1>(seen, OneHot{digits.labels, 10}), {.epochs = 20, .compute = compute}, random);

    auto const unseen = features<1, 2>(dbm, ByteSource{others}, MeanField{}, compute);
    double const error = error_rate(classifier, MatrixSource{unseen}, others.labels, compute);
    // [classify]
    require(error < 0.5, "a classifier on the features beats guessing by far");

    // [sample]
    auto states = sample(dbm, {.chains = 100, .sweeps = 100, .compute = compute}, random);
    Matrix<float> const digits_drawn = conditional_means<0>(dbm, states);
    report::write_png("samples.png", report::tile(digits_drawn, digits.height, digits.width, 10));
    report::write_png("filters.png", report::tile_columns(dbm.weights(0), 0, 20, digits.height, digits.width, 10));
    // [sample]
    require(std::filesystem::exists("filters.png"), "filters are drawn");

    // [save]
    save("digits.npz", dbm);
    auto const again = load<DBM<Layer, Layer, Layer>>("digits.npz");
    // [save]
    require(again.weights(0) == dbm.weights(0), "a model that is saved and loaded is the same");
}

// [errors]
void refused() {
    try {
        StochasticLayer<Bernoulli> const layer{0};
    } catch (Error const& error) { // ShapeError, ValueError, FormatError and FileError derive from it
        std::cerr << error.what() << '\n';
    }
}
// [errors]

int main() {
    check_first_steps();
    deep(synthetic_digits(1000, 1), synthetic_digits(200, 2), 60, 40);
    refused();
}
