// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Bars and stripes: a toy distribution whose every probability is known.

#include <boltz/error.hpp>
#include <boltz/types.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace boltz {

/// Square black and white pictures of lines that are all horizontal or all vertical (MacKay 2003, section 43.2).
///
/// A picture arises by choosing rows or columns with probability 1/2 and painting each of the n lines with
/// probability 1/2. The empty and the full picture arise both ways: they have probability 2^-n, the others 2^-(n+1).
struct BarsAndStripes {
    Matrix<float> patterns;            ///< 2^(n+1) - 2 different pictures, n * n pixels a row; the first is empty
    std::vector<double> probabilities; ///< of each picture; they add up to 1
    Matrix<float> cases;               ///< the pictures, then the empty and the full one again: 2^(n+1) equally
                                       ///< probable cases, a training set with exactly these frequencies

    /// The mean of log p over the distribution, in nats: no model has a higher mean log-likelihood.
    [[nodiscard]] double negative_entropy() const {
        double sum = 0;
        for (double const p : probabilities) sum += p * std::log(p);
        return sum;
    }
};

/// All bars and stripes of n x n pixels.
/// @throws ValueError if `n` is not in 1 .. 16.
[[nodiscard]] inline BarsAndStripes bars_and_stripes(std::size_t n) {
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
