// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A weighted mean of two blocks of numbers.

#include <boltz/detail/dispatch.hpp>
#include <boltz/detail/simd_math.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace boltz::detail {

template <class T>
struct BlendStep {
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

/// out = (1 - share) x + share y, for blocks of one shape; `out` may be one of them. Allocates nothing.
template <std::floating_point T>
void blend(std::type_identity_t<Block<T const>> x, std::type_identity_t<Block<T const>> y, double share, Block<T> out,
           InstructionSet set = best_instruction_set()) noexcept {
    for (std::size_t i = 0; i < out.rows; ++i)
        for_each_chunk<T>(BlendStep<T>{x.row(i).data(), y.row(i).data(), out.row(i).data(), static_cast<T>(1 - share),
                                       static_cast<T>(share)},
                          out.columns, set);
}

} // namespace boltz::detail
