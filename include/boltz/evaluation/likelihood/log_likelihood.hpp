// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What the probability of data under a model has been found to be, with its errors.

#include <boltz/data/binarised.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
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
    [[nodiscard]] std::string warning() const;
};

/// The standard error of the mean of independent numbers; infinite for a single one.
[[nodiscard]] double standard_error_of_mean(std::vector<double> const& values);

/// The same cases with another log Z, such as that of both directions beside the one from below: what was inferred
/// or annealed for each case stays. Costs a subtraction a case.
[[nodiscard]] LogLikelihood with_log_z(LogLikelihood likelihood, LogZ log_z);

namespace detail {

/// The likelihood that the numbers of some cases, short of log Z, amount to.
LogLikelihood likelihood_of(std::vector<double> unnormalised, LogZ log_z, LikelihoodKind kind,
                            Binarisation binarisation);

/// Adds the warning that `between` cases are no states.
void warn_between_states(LogLikelihood& likelihood, std::size_t between);

/// Adds what distinct cases prove of log Z: `codes` has a number a case that equal ones share, 0 for a case that is
/// no state. `rounding` is the relative precision of the numbers.
void add_proof(LogLikelihood& likelihood, std::vector<std::uint64_t> const& codes, double rounding);

} // namespace detail
} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/likelihood/log_likelihood.hpp>
#endif
