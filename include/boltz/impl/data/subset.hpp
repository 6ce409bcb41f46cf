// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/data/subset.hpp>

#include <boltz/detail/permutation.hpp>
#include <boltz/error.hpp>
#include <boltz/random.hpp>
#include <boltz/version.hpp>

#include <cstddef>
#include <vector>

namespace boltz {

BOLTZ_INLINE Split split(std::size_t rows, std::size_t validation, Random& random) {
    if (validation >= rows)
        detail::fail<ValueError>("split: validation is ", validation, ", but there are only ", rows, " rows");
    std::vector<std::size_t> order(rows);
    detail::permute(order, random.split());
    std::vector<char> aside(rows, 0);
    for (std::size_t i = 0; i < validation; ++i) aside[order[i]] = 1;
    Split result;
    for (std::size_t i = 0; i < rows; ++i) (aside[i] ? result.validation : result.training).push_back(i);
    return result;
}

} // namespace boltz
