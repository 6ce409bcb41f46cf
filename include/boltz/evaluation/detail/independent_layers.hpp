// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Layers that can be summed out together.

#include <boltz/detail/function_ref.hpp>
#include <boltz/graph.hpp>
#include <boltz/layer_set.hpp>

namespace boltz::detail {

/// Of all sets of layers that are not observed and have no weights in common, the one with the least `cost(set)`;
/// given the rest its layers are independent, so each is summed (integrated) by its A(x).
///
/// A set must not cost more than its subsets. Of sets that cost the same the one is taken that leaves out the layer
/// with the highest number in which they differ. `lowest` becomes the cost of the set that is returned, infinity if
/// every set costs that much. Sets are tried one after another, the largest first, those left out that cannot be
/// better: for chains of up to 30 layers that is quick.
[[nodiscard]] LayerSet independent_layers(LayerGraph const& graph, LayerSet observed,
                                          FunctionRef<double(LayerSet)> cost, double& lowest);

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/detail/independent_layers.hpp>
#endif
