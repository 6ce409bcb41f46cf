// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Layers that can be summed out together.

#include <boltz/states.hpp>

#include <array>
#include <cstddef>
#include <limits>

namespace boltz::detail {

/// Of all sets of layers that are not observed and have no weights in common, the one with the least `cost(set)`;
/// given the rest its layers are independent, so each is summed (integrated) by its A(x).
///
/// `lowest` becomes the cost of the set that is returned, infinity if every set costs that much.
template <std::size_t Depth, class Cost>
std::array<bool, Depth> independent_layers(Observed<Depth> const& observed, Cost&& cost, double& lowest) {
    std::array<bool, Depth> best{};
    lowest = std::numeric_limits<double>::infinity();
    for (std::size_t number = 0; number < std::size_t{1} << Depth; ++number) {
        std::array<bool, Depth> set{};
        bool allowed = true;
        for (std::size_t l = 0; l < Depth; ++l) {
            set[l] = (number >> l & 1) != 0;
            allowed = allowed && !(set[l] && (observed[l] || (l > 0 && set[l > 0 ? l - 1 : 0])));
        }
        if (!allowed) continue;
        if (double const here = cost(set); here < lowest) {
            lowest = here;
            best = set;
        }
    }
    return best;
}

} // namespace boltz::detail
