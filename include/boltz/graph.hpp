// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Which layers have weights in common.

#include <boltz/detail/sizes.hpp>
#include <boltz/error.hpp>
#include <boltz/layer_set.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace boltz {

/// A matrix of weights between two layers: a row for each unit of `lower`, a column for each unit of `upper`.
struct Connection {
    std::size_t lower = 0;
    std::size_t upper = 0;
    bool operator==(Connection const&) const = default;
};

namespace detail {

/// Where a product goes: from the layer below the weights to the one above (W), or back (W').
enum class Pass { up, down };

} // namespace detail

/// A layer that another one has weights in common with.
struct Neighbour {
    std::size_t connection = 0;           ///< the number of the weights
    std::size_t layer = 0;                ///< the other layer
    detail::Pass pass = detail::Pass::up; ///< `up` if the other layer is the lower one
};

/// The layers of a model, their sizes, and the connections between them.
///
/// A restricted machine is two layers with one connection; a deep one a chain; a machine with several visible layers
/// a tree or any other graph. A connection may join a layer with itself (lateral weights).
///
/// The layers are coloured: layers of one colour have no weights in common, so they are independent given all others
/// and are drawn at once. Where two colours suffice, as in chains and trees, there are two, and of layers that
/// connections join, directly or by way of others, the one with the lowest number has colour 0; so in a chain from
/// layer 0 up the even layers have colour 0 and the odd ones colour 1. Else, layer by layer from 0 on, each takes the
/// lowest colour that no neighbour with a lower number has. A sweep draws the highest colour first and colour 0 last.
class LayerGraph {
  public:
    LayerGraph() = default;
    /// @throws ValueError if there are no layers or more than `LayerSet::most_layers`, a size is 0, or a connection
    /// names a layer that does not exist or joins the same two layers as another.
    LayerGraph(std::vector<std::size_t> sizes, std::vector<Connection> connections)
        : sizes_{std::move(sizes)}, connections_{std::move(connections)} {
        if (sizes_.empty() || sizes_.size() > LayerSet::most_layers)
            detail::fail<ValueError>("LayerGraph: there are ", sizes_.size(), " layers, but must be 1 .. ",
                                     LayerSet::most_layers);
        for (std::size_t l = 0; l < sizes_.size(); ++l)
            if (sizes_[l] == 0)
                detail::fail<ValueError>("LayerGraph: layer ", l, " has 0 units, but needs at least 1");
        for (std::size_t c = 0; c < connections_.size(); ++c) {
            auto const [lower, upper] = connections_[c];
            if (lower >= sizes_.size() || upper >= sizes_.size())
                detail::fail<ValueError>("LayerGraph: connection ", c, " joins layers ", lower, " and ", upper,
                                         ", but there are ", sizes_.size(), " layers");
            for (std::size_t other = 0; other < c; ++other)
                if (std::minmax(lower, upper) == std::minmax(connections_[other].lower, connections_[other].upper))
                    detail::fail<ValueError>("LayerGraph: connections ", other, " and ", c, " both join layers ",
                                             lower, " and ", upper);
            static_cast<void>(detail::product_of(
                "LayerGraph", {{sizes_[lower], "units of a layer"}, {sizes_[upper], "units of its neighbour"}}));
        }
        find_neighbours();
        colour();
    }
    /// Layers of these sizes, each connected with the next.
    [[nodiscard]] static LayerGraph chain(std::vector<std::size_t> sizes) {
        std::vector<Connection> connections;
        for (std::size_t l = 0; l + 1 < sizes.size(); ++l) connections.push_back({l, l + 1});
        return {std::move(sizes), std::move(connections)};
    }

    [[nodiscard]] std::size_t layers() const noexcept { return sizes_.size(); }
    /// The number of units of each layer.
    [[nodiscard]] std::vector<std::size_t> const& sizes() const noexcept { return sizes_; }
    [[nodiscard]] std::size_t size(std::size_t layer) const noexcept { return sizes_[layer]; }
    [[nodiscard]] std::vector<Connection> const& connections() const noexcept { return connections_; }
    /// The neighbours of a layer other than itself: lower ones first, each kind in the order of the connections.
    [[nodiscard]] std::span<Neighbour const> neighbours(std::size_t layer) const noexcept {
        return {neighbours_.data() + first_neighbour_[layer], first_neighbour_[layer + 1] - first_neighbour_[layer]};
    }
    /// The neighbours as a set.
    [[nodiscard]] LayerSet neighbour_set(std::size_t layer) const noexcept { return neighbour_sets_[layer]; }
    /// Whether a layer has weights with itself.
    [[nodiscard]] bool lateral(std::size_t layer) const noexcept { return lateral_[layer]; }
    [[nodiscard]] std::size_t colour(std::size_t layer) const noexcept { return colours_[layer]; }
    /// How many colours there are.
    [[nodiscard]] std::size_t colours() const noexcept { return colour_count_; }
    /// The layers of a colour.
    [[nodiscard]] LayerSet of_colour(std::size_t colour) const noexcept {
        LayerSet result;
        for (std::size_t l = 0; l < layers(); ++l) result.set(l, colours_[l] == colour);
        return result;
    }
    /// Whether no two of these layers have weights in common, and none has weights with itself: given the rest they
    /// are independent, unit by unit.
    [[nodiscard]] bool independent(LayerSet set) const noexcept {
        for (std::size_t l = 0; l < layers(); ++l)
            if (set[l] && (lateral_[l] || !(set & neighbour_sets_[l]).empty())) return false;
        return true;
    }

  private:
    void find_neighbours() {
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
    void colour() {
        if (!colour_by_two()) colour_in_turn();
        colour_count_ = 1 + *std::max_element(colours_.begin(), colours_.end());
    }
    // Gives all that a layer is joined with the other colour; false if two layers of one colour are neighbours.
    bool colour_by_two() {
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
    void colour_in_turn() {
        colours_.assign(layers(), 0);
        for (std::size_t l = 0; l < layers(); ++l) {
            LayerSet used;
            for (Neighbour const& n : neighbours(l))
                if (n.layer < l) used.set(colours_[n.layer]);
            while (used[colours_[l]]) ++colours_[l];
        }
    }

    std::vector<std::size_t> sizes_;
    std::vector<Connection> connections_;
    std::vector<Neighbour> neighbours_; // of all layers, one after another
    std::vector<std::size_t> first_neighbour_;
    std::vector<LayerSet> neighbour_sets_;
    LayerSet lateral_;
    std::vector<std::size_t> colours_;
    std::size_t colour_count_ = 0;
};

} // namespace boltz
