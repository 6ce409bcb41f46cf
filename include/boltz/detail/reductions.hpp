// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Rows of numbers made into one: sums in double precision, greatest values, and checks.
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
