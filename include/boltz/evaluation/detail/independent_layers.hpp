// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Layers that can be summed out together.

#include <boltz/detail/function_ref.hpp>
#include <boltz/graph.hpp>
#include <boltz/layer_set.hpp>

#include <cstddef>
#include <limits>

namespace boltz::detail {

/// Of all sets of layers that are not observed and have no weights in common, the one with the least `cost(set)`;
/// given the rest its layers are independent, so each is summed (integrated) by its A(x).
///
/// A set must not cost more than its subsets. Of sets that cost the same the one is taken that leaves out the layer
/// with the highest number in which they differ. `lowest` becomes the cost of the set that is returned, infinity if
/// every set costs that much. Sets are tried one after another, the largest first, those left out that cannot be
/// better: for chains of up to 30 layers that is quick.
[[nodiscard]] inline LayerSet independent_layers(LayerGraph const& graph, LayerSet observed,
                                                 FunctionRef<double(LayerSet)> cost, double& lowest) {
    struct Search {
        LayerGraph const& graph;
        FunctionRef<double(LayerSet)> cost;
        double& lowest;
        LayerSet best{};

        // `members` are decided for the layers from `count` on; below that, `open` layers may still join.
        void visit(std::size_t count, LayerSet members, LayerSet open) {
            double const bound = cost(members | (open & LayerSet::first(count)));
            if (bound > lowest || bound == std::numeric_limits<double>::infinity()) return;
            if (count == 0) {
                lowest = bound;
                best = members;
                return;
            }
            std::size_t const layer = count - 1;
            if (open[layer]) visit(layer, members | LayerSet::of(layer), open & ~graph.neighbour_set(layer));
            visit(layer, members, open);
        }
    };
    LayerSet open = ~observed & LayerSet::first(graph.layers());
    for (std::size_t l = 0; l < graph.layers(); ++l)
        if (graph.lateral(l)) open.set(l, false);
    lowest = std::numeric_limits<double>::infinity();
    Search search{graph, cost, lowest};
    search.visit(graph.layers(), {}, open);
    return search.best;
}

} // namespace boltz::detail
