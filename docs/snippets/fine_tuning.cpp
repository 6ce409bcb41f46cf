// SPDX-License-Identifier: MIT

/// @file
/// The code of docs/fine_tuning.md: networks, from a machine or from nothing.

#include "require.hpp"

#include <boltz/boltz.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <iostream>
#include <numeric>
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
    save("network.npz", network); // load<MLP<float>>("network.npz") reads it
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
    require(cross_entropy(other, inputs, digits.labels, compute) < 2, "line searches train too"); // log 10 untrained

    // [stop]
    auto third = unroll(dbm, 10, random);
    EarlyStop stop{"validation_error_percent", 12};
    Backpropagation{Adam{.learning_rate = 0.003, .layer_rates = {1.0, 0.3, 0.3, 1.0}}}.fit(
        third, on_layers<0, 1>(inputs, OneHot{digits.labels, 10}),
        {.epochs = 20, .batch_size = 20, .compute = compute}, random,
        ClassifierMonitor{held_out, others.labels, compute}, ReduceRateOnPlateau{"validation_error_percent", 0.2, 6},
        stop, BestCheckpoint{"best.npz", "validation_error_percent"});
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

void networks(LabelledImages const& digits) {
    Random random{7};
    ByteSource const images{digits};

    // [network]
    MLP network{digits.pixels(), HiddenLayer<Bernoulli>{60}, HiddenLayer<Rectified>{40},
                OutputLayer<Multinomial>{10}};
    initialise_weights(network, 0.1, random);
    Backpropagation{Sgd{.learning_rate = 0.1, .momentum = 0.9}}.fit(
        network, on_layers<0, 1>(images, OneHot{digits.labels, 10}), {.epochs = 5, .batch_size = 20}, random);
    double const share_wrong = error_rate(network, images, digits.labels);
    // [network]
    require(share_wrong < 0.5, "a network classifies");

    // [autoencoder]
    MLP encoder{digits.pixels(), HiddenLayer<Bernoulli>{30}, OutputLayer<Bernoulli>{digits.pixels()}};
    initialise_weights(encoder, 0.05, random);
    FitReport const report = Backpropagation{Adam{.learning_rate = 0.02}}.fit(
        encoder, on_layers<0, 1>(images, images), {.epochs = 20, .batch_size = 20}, random);

    Matrix<float> pictures = xt::zeros<float>({std::size_t{10}, digits.pixels()});
    Matrix<float> back = pictures;
    std::vector<std::size_t> const first{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    images.load(first, Block{pictures}, Draws::from_seed(0));
    encoder.means(Block{pictures}, Block{back}); // probabilities of the pixels
    // [autoencoder]
    for (Metric const& metric : report.metrics) std::printf("%s %.2f\n", metric.name.c_str(), metric.value);
    double squares = 0, spread = 0;
    for (std::size_t i = 0; i < back.size(); ++i) {
        squares += std::pow(double(back.data()[i]) - double(pictures.data()[i]), 2);
        spread += std::pow(double(pictures.data()[i]), 2);
    }
    std::printf("%.3f\n", squares / spread);
    require(squares < 0.5 * spread, "an autoencoder gives back its input");
}

void stacks(LabelledImages const& digits) {
    Random random{7};
    ByteSource const images{digits};

    // [stack]
    Stack stack{Layer{digits.pixels()}, Layer{60}, Layer{20}}; // two RBMs, 784-60 and 60-20
    initialise_weights(stack, 0.05, random);
    initialise_biases(stack.rbm(0), images, random);
    GreedyPretraining{ContrastiveDivergence{}, Sgd{.learning_rate = 0.05, .momentum = 0.9}}.pretrain(
        stack, images, {.epochs = 5, .batch_size = 20}, random);
    save("stack.npz", stack); // load_stack("stack.npz") reads it

    auto deep = autoencoder(stack); // 784-60-20-60-784, from the pixels to the pixels
    Backpropagation{Adam{.learning_rate = 0.003}}.fit(deep, on_layers<0, 1>(images, images),
                                                      {.epochs = 5, .batch_size = 20}, random);
    auto const codes = encoder(stack);           // 784-60-20, whose outputs are the upper hidden units
    auto classifier = unroll(stack, 10, random); // 784-60-20-10, with a new softmax
    // [stack]
    require(codes.outputs() == 20 && classifier.classes() == 10, "networks of a stack have its layers");
    Matrix<float> pictures = xt::zeros<float>({images.rows(), images.columns()});
    std::vector<std::size_t> all(images.rows());
    std::iota(all.begin(), all.end(), std::size_t{0});
    images.load(all, Block{pictures}, Draws::from_seed(0));
    Vector<double> const mean = column_means(images, Draws::from_seed(0));
    // The share of the spread about the mean picture that a network does not give back.
    auto const lost = [&](MLP<float> const& network) {
        Matrix<float> back = pictures;
        network.means(Block{pictures}, Block{back});
        double squares = 0, spread = 0;
        for (std::size_t i = 0; i < pictures.shape(0); ++i)
            for (std::size_t j = 0; j < pictures.shape(1); ++j) {
                squares += std::pow(double(back(i, j)) - double(pictures(i, j)), 2);
                spread += std::pow(mean(j) - double(pictures(i, j)), 2);
            }
        return squares / spread;
    };
    double const greedy = lost(autoencoder(load_stack("stack.npz")));
    std::printf("%.3f of the spread is lost by the stack, %.3f by the autoencoder\n", greedy, lost(deep));
    require(greedy < 0.9, "a stack gives back more than the mean picture");
    require(lost(deep) < greedy, "backpropagation makes a better autoencoder of it");
}

} // namespace

int main() {
    fine_tune(synthetic_digits(1000, 1), synthetic_digits(300, 2));
    networks(synthetic_digits(1000, 1));
    stacks(synthetic_digits(1000, 1));
}
