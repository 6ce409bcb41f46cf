// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// log Z of a model from both sides, and what speaks against it, in one call.

#include <boltz/any_field.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/annealing/both_directions.hpp>
#include <boltz/evaluation/annealing/several_bases.hpp>
#include <boltz/evaluation/annealing/visited_states.hpp>
#include <boltz/evaluation/likelihood/likelihood.hpp>
#include <boltz/random.hpp>
#include <boltz/sampling/dispersed_starts.hpp>
#include <boltz/sampling/given.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <optional>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
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
    [[nodiscard]] std::vector<std::string> warnings() const {
        std::vector<std::string> result;
        auto const add = [&](char const* what, std::string const& text) {
            if (!text.empty()) result.push_back(what + text);
        };
        add("log Z from below: ", below.warning());
        add("log Z from below: ", missed());
        if (tempering) add("tempered chains: ", tempering->warning());
        if (both && !below.refuted()) add("log Z of both directions: ", both->doubt());
        return result;
    }

  private:
    // That both directions together lie above the chains up, which then have missed something.
    [[nodiscard]] std::string missed() const {
        if (!both || !both->combined) return {};
        double const error = std::hypot(both->standard_error, below.standard_error);
        if (!(both->log_z > below.log_z + 3 * error)) return {};
        std::ostringstream text;
        text.precision(8);
        text << "both directions together say " << both->log_z << ", the chains up alone " << below.log_z
             << ": these have missed some of what weighs";
        return text.str();
    }
};

namespace detail {

/// Has Gibbs chains from dispersed starts list the states that they visit, beside those from the bases: what chains
/// from no base find may weigh more than the estimate.
template <std::floating_point T>
void look_elsewhere(AnyField<T> const& field, Compute compute, Draws const& draws, LogPartition& below) {
    if (!VisitedStates::lists(field)) return;
    if (compute.precision == Precision::bfloat16) compute.precision = Precision::float32;
    constexpr std::size_t chains = 10 * dispersed_starts, sweeps = 100;
    auto states = begin_given(field, Given<T>{field, 1}.repeated(chains), chains, draws.stream(0));
    VisitedStates visited;
    Executor executor{compute};
    visited.add(field, states);
    visit(field, states, sweeps, draws.stream(1), executor, visited);
    if (!(visited.log_sum() > below.at_least)) return;
    below.at_least = visited.log_sum();
    below.visited = visited.count();
}

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
                                            LogZOptions const& options, Random& random) {
    bool const down = options.directions == AnnealingDirections::both;
    if (down && field.graph().colours() > 2)
        detail::fail<ValueError>("evaluate_log_z: directions is both, but the layers have ", field.graph().colours(),
                                 " colours and tempered chains take 2; anneal up only (AnnealingDirections::up)");
    Random advanced = random;
    LogZEvaluation result{.below = log_partition(field, bases, options.ais, advanced)};
    Draws const own = advanced.split(); // in either case, so that later draws do not depend on the directions
    detail::look_elsewhere(field, options.ais.compute, own.stream(0), result.below);
    if (down) {
        Random of_directions{own.key()};
        BothDirections directions =
            both_directions(field, result.below, bases, options.ais, of_directions, options.tempering_sweeps);
        result.above = std::move(directions.above);
        result.both = std::move(directions.both);
        result.tempering = std::move(directions.tempering);
    }
    random = advanced;
    return result;
}

} // namespace boltz
