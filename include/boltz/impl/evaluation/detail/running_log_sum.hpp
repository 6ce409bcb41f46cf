// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/detail/running_log_sum.hpp>

#include <boltz/version.hpp>

#include <cmath>

namespace boltz {

namespace detail {

BOLTZ_INLINE void RunningLogSum::add(double value, double weight) {
    if (value > top) {
        sum *= std::exp(top - value);
        top = value;
    }
    if (weight != 0) sum += weight * std::exp(value - top);
}

} // namespace detail

} // namespace boltz
