// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/annealing/several_bases.hpp>

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/annealing/ais.hpp>
#include <boltz/evaluation/annealing/visited_states.hpp>
#include <boltz/model/base_biases.hpp>
#include <boltz/states.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace boltz {

template <std::floating_point T>
Bases<T> usual_bases(AnyField<T> const& field) {
    Bases<T> bases{own_base(field), uniform_base(field)};
    if (bases[0].biases == bases[1].biases) bases.erase(bases.begin());
    return bases;
}

namespace detail {

BOLTZ_INLINE std::size_t chosen_estimate(std::vector<LogPartition> const& estimates) {
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

template <std::floating_point T>
LogPartition log_partition(AnyField<T> const& field, std::type_identity_t<Bases<T>> const& bases, Ais const& ais,
                           Random& random) {
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

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template Bases<T> usual_bases<T>(AnyField<T> const& field);                                                      \
    template LogPartition log_partition<T>(AnyField<T> const& field, std::type_identity_t<Bases<T>> const& bases,    \
                                           Ais const& ais, Random& random);
#include <boltz/detail/instantiate.hpp>
