// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Weighted sums of two rows or blocks of numbers.

#include <boltz/detail/dispatch.hpp>
#include <boltz/detail/simd_math.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace boltz::detail {

template <class T>
struct WeightedSumStep {
    T const* x;
    T const* y;
    T* out;
    T of_x, of_y;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk) const noexcept {
        V const part = V::all(of_x) * chunk.template load<V>(x);
        chunk.store(multiply_add(V::all(of_y), chunk.template load<V>(y), part), out);
    }
};

/// out = of_x x + of_y y; `out` may be one of them. Allocates nothing.
template <std::floating_point T>
void weighted_sum(std::type_identity_t<T> const* x, std::type_identity_t<T> of_x, std::type_identity_t<T> const* y,
                  std::type_identity_t<T> of_y, T* out, std::size_t n,
                  InstructionSet set = best_instruction_set()) noexcept {
    for_each_chunk<T>(WeightedSumStep<T>{x, y, out, of_x, of_y}, n, set);
}

/// out = (1 - share) x + share y, for blocks of one shape; `out` may be one of them. Allocates nothing.
template <std::floating_point T>
void blend(std::type_identity_t<Block<T const>> x, std::type_identity_t<Block<T const>> y, double share,
           Block<T> out) noexcept {
    for (std::size_t i = 0; i < out.rows; ++i)
        weighted_sum<T>(x.row(i).data(), static_cast<T>(1 - share), y.row(i).data(), static_cast<T>(share),
                        out.row(i).data(), out.columns);
}

} // namespace boltz::detail
