// SPDX-License-Identifier: MIT

#include "machines.hpp"

#include "../support/mnist/evaluation.hpp"
#include "../support/mnist/recipes.hpp"

#include <cstdint>
#include <utility>

using namespace boltz;

namespace {

/// An estimate of log Z, as a figure without a published counterpart.
template <class Estimate>
void add_estimate(Result& result, std::string name, Estimate const& estimate) {
    result.figures.push_back({.name = std::move(name),
                              .published = {},
                              .aim = {},
                              .unit = "nats",
                              .values = {estimate.log_z},
                              .standard_error = estimate.standard_error});
}

} // namespace

Options paper_schedule(Setting const& setting) {
    Options options;
    apply_paper(options);
    for (std::size_t& epochs : options.pretrain_epochs) epochs = setting.epochs(static_cast<double>(epochs));
    options.joint_epochs = setting.epochs(static_cast<double>(options.joint_epochs));
    return options;
}

Machine paper_machine(Setting const& setting, Images const& images) {
    if (!setting.model.empty()) return load_machine(setting.model);
    Options const options = paper_schedule(setting);
    Machine machine = binary_machine({images.train.pixels(), options.hidden[0], options.hidden[1]});
    Random random{setting.seed};
    initialise_weights(machine, {0.001, 0.01}, random);
    Binarised const pixels{ByteSource{images.train}, Binarisation::stochastic, setting.seed};
    auto pretraining = pretraining_recipe(options).bind(machine, pixels);
    run_stage(setting, "pretraining", setting.seed, pretraining, pixels, {.epochs = 1});
    auto joint = long_joint_recipe(options).bind(machine);
    run_stage(setting, "joint_training", setting.seed, joint, pixels, {.epochs = options.joint_epochs});
    save(setting.out / "dbm.npz", machine);
    return machine;
}

Machine features_rbm(Setting const& setting, Images const& images, std::size_t hidden, std::size_t epochs) {
    Machine rbm = binary_machine({images.train.pixels(), hidden});
    Random random{setting.seed};
    initialise_weights(rbm, 0.01, random);
    ByteSource const pixels{images.train};
    initialise_biases(rbm, pixels, random);
    Sgd const optimizer{.learning_rate = Schedule::linear(0.05, 0.005, epochs),
                        .momentum = Schedule::per_epoch({0.5, 0.9}, 5),
                        .weight_decay = 1e-4};
    auto session =
        Trainer{ContrastiveDivergence{.reconstruction = ContrastiveDivergence::Reconstruction::mean}, optimizer}.bind(
            rbm);
    run_stage(setting, "rbm", setting.seed, session, pixels, {.epochs = epochs});
    save(setting.out / "machine.npz", rbm);
    return rbm;
}

Machine centred_rbm(Setting const& setting, std::size_t hidden, std::size_t epochs,
                    Binarised<ByteSource> const& training, PersistentCD const& sampling, Random& random) {
    Machine rbm = binary_machine({training.columns(), hidden});
    initialise_weights(rbm, 0.01, random);
    initialise_biases(rbm, training, random);
    auto session = Trainer{sampling, Centred{Sgd{.learning_rate = Schedule::linear(0.05, 0.0005, epochs)}}}.bind(rbm);
    run_stage(setting, "rbm", setting.seed, session, training, {.epochs = epochs});
    save(setting.out / "machine.npz", rbm);
    return rbm;
}

std::vector<std::vector<double>> fine_tune(Setting const& setting, Images const& images, Machine const& machine,
                                           MakeNetwork const& make, std::vector<FineTuning> const& ways) {
    auto const inputs =
        network_inputs(machine, Binarised{ByteSource{images.train}, Binarisation::stochastic, setting.seed}, setting);
    auto const held_out = network_inputs(machine, ByteSource{images.test}, setting);
    std::vector<std::vector<double>> errors;
    for (FineTuning const& way : ways) {
        errors.emplace_back();
        for (std::size_t i = 0; i < setting.seeds; ++i) {
            std::uint64_t const seed = setting.seed + i;
            std::string const stage = way.name + "_" + std::to_string(seed);
            Random random{seed};
            auto network = make(random);
            auto session = averaged_fine_tuning(0.5, 0.9, way.epochs, way.dropout).bind(network);
            run_stage(setting, stage, seed, session, on_layers<0, 1>(inputs, OneHot{images.train.labels, classes}),
                      {.epochs = way.epochs});
            session.optimizer().write_average(network);
            errors.back().push_back(100 * error_rate(network, held_out, images.test.labels, setting.compute()));
            save(setting.out / (stage + "_network.npz"), network);
        }
    }
    return errors;
}

void add_fine_tunings(Result& result, Machine const& machine, Setting const& setting, Images const& images,
                      MakeNetwork const& make) {
    auto errors = fine_tune(setting, images, machine, make,
                            {{"fine_tuning", setting.epochs(30)}, {"dropout", setting.epochs(60), {.hidden = 0.3}}});
    result.figures.push_back(error_figure(images, "fine-tuned without dropout",
                                          "0.95 % (Salakhutdinov & Hinton 2009), 0.91 % (MGL)", "<= 0.95 %",
                                          std::move(errors[0])));
    result.figures.push_back(error_figure(images, "fine-tuned with dropout",
                                          "0.78 % (MGL); 0.79 % (500-500-2000, Srivastava et al. 2014)", "<= 0.80 %",
                                          std::move(errors[1])));
}

std::string verdict(LikelihoodEvaluation const& evaluation) {
    std::string text;
    for (std::string const& warning : evaluation.warnings()) text += (text.empty() ? "" : "; ") + warning;
    return text;
}

void add_log_z(Result& result, LogZEvaluation const& log_z) {
    add_estimate(result, "log Z from below", log_z.below);
    for (auto const& other : log_z.below.others)
        add_estimate(result, "log Z from another base, " + other.base, other);
    add_estimate(result, "log Z from above, chains down from tempered chains", *log_z.above);
    if (log_z.both->combined)
        add_estimate(result, "log Z out of both, by the acceptance ratio", *log_z.both);
    else
        result.figures.back().note = log_z.both->warning();
}

void add_bound(Result& result, Machine const& machine, Setting const& setting, Images const& images,
               std::string published, std::string aim) {
    Options options = setting.apply_to({});
    options.evaluation_temperatures = 60'000;
    Evaluation const evaluation = evaluate(machine, images, options);
    show(evaluation, images.test_name);
    auto const& [log_z, bound, bound_of_both, summed, gap] = evaluation.found;
    result.figures.push_back({.name = images.test_name + " bound on log p",
                              .published = std::move(published),
                              .aim = std::move(aim),
                              .unit = "nats",
                              .values = {bound.mean},
                              .standard_error = bound.standard_error,
                              .note = verdict(evaluation.found)});
    if (bound_of_both)
        result.figures.push_back({.name = images.test_name + " bound on log p with log Z out of both",
                                  .published = {},
                                  .aim = {},
                                  .unit = "nats",
                                  .values = {bound_of_both->mean},
                                  .standard_error = bound_of_both->standard_error});
    add_log_z(result, log_z);
}
