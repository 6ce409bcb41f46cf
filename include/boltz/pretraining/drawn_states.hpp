// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What one RBM of a stack hands to the next.

#include <boltz/concepts.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/error.hpp>

#include <cstddef>
#include <span>
#include <utility>

namespace boltz {

/// What an upper RBM sees of the one below: the states or the means of its hidden layer, from the pass with which it
/// was trained.
enum class PretrainingInput {
    sampled, ///< drawn afresh at each presentation
    means    ///< less noise, but hidden units may then carry more than a bit
};

/// Means of a layer, out of which states are drawn afresh at each presentation.
template <concepts::DataSource S, class U>
class DrawnStates {
  public:
    DrawnStates(S means, U unit, PretrainingInput input)
        : means_{std::move(means)}, unit_{std::move(unit)}, input_{input} {}

    [[nodiscard]] std::size_t rows() const noexcept { return means_.rows(); }
    [[nodiscard]] std::size_t columns() const noexcept { return means_.columns(); }
    /// The means themselves.
    template <class T>
    void load_undrawn(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
        means_.load(indices, out, draws);
    }

    template <class T>
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
        means_.load(indices, out, draws);
        if (input_ == PretrainingInput::means) return;
        if constexpr (detail::DrawsFromMean<U, T>)
            unit_.draw(Block<T const>{out}, out, draws);
        else
            detail::fail<ValueError>("DoubledInput: input is sampled, but ", U::name,
                                     " units cannot draw from their means; use "
                                     "PretrainingInput::means");
    }

  private:
    S means_;
    U unit_;
    PretrainingInput input_;
};

} // namespace boltz
