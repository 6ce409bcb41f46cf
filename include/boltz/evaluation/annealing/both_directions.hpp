// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// log Z by chains up from several bases and by chains down from tempered ones.

#include <boltz/any_field.hpp>
#include <boltz/evaluation/annealing/bennett_acceptance_ratio.hpp>
#include <boltz/evaluation/annealing/several_bases.hpp>
#include <boltz/sampling/sample_tempered.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace boltz {

/// log Z by both directions.
struct BothDirections {
    LogPartition below;        ///< by chains up, from the base that has missed least
    LogPartition above;        ///< by chains down to that base, from the ends of tempered chains
    TwoSidedLogPartition both; ///< Bennett's acceptance ratio of the two, where they do not contradict each other
    TemperingReport tempering; ///< how well the chains down had mixed
};

/// Next to chains that ran up from the base `bases[below.base_index]`, chains that run down to it from the ends of
/// `sweeps` sweeps of parallel tempering (20 temperatures, half of the sweeps to adapt them); log Z in nats.
///
/// Tempered chains cross between modes more often than plain ones, from which an estimate from above came out up to 7
/// nats below log Z. Only exact samples make an upper bound; the warnings of `above` and `both` say so. Costs an
/// annealing, and 20 `sweeps` Gibbs sweeps of as many chains. Needs layers of two colours, as `TemperedChains`.
/// @throws ValueError if `below` did not begin at one of `bases`; as `sample_tempered`, `reverse_log_partition` and
/// `bennett_acceptance_ratio`.
template <std::floating_point T>
[[nodiscard]] BothDirections both_directions(AnyField<T> const& field, LogPartition below,
                                             std::type_identity_t<Bases<T>> const& bases, Ais const& ais,
                                             Random& random, std::size_t sweeps = 1000);

/// The same with the chains up, from each of `bases`, made first.
/// @throws also as `log_partition`.
template <std::floating_point T>
[[nodiscard]] BothDirections both_directions(AnyField<T> const& field, std::type_identity_t<Bases<T>> const& bases,
                                             Ais const& ais, Random& random, std::size_t sweeps = 1000);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/annealing/both_directions.hpp>
#endif
