// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Floats rounded to the eight significant bits of bfloat16.

#include <boltz/detail/dispatch.hpp>

#include <cstddef>
#include <cstdint>

namespace boltz::detail {

/// The 16 upper bits of floats rounded to the nearest bfloat16, ties to even, in the lower half of each lane; a NaN
/// stays one.
template <class V>
[[gnu::always_inline]] inline typename V::Bits rounded_to_bfloat16(V const& x) noexcept {
    using Bits = typename V::Bits;
    auto const bits = reinterpret<std::uint32_t>(x);
    Bits const odd = bits.template shift_right<16>() & Bits::all(1);
    Bits const rounded = bits + Bits::all(0x7fff) + odd;
    return select(equal(x, x), rounded, Bits::all(0x7fc00000)).template shift_right<16>();
}

struct ToBfloat16Step {
    float const* in;
    std::uint16_t* out;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk) const noexcept {
        chunk.store(to_halfwords(rounded_to_bfloat16(chunk.template load<V>(in))), out);
    }
};

/// out = in, rounded to the nearest bfloat16.
inline void to_bfloat16(float const* in, std::uint16_t* out, std::size_t n,
                        InstructionSet set = best_instruction_set()) noexcept {
    for_each_chunk<float>(ToBfloat16Step{in, out}, n, set);
}

} // namespace boltz::detail
