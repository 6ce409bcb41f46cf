// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/samples/class_histogram.hpp>

#include <boltz/error.hpp>
#include <boltz/version.hpp>

#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace boltz {

BOLTZ_INLINE std::size_t ClassHistogram::total() const noexcept {
    return std::accumulate(counts.begin(), counts.end(), std::size_t{0});
}

BOLTZ_INLINE double ClassHistogram::entropy() const noexcept {
    double result = 0;
    for (std::size_t k = 0; k < counts.size(); ++k)
        if (double const p = share(k); p > 0) result -= p * std::log(p);
    return result;
}

BOLTZ_INLINE ClassHistogram class_histogram(std::span<std::size_t const> cases, std::size_t classes) {
    ClassHistogram result{std::vector<std::size_t>(classes)};
    for (std::size_t const k : cases) {
        if (k >= classes)
            detail::fail<ValueError>("class_histogram: a case has class ", k, ", but there are ", classes,
                                     " classes");
        ++result.counts[k];
    }
    return result;
}

} // namespace boltz
