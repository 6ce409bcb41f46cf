// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What the probability of data under a model has been found to be, with its errors.

#include <boltz/data/binarised.hpp>
#include <boltz/evaluation/detail/running_log_sum.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace boltz {

/// What the number of each case is.
enum class LikelihoodKind {
    exact,                       ///< log p, short of the error of log Z
    lower_bound,                 ///< the variational bound: never above log p
    annealed,                    ///< an estimate of log p by chains of its own: below it in expectation
    pseudo_likelihood,           ///< the sum over the variables of log p(one | all others)
    stochastic_pseudo_likelihood ///< an unbiased estimate of that by one variable a case
};

/// The name of a kind, for reports.
[[nodiscard]] constexpr std::string_view to_string(LikelihoodKind kind) noexcept {
    switch (kind) {
    case LikelihoodKind::exact: return "exact";
    case LikelihoodKind::lower_bound: return "lower bound";
    case LikelihoodKind::annealed: return "annealed";
    case LikelihoodKind::pseudo_likelihood: return "pseudo-likelihood";
    default: return "stochastic pseudo-likelihood";
    }
}

/// log Z as likelihoods take it: a number that is known, or an estimate with its error and what speaks against it.
struct LogZ {
    double value = 0;          ///< in nats
    double standard_error = 0; ///< 0 if it is known
    std::string warning;       ///< empty if nothing speaks against it

    /// A value that is known, as from `exact_log_partition`.
    LogZ(double known) : value{known} {}

    /// An estimate: a `LogPartition` or a `TwoSidedLogPartition`.
    template <class E>
        requires requires(E const& e) {
            { e.log_z } -> std::convertible_to<double>;
            { e.standard_error } -> std::convertible_to<double>;
            { e.warning() } -> std::convertible_to<std::string>;
        }
    LogZ(E const& estimate)
        : value{estimate.log_z}, standard_error{estimate.standard_error}, warning{estimate.warning()} {}
};

/// The mean over some cases of log p, or of what stands for it, in nats a case.
///
/// Cases are independent, so the mean has an error of its own as an estimate for the population they come from; log Z
/// is common to all, so its error does not shrink with their number. Both are independent of each other and add up in
/// quadrature.
struct LogLikelihood {
    double mean = 0;                                ///< nats a case
    double standard_error = 0;                      ///< sqrt(case_error^2 + log_z.standard_error^2)
    double case_error = 0;                          ///< of the mean over cases; infinite for a single one
    double annealing_error = 0;                     ///< of the mean over these very cases, by their own chains;
                                                    ///< part of `case_error`, since it adds to their spread
    LogZ log_z = 0.0;                               ///< what was subtracted of each case
    LikelihoodKind kind = LikelihoodKind::exact;    ///< what the numbers are
    Binarisation binarisation = Binarisation::none; ///< of the pixels; `none` takes grey values for means
    std::vector<double> values{};                   ///< of each case, log Z subtracted
    std::vector<double> errors{};                   ///< of the numbers of the cases, where these are estimates
    std::string case_warning{}; ///< what speaks against the numbers of the cases, whatever log Z; empty if nothing
    /// What the cases alone prove: log of the sum of exp(value + log Z) over the distinct ones, in nats. No log Z is
    /// less; -infinity where cases are no states that can be listed (grey values, real-valued units).
    double log_z_at_least = -std::numeric_limits<double>::infinity();
    std::size_t distinct_cases = 0; ///< how many distinct ones there are; 0 where they cannot be listed

    [[nodiscard]] std::size_t cases() const noexcept { return values.size(); }
    /// Whether log Z is less than the cases alone prove, by 3 of its errors: the cases have more than all
    /// probability.
    [[nodiscard]] bool refuted() const noexcept { return log_z_at_least > log_z.value + 3 * log_z.standard_error; }
    /// Whether nothing speaks against it.
    [[nodiscard]] bool trustworthy() const { return warning().empty(); }
    /// What speaks against it in plain words, log Z first; empty if nothing does.
    [[nodiscard]] std::string warning() const {
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
};

/// The standard error of the mean of independent numbers; infinite for a single one.
[[nodiscard]] inline double standard_error_of_mean(std::vector<double> const& values) {
    auto const n = static_cast<double>(values.size());
    if (values.size() < 2) return std::numeric_limits<double>::infinity();
    double mean = 0, squares = 0;
    for (double const value : values) mean += value / n;
    for (double const value : values) squares += (value - mean) * (value - mean);
    return std::sqrt(squares / (n - 1) / n);
}

/// The same cases with another log Z, such as that of both directions beside the one from below: what was inferred
/// or annealed for each case stays. Costs a subtraction a case.
[[nodiscard]] inline LogLikelihood with_log_z(LogLikelihood likelihood, LogZ log_z) {
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

/// The likelihood that the numbers of some cases, short of log Z, amount to.
inline LogLikelihood likelihood_of(std::vector<double> unnormalised, LogZ log_z, LikelihoodKind kind,
                                   Binarisation binarisation) {
    LogLikelihood result{.kind = kind, .binarisation = binarisation, .values = std::move(unnormalised)};
    result.case_error = standard_error_of_mean(result.values);
    return with_log_z(std::move(result), std::move(log_z));
}

/// Adds the warning that `between` cases are no states.
inline void warn_between_states(LogLikelihood& likelihood, std::size_t between) {
    if (between == 0) return;
    std::ostringstream text;
    text << between << " of " << likelihood.cases()
         << " cases hold values between the states of their units (grey values), so what stands for their "
            "log-probability is that of no state: binarise the data";
    likelihood.case_warning += (likelihood.case_warning.empty() ? "" : "; ") + text.str();
}

/// Adds what distinct cases prove of log Z: `codes` has a number a case that equal ones share, 0 for a case that is
/// no state. `rounding` is the relative precision of the numbers.
inline void add_proof(LogLikelihood& likelihood, std::vector<std::uint64_t> const& codes, double rounding) {
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
