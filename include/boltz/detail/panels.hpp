// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Weights rearranged into the panels that packed matrix products read.
///
/// An operand of `inner` rows and `columns` columns becomes panels of 64 columns, one after the other, the last one
/// filled up with zeros. A panel is row after row of 64 words of 32 bits. In float a word is a number. In bfloat16 it
/// is two numbers, rows 2 r and 2 r + 1 of one column, one after the other in memory (little-endian); rows are filled
/// up with zeros to a multiple of 32. These are the formats BA16a64b and BA16a64b2a of oneDNN.

#include <boltz/detail/bfloat16.hpp>
#include <boltz/detail/dispatch.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

namespace boltz::detail {

/// What panels are made of.
enum class PanelNumbers { float32, bfloat16 };

/// The operand that panels hold: the weights or their transpose.
enum class PanelOperand { weights, transposed };

/// The shape of an operand in panels.
struct PanelShape {
    static constexpr std::size_t width = 64;

    std::size_t inner;
    std::size_t columns;
    PanelNumbers numbers;

    [[nodiscard]] std::size_t panels() const noexcept { return (columns + width - 1) / width; }
    /// Rows of words of a panel.
    [[nodiscard]] std::size_t word_rows() const noexcept {
        return numbers == PanelNumbers::float32 ? (inner + 15) / 16 * 16 : (inner + 31) / 32 * 16;
    }
    [[nodiscard]] std::size_t panel_words() const noexcept { return word_rows() * width; }
};

/// Writes one panel of an operand.
struct PackPanel {
    float const* weights;
    std::size_t stride;
    PanelOperand operand;
    PanelShape shape;
    std::size_t panel;
    std::uint32_t* out;

    static constexpr std::size_t width = PanelShape::width;
    static constexpr std::size_t tile = 32; // words of a row that are transposed at a time

    template <class Registers>
    [[gnu::always_inline]] inline void run() const noexcept {
        using V = typename Registers::template Pack<float>;
        std::size_t const first = panel * width;
        std::size_t const count = std::min(width, shape.columns - first);
        if (operand == PanelOperand::weights)
            pack_rows<V>(first, count);
        else
            pack_columns<V>(first, count);
    }

  private:
    // Rows of the operand are rows of the weights.
    template <class V>
    [[gnu::always_inline]] inline void pack_rows(std::size_t first, std::size_t count) const noexcept {
        std::size_t const step = shape.numbers == PanelNumbers::float32 ? 1 : 2;
        float lower_copy[width] = {}, upper_copy[width] = {}; // zeros beyond the last column
        for (std::size_t r = 0; r < shape.word_rows(); ++r) {
            std::uint32_t* const to = out + r * width;
            if (step * r >= shape.inner) {
                std::fill_n(to, width, std::uint32_t{0});
                continue;
            }
            float const* lower = weights + step * r * stride + first;
            float const* upper = lower + stride;
            if (step == 2 && 2 * r + 1 >= shape.inner) {
                std::fill_n(upper_copy, width, 0.0f);
                upper = upper_copy;
            } else if (step == 2 && count < width) {
                std::copy_n(upper, count, upper_copy);
                upper = upper_copy;
            }
            if (count < width) {
                std::copy_n(lower, count, lower_copy);
                lower = lower_copy;
            }
            for (std::size_t c = 0; c < width; c += V::lanes) {
                if (step == 1) {
                    reinterpret<std::uint32_t>(V::load(lower + c)).store(to + c);
                } else {
                    auto const low = rounded_to_bfloat16(V::load(lower + c));
                    auto const high = rounded_to_bfloat16(V::load(upper + c));
                    (low | high.template shift_left<16>()).store(to + c);
                }
            }
        }
    }

    // Rows of the operand are columns of the weights: a tile is read along the weights' rows, then transposed.
    template <class V>
    [[gnu::always_inline]] inline void pack_columns(std::size_t first, std::size_t count) const noexcept {
        using Words = typename V::Bits;
        alignas(64) std::uint32_t words[width * tile];
        std::fill(words + count * tile, words + width * tile, 0u);
        for (std::size_t at = 0; at < shape.word_rows(); at += tile) {
            std::size_t const rows = std::min(tile, shape.word_rows() - at);
            for (std::size_t c = 0; c < count; ++c)
                read_words<V>(weights + (first + c) * stride, at, words + c * tile);
            for (std::size_t c = 0; c < width; c += V::lanes)
                for (std::size_t r = 0; r < rows; r += V::lanes)
                    transpose<Words>(words + c * tile + r, out + (at + r) * width + c);
        }
    }

    // `tile` words of a row of the weights, zeros beyond its end.
    template <class V>
    [[gnu::always_inline]] inline void read_words(float const* row, std::size_t at,
                                                  std::uint32_t* to) const noexcept {
        std::size_t const step = shape.numbers == PanelNumbers::float32 ? 1 : 2;
        std::size_t const begin = std::min(step * at, shape.inner);
        std::size_t const numbers = std::min(step * tile, shape.inner - begin);
        float copy[2 * tile] = {};
        float const* from = row + begin;
        if (numbers < step * tile) {
            std::copy_n(from, numbers, copy);
            from = copy;
        }
        if (step == 1) {
            for (std::size_t i = 0; i < tile; i += V::lanes)
                reinterpret<std::uint32_t>(V::load(from + i)).store(to + i);
        } else {
            alignas(64) std::uint16_t halves[2 * tile];
            for (std::size_t i = 0; i < 2 * tile; i += V::lanes)
                to_halfwords(rounded_to_bfloat16(V::load(from + i))).store(halves + i);
            std::memcpy(to, halves, sizeof halves); // pairs of neighbours are words already
        }
    }

    // A square of words: log2(lanes) rounds of interleaving the upper with the lower half of the rows.
    template <class Words>
    [[gnu::always_inline]] static inline void transpose(std::uint32_t const* from, std::uint32_t* to) noexcept {
        std::array<Words, Words::lanes> rows;
        unrolled<Words::lanes>([&](auto i) { rows[i] = Words::load(from + i * tile); });
        unrolled<std::countr_zero(Words::lanes)>([&](auto) {
            std::array<Words, Words::lanes> mixed;
            unrolled<Words::lanes / 2>([&](auto i) {
                mixed[2 * i] = interleave<0>(rows[i], rows[i + Words::lanes / 2]);
                mixed[2 * i + 1] = interleave<1>(rows[i], rows[i + Words::lanes / 2]);
            });
            rows = mixed;
        });
        unrolled<Words::lanes>([&](auto i) { rows[i].store(to + i * width); });
    }

    template <std::size_t N, class F>
    [[gnu::always_inline]] static inline void unrolled(F const& f) noexcept {
        [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
            (f(std::integral_constant<std::size_t, I>{}), ...);
        }
        (std::make_index_sequence<N>{});
    }
};

/// Writes panel number `panel` of the weights or of their transpose to `out`, `shape.panel_words()` words.
///
/// One pass; cost about that of reading the weights. Allocates nothing.
inline void pack_panel(Block<float const> weights, PanelOperand operand, PanelShape shape, std::size_t panel,
                       std::uint32_t* out, InstructionSet set = best_instruction_set()) noexcept {
    dispatch(PackPanel{weights.data, weights.stride, operand, shape, panel, out}, set);
}

} // namespace boltz::detail
