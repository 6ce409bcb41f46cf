// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Random orders.

#include <boltz/draws.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace boltz::detail {

/// Puts `items` into a uniformly random order (Fisher and Yates).
void shuffle(std::span<std::size_t> items, Draws const& draws) noexcept;

/// Fills `order` with a uniformly random permutation of 0 .. size - 1.
void permute(std::vector<std::size_t>& order, Draws const& draws) noexcept;

/// Fills `order` with a random permutation of 0 .. size - 1 that stays within a few long runs at a time.
///
/// The numbers are cut into blocks of `block` neighbours, the last of which may be shorter, and the blocks put into a
/// random order, which `blocks` keeps. Of these each `window` in a row are shuffled as one. Allocates only where
/// `blocks` has never been as long.
void permute_in_blocks(std::vector<std::size_t>& order, std::vector<std::size_t>& blocks, std::size_t block,
                       std::size_t window, Draws const& draws);

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/detail/permutation.hpp>
#endif
