// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The policies of each phase, out of the options.

#include "options.hpp"

#include <boltz/dbm.hpp>
#include <boltz/mlp.hpp>

#include <string>
#include <utility>
#include <vector>

/// The binarisation of that name; none for any other.
inline boltz::Binarisation binarisation_named(std::string const& name) {
    using boltz::Binarisation;
    for (auto const known : {Binarisation::stochastic, Binarisation::fixed, Binarisation::threshold})
        if (name == to_string(known)) return known;
    return Binarisation::none;
}

inline boltz::MeanField inference_recipe(Options const& options) { return {.max_sweeps = options.mean_field_sweeps}; }

/// One value for the first five epochs and one for the others.
inline boltz::Schedule change_over(std::vector<double> const& values) {
    return boltz::Schedule::per_epoch(values, 5);
}

/// Two RBMs with CD-1. With --paper the second one runs CD-k with k = 1 .. 5, one step more every 10 epochs, at a
/// rate of 0.05 / k.
inline auto pretraining_recipe(Options const& options) {
    using namespace boltz;
    auto const stage = [&](std::size_t i) {
        PretrainingStage<ContrastiveDivergence, Sgd> result{ContrastiveDivergence{},
                                                            Sgd{.learning_rate = options.pretrain_rates[i],
                                                                .momentum = change_over(options.pretrain_momentum),
                                                                .weight_decay = options.pretrain_decay},
                                                            options.pretrain_epochs[i]};
        if (options.paper && i == 1) {
            std::vector<double> steps, rates;
            for (int k = 1; k <= 5; ++k) {
                steps.push_back(k);
                rates.push_back(options.pretrain_rates[i] / k);
            }
            result.sampling.sweeps = Schedule::per_epoch(steps, 10);
            result.optimizer.learning_rate = Schedule::per_epoch(rates, 10);
        }
        return result;
    };
    return DoubledInput{ContrastiveDivergence{}, Sgd{},
                        options.paper ? PretrainingInput::sampled : PretrainingInput::means,
                        std::vector{stage(0), stage(1)}};
}

inline boltz::Sgd joint_optimizer(Options const& options, boltz::Schedule rate) {
    return {.learning_rate = std::move(rate),
            .momentum = change_over(options.joint_momentum),
            .weight_decay = options.joint_decay};
}

inline boltz::PersistentCD joint_sampling(Options const& options) {
    return {.chains = options.chains, .sweeps = static_cast<double>(options.gibbs_steps)};
}

/// Persistent chains and mean-field inference.
inline auto joint_recipe(Options const& options) {
    return boltz::Trainer{joint_sampling(options), joint_optimizer(options, options.joint_rate),
                          inference_recipe(options)};
}

/// The same along the centred gradient, at a rate that falls to a tenth: in a long training along the other one the
/// upper layer falls silent.
inline auto long_joint_recipe(Options const& options) {
    using namespace boltz;
    auto const rate = Schedule::linear(options.joint_rate, 0.1 * options.joint_rate, options.joint_epochs);
    return Trainer{joint_sampling(options), Centred{joint_optimizer(options, rate)}, inference_recipe(options)};
}

/// Softmax regression with a rate that falls to a hundredth.
inline auto classifier_recipe(Options const& options) {
    using namespace boltz;
    return Backpropagation{
        Sgd{.learning_rate =
                Schedule::linear(options.classifier_rate, 0.01 * options.classifier_rate, options.classifier_epochs),
            .momentum = options.classifier_momentum,
            .weight_decay = 1e-5}};
}

/// Backpropagation with a rate that falls to a hundredth, and the mean of the parameters over the second half of it.
inline auto averaged_fine_tuning(double rate, double momentum, std::size_t epochs, boltz::Dropout dropout) {
    using namespace boltz;
    return Backpropagation{
        Averaged{Sgd{.learning_rate = Schedule::linear(rate, 0.01 * rate, epochs), .momentum = momentum}, epochs / 2},
        std::move(dropout)};
}

inline auto fine_tuning_recipe(Options const& options) {
    return averaged_fine_tuning(
        options.fine_tune_rate, options.fine_tune_momentum, options.fine_tune_epochs,
        {.input = options.dropout[0], .beside = options.dropout[1], .hidden = options.dropout[2]});
}
