// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Discriminative training of networks.

#include <boltz/training/backpropagation_session.hpp>
#include <boltz/training/dropout.hpp>

namespace boltz {

/// Trains a network to give classes to cases: follows the gradient of mean log p(target | input) by backpropagation
/// (Rumelhart, Hinton & Williams 1986), the cross-entropy of the softmax on top.
///
/// `Backpropagation{Sgd{.learning_rate = 0.1, .momentum = 0.9}}.fit(network, on_layers<0, 1>(inputs, OneHot{labels,
/// 10}), {.epochs = 20}, random, Progress{std::clog});` With an optimizer that searches along lines
/// (`ConjugateGradient`, `Lbfgs`) a batch is the chunk of cases that it works on, some thousands. Weight decay, norms
/// and rates of single layers, frozen ones among them, are the optimizer's.
template <class Optimization>
struct Backpropagation {
    Optimization optimizer{};
    Dropout dropout{}; ///< none

    /// A session that can be archived and resumed.
    /// @throws ValueError if a share of dropout does not begin in [0, 1), or as the optimizer's `bind`.
    template <class Network>
    [[nodiscard]] BackpropagationSession<Network, Optimization> bind(Network& network) const {
        dropout.validate();
        return {network, optimizer, dropout};
    }

    /// Trains the network on `on_layers<0, 1>(inputs, targets)`; a row of targets is one-hot.
    /// @throws as `BackpropagationSession::fit`.
    template <class Network, class Data, class... Callbacks>
    FitReport fit(Network& network, Data const& data, FitOptions const& options, Random& random,
                  Callbacks&&... callbacks) const {
        return bind(network).fit(data, options, random, callbacks...);
    }
};

template <class Optimization>
Backpropagation(Optimization) -> Backpropagation<Optimization>;
template <class Optimization>
Backpropagation(Optimization, Dropout) -> Backpropagation<Optimization>;

} // namespace boltz
