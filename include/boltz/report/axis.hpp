// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The axes of charts: their ends, and ticks at round numbers.

#include <boltz/version.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace boltz::report {

/// How an axis is divided.
enum class Scale { linear, logarithmic };

namespace detail {

struct Axis {
    double low = 0;
    double high = 1;
    Scale scale = Scale::linear;
    std::vector<double> ticks{};

    // 0 at the axis' low end, 1 at the high one.
    [[nodiscard]] float share(double value) const noexcept;
    // Numbers beyond these would make sums and quotients overflow.
    [[nodiscard]] bool shows(double value) const noexcept;
    static constexpr double largest = 1e100;
    static constexpr double smallest = 1e-100;
};

// 1, 2 or 5 times a power of ten: at most about `most` steps from low to high.
[[nodiscard]] double nice_step(double span, std::size_t most);

enum class Fit { tight, to_ticks };

// The ticks of an axis that must show low .. high, and its ends.
[[nodiscard]] Axis make_axis(double low, double high, Scale scale, std::size_t most_ticks, Fit fit,
                             double least_step = 0);

[[nodiscard]] std::string tick_label(double value);

} // namespace detail

} // namespace boltz::report

#ifndef BOLTZ_COMPILED
#include <boltz/impl/report/axis.hpp>
#endif
