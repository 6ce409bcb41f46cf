// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// log Z of a model from both sides, and what speaks against it, in one call.

#include <boltz/any_field.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/annealing/bennett_acceptance_ratio.hpp>
#include <boltz/evaluation/annealing/several_bases.hpp>
#include <boltz/evaluation/likelihood/log_likelihood.hpp>
#include <boltz/random.hpp>
#include <boltz/sampling/sample_tempered.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace boltz {

/// In which directions log Z is annealed.
enum class AnnealingDirections {
    up,  ///< from the bases to the model
    both ///< also from the model down: needs layers of two colours, as all chains and trees of layers have
};

/// How log Z is estimated.
struct LogZOptions {
    Ais ais{}; ///< the chains: up from each base, and down
    AnnealingDirections directions = AnnealingDirections::both;
    std::size_t tempering_sweeps = 1000; ///< of the tempered chains at whose ends chains down begin
};

/// What is known of log Z, in nats. The verdict is `warnings()`, or `trustworthy()` where yes or no will do.
struct LogZEvaluation {
    LogPartition below{}; ///< by chains up, from the base that has missed least: below log Z in expectation
    std::optional<LogPartition> above{}; ///< by chains down from the ends of tempered ones: above it in expectation
                                         ///< if those have mixed
    std::optional<TwoSidedLogPartition> both{}; ///< of the two lists of weights, by Bennett's acceptance ratio
    std::optional<TemperingReport> tempering{}; ///< how well the tempered chains have mixed

    /// log Z of both directions if they agree, else that from below.
    [[nodiscard]] LogZ best() const { return both && both->combined ? LogZ{*both} : LogZ{below}; }

    /// Whether nothing speaks against the numbers.
    [[nodiscard]] bool trustworthy() const { return warnings().empty(); }

    /// The verdict: all that speaks against the numbers, a sentence each, in plain words; empty if nothing does.
    ///
    /// It looks at the weights of the chains up; at states that Gibbs chains from the bases and from dispersed starts
    /// have visited, whose sum log Z cannot be less than; at tempered chains that do not cross; and at what cannot be
    /// but by mistake, each by more than 3 standard errors: chains down that lie below chains up, and chains up that
    /// lie below both directions together. That chains down began at tempered chains and not at exact samples is so
    /// each time and stands in `above->warning()`, not here. A mode that no chain has found stays unseen.
    [[nodiscard]] std::vector<std::string> warnings() const;

  private:
    // That both directions together lie above the chains up, which then have missed something.
    [[nodiscard]] std::string missed() const;
};

namespace detail {

/// Has Gibbs chains from dispersed starts list the states that they visit, beside those from the bases: what chains
/// from no base find may weigh more than the estimate.
template <std::floating_point T>
void look_elsewhere(AnyField<T> const& field, Compute compute, Draws const& draws, LogPartition& below);

} // namespace detail

/// Estimates log Z by chains up from each of `bases` and by chains down from tempered ones (`both_directions`), in
/// nats; `warnings()` of the result is the verdict on both.
///
///     LogZEvaluation const found = evaluate_log_z(rbm, usual_bases(rbm), {.ais = {.chains = 200}}, random);
///
/// Costs as `log_partition` from these bases and `both_directions`, and a hundredth more; allocates.
/// @throws ValueError if there are no bases, or chains down are asked for where the layers have more than two
/// colours; as the functions named.
template <std::floating_point T>
[[nodiscard]] LogZEvaluation evaluate_log_z(AnyField<T> const& field, std::type_identity_t<Bases<T>> const& bases,
                                            LogZOptions const& options, Random& random);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/annealing/evaluate_log_z.hpp>
#endif
