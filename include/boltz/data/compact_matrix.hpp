// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Cases of real numbers kept in 8 or 16 bits a number.

#include <boltz/detail/codes.hpp>
#include <boltz/draws.hpp>
#include <boltz/types.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <variant>
#include <vector>

namespace boltz {

/// The room that a `CompactMatrix` takes for a number.
enum class Compactness {
    sixteen_bits, ///< half a float's: off by less than (greatest - least of the row) / 65535
    eight_bits    ///< a quarter of a float's: off by less than (greatest - least of the row) / 255
};

/// A matrix whose rows are kept as whole numbers between their least and their greatest number; a source of cases.
///
/// It serves numbers of which there are many and whose last digits do not matter, such as the means of hidden units.
/// The least and the greatest number of a row come back as the nearest floats, rows of zeros and ones exactly. It is
/// the running sums of a row that are rounded, so the whole sum is kept to half a step: the means of a multinomial
/// layer still add up. A row with a number that is not finite comes back as NaNs. Memory: 1 or 2 bytes
/// a number and 8 a row. Copies are cheap: they share the numbers. Loading allocates nothing.
class CompactMatrix {
  public:
    /// Zeros.
    /// @throws ValueError if they are more than memory can hold.
    CompactMatrix(std::size_t rows, std::size_t columns, Compactness compactness = Compactness::sixteen_bits);

    [[nodiscard]] std::size_t rows() const noexcept { return numbers_->ranges.size(); }
    [[nodiscard]] std::size_t columns() const noexcept { return numbers_->columns; }

    /// Replaces the rows from `first` on, in all copies. About 1.3 ns a number.
    /// @throws ShapeError if the block has other columns or goes beyond the last row.
    template <class T>
    void store(std::size_t first, Block<T> from);

    template <class T>
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const&) const;

  private:
    struct Numbers {
        std::size_t columns = 0;
        std::vector<detail::CodeRange> ranges;
        std::variant<std::vector<std::uint16_t>, std::vector<std::uint8_t>> codes;
    };

    std::shared_ptr<Numbers> numbers_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/data/compact_matrix.hpp>
#endif
