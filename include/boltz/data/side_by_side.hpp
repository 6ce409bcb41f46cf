// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Two sources side by side.

#include <boltz/concepts.hpp>
#include <boltz/data/binarised.hpp>
#include <boltz/data/means_of.hpp>
#include <boltz/error.hpp>

#include <cstddef>
#include <span>
#include <utility>

namespace boltz {

/// The columns of two sources one after another, as a joint layer has its parts: features and labels.
template <concepts::DataSource Left, concepts::DataSource Right>
class SideBySide {
  public:
    /// @throws ShapeError if the sources have different numbers of rows.
    SideBySide(Left left, Right right) : left_{std::move(left)}, right_{std::move(right)} {
        if (left_.rows() != right_.rows())
            detail::fail<ShapeError>("SideBySide: left has ", left_.rows(), " rows, but right has ", right_.rows());
    }

    [[nodiscard]] std::size_t rows() const noexcept { return left_.rows(); }
    [[nodiscard]] std::size_t columns() const noexcept { return left_.columns() + right_.columns(); }

    /// The protocol of the left source.
    [[nodiscard]] Binarisation binarisation() const noexcept { return binarisation_of(left_); }

    template <class T>
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
        left_.load(indices, out.column_range(0, left_.columns()), draws.stream(0));
        right_.load(indices, out.column_range(left_.columns(), right_.columns()), draws.stream(1));
    }

    /// The means behind what the two draw, see `MeansOf`.
    template <class T>
    void load_means(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
        detail::load_means(left_, indices, out.column_range(0, left_.columns()), draws.stream(0));
        detail::load_means(right_, indices, out.column_range(left_.columns(), right_.columns()), draws.stream(1));
    }

  private:
    Left left_;
    Right right_;
};

} // namespace boltz
