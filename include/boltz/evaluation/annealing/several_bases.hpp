// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// log Z by annealing from several bases, since chains from one of them may all miss the same mode.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/annealing/ais.hpp>
#include <boltz/evaluation/annealing/base_at_data.hpp>
#include <boltz/evaluation/annealing/visited_states.hpp>
#include <boltz/model/base_biases.hpp>
#include <boltz/states.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

/// Bases of one model.
template <std::floating_point T>
using Bases = std::vector<BaseBiases<T>>;

/// The bases from which a model without data is annealed: its own biases and the uniform one, once if they are equal.
template <std::floating_point T>
[[nodiscard]] Bases<T> usual_bases(AnyField<T> const& field) {
    Bases<T> bases{own_base(field), uniform_base(field)};
    if (bases[0].biases == bases[1].biases) bases.erase(bases.begin());
    return bases;
}

/// The same where there are data: `base_at_data` and the uniform one.
/// @throws as `base_at_data`.
template <std::floating_point T, concepts::DataSource Data>
[[nodiscard]] Bases<T> usual_bases(AnyField<T> const& field, Data const& data, Random& random,
                                   Compute const& compute = {}) {
    return {base_at_data(field, data, random, compute), uniform_base(field)};
}

namespace detail {

/// Which of several estimates of one log Z to report: the most precise one that nothing speaks against (of all, if
/// something speaks against each), and from there, while another lies above by more than 3 combined errors, the
/// highest such.
///
/// Estimates are below log Z in expectation, so a base that lies above has seen more. A mean over bases, plain or
/// weighted by errors, would go to those that have missed a mode, whose weights are the most even.
inline std::size_t chosen_estimate(std::vector<LogPartition> const& estimates) {
    bool const any_clean =
        std::any_of(estimates.begin(), estimates.end(), [](auto const& e) { return e.trustworthy(); });
    std::size_t chosen = estimates.size();
    for (std::size_t i = 0; i < estimates.size(); ++i) {
        if (any_clean && !estimates[i].trustworthy()) continue;
        if (chosen == estimates.size() || estimates[i].standard_error < estimates[chosen].standard_error) chosen = i;
    }
    for (;;) {
        std::size_t above = chosen;
        for (std::size_t i = 0; i < estimates.size(); ++i) {
            double const errors = std::hypot(estimates[i].standard_error, estimates[chosen].standard_error);
            if (estimates[i].log_z > estimates[chosen].log_z + 3 * errors &&
                estimates[i].log_z > estimates[above].log_z)
                above = i;
        }
        if (above == chosen) return chosen;
        chosen = above;
    }
}

} // namespace detail

/// log Z by annealing from each of several bases with all chains, in nats.
///
/// One estimate is reported, never a mixture: see `base`, `base_index`, `others`, `note()`. For k bases the result
/// exceeds log Z + t with probability at most k exp(-t) (Markov's inequality for each mean weight). Gibbs chains, at
/// most 100 from each base and 200 sweeps long, list the states that they visit (`VisitedStates`): `at_least` holds
/// for certain, and an estimate below it is warned of. A mode that no chain from any base has found stays unseen.
/// Costs as many annealings as there are bases, and a hundredth more.
/// @throws ValueError if there are no bases; as `log_partition` of one base.
template <std::floating_point T>
[[nodiscard]] LogPartition log_partition(AnyField<T> const& field, std::type_identity_t<Bases<T>> const& bases,
                                         Ais const& ais, Random& random) {
    if (bases.empty()) detail::fail<ValueError>("log_partition: bases is empty, but chains begin at one");
    Random advanced = random;
    std::vector<LogPartition> estimates;
    for (auto const& base : bases) estimates.push_back(log_partition(field, base, ais, advanced));
    VisitedStates visited;
    constexpr std::size_t most_chains = 100, sweeps = 200;
    if (VisitedStates::lists(field)) {
        Compute compute = ais.compute;
        if (compute.precision == Precision::bfloat16) compute.precision = Precision::float32;
        Executor executor{compute};
        for (auto const& base : bases) {
            Draws const draws = advanced.split();
            States<T> chains{std::min(ais.chains, most_chains), field.sizes()};
            for (std::size_t l = 0; l < field.layers(); ++l) {
                base.input(l, chains[l]);
                field.unit(l).sample(chains[l], draws.stream(l));
            }
            visit(field, chains, sweeps, draws.stream(field.layers()), executor, visited);
        }
    }
    random = advanced;
    for (auto& estimate : estimates) { // one that they refute is not chosen where another is not
        estimate.at_least = visited.log_sum();
        estimate.visited = visited.count();
    }
    std::size_t const chosen = detail::chosen_estimate(estimates);
    LogPartition result = estimates[chosen];
    result.base_index = chosen;
    for (std::size_t i = 0; i < estimates.size(); ++i)
        if (i != chosen)
            result.others.push_back({estimates[i].base, estimates[i].log_z, estimates[i].standard_error,
                                     estimates[i].effective_chains, estimates[i].warning()});
    return result;
}

/// The same from the `usual_bases` of the model: its own biases and the uniform one.
/// @throws as above.
template <std::floating_point T>
[[nodiscard]] LogPartition log_partition(AnyField<T> const& field, Ais const& ais, Random& random) {
    return log_partition(field, usual_bases(field), ais, random);
}

} // namespace boltz
