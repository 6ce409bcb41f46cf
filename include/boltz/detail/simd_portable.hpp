// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The operations that kernels need, on a small array: for compilers without vector types, and as a check on them.

#include <boltz/version.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace boltz::detail {

/// The unsigned whole number as wide as T.
template <class T>
using BitsOf = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

/// The signed whole number as wide as T: what a comparison gives, -1 where it holds and 0 elsewhere.
template <class T>
using ChoiceOf = std::make_signed_t<BitsOf<T>>;

/// N numbers that are worked on together; the same operations as VectorPack, one lane after the other.
template <class T, std::size_t N>
struct ArrayPack {
    using value_type = T;
    template <class U>
    using Rebind = ArrayPack<U, N * sizeof(T) / sizeof(U)>;
    using Bits = Rebind<BitsOf<T>>;
    static constexpr std::size_t lanes = N;

    T lane[N];

    template <class Result = ArrayPack, class F>
    [[nodiscard]] static constexpr Result make(F f) noexcept {
        Result result{};
        for (std::size_t i = 0; i < Result::lanes; ++i) result.lane[i] = f(i);
        return result;
    }
    [[nodiscard]] static constexpr ArrayPack all(T value) noexcept {
        return make([=](std::size_t) { return value; });
    }
    [[nodiscard]] static constexpr ArrayPack lane_numbers() noexcept {
        return make([](std::size_t i) { return static_cast<T>(i); });
    }
    [[nodiscard]] static ArrayPack load(T const* from) noexcept {
        return make([=](std::size_t i) { return from[i]; });
    }
    void store(T* to) const noexcept {
        for (std::size_t i = 0; i < N; ++i) to[i] = lane[i];
    }

    friend constexpr ArrayPack operator+(ArrayPack const& a, ArrayPack const& b) noexcept {
        return make([&](std::size_t i) { return a.lane[i] + b.lane[i]; });
    }
    friend constexpr ArrayPack operator-(ArrayPack const& a, ArrayPack const& b) noexcept {
        return make([&](std::size_t i) { return a.lane[i] - b.lane[i]; });
    }
    friend constexpr ArrayPack operator*(ArrayPack const& a, ArrayPack const& b) noexcept {
        return make([&](std::size_t i) { return a.lane[i] * b.lane[i]; });
    }
    friend constexpr ArrayPack operator/(ArrayPack const& a, ArrayPack const& b) noexcept {
        return make([&](std::size_t i) { return a.lane[i] / b.lane[i]; });
    }
    friend constexpr ArrayPack operator&(ArrayPack const& a, ArrayPack const& b) noexcept {
        return make([&](std::size_t i) { return a.lane[i] & b.lane[i]; });
    }
    friend constexpr ArrayPack operator|(ArrayPack const& a, ArrayPack const& b) noexcept {
        return make([&](std::size_t i) { return a.lane[i] | b.lane[i]; });
    }
    friend constexpr ArrayPack operator^(ArrayPack const& a, ArrayPack const& b) noexcept {
        return make([&](std::size_t i) { return a.lane[i] ^ b.lane[i]; });
    }
    template <int Count>
    [[nodiscard]] constexpr ArrayPack shift_left() const noexcept {
        return make([&](std::size_t i) { return lane[i] << Count; });
    }
    template <int Count>
    [[nodiscard]] constexpr ArrayPack shift_right() const noexcept {
        return make([&](std::size_t i) { return lane[i] >> Count; });
    }
};

template <class T, std::size_t N>
constexpr ArrayPack<ChoiceOf<T>, N> less(ArrayPack<T, N> const& a, ArrayPack<T, N> const& b) noexcept {
    using Choice = ArrayPack<ChoiceOf<T>, N>;
    return Choice::make([&](std::size_t i) { return a.lane[i] < b.lane[i] ? ChoiceOf<T>{-1} : ChoiceOf<T>{0}; });
}

