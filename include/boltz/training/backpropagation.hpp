// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Training of networks.

#include <boltz/concepts.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/training/backpropagation_session.hpp>
#include <boltz/training/dropout.hpp>

#include <concepts>

namespace boltz {

/// Trains a network to give targets to inputs: follows the gradient of mean log p(target | input) by backpropagation
/// (Rumelhart, Hinton & Williams 1986). With a softmax on top the loss is the cross-entropy of classes.
///
/// `Backpropagation{Sgd{.learning_rate = 0.1, .momentum = 0.9}}.fit(network, on_layers<0, 1>(inputs, OneHot{labels,
/// 10}), {.epochs = 20}, random, Progress{std::clog});` An autoencoder learns from `on_layers<0, 1>(images, images)`.
/// With an optimizer that searches along lines (`ConjugateGradient`, `Lbfgs`) a batch is the chunk of cases that it
/// works on, some thousands. Weight decay, norms and rates of single layers, frozen ones among them, are the
/// optimizer's.
template <class Optimization>
struct Backpropagation {
    Optimization optimizer{};
    Dropout dropout{}; ///< none

    /// A session that can be archived and resumed.
    /// @throws ValueError if a share of dropout does not begin in [0, 1), or as the optimizer's `bind`.
    template <std::floating_point T>
    [[nodiscard]] BackpropagationSession<T, Optimization> bind(MLP<T>& network) const {
        static_assert(concepts::Optimizer<Optimization, MLP<T>>,
                      "boltz: the first part of Backpropagation must be an optimizer for networks");
        dropout.validate();
        return {network, optimizer, dropout};
    }

    /// Trains the network on `on_layers<0, 1>(inputs, targets)`; a row of targets is a state of the output units or
    /// their mean, one-hot for a softmax.
    /// @throws as `BackpropagationSession::fit`.
    template <std::floating_point T, class Data, class... Callbacks>
    FitReport fit(MLP<T>& network, Data const& data, FitOptions const& options, Random& random,
                  Callbacks&&... callbacks) const {
        return bind(network).fit(data, options, random, callbacks...);
    }
};

template <class Optimization>
Backpropagation(Optimization) -> Backpropagation<Optimization>;
template <class Optimization>
Backpropagation(Optimization, Dropout) -> Backpropagation<Optimization>;

} // namespace boltz
