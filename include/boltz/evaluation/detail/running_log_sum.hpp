// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Sums of exponentials that are added to one by one.

#include <boltz/version.hpp>

#include <cmath>
#include <limits>

namespace boltz::detail {

/// A sum of exponentials, kept relative to the greatest of them.
struct RunningLogSum {
    double top = -std::numeric_limits<double>::infinity();
    double sum = 0;

    void add(double value, double weight = 1);
    void add(RunningLogSum const& other) { add(other.top, other.sum); }
    [[nodiscard]] double log() const { return top + std::log(sum); }
};

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/detail/running_log_sum.hpp>
#endif
