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
    add_fine_tunings(result, machine, setting, images,
                     [&](Random& random) { return unroll(machine, classes, random); });
    add_bound(result, machine, setting, images, "-84.62 nats (Salakhutdinov & Hinton 2009)", ">= -84.6");
    result.protocol = "pixels drawn at each presentation in all trainings, in fine-tuning with the converged means "
                      "of the upper layer beside them; errors of grey test images, bound of ones that are drawn "
                      "once, with seed 0; settings chosen on 10,000 held-out training images, none on the test "
                      "images";
    return result;
}
