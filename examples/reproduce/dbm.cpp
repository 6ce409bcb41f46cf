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

    auto const inputs = drawn_inputs(machine, setting, images);
    auto const held_out = held_out_inputs(machine, setting, images);

    auto const unrolled = [&](Random& random) { return unroll(machine, classes, random); };

    result.figures = {
        error_figure(images, "fine-tuned without dropout", "0.95 % (Salakhutdinov & Hinton 2009), 0.91 % (MGL)",
                     "<= 0.95 %",
                     fine_tune(setting, images, "fine_tuning", setting.epochs(30), {}, unrolled, inputs, held_out)),
        error_figure(
            images, "fine-tuned with dropout", "0.78 % (MGL); 0.79 % (500-500-2000, Srivastava et al. 2014)",
            "<= 0.80 %",
            fine_tune(setting, images, "dropout", setting.epochs(60), {.hidden = 0.3}, unrolled, inputs, held_out))};

    add_bound(result, machine, setting, images, "-84.62 nats (Salakhutdinov & Hinton 2009)", ">= -84.6");
    result.protocol = "pixels drawn at each presentation in all trainings, in fine-tuning with the converged means "
                      "of the upper layer beside them; errors of grey test images, bound of ones that are drawn "
                      "once, with seed 0; settings chosen on 10,000 held-out training images, the test images used "
                      "once";
    return result;
}
