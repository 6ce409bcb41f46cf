// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Philox4x32-10, and rows of random numbers that are named by their position.

#include <boltz/detail/dispatch.hpp>
#include <boltz/detail/simd_math.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace boltz::detail {

/// What a number is drawn for: the last word of the counter, so that no two purposes share a number.
/// Words from `below` on are the attempts of philox_below.
enum class PhiloxPurpose : std::uint32_t { uniform, normal, derive, below };

inline constexpr std::array<std::uint32_t, 2> philox_multipliers{0xD2511F53, 0xCD9E8D57};
inline constexpr std::array<std::uint32_t, 2> philox_key_steps{0x9E3779B9, 0xBB67AE85};

/// Philox4x32-10 (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011): four random
/// words for each counter under a key.
[[nodiscard]] constexpr std::array<std::uint32_t, 4> philox4x32_10(std::array<std::uint32_t, 4> counter,
                                                                   std::array<std::uint32_t, 2> key) noexcept {
    for (int round = 0; round < 10; ++round) {
        std::uint64_t const p = std::uint64_t{philox_multipliers[0]} * counter[0];
        std::uint64_t const q = std::uint64_t{philox_multipliers[1]} * counter[2];
        counter = {static_cast<std::uint32_t>(q >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(q),
                   static_cast<std::uint32_t>(p >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(p)};
        key[0] += philox_key_steps[0];
        key[1] += philox_key_steps[1];
    }
    return counter;
}

/// The first two words at (column group, row) as one of 64 bits.
[[nodiscard]] constexpr std::uint64_t philox_word(std::uint64_t key, std::uint64_t row, std::uint32_t group,
                                                  std::uint32_t purpose) noexcept {
    auto const words =
        philox4x32_10({group, static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(row >> 32), purpose},
                      {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)});
    return words[0] | std::uint64_t{words[1]} << 32;
}

/// An independent key with a name of its own, by a counter word that draws never use.
[[nodiscard]] constexpr std::uint64_t philox_derive(std::uint64_t key, std::uint64_t name) noexcept {
    return philox_word(key, name, 0, static_cast<std::uint32_t>(PhiloxPurpose::derive));
}

/// A whole number in 0 .. bound - 1 (bound > 0) at (row, column < 2^32), exactly uniform: words beyond the greatest
/// multiple of the bound are drawn again.
[[nodiscard]] constexpr std::uint64_t philox_below(std::uint64_t key, std::uint64_t row, std::uint64_t column,
                                                   std::uint64_t bound) noexcept {
    std::uint64_t const surplus = (~std::uint64_t{0} % bound + 1) % bound;
    for (auto attempt = static_cast<std::uint32_t>(PhiloxPurpose::below);; ++attempt) {
        std::uint64_t const word = philox_word(key, row, static_cast<std::uint32_t>(column), attempt);
        if (word <= ~std::uint64_t{0} - surplus) return word % bound;
    }
}

/// One word each of several Philox evaluations, in 64-bit lanes whose upper halves are rubbish.
template <class W>
struct PhiloxWords {
    W first, second, third, fourth;
};

template <int Rounds, class W>
[[gnu::always_inline]] inline void philox_rounds(PhiloxWords<W>& words, W const& key_0, W const& key_1) noexcept {
    // Only lower halves are ever multiplied and, in the end, read; the upper ones may hold anything.
    W const p = multiply_low_halves(words.first, W::all(philox_multipliers[0]));
    W const q = multiply_low_halves(words.third, W::all(philox_multipliers[1]));
    words.first = q.template shift_right<32>() ^ words.second ^ key_0;
    words.second = q;
    words.third = p.template shift_right<32>() ^ words.fourth ^ key_1;
    words.fourth = p;
    if constexpr (Rounds > 1)
        philox_rounds<Rounds - 1>(words, key_0 + W::all(philox_key_steps[0]), key_1 + W::all(philox_key_steps[1]));
}

/// The evaluations for column groups group, group + 1, ..., one a lane.
template <class W>
[[gnu::always_inline]] inline PhiloxWords<W> philox_words(std::uint64_t key, std::uint64_t row, std::uint64_t group,
                                                          PhiloxPurpose purpose) noexcept {
    PhiloxWords<W> words{W::all(group) + W::lane_numbers(), W::all(static_cast<std::uint32_t>(row)),
                         W::all(row >> 32), W::all(static_cast<std::uint32_t>(purpose))};
    philox_rounds<10>(words, W::all(key), W::all(key >> 32));
    return words;
}

/// Lower halves of `low` and, above them, those of `high`.
template <class W>
[[gnu::always_inline]] inline W join_halves(W const& low, W const& high) noexcept {
    return (low & W::all(0xffffffffu)) | high.template shift_left<32>();
}

/// Two packs of consecutive numbers.
template <class V>
struct TwoPacks {
    V first, second;
};

/// The numbers of uniform rows: 24 bits of one word a float, 53 bits of two words a double.
struct UniformNumbers {
    template <class V>
    [[gnu::always_inline]] static inline TwoPacks<V> at(std::uint64_t key, std::uint64_t row,
                                                        std::uint64_t group) noexcept {
        using W = typename V::template Rebind<std::uint64_t>;
        auto const words = philox_words<W>(key, row, group, PhiloxPurpose::uniform);
        W const lower = join_halves(words.first, words.second);
        W const upper = join_halves(words.third, words.fourth);
        return {number<V>(interleave<0>(lower, upper)), number<V>(interleave<1>(lower, upper))};
    }

  private:
    template <class V>
    [[gnu::always_inline]] static inline V number(typename V::template Rebind<std::uint64_t> const& bits) noexcept {
        if constexpr (sizeof(typename V::value_type) == 4) {
            return to_float(reinterpret<std::uint32_t>(bits).template shift_right<8>()) * V::all(0x1p-24f);
        } else {
            // The upper 32 bits as the last ones of a number near 2^20, the next 21 as those of one near 1/2.
            using W = typename V::Bits;
            W const high = bits.template shift_right<32>() | W::all(__builtin_bit_cast(std::uint64_t, 0x1p20));
            W const low = (bits.template shift_right<11>() & W::all((std::uint64_t{1} << 21) - 1)) |
                          W::all(__builtin_bit_cast(std::uint64_t, 0.5));
            return (reinterpret<double>(high) - V::all(0x1p20 + 0.5)) + reinterpret<double>(low);
        }
    }
};

/// The numbers of normal rows, by the transform of Box & Muller (1958): columns 2j and 2j + 1 are r cos(a), r sin(a).
struct NormalNumbers {
    template <class V>
    [[gnu::always_inline]] static inline TwoPacks<V> at(std::uint64_t key, std::uint64_t row,
                                                        std::uint64_t group) noexcept {
        using T = typename V::value_type;
        using W = typename V::template Rebind<std::uint64_t>;
        auto const words = philox_words<W>(key, row, group, PhiloxPurpose::normal);
        // The first, third, ... column of a group and the second, fourth, ... one side by side.
        constexpr bool narrow = sizeof(T) == 4;
        W const radius_bits = join_halves(words.first, narrow ? words.third : words.second);
        W const angle_bits = join_halves(narrow ? words.second : words.third, words.fourth);
        V const radius = square_root(V::all(T{-2}) * logarithm(open_uniform<V>(reinterpret<BitsOf<T>>(radius_bits))));
        auto const [cosine, sine] = cosine_sine<V>(reinterpret<BitsOf<T>>(angle_bits));
        V const even = radius * cosine;
        V const odd = radius * sine;
        return {interleave<0>(even, odd), interleave<1>(even, odd)};
    }

  private:
    /// (bits + 1/2) / 2^width, rounded: never 0, and as fine as the bits allow where it is small.
    template <class V>
    [[gnu::always_inline]] static inline V open_uniform(typename V::Bits const& bits) noexcept {
        using T = typename V::value_type;
        using Bits = typename V::Bits;
        constexpr int half = 4 * sizeof(T);
        constexpr T upper = sizeof(T) == 4 ? T{0x1p7} : T{0x1p20};
        constexpr T lower = sizeof(T) == 4 ? T{0x1p-9} : T{0x1p-12};
        constexpr T shift = sizeof(T) == 4 ? T{0x1p-33} : T{0x1p-65};
        Bits const high = bits.template shift_right<half>() | Bits::all(__builtin_bit_cast(BitsOf<T>, upper));
        Bits const low =
            (bits & Bits::all((BitsOf<T>{1} << half) - 1)) | Bits::all(__builtin_bit_cast(BitsOf<T>, lower));
        return (reinterpret<T>(high) - V::all(upper + lower)) + reinterpret<T>(low) + V::all(shift);
    }
};

/// Where a row of random numbers lies.
struct RandomRow {
    std::uint64_t key;
    std::uint64_t row;
    std::size_t first_column;
};

/// A kernel that calls `step.apply<Pack>(chunk, numbers)` for all chunks of n columns of a random row.
template <class T, class Numbers, class Step>
struct EachDrawnChunk {
    RandomRow random;
    Step step;
    std::size_t n;

    template <class Registers>
    [[gnu::always_inline]] inline void run() const noexcept {
        using V = typename Registers::template Pack<T>;
        constexpr std::size_t columns_per_group = 16 / sizeof(T);
        constexpr std::size_t lanes = V::lanes;
        std::uint64_t group = random.first_column / columns_per_group;
        std::size_t skipped = random.first_column % columns_per_group;
        for (std::size_t done = 0; done < n; group += 2 * lanes / columns_per_group, skipped = 0) {
            auto const numbers = Numbers::template at<V>(random.key, random.row, group);
            if (skipped == 0 && done + 2 * lanes <= n) {
                step.template apply<V>(WholeChunk{done}, numbers.first);
                step.template apply<V>(WholeChunk{done + lanes}, numbers.second);
                done += 2 * lanes;
            } else {
                std::size_t const end = std::min(2 * lanes, skipped + (n - done));
                PartialChunk const first{done, std::min(skipped, lanes), std::min(end, lanes)};
                done += first.last - first.first;
                PartialChunk const second{done, std::max(skipped, lanes) - lanes, std::max(end, lanes) - lanes};
                done += second.last - second.first;
                step.template apply<V>(first, numbers.first);
                step.template apply<V>(second, numbers.second);
            }
        }
    }
};

template <class T>
struct StoreNumbers {
    T* out;

    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk, V const& numbers) const noexcept {
        chunk.store(numbers, out);
    }
};

