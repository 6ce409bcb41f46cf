// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/detail/independent_layers.hpp>

#include <boltz/detail/function_ref.hpp>
#include <boltz/graph.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/version.hpp>

#include <cstddef>
#include <limits>

namespace boltz {

namespace detail {

BOLTZ_INLINE LayerSet independent_layers(LayerGraph const& graph, LayerSet observed,
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

} // namespace detail

} // namespace boltz
