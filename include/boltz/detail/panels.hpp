// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Weights rearranged into the panels that packed matrix products read.
///
/// An operand of `inner` rows and `columns` columns becomes panels of 64 columns, one after the other, the last one
/// filled up with zeros. A panel is row after row of 64 words of 32 bits. In float a word is a number. In bfloat16 it
/// is two numbers, rows 2 r and 2 r + 1 of one column, one after the other in memory (little-endian). Rows of words
/// are filled up with zeros to a multiple of 16. These are the formats BA16a64b and BA16a64b2a of oneDNN.

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

/// The shape of an operand in panels.
struct PanelShape {
    static constexpr std::size_t width = 64;

    std::size_t inner;
    std::size_t columns;
    PanelNumbers numbers;

    /// Numbers of a column in a word.
    [[nodiscard]] std::size_t depth() const noexcept { return numbers == PanelNumbers::float32 ? 1 : 2; }
    [[nodiscard]] std::size_t word_rows() const noexcept { return (inner + 16 * depth() - 1) / (16 * depth()) * 16; }
    [[nodiscard]] std::size_t panel_words() const noexcept { return word_rows() * width; }
    [[nodiscard]] std::size_t words() const noexcept { return (columns + width - 1) / width * panel_words(); }
    /// Where the word with row `row` of column `column` lies.
    [[nodiscard]] std::size_t word(std::size_t row, std::size_t column) const noexcept {
        return column / width * panel_words() + row / depth() * width + column % width;
    }
};

/// Writes a strip, 16 rows of the weights or the fewer that are left, into the panels of the weights (`up`) and of
/// their transpose (`down`, unless it is null).
struct PackStrip {
    float const* weights; ///< first row of the strip
    std::size_t stride;
    std::size_t first;
    std::size_t rows;
    PanelShape shape; ///< of the weights
    std::uint32_t* up;
    std::uint32_t* down;

    static constexpr std::size_t strip = 16;
    static constexpr std::size_t tile = 16; // words of a row that are transposed at a time

    template <class Registers>
    [[gnu::always_inline]] inline void run() const noexcept {
        using V = typename Registers::template Pack<float>;
        PanelShape const transpose{shape.columns, shape.inner, shape.numbers};
        std::size_t const numbers = tile * shape.depth();
        // Strips are whole except for the last; columns, too.
        float copy[strip * 2 * tile];
        for (std::size_t column = 0; column < shape.columns; column += numbers) {
            std::size_t const count = std::min(numbers, shape.columns - column);
            float const* from = weights + column;
            std::size_t step = stride;
            if (rows < strip || count < numbers) {
                std::fill_n(copy, strip * 2 * tile, 0.0f);
                for (std::size_t r = 0; r < rows; ++r) std::copy_n(from + r * stride, count, copy + r * numbers);
                from = copy;
                step = numbers;
            }
            if (shape.numbers == PanelNumbers::float32) {
                pack_floats<V>(from, step, up + shape.word(first, column));
                if (down != nullptr)
                    transpose_words<V>(float_words<V>(from, step), down + transpose.word(column, first));
            } else {
                for (std::size_t half = 0; half < numbers; half += tile)
                    if (column + half < shape.columns)
                        pack_pairs<V>(from + half, step, up + shape.word(first, column + half));
                if (down != nullptr)
                    transpose_words<V>(pair_words<V>(from, step), down + transpose.word(column, first));
            }
        }
    }

  private:
    struct Words {
        alignas(64) std::uint32_t at[strip * tile];
    };

    // 16 columns of the strip into consecutive words of 16 rows.
    template <class V>
    [[gnu::always_inline]] static inline void pack_floats(float const* from, std::size_t step,
                                                          std::uint32_t* to) noexcept {
        for (std::size_t r = 0; r < strip; ++r)
            for (std::size_t c = 0; c < tile; c += V::lanes)
                reinterpret<std::uint32_t>(V::load(from + r * step + c)).store(to + r * PanelShape::width + c);
    }

