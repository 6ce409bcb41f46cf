// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/annealing/log_partition.hpp>

#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iomanip>
#include <limits>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

BOLTZ_INLINE void warn_of_start(std::ostringstream& text, std::string_view chains, ChainStart start,
                                std::string_view if_mixed, std::string_view if_given) {
    if (start == ChainStart::base || start == ChainStart::exact_samples) return;
    text << (text.tellp() > 0 ? "; " : "") << chains << " began at ";
    if (start == ChainStart::given_states)
        text << "given states, not at exact samples: " << if_given;
    else
        text << "the ends of " << to_string(start) << ", not at exact samples: " << if_mixed;
}

} // namespace detail

BOLTZ_INLINE LogMean log_mean_exp(std::span<double const> values) {
    auto const n = static_cast<double>(values.size());
    double const top = *std::max_element(values.begin(), values.end());
    double const infinity = std::numeric_limits<double>::infinity();
    if (!std::isfinite(top))
        return {.value = top, .relative_error = infinity, .variance = infinity, .variance_above = infinity};
    double sum = 0, squares = 0, mean = 0, spread = 0, error = 0;
    for (double const w : values) {
        sum += std::exp(w - top);
        squares += std::exp(2 * (w - top));
        mean += w / n;
    }
    std::vector<double> order{values.begin(), values.end()};
    auto const middle = order.begin() + static_cast<std::ptrdiff_t>(order.size() / 2);
    std::nth_element(order.begin(), middle, order.end());
    double const median = *middle;
    double above = 0;
    bool rare = false;
    for (double const w : values) {
        spread += (w - mean) * (w - mean);
        if (w > median) above += (w - median) * (w - median);
        double const ratio = std::exp(w - top) / (sum / n);
        error += (ratio - 1) * (ratio - 1);
        rare = rare || ratio < 0.1;
    }
    if (rare) error += 2;
    return {.value = top + std::log(sum / n),
            .relative_error = values.size() > 1 ? std::sqrt(error / (n - 1) / n) : infinity,
            .effective = sum * sum / squares,
            .variance = values.size() > 1 ? spread / (n - 1) : infinity,
            .variance_above = values.size() > 1 ? 2 * above / n : infinity};
}

BOLTZ_INLINE std::string LogPartition::note() const {
    std::ostringstream text;
    text.precision(6);
    for (auto const& other : others)
        if (!(std::abs(other.log_z - log_z) <= 3 * std::hypot(other.standard_error, standard_error)))
            text << (text.tellp() > 0 ? "; " : "") << "from " << other.base << " log Z is " << other.log_z
                 << ", standard error " << other.standard_error
                 << (other.warning.empty() ? "" : " (" + other.warning + ")");
    return text.str();
}

BOLTZ_INLINE std::string LogPartition::warning() const {
    std::ostringstream text;
    text.precision(3);
    auto const n = static_cast<double>(chains);
    if (!std::isfinite(log_z))
        text << "the estimate is not a finite number";
    else if (refuted())
        text << "log Z is at least " << std::setprecision(8) << at_least << ", which " << visited
             << " states that chains visited sum to: the annealed chains have missed what weighs most";
    else if (n < least_effective_chains)
        text << chains << " chains are too few to tell their spread; take " << least_effective_chains << " or more";
    else if (effective_chains < least_effective_chains)
        text << "the estimate rests on " << effective_chains << " effective chains of " << chains
             << "; take more temperatures";
    else if (n * std::exp(-variance_above) < least_effective_chains)
        text << "the log-weights above their median have variance " << variance_above << ", too much for " << chains
             << " chains: the largest weights have probably not been seen; take more temperatures";
    detail::warn_of_start(text, "the chains", start, "an upper bound only if those have mixed",
                          "neither an upper nor a lower bound");
    return text.str();
}

namespace detail {

BOLTZ_INLINE LogPartition summarised(std::vector<double> log_weights, ChainStart start) {
    LogPartition result;
    double const sign = start == ChainStart::base ? 1 : -1;
    for (double& w : log_weights) w *= sign;
    LogMean const mean = log_mean_exp(log_weights);
    for (double& w : log_weights) w *= sign;
    double const narrow = std::log1p(-3 * mean.relative_error); // not a number beyond 1/3
    double const wide = std::log1p(3 * mean.relative_error);
    double const down = std::isnan(narrow) ? -std::numeric_limits<double>::infinity() : narrow;
    result.log_z = sign * mean.value;
    result.standard_error = mean.relative_error;
    result.lower = result.log_z + (sign > 0 ? down : -wide);
    result.upper = result.log_z + (sign > 0 ? wide : -down);
    result.effective_chains = mean.effective;
    result.variance = mean.variance;
    result.variance_above = mean.variance_above;
    result.chains = log_weights.size();
    result.start = start;
    result.log_weights = std::move(log_weights);
    return result;
}

} // namespace detail

} // namespace boltz
