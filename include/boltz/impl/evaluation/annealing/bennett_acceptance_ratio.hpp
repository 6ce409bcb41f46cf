// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/annealing/bennett_acceptance_ratio.hpp>

#include <boltz/error.hpp>
#include <boltz/evaluation/annealing/log_partition.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace boltz {

BOLTZ_INLINE std::string TwoSidedLogPartition::doubt() const {
    std::ostringstream text;
    write_doubt(text);
    return text.str();
}

BOLTZ_INLINE std::string TwoSidedLogPartition::warning() const {
    std::ostringstream text;
    write_doubt(text);
    if (combined)
        detail::warn_of_start(text, "the chains down", start, "the error counts only if those have mixed",
                              "the error means nothing");
    return text.str();
}

BOLTZ_INLINE void TwoSidedLogPartition::write_doubt(std::ostringstream& text) const {
    auto const chains = static_cast<double>(std::min(forward_chains, reverse_chains));
    if (!std::isfinite(log_z))
        text << "the estimate is not a finite number";
    else if (refuted())
        text << "log Z is at least " << std::setprecision(8) << at_least
             << ", which states that chains visited sum to: the annealed chains have missed what weighs most";
    else if (contradiction > 3)
        text << "the chains down say " << reverse << ", the chains up " << forward << ": an upper bound that lies "
             << contradiction << " errors below a lower one is a contradiction, and the estimate is that of the "
             << "chains up alone";
    else if (overlap * chains < LogPartition::least_effective_chains)
        text << "the log-weights of the two directions overlap by " << overlap << " of " << chains
             << " chains; take more temperatures or more chains";
    else if (!combined)
        text << "the chains down rest on " << reverse_effective_chains << " effective chains of " << reverse_chains
             << " and do not count; the estimate is that of the chains up alone";
}

BOLTZ_INLINE TwoSidedLogPartition bennett_acceptance_ratio(LogPartition const& forward, LogPartition const& reverse) {
    if (forward.start != ChainStart::base || reverse.start == ChainStart::base)
        detail::fail<ValueError>("bennett_acceptance_ratio: forward began at ", to_string(forward.start),
                                 " and reverse at ", to_string(reverse.start),
                                 ", but must have begun at the base and at the model");
    if (forward.log_weights.size() < 2 || reverse.log_weights.size() < 2)
        detail::fail<ValueError>("bennett_acceptance_ratio: there are ", forward.log_weights.size(),
                                 " chains up and ", reverse.log_weights.size(), " down, but each must be at least 2");
    if (forward.base != reverse.base || forward.temperatures != reverse.temperatures)
        detail::fail<ValueError>("bennett_acceptance_ratio: forward has base \"", forward.base, "\" and ",
                                 forward.temperatures, " temperatures, reverse \"", reverse.base, "\" and ",
                                 reverse.temperatures, " temperatures, but both must have run on one path");
    TwoSidedLogPartition result{.reverse_effective_chains = reverse.effective_chains,
                                .forward = forward.log_z,
                                .reverse = reverse.log_z,
                                .at_least = std::max(forward.at_least, reverse.at_least),
                                .forward_chains = forward.log_weights.size(),
                                .reverse_chains = reverse.log_weights.size(),
                                .start = reverse.start};
    auto const is_finite = [](double w) { return std::isfinite(w); };
    if (!std::all_of(forward.log_weights.begin(), forward.log_weights.end(), is_finite) ||
        !std::all_of(reverse.log_weights.begin(), reverse.log_weights.end(), is_finite)) {
        result.log_z = result.standard_error = std::numeric_limits<double>::quiet_NaN();
        return result;
    }
    auto const up = static_cast<double>(forward.log_weights.size());
    auto const down = static_cast<double>(reverse.log_weights.size());
    double const m = std::log(down / up);
    auto const logistic = [](double x) { return x > 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); };
    auto const surplus = [&](double r) {
        double sum = 0;
        for (double const w : forward.log_weights) sum += logistic(w - r + m);
        for (double const w : reverse.log_weights) sum -= logistic(r - w - m);
        return sum;
    };
    // The surplus falls as r grows, and has changed its sign beyond all weights.
    auto const [up_low, up_high] = std::minmax_element(forward.log_weights.begin(), forward.log_weights.end());
    auto const [down_low, down_high] = std::minmax_element(reverse.log_weights.begin(), reverse.log_weights.end());
    double low = std::min(*up_low, *down_low) - std::abs(m) - 50;
    double high = std::max(*up_high, *down_high) + std::abs(m) + 50;
    for (int halving = 0; halving < 200 && low < high; ++halving) {
        double const middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        (surplus(middle) > 0 ? low : high) = middle;
    }
    result.log_z = low + (high - low) / 2;
    double information = 0;
    auto const variance = [&](std::vector<double> const& weights) {
        double mean = 0, squares = 0;
        auto const n = static_cast<double>(weights.size());
        for (double const w : weights) {
            double const s = logistic(w - result.log_z + m);
            information += s * (1 - s);
            mean += s / n;
        }
        for (double const w : weights) {
            double const deviation = logistic(w - result.log_z + m) - mean;
            squares += deviation * deviation;
        }
        return squares / (n - 1);
    };
    double const spread = up * variance(forward.log_weights) + down * variance(reverse.log_weights);
    // One for two lists of equal weights, for which the sum of s (1 - s) is n_up n_down / (n_up + n_down).
    result.overlap = information * (up + down) / (up * down);
    result.standard_error = std::hypot(std::sqrt(spread) / information, forward.rounding);
    double const errors = std::hypot(forward.standard_error, reverse.standard_error);
    if (forward.log_z > reverse.log_z && errors > 0) result.contradiction = (forward.log_z - reverse.log_z) / errors;
    bool const bounded = reverse.start == ChainStart::exact_samples; // then the overlap is all that can be wrong
    result.combined =
        result.contradiction <= 3 && (bounded || reverse.effective_chains >= LogPartition::least_effective_chains);
    if (!result.combined) {
        result.log_z = forward.log_z;
        result.standard_error = forward.standard_error;
    }
    return result;
}

} // namespace boltz
