// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The arrays of the library: owning matrices and vectors, and the view that every kernel takes.

#include <boltz/version.hpp>

#include <xtensor/xbuilder.hpp> // for users: xt::zeros and the like
#include <xtensor/xtensor.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

namespace boltz {

/// A row-major matrix; throughout the library one case (image, chain, document) is one row.
template <std::floating_point T>
using Matrix = xt::xtensor<T, 2>;

/// A vector with one entry a unit.
template <std::floating_point T>
using Vector = xt::xtensor<T, 1>;

/// A matrix of zeros.
template <std::floating_point T>
[[nodiscard, gnu::noinline]] Matrix<T> zero_matrix(std::size_t rows, std::size_t columns) {
    return Matrix<T>(typename Matrix<T>::shape_type{rows, columns}, T{0});
}

/// A vector of zeros.
template <std::floating_point T>
[[nodiscard, gnu::noinline]] Vector<T> zero_vector(std::size_t size) {
    return Vector<T>(typename Vector<T>::shape_type{size}, T{0});
}

/// A rectangle of numbers that somebody else owns: `rows` x `columns`, rows `stride` entries apart.
///
/// A whole matrix, some of its rows and the columns of one part of a joint layer are all blocks, so units and
/// kernels are written once. Copying a block copies the view, never the numbers; nothing is allocated.
template <class T>
    requires std::floating_point<std::remove_const_t<T>>
struct Block {
    using value_type = std::remove_const_t<T>;

    T* data = nullptr;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t stride = 0;

    Block() = default;
    Block(T* first, std::size_t row_count, std::size_t column_count, std::size_t row_stride) noexcept
        : data{first}, rows{row_count}, columns{column_count}, stride{row_stride} {}

    /// The whole of a matrix.
    Block(Matrix<value_type>& matrix) noexcept
        : Block{matrix.data(), matrix.shape(0), matrix.shape(1), matrix.shape(1)} {}

    /// The whole of a matrix that may only be read.
    Block(Matrix<value_type> const& matrix) noexcept requires std::is_const_v<T>
        : Block{matrix.data(), matrix.shape(0), matrix.shape(1), matrix.shape(1)} {}

    /// A writable block where only reading is asked for.
    template <std::same_as<value_type> U>
        requires std::is_const_v<T> Block(Block<U> const& other)
    noexcept : Block{other.data, other.rows, other.columns, other.stride} {}

    [[nodiscard]] T& operator()(std::size_t row, std::size_t column) const noexcept {
        return data[row * stride + column];
    }
    [[nodiscard]] std::span<T> row(std::size_t index) const noexcept { return {data + index * stride, columns}; }

    /// Rows first .. first + count - 1.
    [[nodiscard]] Block row_range(std::size_t first, std::size_t count) const noexcept {
        return {data + first * stride, count, columns, stride};
    }
    /// Columns first .. first + count - 1.
    [[nodiscard]] Block column_range(std::size_t first, std::size_t count) const noexcept {
        return {data + first, rows, count, stride};
    }
};

template <std::floating_point T>
Block(Matrix<T>&) -> Block<T>;
template <std::floating_point T>
Block(Matrix<T> const&) -> Block<T const>;

/// Copies a block into another of the same shape.
template <std::floating_point T>
void copy(std::type_identity_t<Block<T const>> from, Block<T> to) noexcept {
    for (std::size_t i = 0; i < from.rows; ++i) std::copy_n(from.row(i).data(), from.columns, to.row(i).data());
}

} // namespace boltz
