// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Rows of bits, eight to a byte, as numbers.

#include <boltz/detail/dispatch.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace boltz::detail {

/// Bytes that hold `columns` bits.
[[nodiscard]] constexpr std::size_t bytes_of_bits(std::size_t columns) noexcept {
    return columns / 8 + (columns % 8 != 0 ? 1 : 0);
}

/// The place of column j in its byte: the highest bit is the first, as in NumPy's packbits.
[[nodiscard]] constexpr unsigned bit_place(std::size_t column) noexcept {
    return 7 - static_cast<unsigned>(column % 8);
}

template <class T>
struct BitsStep {
    std::uint8_t const* in;
    T* out;
    std::size_t bytes;

    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk) const noexcept {
        using Bits = typename V::Bits;
        using Word = typename Bits::value_type;
        static_assert(V::lanes <= 16);
        // The bit of lane 0 is moved to the highest place of 16, and lane i keeps the one i places below.
        static constexpr Word places[16] = {1u << 15, 1u << 14, 1u << 13, 1u << 12, 1u << 11, 1u << 10,
                                            1u << 9,  1u << 8,  1u << 7,  1u << 6,  1u << 5,  1u << 4,
                                            1u << 3,  1u << 2,  1u << 1,  1u << 0};
        std::size_t const byte = chunk.at / 8;
        unsigned word = unsigned{in[byte]} << 8;
        if (V::lanes > 8 && byte + 1 < bytes) word |= in[byte + 1];
        word <<= chunk.at % 8;
        auto const kept = Bits::all(word) & Bits::load(places);
        auto const zero = equal(kept, Bits::all(0));
        chunk.store(select(zero, V::all(T{0}), V::all(T{1})), out);
    }
};

/// out[j] = bit j of a row, as 0 or 1.
template <std::floating_point T>
void bits_to_numbers(std::uint8_t const* in, T* out, std::size_t n,
                     InstructionSet set = best_instruction_set()) noexcept {
    for_each_chunk<T>(BitsStep<T>{in, out, bytes_of_bits(n)}, n, set);
}

} // namespace boltz::detail
