// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/likelihood/log_likelihood.hpp>

#include <boltz/data/binarised.hpp>
#include <boltz/evaluation/detail/running_log_sum.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <limits>
#include <sstream>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace boltz {

BOLTZ_INLINE std::string LogLikelihood::warning() const {
    std::ostringstream text;
    auto const say = [&](auto const&... words) {
        if (text.tellp() > 0) text << "; ";
        (text << ... << words);
    };
    if (!log_z.warning.empty()) say("log Z: ", log_z.warning);
    if (refuted())
        say(std::setprecision(8), "log Z is taken for ", log_z.value, ", but is at least ", log_z_at_least,
            ", which ", distinct_cases, " distinct cases alone sum to: the likelihood is too high by ",
            log_z_at_least - log_z.value, " nats or more");
    if (!case_warning.empty()) say(case_warning);
    if (text.tellp() == 0 && std::isnan(mean)) say("the mean is not a number");
    return text.str();
}

BOLTZ_INLINE double standard_error_of_mean(std::vector<double> const& values) {
    auto const n = static_cast<double>(values.size());
    if (values.size() < 2) return std::numeric_limits<double>::infinity();
    double mean = 0, squares = 0;
    for (double const value : values) mean += value / n;
    for (double const value : values) squares += (value - mean) * (value - mean);
    return std::sqrt(squares / (n - 1) / n);
}

BOLTZ_INLINE LogLikelihood with_log_z(LogLikelihood likelihood, LogZ log_z) {
    double sum = 0;
    for (double& value : likelihood.values) {
        value += likelihood.log_z.value - log_z.value;
        sum += value;
    }
    likelihood.mean = sum / static_cast<double>(likelihood.values.size());
    likelihood.log_z = std::move(log_z);
    likelihood.standard_error = std::hypot(likelihood.case_error, likelihood.log_z.standard_error);
    return likelihood;
}

namespace detail {

BOLTZ_INLINE LogLikelihood likelihood_of(std::vector<double> unnormalised, LogZ log_z, LikelihoodKind kind,
                                         Binarisation binarisation) {
    LogLikelihood result{.kind = kind, .binarisation = binarisation, .values = std::move(unnormalised)};
    result.case_error = standard_error_of_mean(result.values);
    return with_log_z(std::move(result), std::move(log_z));
}

BOLTZ_INLINE void warn_between_states(LogLikelihood& likelihood, std::size_t between) {
    if (between == 0) return;
    std::ostringstream text;
    text << between << " of " << likelihood.cases()
         << " cases hold values between the states of their units (grey values), so what stands for their "
            "log-probability is that of no state: binarise the data";
    likelihood.case_warning += (likelihood.case_warning.empty() ? "" : "; ") + text.str();
}

BOLTZ_INLINE void add_proof(LogLikelihood& likelihood, std::vector<std::uint64_t> const& codes, double rounding) {
    RunningLogSum sum;
    std::unordered_set<std::uint64_t> seen;
    for (std::size_t i = 0; i < codes.size(); ++i)
        if (codes[i] != 0 && std::isfinite(likelihood.values[i]) && seen.insert(codes[i]).second)
            sum.add(likelihood.values[i] + likelihood.log_z.value);
    likelihood.distinct_cases = seen.size();
    if (seen.empty()) return;
    likelihood.log_z_at_least = sum.log() - 8 * rounding * std::max(1.0, std::abs(sum.log()));
}

} // namespace detail

} // namespace boltz
