// SPDX-License-Identifier: MIT

/// @file
/// The deep Boltzmann machine with three hidden layers of the 2009 paper.

#include "../support/mnist/recipes.hpp"
#include "machines.hpp"
#include "rows.hpp"

using namespace boltz;

Result reproduce_dbm_3(Setting const& setting, Images const& images) {
    Options const options = paper_schedule(setting);
    Machine machine = binary_machine({images.train.pixels(), 500, 500, 1000});
    Random random{setting.seed};
    initialise_weights(machine, 0.01, random);
    Binarised const pixels{ByteSource{images.train}, Binarisation::stochastic, setting.seed};
    auto pretraining = DoubledInput{ContrastiveDivergence{}, Sgd{.learning_rate = options.pretrain_rates[0],
                                                                 .momentum = change_over(options.pretrain_momentum),
                                                                 .weight_decay = options.pretrain_decay}}
                           .bind(machine, pixels);
    run_stage(setting, "pretraining", setting.seed, pretraining, pixels, {.epochs = options.pretrain_epochs[0]});
    auto joint = long_joint_recipe(options).bind(machine);
    run_stage(setting, "joint_training", setting.seed, joint, pixels, {.epochs = options.joint_epochs});
    save(setting.out / "machine.npz", machine);

    auto const errors =
        fine_tune(setting, images, machine, [&](Random& own) { return unroll(machine, classes, own); },
                  {{"dropout", setting.epochs(60), {.hidden = 0.3}}});
    Result result;
    result.title = "DBM 784-500-500-1000 on MNIST";
    result.figures = {error_figure(images, "fine-tuned with dropout",
                                   "1.01 % (Salakhutdinov & Hinton 2009, without dropout)", "<= 1.01 %", errors[0])};

    add_bound(result, machine, setting, images, "-85.10 nats (Salakhutdinov & Hinton 2009)", ">= -85.10");
    result.protocol = "pixels drawn at each presentation in all trainings, in fine-tuning with the converged means "
                      "of the layers above beside them; errors of grey test images, bound of ones that are drawn "
                      "once, with seed 0; the settings are those of the machine with two hidden layers, "
                      "none was tried for it";
    return result;
}
