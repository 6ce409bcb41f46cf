// SPDX-License-Identifier: MIT

/// @file
/// A deep machine of pixels and labels as a classifier: p(label | pixels) by the bounds of the ten classes.

#include "machines.hpp"
#include "rows.hpp"

using namespace boltz;

Result reproduce_label_dbm(Setting const& setting, Images const& images) {
    using Labels = StochasticLayer<Multinomial>;
    std::size_t const pretraining_epochs = setting.epochs(40);
    std::size_t const joint_epochs = setting.epochs(100);
    DBM machine{Binary{images.train.pixels()}, Binary{500}, Binary{1000}, Labels{classes}};
    Random random{setting.seed};
    initialise_weights(machine, 0.01, random);
    ByteSource const grey{images.train};
    initialise_biases(machine, grey, random);
    auto const data = on_layers<0, 3>(Binarised{grey, Binarisation::stochastic, setting.seed},
                                      OneHot{images.train.labels, classes});
    Schedule const momentum = Schedule::per_epoch({0.5, 0.9}, 5);
    auto pretraining =
        DoubledInput{ContrastiveDivergence{}, Sgd{.learning_rate = 0.05, .momentum = momentum, .weight_decay = 2e-4}}
            .bind(machine, data);
    run_stage(setting, "pretraining", setting.seed, pretraining, data, {.epochs = pretraining_epochs});
    auto joint =
        Trainer{PersistentCD{.chains = 100, .steps = 2},
                Centred{Sgd{.learning_rate = Schedule::linear(0.001, 0.0001, joint_epochs), .momentum = momentum}},
                MeanField{.max_sweeps = 5}}
            .bind(machine);
    run_stage(setting, "joint_training", setting.seed, joint, data, {.epochs = joint_epochs});
    save(setting.out / "machine.npz", machine);

    MeanField const inference{.max_sweeps = 30};
    auto const error = [&](auto const& pixels) {
        return 100 * label_posterior(machine, pixels, inference, setting.compute()).error_rate(images.test.labels);
    };
    Result result;
    result.title = "DBM 784-500-1000 with labels on MNIST, as a generative classifier";
    result.figures = {{.name = images.test_name + " error of p(label given pixels), grey pixels",
                       .published = {},
                       .aim = {},
                       .unit = "%",
                       .values = {error(ByteSource{images.test})}},
                      {.name = images.test_name + " error of p(label given pixels), pixels drawn once",
                       .published = {},
                       .aim = {},
                       .unit = "%",
                       .values = {error(Binarised{ByteSource{images.test}, Binarisation::fixed, 0})}}};
    result.protocol = "generative training on stochastically binarised pixels and labels, no discriminative "
                      "training; the class whose bound on log p(pixels, label) is highest; the test images used "
                      "once";
    return result;
}
