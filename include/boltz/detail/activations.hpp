// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The elementwise steps of feed-forward networks: rectification, dropout, and slopes on the way back.

#include <boltz/detail/elementwise.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace boltz::detail {

template <class T>
struct RectifyStep {
    T* x;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk) const noexcept {
        V const old = chunk.template load<V>(x);
        V const zero = V::all(T{0});
        chunk.store(select(less(old, zero), zero, old), x);
    }
};

/// x = max(0, x); a NaN stays one.
template <std::floating_point T>
void rectify(T* x, std::size_t n, InstructionSet set = best_instruction_set()) noexcept {
    for_each_chunk<T>(RectifyStep<T>{x}, n, set);
}

template <class T>
struct DropStep {
    T* x;
    T keep;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk, V const& uniform) const noexcept {
        V const kept = chunk.template load<V>(x) * V::all(T{1} / keep);
        chunk.store(select(less(uniform, V::all(keep)), kept, V::all(T{0})), x);
    }
};

/// x[j] = x[j] / keep if the uniform number at (row, j) is less than `keep`, else 0: its expectation stays what it
/// was.
template <std::floating_point T>
void drop(T* x, std::size_t n, std::type_identity_t<T> keep, std::uint64_t key, std::uint64_t row,
          InstructionSet set = best_instruction_set()) noexcept {
    dispatch(EachDrawnChunk<T, UniformNumbers, DropStep<T>>{{key, row, 0}, {x, keep}, n}, set);
}

template <class T>
struct LogisticSlopeStep {
    T* slope;
    T const* output;
    T keep;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk) const noexcept {
        V const h = chunk.template load<V>(output);
        V const derivative = h * (V::all(T{1}) - V::all(keep) * h);
        chunk.store(chunk.template load<V>(slope) * derivative, slope);
    }
};

/// slope = slope dh/dx at h = m f(x) / keep, f the logistic function and m = 0 or 1 what dropout made of the unit:
/// dh/dx = m f (1 - f) / keep = h (1 - keep h), which needs h only.
template <std::floating_point T>
void times_logistic_slope(T* slope, std::type_identity_t<T> const* output, std::size_t n,
                          std::type_identity_t<T> keep, InstructionSet set = best_instruction_set()) noexcept {
    for_each_chunk<T>(LogisticSlopeStep<T>{slope, output, keep}, n, set);
}

template <class T>
struct RectifiedSlopeStep {
    T* slope;
    T const* output;
    T keep;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk) const noexcept {
        V const zero = V::all(T{0});
        V const passed = chunk.template load<V>(slope) * V::all(T{1} / keep);
        chunk.store(select(less(zero, chunk.template load<V>(output)), passed, zero), slope);
    }
};

/// The same for h = m max(0, x) / keep: dh/dx = 1 / keep where h > 0, else 0.
template <std::floating_point T>
void times_rectified_slope(T* slope, std::type_identity_t<T> const* output, std::size_t n,
                           std::type_identity_t<T> keep, InstructionSet set = best_instruction_set()) noexcept {
    for_each_chunk<T>(RectifiedSlopeStep<T>{slope, output, keep}, n, set);
}

} // namespace boltz::detail
