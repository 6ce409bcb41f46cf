// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Loops over the layers of a model, unrolled at compile time.

#include <boltz/version.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace boltz::detail {

/// A number that is known at compile time, as an argument.
template <std::size_t I>
using Index = std::integral_constant<std::size_t, I>;

/// Calls `f(Index<0>{})`, ..., `f(Index<N - 1>{})` in this order.
template <std::size_t N, class F>
constexpr void for_each_index(F&& f) {
    [&]<std::size_t... I>(std::index_sequence<I...>) { (f(Index<I>{}), ...); }
    (std::make_index_sequence<N>{});
}

} // namespace boltz::detail
