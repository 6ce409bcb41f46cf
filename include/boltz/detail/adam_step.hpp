// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The elementwise step of Adam.

#include <boltz/detail/dispatch.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/simd_math.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace boltz::detail {

/// Numbers of one update, bias corrections included.
template <class T>
struct AdamFactors {
    T first_decay, second_decay, rate, epsilon, decay;
};

template <class T>
struct AdamStep {
    T* parameter;
    T* mean;
    T* square;
    T const* gradient;
    AdamFactors<T> factors;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk) const noexcept {
        V const old = chunk.template load<V>(parameter);
        V const slope = multiply_add(V::all(T{0} - factors.decay), old, chunk.template load<V>(gradient));
        V const fresh = V::all(T{1} - factors.first_decay) * slope;
        V const first = multiply_add(V::all(factors.first_decay), chunk.template load<V>(mean), fresh);
        V const fresh_square = V::all(T{1} - factors.second_decay) * (slope * slope);
        V const second = multiply_add(V::all(factors.second_decay), chunk.template load<V>(square), fresh_square);
        // Squares of small gradients are too near to underflow for the root.
        V const root = square_root(second * V::all(T{0x1p64})) * V::all(T{0x1p-32});
        V const size = root + V::all(factors.epsilon);
        chunk.store(first, mean);
        chunk.store(second, square);
        chunk.store(multiply_add(V::all(factors.rate), first / size, old), parameter);
    }
};

/// mean and square become running means of g = gradient - decay parameter and of g^2, then
/// parameter = parameter + rate mean / (sqrt(square) + epsilon); one pass.
template <std::floating_point T>
void adam_update(T* parameter, T* mean, T* square, std::type_identity_t<T> const* gradient, std::size_t n,
                 AdamFactors<std::type_identity_t<T>> const& factors,
                 InstructionSet set = best_instruction_set()) noexcept {
    for_each_chunk<T>(AdamStep<T>{parameter, mean, square, gradient, factors}, n, set);
}

} // namespace boltz::detail
