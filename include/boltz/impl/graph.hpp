// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/graph.hpp>

#include <boltz/detail/sizes.hpp>
#include <boltz/error.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace boltz {

BOLTZ_INLINE LayerGraph::LayerGraph(std::vector<std::size_t> sizes, std::vector<Connection> connections)
    : sizes_{std::move(sizes)}, connections_{std::move(connections)} {
    if (sizes_.empty() || sizes_.size() > LayerSet::most_layers)
        detail::fail<ValueError>("LayerGraph: there are ", sizes_.size(), " layers, but must be 1 .. ",
                                 LayerSet::most_layers);
    for (std::size_t l = 0; l < sizes_.size(); ++l)
        if (sizes_[l] == 0) detail::fail<ValueError>("LayerGraph: layer ", l, " has 0 units, but needs at least 1");
    for (std::size_t c = 0; c < connections_.size(); ++c) {
        auto const [lower, upper] = connections_[c];
        if (lower >= sizes_.size() || upper >= sizes_.size())
            detail::fail<ValueError>("LayerGraph: connection ", c, " joins layers ", lower, " and ", upper,
                                     ", but there are ", sizes_.size(), " layers");
        for (std::size_t other = 0; other < c; ++other)
            if (std::minmax(lower, upper) == std::minmax(connections_[other].lower, connections_[other].upper))
                detail::fail<ValueError>("LayerGraph: connections ", other, " and ", c, " both join layers ", lower,
                                         " and ", upper);
        static_cast<void>(detail::product_of(
            "LayerGraph", {{sizes_[lower], "units of a layer"}, {sizes_[upper], "units of its neighbour"}}));
    }
    find_neighbours();
    colour();
}

BOLTZ_INLINE LayerGraph LayerGraph::chain(std::vector<std::size_t> sizes) {
    std::vector<Connection> connections;
    for (std::size_t l = 0; l + 1 < sizes.size(); ++l) connections.push_back({l, l + 1});
    return {std::move(sizes), std::move(connections)};
}

BOLTZ_INLINE std::span<Neighbour const> LayerGraph::neighbours(std::size_t layer) const noexcept {
    return {neighbours_.data() + first_neighbour_[layer], first_neighbour_[layer + 1] - first_neighbour_[layer]};
}

BOLTZ_INLINE LayerSet LayerGraph::of_colour(std::size_t colour) const noexcept {
    LayerSet result;
    for (std::size_t l = 0; l < layers(); ++l) result.set(l, colours_[l] == colour);
    return result;
}

BOLTZ_INLINE bool LayerGraph::independent(LayerSet set) const noexcept {
    for (std::size_t l = 0; l < layers(); ++l)
        if (set[l] && (lateral_[l] || !(set & neighbour_sets_[l]).empty())) return false;
    return true;
}

BOLTZ_INLINE void LayerGraph::find_neighbours() {
    lateral_ = {};
    first_neighbour_.push_back(0);
    for (std::size_t l = 0; l < layers(); ++l) {
        LayerSet set;
        for (auto const pass : {detail::Pass::up, detail::Pass::down})
            for (std::size_t c = 0; c < connections_.size(); ++c) {
                auto const [lower, upper] = connections_[c];
                if ((pass == detail::Pass::up ? upper : lower) != l) continue;
                std::size_t const other = pass == detail::Pass::up ? lower : upper;
                if (other == l) {
                    lateral_.set(l);
                    continue;
                }
                neighbours_.push_back({c, other, pass});
                set.set(other);
            }
        first_neighbour_.push_back(neighbours_.size());
        neighbour_sets_.push_back(set);
    }
}

BOLTZ_INLINE void LayerGraph::colour() {
    if (!colour_by_two()) colour_in_turn();
    colour_count_ = 1 + *std::max_element(colours_.begin(), colours_.end());
}

BOLTZ_INLINE bool LayerGraph::colour_by_two() {
    constexpr std::size_t none = LayerSet::most_layers;
    colours_.assign(layers(), none);
    std::vector<std::size_t> reached;
    for (std::size_t l = 0; l < layers(); ++l) {
        if (colours_[l] != none) continue;
        colours_[l] = 0;
        reached.push_back(l);
        while (!reached.empty()) {
            std::size_t const from = reached.back();
            reached.pop_back();
            for (Neighbour const& n : neighbours(from)) {
                if (colours_[n.layer] == colours_[from]) return false;
                if (colours_[n.layer] != none) continue;
                colours_[n.layer] = 1 - colours_[from];
                reached.push_back(n.layer);
            }
        }
    }
    return true;
}

BOLTZ_INLINE void LayerGraph::colour_in_turn() {
    colours_.assign(layers(), 0);
    for (std::size_t l = 0; l < layers(); ++l) {
        LayerSet used;
        for (Neighbour const& n : neighbours(l))
            if (n.layer < l) used.set(colours_[n.layer]);
        while (used[colours_[l]]) ++colours_[l];
    }
}

} // namespace boltz
