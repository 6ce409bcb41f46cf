// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Annealed importance sampling from the model down: log Z from above, and the ratio of two models' Z.

#include <boltz/any_field.hpp>
#include <boltz/evaluation/annealing/ais.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/model/tempered.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <type_traits>

namespace boltz {
namespace detail {

/// The estimate of an annealing from states of the model down to a base, or to another model.
template <std::floating_point T>
LogPartition reverse_estimate(AnyField<T> const& field, StatesView<T const> states, ChainStart start, Ais const& ais,
                              Random& random, std::type_identity_t<PathBase<T>> base, char const* function);

/// Refuses two models whose layers or connections differ, or whose units differ in their self energies, for which a
/// path would have to mix units.
template <std::floating_point T>
void check_same_units(AnyField<T> const& first, AnyField<T> const& second, char const* function);

} // namespace detail

/// log Z by chains that run from states of the model down to a base, in nats: the chains of `log_partition`
/// backwards.
///
/// The log of the mean of exp(-w) estimates -log Z and lies below it in expectation, so the result lies above log Z
/// if every state is an exact sample (`exact_samples` of small models) and only then. From the ends of long chains it
/// is a heuristic, as good as the chains have mixed; its `warning()` says so. `states` has one row a run, of which
/// the layers that are not summed out are read. Cost as `log_partition`.
/// @throws ShapeError if `states` or the base do not fit or `states` has not `ais.chains` rows; ValueError as
/// `log_partition`, if a state is impossible, or if `start` is `ChainStart::base`.
template <std::floating_point T>
[[nodiscard]] LogPartition
reverse_log_partition(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states, ChainStart start,
                      std::type_identity_t<BaseBiases<T>> const& base, Ais const& ais, Random& random) {
    return detail::reverse_estimate(field, states, start, ais, random, base, "reverse_log_partition");
}

/// The same to the uniform base.
template <std::floating_point T>
[[nodiscard]] LogPartition reverse_log_partition(AnyField<T> const& field,
                                                 std::type_identity_t<StatesView<T const>> states, ChainStart start,
                                                 Ais const& ais, Random& random) {
    return reverse_log_partition(field, states, start, uniform_base(field), ais, random);
}

/// log Z of `field` less log Z of `other`, a model of the same layers, connections and units, by chains that run from
/// states of `field` to `other`, in nats.
///
/// Two models that resemble each other, such as two moments of a training, need far fewer temperatures than either
/// does from a base. Above the truth in expectation if the states are exact samples; with the models exchanged and
/// samples of the other, minus the result lies below it. Costs twice what `reverse_log_partition` does.
/// @throws as `reverse_log_partition`; ShapeError if layers differ, ValueError if connections or units do, such as by
/// their precisions.
template <std::floating_point T>
[[nodiscard]] LogPartition log_partition_ratio(AnyModel<T> const& field,
                                               std::type_identity_t<AnyModel<T>> const& other,
                                               std::type_identity_t<StatesView<T const>> states, ChainStart start,
                                               Ais const& ais, Random& random);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/annealing/reverse_ais.hpp>
#endif
