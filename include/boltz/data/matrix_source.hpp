// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Cases from a matrix in memory.

#include <boltz/draws.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <span>

namespace boltz {

/// The rows of a matrix as they are. Refers to the matrix, which must outlive it; loading a row is a copy.
template <std::floating_point T>
class MatrixSource {
  public:
    explicit MatrixSource(Matrix<T> const& matrix) noexcept : rows_{matrix} {}
    /// Deleted for temporaries: the source only refers to its data.
    explicit MatrixSource(Matrix<T>&&) = delete;
    /// Rows of somebody's matrix.
    explicit MatrixSource(Block<T const> rows) noexcept : rows_{rows} {}

    [[nodiscard]] std::size_t rows() const noexcept { return rows_.rows; }
    [[nodiscard]] std::size_t columns() const noexcept { return rows_.columns; }

    template <class U>
    void load(std::span<std::size_t const> indices, Block<U> out, Draws const&) const noexcept {
        for (std::size_t i = 0; i < indices.size(); ++i) {
            auto const row = rows_.row(indices[i]);
            for (std::size_t j = 0; j < row.size(); ++j) out(i, j) = static_cast<U>(row[j]);
        }
    }

  private:
    Block<T const> rows_;
};

} // namespace boltz
