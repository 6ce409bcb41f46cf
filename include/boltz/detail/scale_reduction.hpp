// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// R-hat out of two variances.

#include <boltz/version.hpp>

#include <cmath>

namespace boltz::detail {

/// R-hat of sequences of `reads` reads: how much larger the standard deviation of all reads is than that within
/// sequences, from the mean variance within and the variance of their means.
[[nodiscard]] inline double scale_reduction(double within, double between, double reads) noexcept {
    return std::sqrt((within * (reads - 1) / reads + between) / within);
}

} // namespace boltz::detail