template <class T, std::size_t N>
constexpr ArrayPack<ChoiceOf<T>, N> equal(ArrayPack<T, N> const& a, ArrayPack<T, N> const& b) noexcept {
    using Choice = ArrayPack<ChoiceOf<T>, N>;
    return Choice::make([&](std::size_t i) { return a.lane[i] == b.lane[i] ? ChoiceOf<T>{-1} : ChoiceOf<T>{0}; });
}

/// `yes` where the comparison holds, `no` elsewhere.
template <class T, std::size_t N>
constexpr ArrayPack<T, N> select(ArrayPack<ChoiceOf<T>, N> const& choice, ArrayPack<T, N> const& yes,
                                 ArrayPack<T, N> const& no) noexcept {
    return ArrayPack<T, N>::make([&](std::size_t i) { return choice.lane[i] != 0 ? yes.lane[i] : no.lane[i]; });
}

/// a b + c.
template <class T, std::size_t N>
constexpr ArrayPack<T, N> multiply_add(ArrayPack<T, N> const& a, ArrayPack<T, N> const& b,
                                       ArrayPack<T, N> const& c) noexcept {
    return ArrayPack<T, N>::make([&](std::size_t i) { return a.lane[i] * b.lane[i] + c.lane[i]; });
}

/// The same bytes as another kind of number.
template <class U, class T, std::size_t N>
constexpr auto reinterpret(ArrayPack<T, N> const& a) noexcept {
    return __builtin_bit_cast(typename ArrayPack<T, N>::template Rebind<U>, a);
}

/// Whole numbers below 2^31 as floating-point ones.
template <std::size_t N>
constexpr ArrayPack<float, N> to_float(ArrayPack<std::uint32_t, N> const& a) noexcept {
    return ArrayPack<float, N>::make([&](std::size_t i) { return static_cast<float>(a.lane[i]); });
}

/// Whole numbers below 2^16 in half the room.
template <std::size_t N>
constexpr ArrayPack<std::uint16_t, N> to_halfwords(ArrayPack<std::uint32_t, N> const& a) noexcept {
    return ArrayPack<std::uint16_t, N>::make([&](std::size_t i) { return static_cast<std::uint16_t>(a.lane[i]); });
}

/// Whole numbers of 8 or 16 bits as floating-point numbers.
template <class V, class U>
    requires requires(V v) { v.lane; }
V from_whole(U const* numbers) noexcept {
    return V::make([=](std::size_t i) { return static_cast<typename V::value_type>(numbers[i]); });
}

/// Half number Half (0 or 1) of the lanes, in double precision.
template <std::size_t Half, std::size_t N>
constexpr ArrayPack<double, N / 2> half_to_double(ArrayPack<float, N> const& a) noexcept {
    return ArrayPack<double, N / 2>::make([&](std::size_t i) { return double{a.lane[Half * (N / 2) + i]}; });
}

/// The products of the lower 32 bits of each lane, in full.
template <std::size_t N>
constexpr ArrayPack<std::uint64_t, N> multiply_low_halves(ArrayPack<std::uint64_t, N> const& a,
                                                          ArrayPack<std::uint64_t, N> const& b) noexcept {
    return ArrayPack<std::uint64_t, N>::make(
        [&](std::size_t i) { return (a.lane[i] & 0xffffffffu) * (b.lane[i] & 0xffffffffu); });
}

/// Half number Half of a0 b0 a1 b1 a2 b2 ...
template <std::size_t Half, class T, std::size_t N>
constexpr ArrayPack<T, N> interleave(ArrayPack<T, N> const& a, ArrayPack<T, N> const& b) noexcept {
    return ArrayPack<T, N>::make([&](std::size_t i) {
        std::size_t const from = Half * N + i;
        return from % 2 == 0 ? a.lane[from / 2] : b.lane[from / 2];
    });
}

} // namespace boltz::detail
