// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Watches for overfitting.

#include <boltz/callback/monitoring.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/evaluation/likelihood/mean_elbo.hpp>

#include <utility>

namespace boltz {

/// Measures "gap": how much better the model does on training cases than on validation cases, in nats a case.
///
/// It is the difference of mean free energies for an RBM and of variational bounds for a deeper model; log Z cancels.
/// A gap that grows is overfitting (Hinton 2012, section 6).
template <class TrainingData, class ValidationData, class Inference = ExactPosterior>
class GapMonitor {
  public:
    GapMonitor(TrainingData const& training, ValidationData const& validation, Monitoring<Inference> how = {})
        : training_{as_training_data(training)}, validation_{as_training_data(validation)}, how_{how} {}

    template <concepts::Model M>
        requires concepts::InferencePolicy<Inference, M>
    void on_epoch_end(M const& model, TrainingInfo const& info) {
        if (!how_.due(info)) return;
        double const seen = mean_unnormalised_elbo(model, training_, how_.inference, how_.compute, how_.draws());
        double const unseen = mean_unnormalised_elbo(model, validation_, how_.inference, how_.compute, how_.draws());
        info.metrics->push_back({"gap", seen - unseen});
    }

  private:
    decltype(as_training_data(std::declval<TrainingData const&>())) training_;
    decltype(as_training_data(std::declval<ValidationData const&>())) validation_;
    Monitoring<Inference> how_;
};

} // namespace boltz
