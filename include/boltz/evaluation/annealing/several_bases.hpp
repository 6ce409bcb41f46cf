// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// log Z by annealing from several bases, since chains from one of them may all miss the same mode.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/evaluation/annealing/ais.hpp>
#include <boltz/evaluation/annealing/base_at_data.hpp>
#include <boltz/model/base_biases.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace boltz {

/// Bases of one model.
template <std::floating_point T>
using Bases = std::vector<BaseBiases<T>>;

/// The bases from which a model without data is annealed: its own biases and the uniform one, once if they are equal.
template <std::floating_point T>
[[nodiscard]] Bases<T> usual_bases(AnyField<T> const& field);

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
std::size_t chosen_estimate(std::vector<LogPartition> const& estimates);

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
                                         Ais const& ais, Random& random);

/// The same from the `usual_bases` of the model: its own biases and the uniform one.
/// @throws as above.
template <std::floating_point T>
[[nodiscard]] LogPartition log_partition(AnyField<T> const& field, Ais const& ais, Random& random) {
    return log_partition(field, usual_bases(field), ais, random);
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/annealing/several_bases.hpp>
#endif
