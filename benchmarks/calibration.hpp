// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What estimates of a log Z that is known amount to.

#include <boltz/evaluation/annealing/log_partition.hpp>

#include <cmath>
#include <cstddef>
#include <map>
#include <string>

namespace bench {

/// One estimate beside the truth.
struct Judgement {
    double error = 0;         ///< estimate - truth, in nats
    double z = 0;             ///< error / stated error
    bool warned = false;      ///< whether the estimate says that it is not to be trusted
    bool silent = false;      ///< off by more than 4 stated errors and 0.05 nats without a warning
    bool false_alarm = false; ///< a warning though it is within 2 stated errors and 0.1 nats
};

inline Judgement judged(boltz::LogPartition const& estimate, double truth) {
    Judgement result;
    result.error = estimate.log_z - truth;
    result.z = result.error / estimate.standard_error;
    result.warned = !estimate.trustworthy();
    bool const far = !(std::abs(result.z) <= 4) && !(std::abs(result.error) <= 0.05);
    bool const near = std::abs(result.z) <= 2 && std::abs(result.error) < 0.1;
    result.silent = far && !result.warned;
    result.false_alarm = near && result.warned;
    return result;
}

/// Many estimates.
struct Tally {
    std::size_t estimates = 0;
    std::size_t warned = 0;
    std::size_t silent = 0;
    std::size_t false_alarms = 0;
    double errors = 0;                          ///< sum of all errors
    double squares_z = 0;                       ///< sum of z^2 of estimates without a warning
    std::map<std::string, std::size_t> bases{}; ///< how often each was chosen

    void add(Judgement const& judgement, std::string const& base) {
        ++estimates;
        ++bases[base];
        warned += judgement.warned;
        silent += judgement.silent;
        false_alarms += judgement.false_alarm;
        errors += judgement.error;
        if (!judgement.warned) squares_z += judgement.z * judgement.z;
    }
    void add(Tally const& other) {
        estimates += other.estimates;
        warned += other.warned;
        silent += other.silent;
        false_alarms += other.false_alarms;
        errors += other.errors;
        squares_z += other.squares_z;
        for (auto const& [base, count] : other.bases) bases[base] += count;
    }

    [[nodiscard]] double mean_error() const { return errors / static_cast<double>(estimates); }
    /// Root of the mean z^2 of estimates without a warning; not a number if there are none.
    [[nodiscard]] double rms_z() const { return std::sqrt(squares_z / static_cast<double>(estimates - warned)); }
};

/// The 95 % upper limit of a probability of which `count` of `trials` have been seen (Clopper & Pearson 1934,
/// one-sided): that p with which as few or fewer would be seen in one case of 20; about 3 / trials if none was.
inline double upper_limit(std::size_t count, std::size_t trials) {
    if (count >= trials) return 1;
    double low = 0, high = 1;
    auto const n = static_cast<double>(trials);
    for (int step = 0; step < 100; ++step) {
        double const p = (low + high) / 2;
        double tail = 0; // of as few or fewer
        for (std::size_t i = 0; i <= count; ++i) {
            auto const k = static_cast<double>(i);
            tail += std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) + k * std::log(p) +
                             (n - k) * std::log1p(-p));
        }
        (tail > 0.05 ? low : high) = p;
    }
    return high;
}

} // namespace bench
