// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Bars and stripes: a toy distribution whose every probability is known.

#include <boltz/types.hpp>

#include <cstddef>
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
    [[nodiscard]] double negative_entropy() const;
};

/// All bars and stripes of n x n pixels.
/// @throws ValueError if `n` is not in 1 .. 16.
[[nodiscard]] BarsAndStripes bars_and_stripes(std::size_t n);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/problem/bars_and_stripes.hpp>
#endif
