// SPDX-License-Identifier: MIT

/// @file
/// A deep machine of pixels and labels as a classifier: p(label | pixels) by the bounds of the ten classes.

#include "../support/mnist/recipes.hpp"
#include "machines.hpp"
#include "rows.hpp"

using namespace boltz;

Result reproduce_label_dbm(Setting const& setting, Images const& images) {
    using Binary = StochasticLayer<Bernoulli>;
    using Labels = StochasticLayer<Multinomial>;
    std::size_t const pretraining_epochs = setting.epochs(40);
    Options options;
    apply_paper(options);
    options.joint_epochs = setting.epochs(100);
    options.joint_decay = 0;
    DBM machine{Binary{images.train.pixels()}, Binary{500}, Binary{1000}, Labels{classes}};
    Random random{setting.seed};
    initialise_weights(machine, 0.01, random);
    ByteSource const grey{images.train};
    initialise_biases(machine, grey, random);
    auto const data = on_layers<0, 3>(Binarised{grey, Binarisation::stochastic, setting.seed},
                                      OneHot{images.train.labels, classes});
    auto pretraining =
        DoubledInput{ContrastiveDivergence{},
                     Sgd{.learning_rate = 0.05, .momentum = change_over({0.5, 0.9}), .weight_decay = 2e-4}}
            .bind(machine, data);
    run_stage(setting, "pretraining", setting.seed, pretraining, data, {.epochs = pretraining_epochs});
    auto joint = long_joint_recipe(options).bind(machine);
    run_stage(setting, "joint_training", setting.seed, joint, data, {.epochs = options.joint_epochs});
    save(setting.out / "machine.npz", machine);

    MeanField const inference{.max_sweeps = 30};
    auto const error = [&](auto const& pixels) {
        return 100 * label_posterior(machine, pixels, inference, setting.compute()).error_rate(images.test.labels);
    };
    Result result;
    result.title = "DBM 784-500-1000 with labels on MNIST";
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
    add_fine_tunings(result, machine, setting, images, [&](Random&) { return unroll(machine); });
    result.protocol = "generative training on stochastically binarised pixels and labels; the class whose bound on "
                      "log p(pixels, label) is highest; then the network of this machine, its softmax that of the "
                      "labels, fine-tuned on drawn pixels by the settings of row dbm, without tuning of its own; the "
                      "test images used once";
    return result;
}
