// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What enters beside the layers of an unrolled machine.

#include <boltz/compute.hpp>
#include <boltz/data/beside.hpp>
#include <boltz/data/compact_matrix.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/data/undrawn.hpp>
#include <boltz/evaluation/compact_features.hpp>
#include <boltz/model/unroll.hpp>

#include <cstddef>
#include <utility>

namespace boltz {

/// The input of `unroll(machine, ..., TopDown::inferred)`: the cases, and beside them the inferred means of the
/// hidden layers from the second on, computed once and kept in 16 bits a number. A machine with one hidden layer has
/// no such layers, and the cases are all.
///
/// Salakhutdinov & Hinton (2009) infer by 50 mean-field sweeps; where `inference` has not converged the network
/// begins near its means and not at them. The cases stay as they are: a source that draws at each presentation does
/// so still, while inference sees the means behind the draws (`Undrawn`).
/// @throws as `infer_portions`.
template <concepts::Model M, class Data, class Inference>
[[nodiscard]] auto top_down_inputs(M const& machine, Data const& cases, Inference const& inference,
                                   Compute const& compute = {}, Compactness compactness = Compactness::sixteen_bits) {
    auto const source = as_source(cases);
    if constexpr (detail::top_hidden<M> < 2)
        return source;
    else
        return [&]<std::size_t... L>(std::index_sequence<L...>) {
            return Beside{source,
                          compact_features<L + 2 ...>(machine, Undrawn{source}, inference, compute, compactness)};
        }
    (std::make_index_sequence<detail::top_hidden<M> - 1>{});
}

} // namespace boltz
