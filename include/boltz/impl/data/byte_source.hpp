// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/data/byte_source.hpp>

#include <boltz/data/byte_scale.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/types.hpp>
#include <boltz/version.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace boltz {

BOLTZ_INLINE ByteSource::ByteSource(std::span<std::uint8_t const> bytes, std::size_t columns, ByteScale scale)
    : bytes_{bytes}, columns_{columns}, scale_{scale} {
    if (columns == 0 || bytes.size() % columns != 0)
        detail::fail<ShapeError>("ByteSource: ", bytes.size(), " bytes are not a whole number of rows of ", columns);
}

template <class T>
void ByteSource::load(std::span<std::size_t const> indices, Block<T> out, Draws const&) const noexcept {
    for (std::size_t i = 0; i < indices.size(); ++i)
        detail::bytes_to_scaled(bytes_.data() + indices[i] * columns_, out.row(i).data(), columns_,
                                static_cast<T>(scale_.factor()));
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template void ByteSource::load<T>(std::span<std::size_t const> indices, Block<T> out, Draws const&)              \
        const noexcept;
#include <boltz/detail/instantiate.hpp>
