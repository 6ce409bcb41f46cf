// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Greedy layer by layer training of stacks of RBMs.

#include <boltz/model/stack.hpp>
#include <boltz/pretraining/drawn_states.hpp>
#include <boltz/pretraining/greedy_training.hpp>
#include <boltz/pretraining/pretraining_session.hpp>
#include <boltz/random.hpp>
#include <boltz/training/training_info.hpp>

#include <concepts>
#include <cstddef>
#include <vector>

namespace boltz {

/// Trains a stack of RBMs greedily, layer by layer: the lowest RBM on data, each upper one on what the one below
/// makes of it, its hidden means or states drawn from them (Hinton, Osindero & Teh 2006).
///
///     Stack stack{StochasticLayer<Bernoulli>{784}, StochasticLayer<Bernoulli>{500},
///     StochasticLayer<Bernoulli>{250}}; initialise_weights(stack, 0.01, random);
///     GreedyPretraining{ContrastiveDivergence{}, Sgd{.learning_rate = 0.05}}.pretrain(stack, images, {.epochs = 10},
///                                                                                     random);
///
/// `InputScaling::none` trains each RBM as it is, for a belief network, a feed-forward network (`unroll`, `encoder`)
/// or an autoencoder (`autoencoder`). `InputScaling::doubled` trains them for a deep Boltzmann machine, which
/// `compose_dbm` makes of the stack; `DoubledInput` does both at once to a machine. The passes that are doubled in
/// training are doubled where the input of the next RBM is computed, too.
template <class Sampling, class Optimization>
struct GreedyPretraining {
    Sampling sampling{};
    Optimization optimizer{};
    InputScaling scaling = InputScaling::none;
    PretrainingInput input = PretrainingInput::sampled; ///< what an upper RBM gets from the one below
    std::vector<PretrainingStage<Sampling, Optimization>>
        stages{}; ///< one for each RBM where they differ; else empty

    std::size_t monitored_cases =
        1000; ///< first cases on which "reconstruction_error" is measured each epoch; 0 for none

    /// A session that can be archived and resumed.
    /// @throws ValueError if there are stages, but not one for each RBM, RBMs are scaled and the negative phase
    /// compares energies, which they do not have, or input is sampled and hidden units of a lower RBM cannot draw
    /// from their means.
    template <std::floating_point T>
    [[nodiscard]] GreedySession<T> bind(Stack<T>& stack) const {
        return GreedySession<T>{stack, *this};
    }

    /// Trains the stack on data for layer 0, or on `on_layers<0, L>(images, labels)`, where L = `stack.layers() - 1`,
    /// if it has labels, which its last RBM learns beside the layer below.
    ///
    /// `options.epochs` are those of each RBM. Callbacks see one RBM after the other, as a `BoltzmannMachine`, with
    /// phases "pretraining 1", ...
    /// @throws as `GreedySession::fit`.
    template <std::floating_point T, class Data, class... Callbacks>
    FitReport pretrain(Stack<T>& stack, Data const& data, FitOptions const& options, Random& random,
                       Callbacks&&... callbacks) const {
        static_assert(detail::suits_pretraining<Data, Stack<T>>,
                      "boltz: pretraining takes data on layer 0, or on layers 0 and the top one in this order");
        return bind(stack).fit(data, options, random, callbacks...);
    }
};

template <class Sampling, class Optimization>
GreedyPretraining(Sampling, Optimization) -> GreedyPretraining<Sampling, Optimization>;
template <class Sampling, class Optimization>
GreedyPretraining(Sampling, Optimization, InputScaling) -> GreedyPretraining<Sampling, Optimization>;
template <class Sampling, class Optimization>
GreedyPretraining(Sampling, Optimization, InputScaling, PretrainingInput)
    -> GreedyPretraining<Sampling, Optimization>;
template <class Sampling, class Optimization>
GreedyPretraining(Sampling, Optimization, InputScaling, PretrainingInput,
                  std::vector<PretrainingStage<Sampling, Optimization>>) -> GreedyPretraining<Sampling, Optimization>;

} // namespace boltz
