// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The states of all layers for a number of cases.

#include <boltz/detail/sizes.hpp>
#include <boltz/types.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace boltz {

/// What the numbers of a block are: a state of the units (data, a draw) or the mean of their distribution.
/// First moments are the same for both; second moments (a learned precision needs them) are not.
enum class Moment { state, mean };

/// One block a layer, all with the same number of rows: the states of some cases, owned by somebody else.
template <std::floating_point T, std::size_t Depth>
using StateBlocks = std::array<Block<T>, Depth>;

/// Which layers hold data; the others are inferred or sampled.
template <std::size_t Depth>
using Observed = std::array<bool, Depth>;

/// Rows first .. first + count - 1 of every layer.
template <std::floating_point T, std::size_t Depth>
[[nodiscard]] StateBlocks<T, Depth> row_range(StateBlocks<T, Depth> const& blocks, std::size_t first,
                                              std::size_t count) noexcept {
    StateBlocks<T, Depth> result;
    for (std::size_t i = 0; i < Depth; ++i) result[i] = blocks[i].row_range(first, count);
    return result;
}

namespace detail {

/// a * b, the rows of states that are about to be made for layers of these sizes.
/// @throws ValueError if a layer would have more numbers than memory can hold; it names a and b.
template <std::size_t Depth>
[[nodiscard]] std::size_t rows_of_states(std::string_view function, NamedSize a, NamedSize b,
                                         std::array<std::size_t, Depth> const& sizes) {
    std::size_t const widest = *std::max_element(sizes.begin(), sizes.end());
    static_cast<void>(product_of(function, {a, b, {widest, "units"}}));
    return a.value * b.value;
}

} // namespace detail

/// The states of all layers of a model, owned: one matrix a layer, rows = cases.
///
/// `require(rows)` allocates only when more rows are asked for than ever before.
template <std::floating_point T, std::size_t Depth>
class States {
  public:
    States() = default;

    /// Zeros, for layers of these sizes.
    /// @throws ValueError if a layer has more numbers than memory can hold.
    States(std::size_t rows, std::array<std::size_t, Depth> const& sizes) { require(rows, sizes); }

    /// Makes room for `rows` cases; when it must grow, the contents become zeros.
    /// @throws ValueError if a layer has more numbers than memory can hold.
    void require(std::size_t rows, std::array<std::size_t, Depth> const& sizes) {
        for (std::size_t const units : sizes)
            static_cast<void>(detail::product_of("States", {{rows, "rows"}, {units, "units"}}));
        for (std::size_t i = 0; i < Depth; ++i)
            if (layers_[i].shape(0) < rows || layers_[i].shape(1) != sizes[i])
                layers_[i] = xt::zeros<T>({rows, sizes[i]});
        rows_ = rows;
    }

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] Block<T> operator[](std::size_t layer) noexcept {
        return Block{layers_[layer]}.row_range(0, rows_);
    }
    [[nodiscard]] Block<T const> operator[](std::size_t layer) const noexcept {
        return Block{layers_[layer]}.row_range(0, rows_);
    }
    /// All layers as blocks, for the functions of a field.
    [[nodiscard]] StateBlocks<T, Depth> blocks() noexcept {
        StateBlocks<T, Depth> result;
        for (std::size_t i = 0; i < Depth; ++i) result[i] = (*this)[i];
        return result;
    }

    template <class Archive>
    void archive(Archive& archive) {
        for (std::size_t i = 0; i < Depth; ++i) archive("layer_" + std::to_string(i), layers_[i]);
    }

  private:
    std::array<Matrix<T>, Depth> layers_{};
    std::size_t rows_ = 0;
};

} // namespace boltz
