// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// An estimate of log Z, with its error and with what speaks against it.

#include <boltz/version.hpp>

#include <cstddef>
#include <limits>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace boltz {

/// Where the chains of an annealing begin, and with it what the estimate means.
enum class ChainStart {
    base,            ///< at exact draws from the base, up to the model: below log Z in expectation
    exact_samples,   ///< at exact draws from the model, down to the base: above log Z in expectation
    long_chains,     ///< at the ends of long chains of the model, down: above it as far as they have forgotten their
                     ///< start
    tempered_chains, ///< at the ends of chains of parallel tempering at beta = 1, down: the same, which cross between
                     ///< modes more often
    given_states     ///< at states of which nothing is known, down: no bound
};

/// The name of a start, as in reports.
[[nodiscard]] constexpr std::string_view to_string(ChainStart start) noexcept {
    switch (start) {
    case ChainStart::base: return "base";
    case ChainStart::exact_samples: return "exact samples";
    case ChainStart::long_chains: return "long chains";
    case ChainStart::tempered_chains: return "tempered chains";
    default: return "given states";
    }
}

namespace detail {

/// Adds to a warning that chains down (`chains`) began elsewhere than at exact samples, and what that means for
/// states that may have mixed and for given ones.
void warn_of_start(std::ostringstream& text, std::string_view chains, ChainStart start, std::string_view if_mixed,
                   std::string_view if_given);

} // namespace detail

/// log of the mean of the exponentials of some numbers, and how far to trust it.
struct LogMean {
    double value = 0;          ///< log((1 / n) sum_i exp(w_i))
    double relative_error = 0; ///< standard error of the mean of exp(w) over that mean, so that of `value` too
    double effective = 0;      ///< (sum_i exp(w_i))^2 / sum_i exp(2 w_i), the effective sample size
    double variance = 0;       ///< of the w_i themselves
    double variance_above = 0; ///< mean of (w_i - median)^2 above the median: the variance, were the w_i normal
};

/// The mean in log space, stable for numbers of any size; needs two of them for an error.
///
/// Numbers below a tenth of the mean, such as of chains that have missed the model, count as rare events: where some
/// have been seen, two more are reckoned with in the error (after Agresti & Coull 1998), since of a share of 8 % two
/// of 100 are seen now and then, and the plain error would then be half of what it should be. In samples without
/// such numbers, and where they are many, the error is the usual one.
[[nodiscard]] LogMean log_mean_exp(std::span<double const> values);

/// The estimate from one base, beside the reported one from another.
struct BaseEstimate {
    std::string base;            ///< what annealing began with
    double log_z = 0;            ///< nats
    double standard_error = 0;   ///< of `log_z`
    double effective_chains = 0; ///< how many equal weights would be worth as much
    std::string warning;         ///< what speaks against it by itself
};

/// An estimate of log Z (or of the log of a sum over the layers that are not observed) by annealed chains, in nats.
///
/// Each chain gives a log-weight; weights, not their logs, are unbiased, so the log of their mean lies below the
/// truth in expectation, and above it for chains that run down from the model.
struct LogPartition {
    double log_z = 0;             ///< the estimate
    double standard_error = 0;    ///< of `log_z`, to first order; see `log_mean_exp`
    double lower = 0;             ///< 3 standard errors of the mean weight away; -infinity where that is all of it
    double upper = 0;             ///< the same upwards
    double effective_chains = 0;  ///< how many equal weights would be worth as much
    double variance = 0;          ///< of the log-weights
    double variance_above = 0;    ///< of those above their median, about it
    std::size_t chains = 0;       ///< independent chains
    std::size_t temperatures = 0; ///< steps from the base to the model
    ChainStart start = ChainStart::base;
    std::string base;                   ///< what annealing began with
    std::string products;               ///< what multiplied, and how precisely
    std::vector<double> log_weights;    ///< one a chain, log Z of the base included
    std::vector<BaseEstimate> others{}; ///< estimates from other bases, in the order of these
    std::size_t base_index = 0;         ///< which of the bases this estimate began at
    double at_least =
        -std::numeric_limits<double>::infinity(); ///< what visited states alone sum to: no log Z is less
    std::size_t visited = 0;                      ///< how many distinct states these were
    double rounding = 0; ///< about what the number type of the model rounds off log Z, in nats

    /// How many effective chains an estimate needs, measured or predicted, to be trusted.
    static constexpr double least_effective_chains = 10;

    /// Whether nothing speaks against the estimate. It cannot see a mode that no chain from any base has found.
    [[nodiscard]] bool trustworthy() const { return warning().empty(); }

    /// Whether states that chains have visited weigh more than the estimate, by 3 of its errors: it is too low.
    [[nodiscard]] bool refuted() const { return at_least > log_z + 3 * standard_error; }

    /// Estimates from other bases that lie elsewhere by more than 3 combined errors, in words; empty if there are
    /// none. Those below only show that chains from there miss something.
    [[nodiscard]] std::string note() const;

    /// Reasons not to trust it, in plain words; empty if there are none.
    ///
    /// Few effective chains speak against it, and so does a variance s of the log-weights above their median with
    /// chains * exp(-s) below the same limit: were they normal, no more weights than that would count, and a sample
    /// overrates what it has seen. Of these the first is named; where chains down began is said in any case. Weights
    /// far below the others, of chains that have missed the model, do no such harm.
    [[nodiscard]] std::string warning() const;
};

namespace detail {

/// The estimate that log-weights amount to; for chains that run down the mean is taken over exp(-w).
LogPartition summarised(std::vector<double> log_weights, ChainStart start);

} // namespace detail
} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/annealing/log_partition.hpp>
#endif
