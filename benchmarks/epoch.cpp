// SPDX-License-Identifier: MIT

/// @file
/// Seconds that an epoch of CD-1 takes: an RBM with 500 hidden units, batches of 100, momentum and decay.
///
/// benchmark_epoch [folder with MNIST's files | synthetic] [images] [float32 | bfloat16] [threads]
///
/// Without a precision it times all that can be had, on one thread and on two. The same source is built with oneDNN,
/// as benchmark_epoch, and without it, as benchmark_epoch_blas.

#include "programs.hpp"

namespace {

using namespace boltz;

/// The second epoch of a training.
void time_epoch(LabelledImages const& images, Compute const& compute) {
    RBM rbm{bench::BinaryLayer{images.pixels()}, bench::BinaryLayer{500}};
    Random random{1};
    initialise_weights(rbm, 0.01, random);
    double seconds = 0;
    OnEpochEnd watch{[&](auto const&, TrainingInfo const& info) { seconds = info.epoch_seconds; }};
    Trainer const trainer{ContrastiveDivergence{.sweeps = 1},
                          Sgd{.learning_rate = 0.05, .momentum = 0.5, .weight_decay = 2e-4}};
    auto const report =
        trainer.fit(rbm, ByteSource{images}, {.epochs = 2, .batch_size = 100, .compute = compute}, random, watch);
    bench::print(seconds, "s",
                 "epoch of CD-1 (" + report.products + ", threads: " + std::to_string(compute.threads) + ")");
}

} // namespace

int main(int argc, char** argv) {
    return bench::run(argc, argv, [](bench::Arguments const& arguments) {
        auto const images = bench::load_images(arguments).train;
        if (arguments.one_setting)
            return time_epoch(images, {.threads = arguments.threads, .precision = arguments.precision});
        for (Precision const precision : {Precision::float32, Precision::bfloat16}) {
            if (precision == Precision::bfloat16 && !detail::without_bfloat16().empty()) continue;
            for (std::size_t const threads : {1u, 2u})
                time_epoch(images, {.threads = threads, .precision = precision});
        }
    });
}
