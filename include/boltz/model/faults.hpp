// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What is wrong with the parameters of a model, in words.

#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/model/finite.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

namespace boltz {

namespace detail {

/// The largest weight between layers l and l + 1 that anything has use for: of units with a few states exp(10,000) is
/// beyond any odds; inputs of a network may be small numbers; real-valued units have scales of their own.
template <std::size_t L, class M>
constexpr double largest_sensible_weight() {
    if constexpr (!HasLayers<M>)
        return 1e8;
    else if constexpr (CountsStates<UnitOf<M, L>> && CountsStates<UnitOf<M, L + 1>>)
        return 1e4;
    else
        return std::numeric_limits<double>::infinity();
}

/// Whether two or more units of layer l + 1 have all weights to layer l and their biases in common.
template <std::size_t L, class M>
bool upper_units_are_copies(M const& model) {
    auto const& weights = model.weights(L);
    auto const& bias = bias_of<L + 1>(model);
    if (weights.shape(1) < 2 || weights.shape(0) == 0) return false;
    for (std::size_t j = 1; j < weights.shape(1); ++j)
        if (bias.data()[j] != bias.data()[0]) return false;
    for (std::size_t i = 0; i < weights.shape(0); ++i)
        for (std::size_t j = 1; j < weights.shape(1); ++j)
            if (weights(i, j) != weights(i, 0)) return false;
    return true;
}

/// Whether weights between layers l and l + 1 lead to hidden units; those of a network to its classes may begin at 0.
template <std::size_t L, class M>
constexpr bool leads_to_hidden_units() {
    return HasLayers<M> || L + 2 < M::depth;
}

} // namespace detail

/// What is wrong with the parameters of a model or network, a sentence each; empty if nothing is.
///
/// Parameters that are not finite numbers; weights of more than 10,000 between units with a few states, which one
/// neighbour alone holds in one state, or of more than 100 million in a network; layers whose units are copies of one
/// another, as before `initialise_weights`: they are sent the same gradient, and stay so where the statistics are
/// means. One or two passes over the parameters.
template <class M>
[[nodiscard]] std::vector<std::string> parameter_faults(M const& model) {
    std::vector<std::string> faults;
    auto const say = [&](auto const&... words) {
        std::ostringstream text;
        (text << ... << words);
        faults.push_back(text.str());
    };
    if (std::string const where = where_not_finite(model); !where.empty()) {
        say(where, " of the model are not all finite numbers: the training has diverged; a lower rate may help");
        return faults;
    }
    if constexpr (detail::ShowsWeights<M>)
        detail::for_each_index<M::depth - 1>([&](auto l) {
            auto const& weights = model.weights(l);
            double largest = 0;
            for (auto const w : weights) largest = std::max(largest, std::abs(static_cast<double>(w)));
            if (largest > detail::largest_sensible_weight<l, M>())
                say("the weights between layers ", std::size_t{l}, " and ", l + 1, " are as large as ", largest,
                    detail::HasLayers<M> ? ", so that one unit alone decides the state of another" : "",
                    ": the training has diverged; a lower rate may help");
            if constexpr (detail::leads_to_hidden_units<l, M>())
                if (detail::upper_units_are_copies<l>(model))
                    say("all units of layer ", l + 1, " have the same weights to layer ", std::size_t{l},
                        " and the same bias, so they are copies of one another: give the model weights by "
                        "initialise_weights before the training");
        });
    return faults;
}

} // namespace boltz
