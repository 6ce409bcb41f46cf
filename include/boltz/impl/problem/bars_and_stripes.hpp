// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/problem/bars_and_stripes.hpp>

#include <boltz/error.hpp>
#include <boltz/types.hpp>
#include <boltz/version.hpp>

#include <cmath>
#include <cstddef>
#include <span>

namespace boltz {

BOLTZ_INLINE double BarsAndStripes::negative_entropy() const {
    double sum = 0;
    for (double const p : probabilities) sum += p * std::log(p);
    return sum;
}

BOLTZ_INLINE BarsAndStripes bars_and_stripes(std::size_t n) {
    if (n < 1 || n > 16) detail::fail<ValueError>("bars_and_stripes: n is ", n, ", but must lie in 1 .. 16");
    std::size_t const full = (std::size_t{1} << n) - 1;
    std::size_t const count = 2 * full;
    BarsAndStripes result{zero_matrix<float>(count, n * n), {}, zero_matrix<float>(count + 2, n * n)};
    auto const paint = [n](std::span<float> picture, std::size_t lines, bool vertical) {
        for (std::size_t j = 0; j < picture.size(); ++j)
            picture[j] = static_cast<float>(lines >> (vertical ? j % n : j / n) & 1);
    };
    Block const patterns{result.patterns};
    for (std::size_t i = 0; i < count; ++i) {
        bool const vertical = i > full;
        std::size_t const lines = vertical ? i - full : i;
        paint(patterns.row(i), lines, vertical);
        double const ways = lines == 0 || lines == full ? 2 : 1;
        result.probabilities.push_back(ways / static_cast<double>(count + 2));
    }
    Block const cases{result.cases};
    copy(patterns, cases.row_range(0, count));
    paint(cases.row(count + 1), full, true);
    return result;
}

} // namespace boltz
