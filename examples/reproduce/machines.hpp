// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Machines and networks that several rows train and evaluate.

#include "../support/mnist/machine.hpp"
#include "../support/mnist/options.hpp"
#include "rows.hpp"

#include <boltz/boltz.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

inline constexpr std::size_t classes = 10;

/// The schedule of `mnist_dbm --paper`, as many of its epochs as the setting asks for.
Options paper_schedule(Setting const& setting);

/// The machine of the 2009 paper by the schedule of `mnist_dbm --paper`, or the saved one that the setting names.
Machine paper_machine(Setting const& setting, Images const& images);

/// An RBM with CD-1 on grey pixels, as yell/boltzmann-machines trains it: visible biases at the logits of the mean
/// pixels, h drawn and v not.
Machine features_rbm(Setting const& setting, Images const& images, std::size_t hidden, std::size_t epochs);

/// An RBM by centred persistent chains on binarised pixels, at a rate that falls to a hundredth.
Machine centred_rbm(Setting const& setting, std::size_t hidden, std::size_t epochs,
                    boltz::Binarised<boltz::ByteSource> const& training, boltz::PersistentCD const& sampling,
                    boltz::Random& random);

/// What the network of a machine sees of pixels: these, and beside them the means of layers above, inferred from grey
/// ones.
template <class Pixels>
auto network_inputs(Machine const& machine, Pixels const& pixels, Setting const& setting) {
    return boltz::top_down_inputs(machine, pixels, boltz::MeanField{.max_sweeps = 50}, setting.compute());
}

/// The network that a fine-tuning begins with.
using MakeNetwork = std::function<boltz::MLP<float>(boltz::Random&)>;

/// How long a network of a machine is fine-tuned, and what is left out.
struct FineTuning {
    std::string name; ///< of its stages
    std::size_t epochs = 0;
    boltz::Dropout dropout{};
};

/// The errors of fine-tunings of a machine's network that differ in their seeds, in percent, for each way to tune it:
/// epochs of backpropagation at a rate of 0.5 that falls to a hundredth, on pixels that are drawn at each
/// presentation, then the mean of the parameters over the second half of them; errors of grey held-out images.
std::vector<std::vector<double>> fine_tune(Setting const& setting, Images const& images, Machine const& machine,
                                           MakeNetwork const& make, std::vector<FineTuning> const& ways);

/// The errors of a network of the paper's machine, fine-tuned without and with dropout, beside the published ones.
void add_fine_tunings(Result& result, Machine const& machine, Setting const& setting, Images const& images,
                      MakeNetwork const& make);

/// All that speaks against an evaluation, as a note.
std::string verdict(boltz::LikelihoodEvaluation const& evaluation);

/// log Z from both sides, and out of both where these do not contradict each other.
void add_log_z(Result& result, boltz::LogZEvaluation const& log_z);

/// The bound of held-out images and log Z from both sides and out of both, beside what was published of the bound.
void add_bound(Result& result, Machine const& machine, Setting const& setting, Images const& images,
               std::string published, std::string aim);
