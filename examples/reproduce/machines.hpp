// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Generative models that several rows begin with.

#include "../mnist_dbm/evaluation.hpp"
#include "../mnist_dbm/recipes.hpp"
#include "rows.hpp"

#include <boltz/boltz.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using Binary = boltz::StochasticLayer<boltz::Bernoulli>;
using Machine = boltz::DBM<Binary, Binary, Binary>;

inline constexpr std::size_t classes = 10;

/// The schedule of `mnist_dbm --paper`, as many of its epochs as the setting asks for.
inline Options paper_schedule(Setting const& setting) {
    Options options;
    apply_paper(options);
    for (std::size_t& epochs : options.pretrain_epochs) epochs = setting.epochs(static_cast<double>(epochs));
    options.joint_epochs = setting.epochs(static_cast<double>(options.joint_epochs));
    return options;
}

/// The machine of the 2009 paper by the schedule of `mnist_dbm --paper`, or the saved one that the setting names.
inline Machine paper_machine(Setting const& setting, Images const& images) {
    using namespace boltz;
    if (!setting.model.empty()) return load<Machine>(setting.model);
    Options const options = paper_schedule(setting);
    Machine machine{Binary{images.train.pixels()}, Binary{options.hidden[0]}, Binary{options.hidden[1]}};
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

/// An RBM with CD-1 on grey pixels, as yell/boltzmann-machines trains it: visible biases at the logits of the mean
/// pixels, h drawn and v not.
inline auto features_rbm(Setting const& setting, Images const& images, std::size_t hidden, std::size_t epochs) {
    using namespace boltz;
    RBM rbm{Binary{images.train.pixels()}, Binary{hidden}};
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

/// An RBM by centred persistent chains on binarised pixels, at a rate that falls to a hundredth.
template <class Training>
auto centred_rbm(Setting const& setting, std::size_t hidden, std::size_t epochs, Training const& training,
                 boltz::PersistentCD const& sampling, boltz::Random& random) {
    using namespace boltz;
    RBM rbm{Binary{training.columns()}, Binary{hidden}};
    initialise_weights(rbm, 0.01, random);
    initialise_biases(rbm, training, random);
    auto session = Trainer{sampling, Centred{Sgd{.learning_rate = Schedule::linear(0.05, 0.0005, epochs)}}}.bind(rbm);
    run_stage(setting, "rbm", setting.seed, session, training, {.epochs = epochs});
    save(setting.out / "machine.npz", rbm);
    return rbm;
}

/// What the network of a machine sees in training: pixels that are drawn at each presentation, and beside them the
/// means of layers above, inferred from grey ones.
template <class M>
auto drawn_inputs(M const& machine, Setting const& setting, Images const& images) {
    using namespace boltz;
    Binarised const pixels{ByteSource{images.train}, Binarisation::stochastic, setting.seed};
    return top_down_inputs(machine, pixels, MeanField{.max_sweeps = 50}, setting.compute());
}

/// What it sees of held-out images, whose pixels stay grey.
template <class M>
auto held_out_inputs(M const& machine, Setting const& setting, Images const& images) {
    return boltz::top_down_inputs(machine, boltz::ByteSource{images.test}, boltz::MeanField{.max_sweeps = 50},
                                  setting.compute());
}

/// The errors of fine-tunings that differ in their seeds, in percent: `epochs` of backpropagation at a rate of 0.5
/// that falls to a hundredth, then the mean of the parameters over the second half of it; `make(random)` is the
/// network that each begins with.
template <class Make, class Inputs, class HeldOut>
std::vector<double> fine_tune(Setting const& setting, Images const& images, std::string const& name,
                              std::size_t epochs, boltz::Dropout const& dropout, Make&& make, Inputs const& inputs,
                              HeldOut const& held_out) {
    std::vector<double> errors;
    for (std::size_t i = 0; i < setting.seeds; ++i) {
        std::uint64_t const seed = setting.seed + i;
        std::string const stage = name + "_" + std::to_string(seed);
        boltz::Random random{seed};
        auto network = make(random);
        auto session = averaged_fine_tuning(0.5, 0.9, epochs, dropout).bind(network);
        run_stage(setting, stage, seed, session,
                  boltz::on_layers<0, 1>(inputs, boltz::OneHot{images.train.labels, classes}), {.epochs = epochs});
        session.optimizer().write_average(network);
        errors.push_back(100 * error_rate(network, held_out, images.test.labels, setting.compute()));
        save(setting.out / (stage + "_network.npz"), network);
    }
    return errors;
}

/// The errors of a network of the paper's machine, fine-tuned without and with dropout, beside the published ones.
template <class M, class Make>
void add_fine_tunings(Result& result, M const& machine, Setting const& setting, Images const& images, Make&& make) {
    auto const inputs = drawn_inputs(machine, setting, images);
    auto const held_out = held_out_inputs(machine, setting, images);
    result.figures.push_back(error_figure(
        images, "fine-tuned without dropout", "0.95 % (Salakhutdinov & Hinton 2009), 0.91 % (MGL)", "<= 0.95 %",
        fine_tune(setting, images, "fine_tuning", setting.epochs(30), {}, make, inputs, held_out)));
    result.figures.push_back(error_figure(
        images, "fine-tuned with dropout", "0.78 % (MGL); 0.79 % (500-500-2000, Srivastava et al. 2014)", "<= 0.80 %",
        fine_tune(setting, images, "dropout", setting.epochs(60), {.hidden = 0.3}, make, inputs, held_out)));
}

/// An estimate of log Z, as a figure without a published counterpart.
template <class Estimate>
void add_log_z(Result& result, std::string name, Estimate const& estimate) {
    result.figures.push_back({.name = std::move(name),
                              .published = {},
                              .aim = {},
                              .unit = "nats",
                              .values = {estimate.log_z},
                              .standard_error = estimate.standard_error});
}

/// log Z from both sides, and out of both where these do not contradict each other.
inline void add_log_z(Result& result, boltz::LogPartition const& below, boltz::LogPartition const& above,
                      boltz::TwoSidedLogPartition const& both) {
    add_log_z(result, "log Z from below", below);
    for (auto const& other : below.others) add_log_z(result, "log Z from another base, " + other.base, other);
    add_log_z(result, "log Z from above, chains down from tempered chains", above);
    if (both.combined)
        add_log_z(result, "log Z out of both, by the acceptance ratio", both);
    else
        result.figures.back().note = both.warning();
}

/// The bound of held-out images and log Z from both sides and out of both, beside what was published of the bound.
template <class M>
void add_bound(Result& result, M const& machine, Setting const& setting, Images const& images, std::string published,
               std::string aim) {
    Options options = setting.apply_to({});
    options.evaluation_temperatures = 60'000;
    Evaluation const evaluation = evaluate(machine, images, options);
    show(evaluation, images.test_name);
    result.figures.push_back({.name = images.test_name + " bound on log p",
                              .published = std::move(published),
                              .aim = std::move(aim),
                              .unit = "nats",
                              .values = {evaluation.bound.mean},
                              .standard_error = evaluation.bound.standard_error,
                              .note = evaluation.bound.warning()});
    if (evaluation.both.combined)
        result.figures.push_back({.name = images.test_name + " bound on log p with log Z out of both",
                                  .published = {},
                                  .aim = {},
                                  .unit = "nats",
                                  .values = {evaluation.bound_of_both.mean},
                                  .standard_error = evaluation.bound_of_both.standard_error});
    add_log_z(result, evaluation.below, evaluation.above, evaluation.both);
}
