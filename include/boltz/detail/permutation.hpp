// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Random orders.

#include <boltz/draws.hpp>

#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace boltz::detail {

/// Fills `order` with a uniformly random permutation of 0 .. size - 1 (Fisher and Yates).
inline void permute(std::vector<std::size_t>& order, Draws const& draws) {
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[static_cast<std::size_t>(draws.below(i, i, 0))]);
}

} // namespace boltz::detail
