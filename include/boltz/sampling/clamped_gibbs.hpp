// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Block Gibbs sampling of the free units given clamped ones, of any layers.

#include <boltz/any_field.hpp>
#include <boltz/draws.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

namespace boltz {

/// Which units keep their states, for each case. Refers to masks that somebody else owns; copying copies no masks.
template <std::floating_point T>
class Clamps {
  public:
    Clamps() = default;
    /// `masks` has a matrix a layer: 1 where a unit keeps its state and 0 where it is free, in the shape of the
    /// states; without rows for a layer that is free as a whole. All units of the layers `whole` keep their states in
    /// all cases; their masks are not read.
    Clamps(std::span<Matrix<T> const> masks, LayerSet whole) noexcept : masks_{masks}, whole_{whole} {}

    /// Layers all of whose units keep their states in all cases.
    [[nodiscard]] LayerSet whole() const noexcept { return whole_; }
    /// Whether only some units of a layer keep their states.
    [[nodiscard]] bool partly(std::size_t layer) const noexcept {
        return layer < masks_.size() && masks_[layer].size() > 0 && !whole_[layer];
    }
    /// The mask of some rows of a layer that has one.
    [[nodiscard]] Block<T const> mask(std::size_t layer, std::size_t first, std::size_t count) const noexcept;
    /// Layers some of whose units keep their states in some case.
    [[nodiscard]] LayerSet touched() const noexcept;

  private:
    std::span<Matrix<T> const> masks_;
    LayerSet whole_;
};

/// Draws the free units of every layer of one colour given their neighbours and the clamped units of their own layer,
/// in place; row i of `states` is case `first` + i of the clamps.
///
/// The exact conditional: units are independent given their neighbours, except within units that have `sample_given`
/// (the trials of a multinomial group that the clamped categories leave are spread over the free ones). `scratch` has
/// the shape of the states; layers none of whose units is clamped do not use it and are drawn as by `gibbs_update`.
/// One product a connection; allocates nothing.
template <std::floating_point T>
void clamped_update(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states, Clamps<T> const& clamps,
                    std::size_t first, std::type_identity_t<StatesView<T>> scratch, std::size_t colour,
                    Draws const& draws);

/// The same, also writing to `means` the means of the free units given their neighbours and the clamped units of
/// their own layer; clamped units stand there with their values.
template <std::floating_point T>
void clamped_update_with_means(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states,
                               std::type_identity_t<StatesView<T>> means, Clamps<T> const& clamps, std::size_t first,
                               std::type_identity_t<StatesView<T>> scratch, std::size_t colour, Draws const& draws);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/sampling/clamped_gibbs.hpp>
#endif
