// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Both directions of an annealing in one estimate.

#include <boltz/evaluation/annealing/log_partition.hpp>

#include <cstddef>
#include <limits>
#include <sstream>
#include <string>

namespace boltz {

/// log Z from chains that ran up and chains that ran down the same path, in nats.
struct TwoSidedLogPartition {
    double log_z = 0;          ///< the estimate: of both directions if they agree (`combined`), else `forward`
    double standard_error = 0; ///< of `log_z`, rounding included; that of both is asymptotic
    bool combined = true;      ///< whether the directions agree so far that an estimate of both means something
    double contradiction = 0;  ///< by how much the chains down lie below those up, in combined errors
    double reverse_effective_chains =
        0;              ///< how many equal weights would be worth as much as those of the chains down
    double forward = 0; ///< log Z by the chains up alone: below it in expectation
    double reverse = 0; ///< log Z by the chains down alone: above it from exact samples
    double overlap = 0; ///< between 0 and 1: how much of the log-weights of both directions could be of the other
    double at_least =
        -std::numeric_limits<double>::infinity(); ///< what states that chains visited sum to: no log Z is less
    std::size_t forward_chains = 0;
    std::size_t reverse_chains = 0;
    ChainStart start = ChainStart::exact_samples; ///< of the chains that ran down

    /// Whether states that chains have visited weigh more than the estimate, by 3 of its errors: it is too low.
    [[nodiscard]] bool refuted() const { return at_least > log_z + 3 * standard_error; }

    /// Whether nothing speaks against the estimate.
    [[nodiscard]] bool trustworthy() const { return warning().empty(); }

    /// What speaks against it in plain words, apart from where the chains down began; empty if nothing does.
    [[nodiscard]] std::string doubt() const;

    /// Reasons not to trust it, in plain words; empty if there are none.
    [[nodiscard]] std::string warning() const;

  private:
    void write_doubt(std::ostringstream& text) const;
};

/// Bennett's acceptance ratio: the r that solves
/// sum_up s(w_i - r + m) = sum_down s(r - w_j - m), s(x) = 1 / (1 + exp(-x)), m = log(n_down / n_up),
/// for the log-weights w of the two directions, which are each other's time reversal (Bennett 1976; as a likelihood
/// Shirts, Bair, Hooker & Pande 2003).
///
/// Of all estimates from the two lists it has the least asymptotic variance. Its error is that of an estimating
/// equation, [n_up Var_up(s) + n_down Var_down(s)] / (sum of s (1 - s))^2, and right where the directions overlap;
/// `warning()` says when they do not. Directions that contradict each other, chains down more than 3 combined errors
/// below chains up, are not combined, nor are chains down from other states than exact samples with fewer than
/// 10 effective chains: both would draw the estimate away from the better one. `forward` and `reverse` must come from
/// the same model, base and ladder.
/// @throws ValueError if `forward` did not begin at the base or `reverse` did, if either has fewer than two chains,
/// or if they had different bases or numbers of temperatures.
[[nodiscard]] TwoSidedLogPartition bennett_acceptance_ratio(LogPartition const& forward, LogPartition const& reverse);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/annealing/bennett_acceptance_ratio.hpp>
#endif
