// SPDX-License-Identifier: MIT

/// @file
/// Seconds that a deep Boltzmann machine 784-500-1000 takes from weights drawn at random to a classifier: pretraining
/// of 10 + 10 epochs with doubled input, 5 epochs of joint training, softmax regression on both hidden layers.
///
/// benchmark_pipeline [folder with MNIST's files | synthetic] [images] [float32 | bfloat16] [threads]
///
/// The same source is built with oneDNN, as benchmark_pipeline, and without it, as benchmark_pipeline_blas.
/// peers/numpy_dbm.py has the same schedule.

#include "programs.hpp"

#include <chrono>

namespace {

using namespace boltz;

void train(Mnist const& images, Compute const& compute) {
    using Time = std::chrono::steady_clock;
    auto start = Time::now();
    auto const print_time = [&](char const* phase) {
        auto const now = Time::now();
        bench::print(std::chrono::duration<double>(now - start).count(), "s", phase);
        start = now;
    };
    ByteSource const pixels{images.train};
    auto const options = [&](std::size_t epochs) {
        return FitOptions{.epochs = epochs, .batch_size = 100, .compute = compute};
    };
    DBM dbm{bench::BinaryLayer{images.train.pixels()}, bench::BinaryLayer{500}, bench::BinaryLayer{1000}};
    Random random{1};
    initialise_weights(dbm, 0.01, random);

    DoubledInput pretraining{
        ContrastiveDivergence{.sweeps = 1},
        Sgd{.learning_rate = 0.05, .momentum = Schedule::per_epoch({0.5, 0.9}, 5), .weight_decay = 2e-4},
        PretrainingInput::means};
    pretraining.monitored_cases = 0;
    pretraining.pretrain(dbm, pixels, options(10), random);
    print_time("pretraining");

    MeanField const inference{.max_sweeps = 5, .tolerance = 0};
    Trainer{PersistentCD{.chains = 100, .sweeps = 1}, Sgd{.learning_rate = 0.001}, inference}.fit(dbm, pixels,
                                                                                                  options(5), random);
    print_time("joint training");

    auto const train_features = features<1, 2>(dbm, pixels, inference, compute);
    auto const test_features = features<1, 2>(dbm, ByteSource{images.test}, inference, compute);
    MLP classifier{train_features.shape(1), OutputLayer<Multinomial>{10}};
    Backpropagation{Sgd{.learning_rate = 0.1, .momentum = 0.5}}.fit(
        classifier, on_layers<0, 1>(train_features, OneHot{images.train.labels, 10}), options(30), random);
    double const error = error_rate(classifier, MatrixSource{test_features}, images.test.labels, compute);
    print_time("features and classifier");
    bench::print(100 * error, "%", "test error");
}

} // namespace

int main(int argc, char** argv) {
    return bench::run(argc, argv, [](bench::Arguments const& arguments) {
        train(bench::load_images(arguments), {.threads = arguments.threads, .precision = arguments.precision});
    });
}
