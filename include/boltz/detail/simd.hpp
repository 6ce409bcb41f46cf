// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// One register's worth of numbers on the compiler's own vector types, without the headers of any processor.

#include <boltz/detail/simd_portable.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

#if defined(__GNUC__)

namespace boltz::detail {

/// N numbers in one vector register; the same operations as ArrayPack.
///
/// The raw vector is wrapped in a class, everything is always inlined and packs are passed by reference only: no call
/// with a wide vector remains, whose convention would depend on the instruction set. A pack holds no wider
/// vectors than the function into which it is inlined has registers for.
template <class T, std::size_t N>
struct VectorPack {
    typedef T Raw __attribute__((vector_size(N * sizeof(T))));
    typedef T Loose __attribute__((vector_size(N * sizeof(T)), aligned(alignof(T)), may_alias));
    using value_type = T;
    template <class U>
    using Rebind = VectorPack<U, N * sizeof(T) / sizeof(U)>;
    using Bits = Rebind<BitsOf<T>>;
    static constexpr std::size_t lanes = N;

    Raw raw;

    VectorPack() = default;
    [[gnu::always_inline]] inline VectorPack(Raw const& vector) noexcept : raw{vector} {}
    // Written out, as g++ copies the class by bytes of the baseline's registers before it inlines into wider ones.
    [[gnu::always_inline]] inline VectorPack(VectorPack const& other) noexcept : raw{other.raw} {}
    [[gnu::always_inline]] inline VectorPack& operator=(VectorPack const& other) noexcept {
        raw = other.raw;
        return *this;
    }

    // One lane, then a shuffle: g++ would take a list of N times the value apart in the baseline's terms.
    [[nodiscard, gnu::always_inline]] static inline VectorPack all(T value) noexcept {
        return [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
            Raw first{};
            first[0] = value;
            return VectorPack{__builtin_shufflevector(first, first, static_cast<int>(I * 0)...)};
        }
        (std::make_index_sequence<N>{});
    }
    [[nodiscard, gnu::always_inline]] static inline VectorPack lane_numbers() noexcept {
        return []<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
            return VectorPack{Raw{static_cast<T>(I)...}};
        }
        (std::make_index_sequence<N>{});
    }
    [[nodiscard, gnu::always_inline]] static inline VectorPack load(T const* from) noexcept {
        VectorPack pack;
        pack.raw = *reinterpret_cast<Loose const*>(from);
        return pack;
    }
    [[gnu::always_inline]] inline void store(T* to) const noexcept { *reinterpret_cast<Loose*>(to) = raw; }

    [[gnu::always_inline]] friend inline VectorPack operator+(VectorPack const& a, VectorPack const& b) noexcept {
        return {a.raw + b.raw};
    }
    [[gnu::always_inline]] friend inline VectorPack operator-(VectorPack const& a, VectorPack const& b) noexcept {
        return {a.raw - b.raw};
    }
    [[gnu::always_inline]] friend inline VectorPack operator*(VectorPack const& a, VectorPack const& b) noexcept {
        return {a.raw * b.raw};
    }
    [[gnu::always_inline]] friend inline VectorPack operator/(VectorPack const& a, VectorPack const& b) noexcept {
        return {a.raw / b.raw};
    }
    [[gnu::always_inline]] friend inline VectorPack operator&(VectorPack const& a, VectorPack const& b) noexcept {
        return {a.raw & b.raw};
    }
    [[gnu::always_inline]] friend inline VectorPack operator|(VectorPack const& a, VectorPack const& b) noexcept {
        return {a.raw | b.raw};
    }
    [[gnu::always_inline]] friend inline VectorPack operator^(VectorPack const& a, VectorPack const& b) noexcept {
        return {a.raw ^ b.raw};
    }
    template <int Count>
    [[nodiscard, gnu::always_inline]] inline VectorPack shift_left() const noexcept {
        return {raw << Count};
    }
    template <int Count>
    [[nodiscard, gnu::always_inline]] inline VectorPack shift_right() const noexcept {
        return {raw >> Count};
    }
};

template <class T, std::size_t N>
[[gnu::always_inline]] inline VectorPack<ChoiceOf<T>, N> less(VectorPack<T, N> const& a,
                                                              VectorPack<T, N> const& b) noexcept {
    return {__builtin_convertvector(a.raw < b.raw, typename VectorPack<ChoiceOf<T>, N>::Raw)};
}

template <class T, std::size_t N>
[[gnu::always_inline]] inline VectorPack<ChoiceOf<T>, N> equal(VectorPack<T, N> const& a,
                                                               VectorPack<T, N> const& b) noexcept {
    return {__builtin_convertvector(a.raw == b.raw, typename VectorPack<ChoiceOf<T>, N>::Raw)};
}

