// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Activity statistics of the hidden units.

#include <boltz/callback/monitoring.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/evaluation/features/activation.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace boltz {

/// Measures "activation_l", "dead_l" and "saturated_l" of each hidden layer l.
template <class Data, class Inference = ExactPosterior>
class ActivityMonitor {
  public:
    explicit ActivityMonitor(Data const& data, Monitoring<Inference> how = {})
        : data_{as_training_data(data)}, how_{how} {}

    template <concepts::Model M>
        requires concepts::InferencePolicy<Inference, M>
    void on_epoch_end(M const& model, TrainingInfo const& info) {
        if (!how_.due(info)) return;
        auto const activity = layer_activity(model, data_, how_.inference, how_.compute, how_.draws());
        for (std::size_t l = 1; l < activity.size(); ++l) {
            std::string const layer = '_' + std::to_string(l);
            info.metrics->push_back({"activation" + layer, activity[l].mean});
            info.metrics->push_back({"dead" + layer, activity[l].dead});
            info.metrics->push_back({"saturated" + layer, activity[l].saturated});
        }
    }

  private:
    decltype(as_training_data(std::declval<Data const&>())) data_;
    Monitoring<Inference> how_;
};

} // namespace boltz
