// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Tests of significance for tests of samplers.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <vector>

namespace test {

/// The probability that a chi-square variable with `freedom` degrees of freedom exceeds `x`: the upper incomplete
/// gamma function, by its series or its continued fraction.
inline double chi_square_tail(double x, double freedom) {
    double const a = freedom / 2;
    double const z = x / 2;
    if (z <= 0) return 1;
    double const front = std::exp(-z + a * std::log(z) - std::lgamma(a));
    if (z < a + 1) {
        double term = 1 / a;
        double sum = term;
        for (double n = a + 1; term > sum * 1e-16; ++n) {
            term *= z / n;
            sum += term;
        }
        return 1 - sum * front;
    }
    double b = z + 1 - a;
    double c = 1e300;
    double d = 1 / b;
    double fraction = d;
    for (int i = 1; i < 10000; ++i) {
        double const n = -i * (i - a);
        b += 2;
        d = 1 / (n * d + b);
        c = b + n / c;
        fraction *= c * d;
        if (std::abs(c * d - 1) < 1e-15) break;
    }
    return front * fraction;
}

/// Pearson's test of counts against probabilities: the probability of a deviation as large if the counts are fair.
/// Cells with fewer than 5 expected counts are pooled into one. A count where nothing can be gives 0.
inline double chi_square_p(std::vector<double> const& counts, std::vector<double> const& probabilities) {
    double const total = std::accumulate(counts.begin(), counts.end(), 0.0);
    double statistic = 0;
    double freedom = -1;
    double rest_expected = 0;
    double rest_count = 0;
    auto const add = [&](double count, double expected) {
        statistic += (count - expected) * (count - expected) / expected;
        freedom += 1;
    };
    for (std::size_t i = 0; i < counts.size(); ++i) {
        double const expected = total * probabilities[i];
        if (expected >= 5) {
            add(counts[i], expected);
        } else {
            rest_expected += expected;
            rest_count += counts[i];
        }
    }
    if (rest_expected > 0)
        add(rest_count, rest_expected);
    else if (rest_count > 0)
        return 0;
    return freedom < 1 ? 1 : chi_square_tail(statistic, freedom);
}

/// log of the sum of the exponentials.
inline double log_sum_exp(std::vector<double> const& values) {
    double top = -std::numeric_limits<double>::infinity();
    for (double const value : values) top = std::max(top, value);
    double sum = 0;
    for (double const value : values) sum += std::exp(value - top);
    return top + std::log(sum);
}

/// The mean of some numbers and its standard error.
struct Estimate {
    double mean = 0;
    double error = 0;
};

inline Estimate estimate(std::vector<double> const& values) {
    auto const n = static_cast<double>(values.size());
    double const mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double squares = 0;
    for (double const value : values) squares += (value - mean) * (value - mean);
    return {mean, std::sqrt(squares / (n - 1) / n)};
}

} // namespace test