    // 16 columns of the strip into 8 rows of pairs.
    template <class V>
    [[gnu::always_inline]] static inline void pack_pairs(float const* from, std::size_t step,
                                                         std::uint32_t* to) noexcept {
        for (std::size_t r = 0; r < strip / 2; ++r)
            for (std::size_t c = 0; c < tile; c += V::lanes) {
                auto const low = rounded_to_bfloat16(V::load(from + 2 * r * step + c));
                auto const high = rounded_to_bfloat16(V::load(from + (2 * r + 1) * step + c));
                (low | high.template shift_left<16>()).store(to + r * PanelShape::width + c);
            }
    }

    template <class V>
    [[gnu::always_inline]] static inline Words float_words(float const* from, std::size_t step) noexcept {
        Words words;
        for (std::size_t r = 0; r < strip; ++r)
            std::memcpy(words.at + r * tile, from + r * step, tile * sizeof(float));
        return words;
    }

    // Neighbours in a row become the halves of a word.
    template <class V>
    [[gnu::always_inline]] static inline Words pair_words(float const* from, std::size_t step) noexcept {
        Words words;
        for (std::size_t r = 0; r < strip; ++r) {
            alignas(64) std::uint16_t halves[2 * tile];
            for (std::size_t c = 0; c < 2 * tile; c += V::lanes)
                to_halfwords(rounded_to_bfloat16(V::load(from + r * step + c))).store(halves + c);
            std::memcpy(words.at + r * tile, halves, sizeof halves);
        }
        return words;
    }

    // Rows of words become columns. A square of words takes log2(lanes) rounds of interleaving the upper with the
    // lower half of its rows.
    template <class V>
    [[gnu::always_inline]] static inline void transpose_words(Words const& words, std::uint32_t* to) noexcept {
        using Pack = typename V::Bits;
        constexpr std::size_t n = Pack::lanes;
        for (std::size_t r = 0; r < strip; r += n)
            for (std::size_t c = 0; c < tile; c += n) {
                std::array<Pack, n> rows_of;
                unrolled<n>([&](auto i) { rows_of[i] = Pack::load(words.at + (r + i) * tile + c); });
                unrolled<std::countr_zero(n)>([&](auto) {
                    std::array<Pack, n> mixed;
                    unrolled<n / 2>([&](auto i) {
                        mixed[2 * i] = interleave<0>(rows_of[i], rows_of[i + n / 2]);
                        mixed[2 * i + 1] = interleave<1>(rows_of[i], rows_of[i + n / 2]);
                    });
                    rows_of = mixed;
                });
                unrolled<n>([&](auto i) { rows_of[i].store(to + (c + i) * PanelShape::width + r); });
            }
    }

    template <std::size_t N, class F>
    [[gnu::always_inline]] static inline void unrolled(F const& f) noexcept {
        [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
            (f(std::integral_constant<std::size_t, I>{}), ...);
        }
        (std::make_index_sequence<N>{});
    }
};

/// Writes rows first .. first + count - 1 of weights of `shape` into the panels of the weights and of their
/// transpose; `first` is a multiple of 16, and so is `count` or the rows end there.
///
/// Panels of the transpose are left out where `down` is null. Reads the rows once; cost about that of reading and
/// writing. The zeros that fill up panels are written where they meet numbers, else taken to be there. Allocates
/// nothing.
inline void pack_rows(Block<float const> weights, std::size_t first, std::size_t count, PanelNumbers numbers,
                      std::uint32_t* up, std::uint32_t* down, InstructionSet set = best_instruction_set()) noexcept {
    PanelShape const shape{weights.rows, weights.columns, numbers};
    for (std::size_t at = first; at < first + count; at += PackStrip::strip)
        dispatch(PackStrip{weights.row(at).data(), weights.stride, at, std::min(PackStrip::strip, first + count - at),
                           shape, up, down},
                 set);
}

} // namespace boltz::detail
