// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Exponentials, logarithms, square roots and sines of packs, to a few units in the last place.

#include <boltz/detail/simd.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>

namespace boltz::detail {

/// What the functions below need to know of a floating-point type.
///
/// The polynomials are near-minimax (Chebyshev) fits on the intervals named, lowest power first.
template <class T>
struct MathTable;

template <>
struct MathTable<float> {
    static constexpr int mantissa_bits = 23;
    static constexpr std::uint32_t bias = 127;
    // ln 2 in two parts; a whole number below 2^9 times the first is exact.
    static constexpr float log_2_high = 0.693359375f;
    static constexpr float log_2_low = -2.12194440054690583e-4f;
    // Beyond these, exp is 0 or infinite; below the last, its result is not a normal number.
    static constexpr float exp_lowest = -104.0f;
    static constexpr float exp_highest = 89.0f;
    static constexpr float exp_normal = -87.33654f;
    // (exp(r) - 1 - r) / r^2 on |r| <= ln(2)/2
    static constexpr float exponential[] = {0.5f, 0.16666576666f, 0.041666554213f, 0.0083632328837f,
                                            0.0013926250831f};
    // (2 artanh(s)/s - 2) / z, z = s^2 <= 1/9
    static constexpr float wide_logarithm[] = {0.66666667321f, 0.39999706332f, 0.28592357994f, 0.21706575801f,
                                               0.23224329224f};
    // The same, z <= ((sqrt(2) - 1) / (sqrt(2) + 1))^2
    static constexpr float logarithm[] = {0.66666685095f, 0.39988757717f, 0.2958098593f};
    // (sin(t)/t - 1) / z and (cos(t) - 1 + z/2) / z^2, z = t^2 <= (pi/4)^2
    static constexpr float sine[] = {-0.16666664656f, 0.0083327471047f, -0.00019587639099f};
    static constexpr float cosine[] = {0.041666664653f, -0.0013888301868f, 2.4547689772e-5f};
    static constexpr std::uint32_t square_root_guess = 0x5f3759df;
    static constexpr int square_root_steps = 3;
};

template <>
struct MathTable<double> {
    static constexpr int mantissa_bits = 52;
    static constexpr std::uint64_t bias = 1023;
    static constexpr double log_2_high = 0x1.62e42feep-1;
    static constexpr double log_2_low = 0x1.a39ef35793c76p-33;
    static constexpr double exp_lowest = -746.0;
    static constexpr double exp_highest = 710.0;
    static constexpr double exp_normal = -708.3964185322641;
    static constexpr double exponential[] = {0.5,
                                             0.1666666666666667103,
                                             0.04166666666666666978,
                                             0.00833333333332608312,
                                             0.001388888888888371117,
                                             0.0001984126987500227879,
                                             0.0000248015873256774619,
                                             2.755725517000088744e-6,
                                             2.755727347871858047e-7,
                                             2.510531272962210178e-8,
                                             2.091475532589320219e-9};
    static constexpr double wide_logarithm[] = {
        0.6666666666666666666, 0.4000000000000001548,  0.285714285714219433,   0.2222222222333198684,
        0.1818181808600565545, 0.153846202538041624,   0.1333317694913817845,  0.1176799776724103616,
        0.1048039923436527405, 0.09942024896554734628, 0.06334110851770245396, 0.1523126261942898484};
    static constexpr double logarithm[] = {0.6666666666666666646, 0.4000000000000088324, 0.2857142857079978503,
                                           0.222222223925810451,  0.1818179554752113623, 0.1538624473762166661,
                                           0.1326863836926682389, 0.1308803485092755368};
    static constexpr double sine[] = {-0.1666666666666666667,   0.008333333333333331481,  -0.0001984126984126504105,
                                      2.755731921932057977e-6,  -2.505210622599440069e-8, 1.605853059664595471e-10,
                                      -7.586636882825159656e-13};
    static constexpr double cosine[] = {0.04166666666666666667,   -0.001388888888888888786, 0.00002480158730158463314,
                                        -2.755731922139249065e-7, 2.087675578749260595e-9,  -1.147046031920951184e-11,
                                        4.745838412531022969e-14};
    static constexpr std::uint64_t square_root_guess = 0x5fe6eb50c7b537a9;
    static constexpr int square_root_steps = 4;
};

/// c[0] + c[1] z + c[2] z^2 + ...
template <std::size_t I = 0, class V, class T, std::size_t N>
[[gnu::always_inline]] inline V polynomial(V const& z, T const (&c)[N]) noexcept {
    if constexpr (I + 1 == N)
        return V::all(c[I]);
    else
        return multiply_add(polynomial<I + 1>(z, c), z, V::all(c[I]));
}

template <class V>
[[gnu::always_inline]] inline typename V::Bits sign_bits(V const& x) noexcept {
    using T = typename V::value_type;
    return reinterpret<BitsOf<T>>(x) & V::Bits::all(BitsOf<T>{1} << (8 * sizeof(T) - 1));
}

/// |x|; a NaN stays one.
template <class V>
[[gnu::always_inline]] inline V absolute(V const& x) noexcept {
    using T = typename V::value_type;
    return reinterpret<T>(reinterpret<BitsOf<T>>(x) ^ sign_bits(x));
}

/// exp(r) for |r| <= ln(2)/2 and the whole number k, as bits modulo their count, with x = r + k ln 2.
template <class V>
struct ReducedExponential {
    V power;
    typename V::Bits exponent;
};

template <class V>
[[gnu::always_inline]] inline ReducedExponential<V> reduced_exponential(V const& x) noexcept {
    using T = typename V::value_type;
    using Table = MathTable<T>;
    // Adding 1.5 * 2^mantissa_bits rounds to a whole number and leaves it in the lowest bits.
    constexpr T rounder = static_cast<T>(BitsOf<T>{3} << (Table::mantissa_bits - 1));
    V const shifted = multiply_add(x, V::all(static_cast<T>(1.442695040888963407L)), V::all(rounder));
    V const minus_k = V::all(rounder) - shifted;
    V const r = multiply_add(minus_k, V::all(Table::log_2_low), multiply_add(minus_k, V::all(Table::log_2_high), x));
    V const power = multiply_add(multiply_add(polynomial(r, Table::exponential), r, V::all(T{1})), r, V::all(T{1}));
    return {power, reinterpret<BitsOf<T>>(shifted)};
}

/// exp(x), with gradual underflow to 0 and overflow to infinity; a NaN stays one.
template <class V>
[[gnu::always_inline]] inline V exponential(V const& x) noexcept {
    using T = typename V::value_type;
    using Table = MathTable<T>;
    V const low = V::all(Table::exp_lowest);
    V const high = V::all(Table::exp_highest);
    V const above = select(less(x, low), low, x);
    auto const [power, exponent] = reduced_exponential(select(less(high, above), high, above));
    // 2^k may lie outside of the range of T, the square root of it does not: two factors.
    constexpr BitsOf<T> excess = BitsOf<T>{1} << 11;
    auto const lifted = exponent + V::Bits::all(excess);
    constexpr BitsOf<T> kept = (excess << 1) - 1;
    auto const doubled = lifted & V::Bits::all(kept);
    auto const half = doubled.template shift_right<1>();
    auto const rest = doubled - half;
    auto const rebias = V::Bits::all(Table::bias - excess / 2);
    V const first = reinterpret<T>((half + rebias).template shift_left<Table::mantissa_bits>());
    V const second = reinterpret<T>((rest + rebias).template shift_left<Table::mantissa_bits>());
    return power * first * second;
}

/// exp(x) for x <= 0, and 0 where that is not a normal number; a NaN stays one.
template <class V>
[[gnu::always_inline]] inline V exponential_of_negative(V const& x) noexcept {
    using T = typename V::value_type;
    using Table = MathTable<T>;
    V const lowest = V::all(Table::exp_normal);
    auto const vanishes = less(x, lowest);
    auto const [power, exponent] = reduced_exponential(select(vanishes, lowest, x));
    auto const factor = (exponent + V::Bits::all(Table::bias)).template shift_left<Table::mantissa_bits>();
    return select(vanishes, V::all(T{0}), power * reinterpret<T>(factor));
}

/// log(1 + f) for 1 + f far from overflow, by `coefficients` good for (f / (2 + f))^2.
template <class V, class T, std::size_t N>
[[gnu::always_inline]] inline V logarithm_of_one_plus(V const& f, T const (&coefficients)[N]) noexcept {
    V const s = f / (V::all(T{2}) + f);
    V const z = s * s;
    return f - s * (f - z * polynomial(z, coefficients));
}

/// log(x) of a normal positive number; anything else gives rubbish.
template <class V>
[[gnu::always_inline]] inline V logarithm(V const& x) noexcept {
    using T = typename V::value_type;
    using Table = MathTable<T>;
    using Bits = typename V::Bits;
    constexpr int m = Table::mantissa_bits;
    constexpr BitsOf<T> one = Table::bias << m;
    constexpr BitsOf<T> root_half = __builtin_bit_cast(BitsOf<T>, static_cast<T>(0.7071067811865475244L));
    Bits const lifted = reinterpret<BitsOf<T>>(x) + Bits::all(one - root_half);
    Bits const mantissa = (lifted & Bits::all((BitsOf<T>{1} << m) - 1)) + Bits::all(root_half);
    // Or-ing a small whole number into 2^m adds it.
    constexpr T unit = static_cast<T>(BitsOf<T>{1} << m);
    Bits const joined = lifted.template shift_right<m>() | Bits::all(__builtin_bit_cast(BitsOf<T>, unit));
    V const k = reinterpret<T>(joined) - V::all(unit + static_cast<T>(Table::bias));
    V const f = reinterpret<T>(mantissa) - V::all(T{1});
    V const rest = multiply_add(k, V::all(Table::log_2_low), logarithm_of_one_plus(f, Table::logarithm));
    return multiply_add(k, V::all(Table::log_2_high), rest);
}

/// The square root of a number that is positive and far from underflow, or 0.
template <class V>
[[gnu::always_inline]] inline V square_root(V const& x) noexcept {
    using T = typename V::value_type;
    using Table = MathTable<T>;
    V const a = select(less(x, V::all(std::numeric_limits<T>::epsilon() * std::numeric_limits<T>::epsilon())),
                       V::all(T{0}), x);
    V const half = a * V::all(T{-0.5});
    V inverse =
        reinterpret<T>(V::Bits::all(Table::square_root_guess) - reinterpret<BitsOf<T>>(a).template shift_right<1>());
    // Newton's steps for 1/sqrt(a); of 0 the guess grows by half with each, without overflow.
    for (int step = 0; step < Table::square_root_steps; ++step)
        inverse = inverse * multiply_add(half * inverse, inverse, V::all(T{1.5}));
    V const root = a * inverse;
    return multiply_add(inverse * V::all(T{0.5}), multiply_add(root * V::all(T{-1}), root, a), root);
}

/// cos and sin of an angle that uniform bits name: the upper two the quadrant, the next ones the place in it.
template <class V>
struct CosineSine {
    V cosine;
    V sine;
};

template <class V, class Bits = typename V::Bits>
[[gnu::always_inline]] inline CosineSine<V> cosine_sine(Bits const& bits) noexcept {
    using T = typename V::value_type;
    using Table = MathTable<T>;
    constexpr int m = Table::mantissa_bits;
    constexpr int width = 8 * sizeof(T);
    Bits const place = bits.template shift_left<2>().template shift_right<width - m>() | Bits::all(Table::bias << m);
    V const angle = (reinterpret<T>(place) - V::all(T{1.5})) * V::all(static_cast<T>(1.570796326794896619L));
    V const z = angle * angle;
    V const sine = multiply_add(angle * z, polynomial(z, Table::sine), angle);
    V const cosine =
        multiply_add(z * z, polynomial(z, Table::cosine), multiply_add(z, V::all(T{-0.5}), V::all(T{1})));
    // Quadrant q = 0 .. 3 turns (cos, sin) into (c, s), (-s, c), (-c, -s), (s, -c).
    constexpr BitsOf<T> top = BitsOf<T>{1} << (width - 1);
    auto const odd = bits & Bits::all(top >> 1);
    auto const swapped = equal(odd, Bits::all(top >> 1));
    auto const sine_sign = bits & Bits::all(top);
    auto const cosine_sign = sine_sign ^ odd.template shift_left<1>();
    return {reinterpret<T>(reinterpret<BitsOf<T>>(select(swapped, sine, cosine)) ^ cosine_sign),
            reinterpret<T>(reinterpret<BitsOf<T>>(select(swapped, cosine, sine)) ^ sine_sign)};
}

} // namespace boltz::detail
