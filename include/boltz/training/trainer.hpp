// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Training a model: sampling, optimiser and inference policies put together.

#include <boltz/inference/exact_posterior.hpp>
#include <boltz/training/training_session.hpp>

#include <type_traits>

namespace boltz {

/// Follows (an estimate of) the gradient of the log-likelihood: statistics of the data, completed by inference, minus
/// statistics of the model, drawn by the sampling policy.
///
/// `Trainer{PersistentCD{.chains = 100}, Sgd{.learning_rate = 0.001}, MeanField{}}.fit(dbm, images, {.epochs = 50},
/// random, Progress{std::clog});` One hidden layer needs no inference policy; deeper models do.
template <class Sampling, class Optimization, class Inference = ExactPosterior>
struct Trainer {
    Sampling sampling{};
    Optimization optimizer{};
    Inference inference{};

    /// A session that can be archived and resumed.
    template <concepts::Model M>
        requires concepts::NegativePhase<Sampling, M> && concepts::Optimizer<Optimization, M> &&
            concepts::InferencePolicy<Inference, M>
    [[nodiscard]] TrainingSession<M, Sampling, Optimization, Inference> bind(M& model) const {
        return {model, sampling, optimizer, inference};
    }

    /// Trains a model on data for its visible layer, or on `on_layers<...>(...)`.
    ///
    /// @throws as `TrainingSession::fit`.
    template <concepts::Model M, class Data, class... Callbacks>
        requires(concepts::Callback<std::remove_reference_t<Callbacks>, M>&&...)
    FitReport fit(M& model, Data const& data, FitOptions const& options, Random& random, Callbacks&&... callbacks)
    const {
        static_assert(concepts::InferencePolicy<Inference, M>,
                      "boltz: a model with more than one hidden layer needs an inference policy, such as "
                      "MeanField{}, as the third part of Trainer");
        static_assert(concepts::NegativePhase<Sampling, M>,
                      "boltz: the first part of Trainer must be a negative phase for this model");
        static_assert(concepts::Optimizer<Optimization, M>,
                      "boltz: the second part of Trainer must be an optimizer for this model");
        if constexpr (concepts::NegativePhase<Sampling, M> && concepts::Optimizer<Optimization, M> &&
                      concepts::InferencePolicy<Inference, M>)
            return bind(model).fit(data, options, random, callbacks...);
    }
};

template <class Sampling, class Optimization>
Trainer(Sampling, Optimization) -> Trainer<Sampling, Optimization>;
template <class Sampling, class Optimization, class Inference>
Trainer(Sampling, Optimization, Inference) -> Trainer<Sampling, Optimization, Inference>;

} // namespace boltz
