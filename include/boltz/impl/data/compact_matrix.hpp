// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/data/compact_matrix.hpp>

#include <boltz/detail/sizes.hpp>
#include <boltz/version.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace boltz {

BOLTZ_INLINE CompactMatrix::CompactMatrix(std::size_t rows, std::size_t columns, Compactness compactness)
    : numbers_{std::make_shared<Numbers>()} {
    std::size_t const size = detail::product_of("CompactMatrix", {{rows, "rows"}, {columns, "columns"}});
    numbers_->columns = columns;
    numbers_->ranges.resize(rows);
    if (compactness == Compactness::eight_bits)
        numbers_->codes = std::vector<std::uint8_t>(size);
    else
        numbers_->codes = std::vector<std::uint16_t>(size);
}

} // namespace boltz
