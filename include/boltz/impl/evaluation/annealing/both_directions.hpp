// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/annealing/both_directions.hpp>

#include <boltz/any_field.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/annealing/bennett_acceptance_ratio.hpp>
#include <boltz/evaluation/annealing/reverse_ais.hpp>
#include <boltz/evaluation/annealing/several_bases.hpp>
#include <boltz/sampling/sample_tempered.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace boltz {

template <std::floating_point T>
BothDirections both_directions(AnyField<T> const& field, LogPartition below,
                               std::type_identity_t<Bases<T>> const& bases, Ais const& ais, Random& random,
                               std::size_t sweeps) {
    if (below.base_index >= bases.size())
        detail::fail<ValueError>("both_directions: below began at base ", below.base_index, ", but bases has ",
                                 bases.size());
    BothDirections result{.below = std::move(below), .above = {}, .both = {}, .tempering = {}};
    auto const& base = bases[result.below.base_index];
    TemperingOptions const tempering{
        .chains = ais.chains, .adaptation = sweeps / 2, .sweeps = sweeps - sweeps / 2, .compute = ais.compute};
    auto ends = sample_tempered(field, base, tempering, random);
    result.above = reverse_log_partition(field, ends.states, ChainStart::tempered_chains, base, ais, random);
    result.both = bennett_acceptance_ratio(result.below, result.above);
    result.tempering = ends.report;
    return result;
}

template <std::floating_point T>
BothDirections both_directions(AnyField<T> const& field, std::type_identity_t<Bases<T>> const& bases, Ais const& ais,
                               Random& random, std::size_t sweeps) {
    LogPartition below = log_partition(field, bases, ais, random);
    return both_directions(field, std::move(below), bases, ais, random, sweeps);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template BothDirections both_directions<T>(AnyField<T> const& field, LogPartition below,                         \
                                               std::type_identity_t<Bases<T>> const& bases, Ais const& ais,          \
                                               Random& random, std::size_t sweeps);                                  \
    template BothDirections both_directions<T>(AnyField<T> const& field,                                             \
                                               std::type_identity_t<Bases<T>> const& bases, Ais const& ais,          \
                                               Random& random, std::size_t sweeps);
#include <boltz/detail/instantiate.hpp>
