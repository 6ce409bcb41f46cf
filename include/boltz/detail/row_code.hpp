// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Tells rows of states apart.

#include <boltz/version.hpp>

#include <concepts>
#include <cstdint>
#include <span>

namespace boltz::detail {

/// A number that equal rows share. Unequal rows that share it too are counted once, which a lower bound survives.
template <std::floating_point T>
std::uint64_t row_code(std::span<T const> row, std::uint64_t code);

/// Whether all numbers of a row are whole, as the states of units that count are and grey values are not.
template <std::floating_point T>
bool whole_numbers(std::span<T const> row);

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/detail/row_code.hpp>
#endif
