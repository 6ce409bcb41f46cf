// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Watches the pseudo-likelihood of an RBM.

#include <boltz/callback/monitoring.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/evaluation/likelihood/pseudo_likelihood.hpp>

#include <utility>

namespace boltz {

/// Measures "pseudo_likelihood" of some cases, in nats a case: `stochastic_pseudo_likelihood`, with the same
/// variable of a case in each epoch, so that epochs compare. For RBMs with binary or multinomial visible units.
template <class Data>
class PseudoLikelihoodMonitor {
  public:
    explicit PseudoLikelihoodMonitor(Data const& data, Monitoring<> how = {})
        : data_{as_training_data(data)}, how_{how} {}

    template <concepts::Model M>
        requires concepts::MaybeTwoLayers<M>
    void on_epoch_end(M const& model, TrainingInfo const& info) {
        if (how_.due(info))
            info.metrics->push_back(
                {"pseudo_likelihood", stochastic_pseudo_likelihood(model, data_, how_.compute, how_.draws()).mean});
    }

  private:
    decltype(as_training_data(std::declval<Data const&>())) data_;
    Monitoring<> how_;
};

} // namespace boltz
