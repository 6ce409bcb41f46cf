// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/data/byte_source.hpp>

#include <boltz/data/byte_scale.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/error.hpp>
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

} // namespace boltz
