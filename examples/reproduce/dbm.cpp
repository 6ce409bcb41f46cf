// SPDX-License-Identifier: MIT

/// @file
/// The deep Boltzmann machine of the 2009 paper.

#include "../mnist_dbm/evaluation.hpp"
#include "machines.hpp"
#include "rows.hpp"

using namespace boltz;

namespace {

/// The error of each of some fine-tunings that differ in their seeds, in percent.
template <class Recipe, class Inputs, class HeldOut>
std::vector<double> fine_tune(Setting const& setting, Images const& images, Machine const& machine,
                              Recipe const& recipe, FitOptions const& options, std::string const& name,
                              Inputs const& inputs, HeldOut const& held_out) {
    std::vector<double> errors;
    for (std::size_t i = 0; i < setting.seeds; ++i) {
        std::uint64_t const seed = setting.seed + i;
        Random random{seed};
        auto network = unroll(machine, classes, random);
        auto session = recipe.bind(network);
        auto const training = on_layers<0, 1>(inputs, OneHot{images.train.labels, classes});
        run_stage(setting, name + "_" + std::to_string(seed), seed, session, training, options);
        errors.push_back(100 * error_rate(network, held_out, images.test.labels, setting.compute()));
        save(setting.out / (name + "_" + std::to_string(seed) + "_network.npz"), network);
    }
    return errors;
}

} // namespace

Result reproduce_dbm(Setting const& setting, Images const& images) {
    Result result;
    result.title = "DBM 784-500-1000 on MNIST";
    Machine const machine = paper_machine(setting, images);

    auto const inputs =
        top_down_inputs(machine, ByteSource{images.train}, MeanField{.max_sweeps = 50}, setting.compute());
    auto const held_out =
        top_down_inputs(machine, ByteSource{images.test}, MeanField{.max_sweeps = 50}, setting.compute());

    std::size_t const plain_epochs = setting.epochs(40);
    Backpropagation const plain{Sgd{.learning_rate = Schedule::linear(0.1, 0.001, plain_epochs), .momentum = 0.9}};
    result.figures.push_back({.name = images.test_name + " error, fine-tuned without dropout",
                              .published = "0.95 % (Salakhutdinov & Hinton 2009), 0.91 % (MGL)",
                              .aim = "<= 0.95 %",
                              .unit = "%",
                              .values = fine_tune(setting, images, machine, plain, {.epochs = plain_epochs},
                                                  "fine_tuning", inputs, held_out)});

    std::size_t const epochs = setting.epochs(200);
    Backpropagation const with_dropout{
        MaxNorm{Sgd{.learning_rate = Schedule::linear(0.1, 0.001, epochs), .momentum = 0.9}, 4.0},
        Dropout{.input = 0.2, .hidden = 0.5}};
    result.figures.push_back({.name = images.test_name + " error, fine-tuned with dropout",
                              .published = "0.78 % (MGL); 0.79 % (500-500-2000, Srivastava et al. 2014)",
                              .aim = "<= 0.80 %",
                              .unit = "%",
                              .values = fine_tune(setting, images, machine, with_dropout, {.epochs = epochs},
                                                  "dropout", inputs, held_out)});

    Options options;
    options.seed = setting.seed;
    options.threads = setting.threads;
    Evaluation const evaluation = evaluate(machine, images.test, options);
    show(evaluation, images.test_name);
    result.figures.push_back({.name = images.test_name + " bound on log p",
                              .published = "-84.62 nats (Salakhutdinov & Hinton 2009)",
                              .aim = ">= -84.6",
                              .unit = "nats",
                              .values = {evaluation.bound.mean},
                              .standard_error = evaluation.bound.standard_error,
                              .note = evaluation.below.warning()});
    result.figures.push_back({.name = "log Z from below",
                              .published = {},
                              .aim = {},
                              .unit = "nats",
                              .values = {evaluation.below.log_z},
                              .standard_error = evaluation.below.standard_error});
    result.figures.push_back({.name = "log Z from above, chains down from long chains",
                              .published = {},
                              .aim = {},
                              .unit = "nats",
                              .values = {evaluation.above.log_z},
                              .standard_error = evaluation.above.standard_error});
    result.protocol =
        "generative training on stochastically binarised pixels, fine-tuning on grey ones with converged means of "
        "the "
        "upper layer beside them; bound on test images drawn once, with seed 0; settings chosen on 10,000 held-out "
        "training images, the test images used once";
    return result;
}
