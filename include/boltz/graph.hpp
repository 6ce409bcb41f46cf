// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Which layers have weights in common.

#include <boltz/layer_set.hpp>

#include <cstddef>
#include <span>
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
/// a tree or any other graph. A connection may join a layer with itself (lateral weights); `BoltzmannMachine` refuses
/// such a graph.
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
    LayerGraph(std::vector<std::size_t> sizes, std::vector<Connection> connections);
    /// Layers of these sizes, each connected with the next.
    [[nodiscard]] static LayerGraph chain(std::vector<std::size_t> sizes);

    [[nodiscard]] std::size_t layers() const noexcept { return sizes_.size(); }
    /// The number of units of each layer.
    [[nodiscard]] std::vector<std::size_t> const& sizes() const noexcept { return sizes_; }
    [[nodiscard]] std::size_t size(std::size_t layer) const noexcept { return sizes_[layer]; }
    [[nodiscard]] std::vector<Connection> const& connections() const noexcept { return connections_; }
    /// The neighbours of a layer other than itself: lower ones first, each kind in the order of the connections.
    [[nodiscard]] std::span<Neighbour const> neighbours(std::size_t layer) const noexcept;
    /// The neighbours as a set.
    [[nodiscard]] LayerSet neighbour_set(std::size_t layer) const noexcept { return neighbour_sets_[layer]; }
    /// Whether a layer has weights with itself.
    [[nodiscard]] bool lateral(std::size_t layer) const noexcept { return lateral_[layer]; }
    [[nodiscard]] std::size_t colour(std::size_t layer) const noexcept { return colours_[layer]; }
    /// How many colours there are.
    [[nodiscard]] std::size_t colours() const noexcept { return colour_count_; }
    /// The layers of a colour.
    [[nodiscard]] LayerSet of_colour(std::size_t colour) const noexcept;
    /// Whether no two of these layers have weights in common, and none has weights with itself: given the rest they
    /// are independent, unit by unit.
    [[nodiscard]] bool independent(LayerSet set) const noexcept;

  private:
    void find_neighbours();
    void colour();
    // Gives all that a layer is joined with the other colour; false if two layers of one colour are neighbours.
    bool colour_by_two();
    void colour_in_turn();

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

#ifndef BOLTZ_COMPILED
#include <boltz/impl/graph.hpp>
#endif
