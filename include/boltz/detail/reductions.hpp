// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Rows of numbers made into one: sums in double precision.
///
/// Sums run in 16 partial sums, number j in sum j % 16, which are added up in pairs: the order depends on the length
/// of the row only. Nothing is allocated.

#include <boltz/detail/dispatch.hpp>
#include <boltz/detail/simd_math.hpp>

#include <concepts>
#include <cstddef>
#include <limits>
#include <type_traits>

namespace boltz::detail {

/// The numbers of a pack in double precision: two packs for float, one for double.
template <class V>
struct Doubled {
    using W = typename V::template Rebind<double>;
    static constexpr std::size_t count = sizeof(typename V::value_type) == 4 ? 2 : 1;

    W part[count];

    [[nodiscard, gnu::always_inline]] static inline Doubled of(V const& x) noexcept {
        if constexpr (count == 1)
            return {{x}};
        else
            return {{half_to_double<0>(x), half_to_double<1>(x)}};
    }
    /// f of each part of x, and of y.
    template <class F, class... X>
    [[nodiscard, gnu::always_inline]] static inline Doubled map(F f, X const&... x) noexcept {
        if constexpr (count == 1)
            return {{f(x.part[0]...)}};
        else
            return {{f(x.part[0]...), f(x.part[1]...)}};
    }
    [[gnu::always_inline]] inline void add(Doubled const& other) noexcept {
        part[0] = part[0] + other.part[0];
        if constexpr (count == 2) part[1] = part[1] + other.part[1];
    }
    [[gnu::always_inline]] inline void store(double* to) const noexcept {
        part[0].store(to);
        if constexpr (count == 2) part[1].store(to + W::lanes);
    }
};

/// A kernel that adds up `term.of<Pack>(chunk)`, a Doubled, over all chunks of a row of n numbers of type T.
template <class T, class Term>
struct SumOfTerms {
    static constexpr std::size_t partial_sums = 16;

    Term term;
    std::size_t n;

    template <class Registers>
    [[nodiscard, gnu::always_inline]] inline double run() const noexcept {
        using V = typename Registers::template Pack<T>;
        constexpr std::size_t chunks = partial_sums / V::lanes;
        Doubled<V> sums[chunks];
        for (auto& sum : sums) sum = Doubled<V>::of(V::all(T{0}));
        std::size_t at = 0;
        for (; at + partial_sums <= n; at += partial_sums)
            for (std::size_t i = 0; i < chunks; ++i) sums[i].add(term.template of<V>(WholeChunk{at + i * V::lanes}));
        double lanes[partial_sums];
        for (std::size_t i = 0; i < chunks; ++i) sums[i].store(lanes + i * V::lanes);
        for (std::size_t lane = 0; at < n;) {
            std::size_t const count = n - at < V::lanes ? n - at : V::lanes;
            double terms[V::lanes];
            term.template of<V>(PartialChunk{at, 0, count}).store(terms);
            for (std::size_t i = 0; i < count; ++i) lanes[lane + i] += terms[i];
            at += count;
            lane += count;
        }
        for (std::size_t width = partial_sums / 2; width > 0; width /= 2)
            for (std::size_t i = 0; i < width; ++i) lanes[i] += lanes[i + width];
        return lanes[0];
    }
};

template <class T>
struct SoftplusTerm {
    T const* x;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline Doubled<V> of(Chunk chunk) const noexcept {
        V const number = chunk.template load<V>(x);
        V const zero = V::all(T{0});
        V const tail = exponential_of_negative(zero - absolute(number));
        V const rest = logarithm_of_one_plus(tail, MathTable<T>::wide_logarithm);
        return Doubled<V>::of(select(less(zero, number), number, zero) + rest);
    }
};

/// The sum of log(1 + exp(x)), stable for every x; each term to 3 units in the last place of T.
template <std::floating_point T>
[[nodiscard]] double sum_softplus(T const* x, std::size_t n, InstructionSet set = best_instruction_set()) noexcept {
    return dispatch(SumOfTerms<T, SoftplusTerm<T>>{{x}, n}, set);
}

/// p log p, and 0 where p is 0 (or not a normal number).
struct TimesLogarithm {
    template <class W>
    [[gnu::always_inline]] inline W operator()(W const& p) const noexcept {
        auto const vanishes = less(p, W::all(std::numeric_limits<double>::min()));
        return select(vanishes, W::all(0.0), p * logarithm(p));
    }
};

struct NegativeEntropyOf {
    template <class W>
    [[gnu::always_inline]] inline W operator()(W const& mean) const noexcept {
        return TimesLogarithm{}(mean) + TimesLogarithm{}(W::all(1.0) - mean);
    }
};

template <class T>
struct NegativeEntropyTerm {
    T const* mean;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline Doubled<V> of(Chunk chunk) const noexcept {
        return Doubled<V>::map(NegativeEntropyOf{}, Doubled<V>::of(chunk.template load<V>(mean)));
    }
};

/// The sum of m log m + (1 - m) log(1 - m) over means in [0, 1], with 0 log 0 = 0, computed in double precision.
template <std::floating_point T>
[[nodiscard]] double sum_negative_entropy(T const* mean, std::size_t n,
                                          InstructionSet set = best_instruction_set()) noexcept {
    return dispatch(SumOfTerms<T, NegativeEntropyTerm<T>>{{mean}, n}, set);
}

template <class T>
struct ExpMinusTerm {
    T* x;
    T shift;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline Doubled<V> of(Chunk chunk) const noexcept {
        V const result = exponential(chunk.template load<V>(x) - V::all(shift));
        chunk.store(result, x);
        return Doubled<V>::of(result);
    }
};

/// x = exp(x - shift), to 2 units in the last place; returns the sum. For a softmax `shift` is the greatest x.
template <std::floating_point T>
double exp_minus(T* x, std::size_t n, std::type_identity_t<T> shift,
                 InstructionSet set = best_instruction_set()) noexcept {
    return dispatch(SumOfTerms<T, ExpMinusTerm<T>>{{x, shift}, n}, set);
}

struct ProductOf {
    template <class W>
    [[gnu::always_inline]] inline W operator()(W const& x, W const& y) const noexcept {
        return x * y;
    }
};

template <class T>
struct ProductTerm {
    T const* x;
    T const* y;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline Doubled<V> of(Chunk chunk) const noexcept {
        return Doubled<V>::map(ProductOf{}, Doubled<V>::of(chunk.template load<V>(x)),
                               Doubled<V>::of(chunk.template load<V>(y)));
    }
};

/// The sum of x y, products and sums in double precision.
template <std::floating_point T>
[[nodiscard]] double dot(T const* x, std::type_identity_t<T> const* y, std::size_t n,
                         InstructionSet set = best_instruction_set()) noexcept {
    return dispatch(SumOfTerms<T, ProductTerm<T>>{{x, y}, n}, set);
}

} // namespace boltz::detail
