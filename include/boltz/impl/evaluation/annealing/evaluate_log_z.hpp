// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/annealing/evaluate_log_z.hpp>

#include <boltz/any_field.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/annealing/both_directions.hpp>
#include <boltz/evaluation/annealing/several_bases.hpp>
#include <boltz/evaluation/annealing/visited_states.hpp>
#include <boltz/random.hpp>
#include <boltz/sampling/dispersed_starts.hpp>
#include <boltz/sampling/given.hpp>
#include <boltz/version.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

BOLTZ_INLINE std::vector<std::string> LogZEvaluation::warnings() const {
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

BOLTZ_INLINE std::string LogZEvaluation::missed() const {
    if (!both || !both->combined) return {};
    double const error = std::hypot(both->standard_error, below.standard_error);
    if (!(both->log_z > below.log_z + 3 * error)) return {};
    std::ostringstream text;
    text.precision(8);
    text << "both directions together say " << both->log_z << ", the chains up alone " << below.log_z
         << ": these have missed some of what weighs";
    return text.str();
}

namespace detail {

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

template <std::floating_point T>
LogZEvaluation evaluate_log_z(AnyField<T> const& field, std::type_identity_t<Bases<T>> const& bases,
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

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template void look_elsewhere<T>(AnyField<T> const& field, Compute compute, Draws const& draws,                   \
                                    LogPartition& below);                                                            \
    }                                                                                                                \
    template LogZEvaluation evaluate_log_z<T>(AnyField<T> const& field, std::type_identity_t<Bases<T>> const& bases, \
                                              LogZOptions const& options, Random& random);
#include <boltz/detail/instantiate.hpp>
