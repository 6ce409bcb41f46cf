// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/samples/nearest_neighbours.hpp>

#include <boltz/version.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>

namespace boltz {

BOLTZ_INLINE std::span<std::size_t const> Neighbours::of(std::size_t sample) const noexcept {
    return {indices.data() + sample * count, count};
}

namespace detail {

BOLTZ_INLINE void insert_neighbour(std::span<double> squares, std::span<std::size_t> indices, double square,
                                   std::size_t index) noexcept {
    auto const place = std::upper_bound(squares.begin(), squares.end(), square) - squares.begin();
    if (place == std::ssize(squares)) return;
    std::shift_right(squares.begin() + place, squares.end(), 1);
    std::shift_right(indices.begin() + place, indices.end(), 1);
    squares[static_cast<std::size_t>(place)] = square;
    indices[static_cast<std::size_t>(place)] = index;
}

} // namespace detail

} // namespace boltz
