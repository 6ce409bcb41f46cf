// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/data/compact_matrix.hpp>

#include <boltz/detail/codes.hpp>
#include <boltz/detail/sizes.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/types.hpp>
#include <boltz/version.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <variant>
#include <vector>

namespace boltz {

BOLTZ_INLINE CompactMatrix::CompactMatrix(std::size_t rows, std::size_t columns, Compactness compactness)
    : numbers_{std::make_shared<Numbers>()} {
    std::size_t const size = detail::product_of("CompactMatrix", {{rows, "rows"}, {columns, "columns"}});
    numbers_->columns = columns;
    numbers_->ranges.resize(rows);
    if (compactness == Compactness::eight_bits)
        numbers_->codes = std::vector<std::uint8_t>(size);
    else
        numbers_->codes = std::vector<std::uint16_t>(size);
}

template <class T>
void CompactMatrix::store(std::size_t first, Block<T> from) {
    if (from.columns != columns())
        detail::fail<ShapeError>("CompactMatrix::store: from has ", from.columns, " columns, but the matrix has ",
                                 columns());
    if (first > rows() || from.rows > rows() - first)
        detail::fail<ShapeError>("CompactMatrix::store: first is ", first, " and from has ", from.rows,
                                 " rows, but the matrix has only ", rows());
    std::visit(
        [&](auto& codes) {
            for (std::size_t i = 0; i < from.rows; ++i)
                numbers_->ranges[first + i] =
                    detail::encode(from.row(i).data(), codes.data() + (first + i) * columns(), columns());
        },
        numbers_->codes);
}

template <class T>
void CompactMatrix::load(std::span<std::size_t const> indices, Block<T> out, Draws const&) const {
    Numbers const& numbers = *numbers_;
    std::visit(
        [&](auto const& codes) {
            for (std::size_t i = 0; i < indices.size(); ++i)
                detail::decode(codes.data() + indices[i] * numbers.columns, out.row(i).data(), numbers.columns,
                               numbers.ranges[indices[i]]);
        },
        numbers.codes);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template void CompactMatrix::store<T>(std::size_t first, Block<T> from);                                         \
    template void CompactMatrix::store<T const>(std::size_t first, Block<T const> from);                             \
    template void CompactMatrix::load<T>(std::span<std::size_t const> indices, Block<T> out, Draws const&) const;
#include <boltz/detail/instantiate.hpp>
