// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Watches the reconstruction error.

#include <boltz/callback/monitoring.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/evaluation/features/reconstruction.hpp>

#include <utility>

namespace boltz {

/// Measures "reconstruction_error" on some cases.
template <class Data, class Inference = ExactPosterior>
class ReconstructionMonitor {
  public:
    explicit ReconstructionMonitor(Data const& data, Monitoring<Inference> how = {})
        : data_{as_training_data(data)}, how_{how} {}

    template <concepts::Model M>
        requires concepts::InferencePolicy<Inference, M>
    void on_epoch_end(M const& model, TrainingInfo const& info) {
        if (how_.due(info))
            info.metrics->push_back({"reconstruction_error",
                                     reconstruction_error(model, data_, how_.inference, how_.compute, how_.draws())});
    }

  private:
    decltype(as_training_data(std::declval<Data const&>())) data_;
    Monitoring<Inference> how_;
};

} // namespace boltz
