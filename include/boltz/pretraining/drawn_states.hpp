// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What one RBM of a stack hands to the next.

#include <boltz/data/compact_matrix.hpp>
#include <boltz/data/detail/source.hpp>
#include <boltz/unit/any_unit.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace boltz {

/// What an upper RBM gets from the one below: the states or the means of its hidden layer, from the pass with which
/// it was trained.
enum class PretrainingInput {
    sampled, ///< drawn afresh at each presentation
    means    ///< less noise, but hidden units may then carry more than a bit
};

namespace detail {

/// Means of a layer, out of which states are drawn afresh at each presentation.
template <std::floating_point T>
class DrawnStates final : public AnySource<T> {
  public:
    /// Where states are drawn, the units must be such that can be drawn from their means.
    DrawnStates(CompactMatrix means, AnyUnit<T> const& unit, PretrainingInput input)
        : means_{std::move(means)}, unit_{unit.clone()}, input_{input} {}
    [[nodiscard]] std::size_t rows() const override { return means_.rows(); }
    [[nodiscard]] std::size_t columns() const override { return means_.columns(); }
    [[nodiscard]] Binarisation binarisation() const override { return Binarisation::none; }
    /// The means themselves.
    void load_means(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const override;
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const override;

  private:
    CompactMatrix means_;
    std::unique_ptr<AnyUnit<T>> unit_;
    PretrainingInput input_;
};

} // namespace detail

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/pretraining/drawn_states.hpp>
#endif
