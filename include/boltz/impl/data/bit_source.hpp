// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/data/bit_source.hpp>

#include <boltz/detail/bits.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/types.hpp>
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

template <class T>
void BitSource::load(std::span<std::size_t const> indices, Block<T> out, Draws const&) const noexcept {
    for (std::size_t i = 0; i < indices.size(); ++i)
        detail::bits_to_numbers(bytes_.data() + indices[i] * detail::bytes_of_bits(columns_), out.row(i).data(),
                                columns_);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template void BitSource::load<T>(std::span<std::size_t const> indices, Block<T> out, Draws const&) const noexcept;
#include <boltz/detail/instantiate.hpp>
