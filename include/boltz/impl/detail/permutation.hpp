// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/detail/permutation.hpp>

#include <boltz/draws.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

BOLTZ_INLINE void shuffle(std::span<std::size_t> items, Draws const& draws) noexcept {
    for (std::size_t i = items.size(); i > 1; --i)
        std::swap(items[i - 1], items[static_cast<std::size_t>(draws.below(i, i, 0))]);
}

BOLTZ_INLINE void permute(std::vector<std::size_t>& order, Draws const& draws) noexcept {
    std::iota(order.begin(), order.end(), std::size_t{0});
    shuffle(order, draws);
}

BOLTZ_INLINE void permute_in_blocks(std::vector<std::size_t>& order, std::vector<std::size_t>& blocks,
                                    std::size_t block, std::size_t window, Draws const& draws) {
    std::size_t const size = order.size();
    blocks.resize(size / block + (size % block != 0 ? 1 : 0));
    permute(blocks, draws.stream(0));
    std::size_t begin = 0; // of the window at hand
    std::size_t end = 0;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        std::size_t const first = blocks[i] * block;
        for (std::size_t number = first; number < std::min(first + block, size); ++number) order[end++] = number;
        if ((i + 1) % window != 0 && i + 1 < blocks.size()) continue;
        shuffle(std::span{order}.subspan(begin, end - begin), draws.stream(1).stream(i));
        begin = end;
    }
}

} // namespace detail

} // namespace boltz