template <class T, std::size_t N>
[[gnu::always_inline]] inline VectorPack<T, N>
select(VectorPack<ChoiceOf<T>, N> const& choice, VectorPack<T, N> const& yes, VectorPack<T, N> const& no) noexcept {
    return {choice.raw ? yes.raw : no.raw};
}

template <class T, std::size_t N>
[[gnu::always_inline]] inline VectorPack<T, N> multiply_add(VectorPack<T, N> const& a, VectorPack<T, N> const& b,
                                                            VectorPack<T, N> const& c) noexcept {
    return {a.raw * b.raw + c.raw};
}

template <class U, class T, std::size_t N>
[[gnu::always_inline]] inline auto reinterpret(VectorPack<T, N> const& a) noexcept {
    using Result = typename VectorPack<T, N>::template Rebind<U>;
    return Result{__builtin_bit_cast(typename Result::Raw, a.raw)};
}

template <std::size_t N>
[[gnu::always_inline]] inline VectorPack<float, N> to_float(VectorPack<std::uint32_t, N> const& a) noexcept {
    // Processors before AVX-512 convert signed numbers only.
    auto const whole = reinterpret<std::int32_t>(a);
    return {__builtin_convertvector(whole.raw, typename VectorPack<float, N>::Raw)};
}

template <std::size_t N>
[[gnu::always_inline]] inline VectorPack<std::uint16_t, N>
to_halfwords(VectorPack<std::uint32_t, N> const& a) noexcept {
    return {__builtin_convertvector(a.raw, typename VectorPack<std::uint16_t, N>::Raw)};
}

template <class V, class Raw>
[[gnu::always_inline]] inline V whole_to_floating(Raw const& numbers) noexcept {
    using Whole = typename VectorPack<std::int32_t, V::lanes>::Raw;
    return {__builtin_convertvector(__builtin_convertvector(numbers, Whole), typename V::Raw)};
}

template <class V, class U>
    requires requires(V v) { v.raw; }
[[gnu::always_inline]] inline V from_whole(U const* numbers) noexcept {
    // Doubling the width at each step, for which there are instructions that g++ finds.
    auto const loaded = VectorPack<U, V::lanes>::load(numbers);
    if constexpr (sizeof(U) == 1) {
        using Half = typename VectorPack<std::int16_t, V::lanes>::Raw;
        return whole_to_floating<V>(__builtin_convertvector(loaded.raw, Half));
    } else {
        return whole_to_floating<V>(loaded.raw);
    }
}

template <std::size_t Half, std::size_t N>
[[gnu::always_inline]] inline VectorPack<double, N / 2> half_to_double(VectorPack<float, N> const& a) noexcept {
    return [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
        auto const half = __builtin_shufflevector(a.raw, a.raw, static_cast<int>(Half * (N / 2) + I)...);
        return VectorPack<double, N / 2>{__builtin_convertvector(half, typename VectorPack<double, N / 2>::Raw)};
    }
    (std::make_index_sequence<N / 2>{});
}

template <std::size_t N>
[[gnu::always_inline]] inline VectorPack<std::uint64_t, N>
multiply_low_halves(VectorPack<std::uint64_t, N> const& a, VectorPack<std::uint64_t, N> const& b) noexcept {
#if defined(__x86_64__) && !defined(__clang__)
    // One instruction, which g++ does not find by itself: it would multiply 64 bits by 64.
    using Raw = typename VectorPack<std::uint64_t, N>::Raw;
    if constexpr (N == 2) {
        auto const product = __builtin_ia32_pmuludq128(reinterpret<int>(a).raw, reinterpret<int>(b).raw);
        return {__builtin_bit_cast(Raw, product)};
    } else {
        Raw product;
        __asm__("vpmuludq %2, %1, %0" : "=v"(product) : "v"(a.raw), "vm"(b.raw));
        return {product};
    }
#else
    return {(a.raw & 0xffffffffu) * (b.raw & 0xffffffffu)};
#endif
}

template <std::size_t Half, class T, std::size_t N>
[[gnu::always_inline]] inline VectorPack<T, N> interleave(VectorPack<T, N> const& a,
                                                          VectorPack<T, N> const& b) noexcept {
    return [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
        return VectorPack<T, N>{
            __builtin_shufflevector(a.raw, b.raw, static_cast<int>((Half * N + I) / 2 + (I % 2) * N)...)};
    }
    (std::make_index_sequence<N>{});
}

} // namespace boltz::detail

#endif
