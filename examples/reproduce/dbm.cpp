// SPDX-License-Identifier: MIT

/// @file
/// The deep Boltzmann machine of the 2009 paper.

#include "machines.hpp"
#include "rows.hpp"

using namespace boltz;

Result reproduce_dbm(Setting const& setting, Images const& images) {
    Result result;
    result.title = "DBM 784-500-1000 on MNIST";
    Machine const machine = paper_machine(setting, images);

    auto const inputs =
        top_down_inputs(machine, ByteSource{images.train}, MeanField{.max_sweeps = 50}, setting.compute());
    auto const held_out =
        top_down_inputs(machine, ByteSource{images.test}, MeanField{.max_sweeps = 50}, setting.compute());

    auto const unrolled = [&](Random& random) { return unroll(machine, classes, random); };

    std::size_t const plain_epochs = setting.epochs(40);
    Backpropagation const plain{Sgd{.learning_rate = Schedule::linear(0.1, 0.001, plain_epochs), .momentum = 0.9}};
    result.figures.push_back({.name = images.test_name + " error, fine-tuned without dropout",
                              .published = "0.95 % (Salakhutdinov & Hinton 2009), 0.91 % (MGL)",
                              .aim = "<= 0.95 %",
                              .unit = "%",
                              .values = fine_tune(setting, images, "fine_tuning", plain, {.epochs = plain_epochs},
                                                  unrolled, inputs, held_out)});

    std::size_t const epochs = setting.epochs(160);
    Backpropagation const with_dropout{Sgd{.learning_rate = Schedule::linear(0.3, 0.003, epochs), .momentum = 0.9},
                                       Dropout{.input = 0.2, .hidden = 0.5}};
    result.figures.push_back({.name = images.test_name + " error, fine-tuned with dropout",
                              .published = "0.78 % (MGL); 0.79 % (500-500-2000, Srivastava et al. 2014)",
                              .aim = "<= 0.80 %",
                              .unit = "%",
                              .values = fine_tune(setting, images, "dropout", with_dropout, {.epochs = epochs},
                                                  unrolled, inputs, held_out)});

    add_bound(result, machine, setting, images, "-84.62 nats (Salakhutdinov & Hinton 2009)", ">= -84.6");
    result.protocol =
        "generative training on stochastically binarised pixels, fine-tuning on grey ones with converged means of "
        "the upper layer beside them; bound on test images drawn once, with seed 0; settings chosen on 10,000 "
        "held-out "
        "training images, the test images used once";
    return result;
}