/// out[j] = the number in [0, 1) at (row, first_column + j): k / 2^24 for float, k / 2^53 for double.
///
/// Word j % 4 of the evaluation at counter (j / 4, row, row >> 32, purpose) gives column j in float; words 2 (j % 2)
/// and 2 (j % 2) + 1 of that at j / 2 in double. The bits are the same for every instruction set.
template <std::floating_point T>
void philox_uniform(std::uint64_t key, std::uint64_t row, std::size_t first_column, T* out, std::size_t n,
                    InstructionSet set = best_instruction_set()) noexcept {
    using Kernel = EachDrawnChunk<T, UniformNumbers, StoreNumbers<T>>;
    dispatch(Kernel{{key, row, first_column}, {out}, n}, set);
}

/// out[j] = the standard normal number at (row, first_column + j); always finite, up to 6.8 in float and 9.5 in
/// double.
///
/// Sets with and without fused multiply-add differ in the last bits.
template <std::floating_point T>
void philox_normal(std::uint64_t key, std::uint64_t row, std::size_t first_column, T* out, std::size_t n,
                   InstructionSet set = best_instruction_set()) noexcept {
    using Kernel = EachDrawnChunk<T, NormalNumbers, StoreNumbers<T>>;
    dispatch(Kernel{{key, row, first_column}, {out}, n}, set);
}

} // namespace boltz::detail
