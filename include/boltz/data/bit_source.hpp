// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Cases from bits.

#include <boltz/data/packed_bits.hpp>
#include <boltz/detail/bits.hpp>
#include <boltz/draws.hpp>
#include <boltz/types.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace boltz {

/// Rows of bits, eight to a byte, as zeros and ones.
///
/// A bit takes an eighth of a byte's room and a thirty-second of a float's, and is spread out in cache. Refers to the
/// bits, which must outlive it; what stands in the last byte of a row beyond its columns is passed over. Loading
/// costs no more than from bytes and allocates nothing.
class BitSource {
  public:
    /// @throws ShapeError if the bytes are not a whole number of rows of ceil(columns / 8).
    BitSource(std::span<std::uint8_t const> bytes, std::size_t columns,
              Binarisation binarisation = Binarisation::none);

    /// What `pack_bits` made.
    explicit BitSource(PackedBits const& bits) : BitSource{bits.bytes, bits.columns, bits.binarisation} {}

    /// Deleted for temporaries: the source only refers to its data.
    explicit BitSource(PackedBits&&) = delete;

    [[nodiscard]] std::size_t rows() const noexcept { return bytes_.size() / detail::bytes_of_bits(columns_); }
    [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
    [[nodiscard]] Binarisation binarisation() const noexcept { return binarisation_; }

    template <class T>
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const&) const noexcept;

  private:
    std::span<std::uint8_t const> bytes_;
    std::size_t columns_;
    Binarisation binarisation_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/data/bit_source.hpp>
#endif
