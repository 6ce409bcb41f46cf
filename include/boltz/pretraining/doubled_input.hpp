// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Layer by layer pretraining of deep Boltzmann machines.

#include <boltz/concepts.hpp>
#include <boltz/pretraining/chain_rbms.hpp>
#include <boltz/pretraining/drawn_states.hpp>
#include <boltz/pretraining/greedy_training.hpp>
#include <boltz/pretraining/pretraining_session.hpp>
#include <boltz/random.hpp>
#include <boltz/training/training_info.hpp>

#include <cstddef>
#include <vector>

namespace boltz {

/// Pretrains a deep Boltzmann machine as a stack of RBMs with doubled input (Salakhutdinov & Hinton 2009,
/// section 3.1): `GreedyPretraining` with `InputScaling::doubled` on the machine's `Stack`, and then `compose_into`
/// the machine.
///
/// In the finished model an inner layer has input from two neighbours, in an RBM from only one; so the bottom RBM's
/// up-pass and the top RBM's down-pass count twice, weights and biases both, while inner RBMs are trained plain and
/// their weights halved when the model is put together. Labels on the top layer are learned by the last RBM beside
/// the layer below (they have one neighbour, so they are never doubled). The weights and biases of the model are
/// where each RBM starts: call `initialise_weights` first.
template <class Sampling, class Optimization>
struct DoubledInput {
    Sampling sampling{};
    Optimization optimizer{};
    PretrainingInput input = PretrainingInput::sampled; ///< what an upper RBM gets from the one below
    std::vector<PretrainingStage<Sampling, Optimization>>
        stages{}; ///< one for each RBM where they differ; else empty

    std::size_t monitored_cases =
        1000; ///< first cases on which "reconstruction_error" is measured each epoch; 0 for none

    /// A session that can be archived and resumed; `data` tells whether there are labels.
    /// @throws ValueError if there are stages, but not one for each RBM, or input is sampled and hidden units of a
    /// lower RBM cannot draw from their means.
    template <concepts::Model M, class Data>
    [[nodiscard]] auto bind(M& model, Data const&) const {
        constexpr bool labels = detail::data_has_labels<Data>;
        static_assert(detail::suits_pretraining<Data, M>,
                      "boltz: pretraining takes data on layer 0, or on layers 0 and the top one in this order");
        if constexpr (requires { M::depth; })
            static_assert(
                !concepts::SwapsByEnergy<Sampling> || detail::ChainRbms<M, labels>::count == 1,
                "boltz: this negative phase needs an energy, which an RBM with doubled inputs does not have; "
                "pretrain with ContrastiveDivergence or PersistentCD");
        return PretrainingSession<M, labels>{model, *this};
    }

    /// Pretrains the model on data for its visible layer, or on `on_layers<0, depth - 1>(images, labels)`.
    ///
    /// `options.epochs` are those of each RBM. Callbacks see one RBM after the other, with phases "pretraining 1",
    /// ...
    /// @throws as `TrainingSession::fit`.
    template <concepts::Model M, class Data, class... Callbacks>
    FitReport pretrain(M& model, Data const& data, FitOptions const& options, Random& random,
                       Callbacks&&... callbacks) const {
        return bind(model, data).fit(data, options, random, callbacks...);
    }
};

template <class Sampling, class Optimization>
DoubledInput(Sampling, Optimization) -> DoubledInput<Sampling, Optimization>;
template <class Sampling, class Optimization>
DoubledInput(Sampling, Optimization, PretrainingInput) -> DoubledInput<Sampling, Optimization>;
template <class Sampling, class Optimization>
DoubledInput(Sampling, Optimization, PretrainingInput, std::vector<PretrainingStage<Sampling, Optimization>>)
    -> DoubledInput<Sampling, Optimization>;

} // namespace boltz
