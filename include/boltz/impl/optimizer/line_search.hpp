// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/optimizer/line_search.hpp>

#include <boltz/detail/function_ref.hpp>
#include <boltz/error.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string_view>

namespace boltz {

BOLTZ_INLINE void LineSearch::validate(std::string_view owner) const {
    if (!(sufficient_decrease > 0 && sufficient_decrease < curvature && curvature < 1))
        detail::fail<ValueError>(owner, ": sufficient_decrease is ", sufficient_decrease, " and curvature ",
                                 curvature, ", but 0 < sufficient_decrease < curvature < 1 must hold");
    if (max_evaluations < 1) detail::fail<ValueError>(owner, ": max_evaluations is 0, but must be at least 1");
}

BOLTZ_INLINE LinePoint LineSearch::minimise(LinePoint const& origin, double first_step, double resolution,
                                            detail::FunctionRef<LinePoint(double)> at,
                                            detail::FunctionRef<void()> keep) const {
    LinePoint best = origin;
    LinePoint low = origin; // the lowest of those with a sufficient decrease; the slope there leads to `high`
    std::optional<LinePoint> high;
    double step = first_step;
    for (std::size_t trials = 0; trials < max_evaluations; ++trials) {
        LinePoint const trial = at(step);
        bool const finite = std::isfinite(trial.value) && std::isfinite(trial.slope);
        bool const decreases = finite && trial.value < low.value &&
                               trial.value <= origin.value + sufficient_decrease * step * origin.slope;
        bool const chosen = decreases && std::abs(trial.slope) <= -curvature * origin.slope;
        if (chosen || (finite && trial.value < best.value)) {
            best = trial;
            keep();
        }
        if (chosen) break;
        if (!decreases) {
            high = trial;
            step = between(low, *high);
        } else {
            bool const turns = high ? trial.slope * (high->step - low.step) >= 0 : trial.slope >= 0;
            if (turns) high = low;
            step = high ? between(trial, *high) : beyond(low, trial);
            low = trial;
        }
        if (high && std::abs(low.slope * (high->step - low.step)) <= resolution * std::abs(low.value)) break;
    }
    return best;
}

BOLTZ_INLINE double LineSearch::least_of_cubic(LinePoint const& a, LinePoint const& b) {
    double const width = b.step - a.step;
    double const from = a.slope * width;
    double const to = b.slope * width;
    double const sum = from + to - 3 * (b.value - a.value);
    double const root = std::sqrt(sum * sum - from * to);
    return 1 - (to + root - sum) / (to - from + 2 * root);
}

BOLTZ_INLINE double LineSearch::least_of_quadratic(LinePoint const& a, LinePoint const& b) {
    double const from = a.slope * (b.step - a.step);
    return from / (2 * (from - (b.value - a.value)));
}

BOLTZ_INLINE double LineSearch::between(LinePoint const& low, LinePoint const& high) {
    double share = std::numeric_limits<double>::quiet_NaN();
    if (std::isfinite(high.value))
        share = std::isfinite(high.slope) ? least_of_cubic(low, high) : least_of_quadratic(low, high);
    else if (low.step == 0)
        share = 0.1; // the scale of the line is not known yet
    if (!std::isfinite(share)) share = 0.5;
    return low.step + std::clamp(share, 0.1, 0.9) * (high.step - low.step);
}

BOLTZ_INLINE double LineSearch::beyond(LinePoint const& before, LinePoint const& last) {
    double const share = least_of_cubic(before, last);
    // A cubic without a minimum ahead falls without end.
    return before.step + (share > 1 ? std::clamp(share, 1.1, 10.0) : 10.0) * (last.step - before.step);
}

} // namespace boltz
