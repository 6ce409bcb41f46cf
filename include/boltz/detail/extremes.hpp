// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The least and the greatest number of a row, the greatest difference of two, and whether all numbers are finite.

#include <boltz/detail/dispatch.hpp>
#include <boltz/detail/simd_math.hpp>

#include <concepts>
#include <cstddef>
#include <limits>
#include <type_traits>

namespace boltz::detail {

/// A kernel that folds `rule.apply(accumulated, element)` over a row; the rule is associative and commutative.
///
/// `rule.of<Pack>(chunk)` gives the elements; those of lanes beyond the end of the row are replaced by `start`.
template <class T, class Rule>
struct FoldOfTerms {
    Rule rule;
    std::size_t n;
    T start;

    template <class Registers>
    [[nodiscard, gnu::always_inline]] inline T run() const noexcept {
        using V = typename Registers::template Pack<T>;
        V even = V::all(start);
        V odd = even;
        std::size_t at = 0;
        for (; at + 2 * V::lanes <= n; at += 2 * V::lanes) {
            even = rule.apply(even, rule.template of<V>(WholeChunk{at}));
            odd = rule.apply(odd, rule.template of<V>(WholeChunk{at + V::lanes}));
        }
        T lanes[V::lanes];
        while (at < n) {
            std::size_t const count = n - at < V::lanes ? n - at : V::lanes;
            rule.template of<V>(PartialChunk{at, 0, count}).store(lanes);
            for (std::size_t i = count; i < V::lanes; ++i) lanes[i] = start;
            even = rule.apply(even, V::load(lanes));
            at += count;
        }
        rule.apply(even, odd).store(lanes);
        T result = lanes[0];
        for (std::size_t i = 1; i < V::lanes; ++i) result = rule.join(result, lanes[i]);
        return result;
    }
};

template <class T>
struct MaximumRule {
    T const* x;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline V of(Chunk chunk) const noexcept {
        return chunk.template load<V>(x);
    }
    template <class V>
    [[gnu::always_inline]] inline V apply(V const& a, V const& b) const noexcept {
        return select(less(a, b), b, a);
    }
    [[nodiscard]] T join(T a, T b) const noexcept { return a < b ? b : a; }
};

/// The greatest x; minus infinity for an empty row. NaNs are passed over.
template <std::floating_point T>
[[nodiscard]] T maximum(T const* x, std::size_t n, InstructionSet set = best_instruction_set()) noexcept {
    return dispatch(FoldOfTerms<T, MaximumRule<T>>{{x}, n, -std::numeric_limits<T>::infinity()}, set);
}

template <class T>
struct MinimumRule : MaximumRule<T> {
    template <class V>
    [[gnu::always_inline]] inline V apply(V const& a, V const& b) const noexcept {
        return select(less(b, a), b, a);
    }
    [[nodiscard]] T join(T a, T b) const noexcept { return b < a ? b : a; }
};

/// The least x; infinity for an empty row. NaNs are passed over.
template <std::floating_point T>
[[nodiscard]] T minimum(T const* x, std::size_t n, InstructionSet set = best_instruction_set()) noexcept {
    return dispatch(FoldOfTerms<T, MinimumRule<T>>{{{x}}, n, std::numeric_limits<T>::infinity()}, set);
}

template <class T>
struct DifferenceRule {
    T const* a;
    T const* b;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline V of(Chunk chunk) const noexcept {
        return absolute(chunk.template load<V>(a) - chunk.template load<V>(b));
    }
    // Bits of numbers without a sign are ordered as the numbers are, with NaNs above infinity.
    template <class V>
    [[gnu::always_inline]] inline V apply(V const& x, V const& y) const noexcept {
        auto const smaller = less(reinterpret<Order>(x), reinterpret<Order>(y));
        return select(smaller, y, x);
    }
    [[nodiscard]] T join(T x, T y) const noexcept {
        return __builtin_bit_cast(Order, x) < __builtin_bit_cast(Order, y) ? y : x;
    }

  private:
    using Order = ChoiceOf<T>;
};

/// The greatest |a - b|, and 0 for empty rows; a NaN if any difference is one.
template <std::floating_point T>
[[nodiscard]] T max_abs_difference(T const* a, std::type_identity_t<T> const* b, std::size_t n,
                                   InstructionSet set = best_instruction_set()) noexcept {
    return dispatch(FoldOfTerms<T, DifferenceRule<T>>{{a, b}, n, T{0}}, set);
}

template <class T>
struct MagnitudeRule : DifferenceRule<T> {
    template <class V, class Chunk>
    [[gnu::always_inline]] inline V of(Chunk chunk) const noexcept {
        return absolute(chunk.template load<V>(this->a));
    }
};

/// True if no x is infinite or a NaN.
template <std::floating_point T>
[[nodiscard]] bool all_finite(T const* x, std::size_t n, InstructionSet set = best_instruction_set()) noexcept {
    T const greatest = dispatch(FoldOfTerms<T, MagnitudeRule<T>>{{{x, x}}, n, T{0}}, set);
    return greatest <= std::numeric_limits<T>::max();
}

} // namespace boltz::detail
