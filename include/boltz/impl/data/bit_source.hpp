// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/data/bit_source.hpp>

#include <boltz/detail/bits.hpp>
#include <boltz/error.hpp>
#include <boltz/version.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace boltz {

BOLTZ_INLINE BitSource::BitSource(std::span<std::uint8_t const> bytes, std::size_t columns, Binarisation binarisation)
    : bytes_{bytes}, columns_{columns}, binarisation_{binarisation} {
    if (columns == 0 || bytes.size() % detail::bytes_of_bits(columns) != 0)
        detail::fail<ShapeError>("BitSource: ", bytes.size(), " bytes are not a whole number of rows of ", columns,
                                 " bits");
}

} // namespace boltz
