// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Binary cases kept as bits.

#include <boltz/concepts.hpp>
#include <boltz/data/binarised.hpp>
#include <boltz/detail/bits.hpp>
#include <boltz/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace boltz {

/// Rows of zeros and ones, eight to a byte. Every row begins in a byte of its own, and its first column is the
/// highest bit there, as `numpy.packbits(cases, axis=1)` has it.
struct PackedBits {
    std::size_t columns = 0;
    std::vector<std::uint8_t> bytes{};              ///< rows x ceil(columns / 8)
    Binarisation binarisation = Binarisation::none; ///< how grey values became bits, if they were any
};

/// Keeps all cases of a source of zeros and ones as bits, a thirty-second part of floats.
///
/// Grey values are binarised on the way: `pack_bits(Binarised{ByteSource{images}, Binarisation::threshold})`. What
/// the source draws afresh at each presentation is drawn once, here, out of `draws`; its protocol is then `fixed`.
/// Memory beside the result: 64 cases.
/// @throws ValueError if a value is neither 0 nor 1.
template <concepts::DataSource S>
[[nodiscard]] PackedBits pack_bits(S const& source, Draws const& draws = Draws::from_seed(0)) {
    std::size_t const columns = source.columns();
    std::size_t const stride = detail::bytes_of_bits(columns);
    PackedBits result{.columns = columns,
                      .bytes = std::vector<std::uint8_t>(source.rows() * stride),
                      .binarisation = binarisation_of(source)};
    if (result.binarisation == Binarisation::stochastic) result.binarisation = Binarisation::fixed;
    constexpr std::size_t step = 64;
    Matrix<float> rows = zero_matrix<float>(step, columns);
    std::vector<std::size_t> indices(step);
    for (std::size_t first = 0; first < source.rows(); first += step) {
        std::size_t const count = std::min<std::size_t>(step, source.rows() - first);
        std::iota(indices.begin(), indices.end(), first);
        source.load(std::span<std::size_t const>{indices.data(), count}, Block{rows}.row_range(0, count),
                    draws.from_row(first));
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < columns; ++j) {
                float const value = rows(i, j);
                if (value != 0 && value != 1)
                    detail::fail<ValueError>("pack_bits: source holds ", value, " in row ", first + i, ", column ", j,
                                             ", but bits are 0 or 1");
                if (value == 1)
                    result.bytes[(first + i) * stride + j / 8] |=
                        static_cast<std::uint8_t>(1u << detail::bit_place(j));
            }
    }
    return result;
}

} // namespace boltz
