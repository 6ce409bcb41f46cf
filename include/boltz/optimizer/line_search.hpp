// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A search along a line for a point that satisfies the strong Wolfe conditions.

#include <boltz/detail/function_ref.hpp>

#include <cstddef>
#include <string_view>

namespace boltz {

/// A point of a line: its distance from the line's origin, the value there and the slope along the line.
struct LinePoint {
    double step = 0;
    double value = 0;
    double slope = 0;
};

/// Minimises along a line, down from its origin, until the strong Wolfe conditions hold:
/// value(step) <= value(0) + sufficient_decrease * step * slope(0) and |slope(step)| <= curvature * |slope(0)|.
///
/// Nocedal & Wright, Numerical Optimization (2nd edition), eq. 3.7; algorithms 3.5 (a bracket) and 3.6 (its zoom),
/// here one loop. Trials come from cubics through two points (eq. 3.59), beyond them while there is no bracket; from
/// a quadratic (eq. 3.58) where a slope is not finite; a value that is not finite shortens the step. Nothing is
/// allocated.
struct LineSearch {
    double sufficient_decrease = 1e-4; ///< in (0, curvature)
    double curvature = 0.1;            ///< less than 1; the smaller, the closer to the line's minimum
    std::size_t max_evaluations = 20;  ///< trials, at least 1

    /// @throws ValueError if a field is out of range; `owner` begins the message.
    void validate(std::string_view owner) const;

    /// Searches from `origin` (step 0, a finite value, a finite slope below 0); returns the point it chose, at which
    /// `keep()` was called last, or `origin` where no trial was better.
    ///
    /// `at(step)` gives the LinePoint of a trial; `keep()` is called where the last trial is the best so far. If the
    /// trials run out, or what is left to gain falls below `resolution` * |value|, the lowest point is chosen.
    LinePoint minimise(LinePoint const& origin, double first_step, double resolution,
                       detail::FunctionRef<LinePoint(double)> at, detail::FunctionRef<void()> keep) const;

  private:
    // Where the cubic through two points with their slopes is least, as a share of the way from `a` to `b`
    // (eq. 3.59); NaN if it has no minimum.
    static double least_of_cubic(LinePoint const& a, LinePoint const& b);

    // The same for the quadratic through two points with the slope at `a` (eq. 3.58).
    static double least_of_quadratic(LinePoint const& a, LinePoint const& b);

    // Not near the ends, so that the bracket shrinks.
    static double between(LinePoint const& low, LinePoint const& high);

    static double beyond(LinePoint const& before, LinePoint const& last);
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/optimizer/line_search.hpp>
#endif
