// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Annealed importance sampling from the model down: log Z from above, and the ratio of two models' Z.

#include <boltz/any_field.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/annealing/ais.hpp>
#include <boltz/evaluation/detail/checked_cases.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace boltz {
namespace detail {

/// The estimate of an annealing from states of the model down to a base, or to another model.
template <std::floating_point T>
LogPartition reverse_estimate(AnyField<T> const& field, StatesView<T const> states, ChainStart start, Ais const& ais,
                              Random& random, std::type_identity_t<PathBase<T>> base, char const* function) {
    ais.validate();
    if (start == ChainStart::base)
        fail<ValueError>(function, ": start is ", to_string(start), ", but chains begin at states of the model");
    check_annealing(field, base, ais.compute, function);
    std::size_t const rows = checked_cases(field, states, LayerSet::first(field.layers()), function);
    if (rows != ais.chains)
        fail<ShapeError>(function, ": states has ", rows, " rows, but ais.chains is ", ais.chains,
                         " and each chain begins at a state of its own");
    PreparedForCall<T> const prepared{field, ais.compute};
    Executor executor{ais.compute};
    Annealing<T> const annealing{
        .ladder = ais.ladder, .summed = annealing_sums(field.graph(), {}), .given = states, .cases = rows};
    LogPartition result = summarised(anneal_down(*prepared, base, annealing, random.split(), executor), start);
    describe(result, ais.ladder, *prepared, base);
    return result;
}

/// Refuses two models whose layers or connections differ, or whose units differ in their self energies, for which a
/// path would have to mix units.
template <std::floating_point T>
void check_same_units(AnyField<T> const& first, AnyField<T> const& second, char const* function) {
    if (first.layers() != second.layers())
        fail<ShapeError>(function, ": one model has ", first.layers(), " layers, the other ", second.layers());
    for (std::size_t l = 0; l < first.layers(); ++l) {
        std::size_t const size = first.sizes()[l];
        if (size != second.sizes()[l])
            fail<ShapeError>(function, ": layer ", l, " has ", size, " units in one model and ", second.sizes()[l],
                             " in the other");
        if (first.graph().neighbour_set(l) != second.graph().neighbour_set(l))
            fail<ValueError>(function, ": layer ", l,
                             " has weights in common with other layers in one model than in the other");
        // A(x) at some x tells units apart, a user's own too.
        Matrix<T> x = zero_matrix<T>(4, size);
        for (std::size_t i = 0; i < 4; ++i) Draws::from_seed(l).normal(i, 0, Block{x}.row(i));
        std::vector<double> of_first(4, 0.0), of_second(4, 0.0);
        first.unit(l).add_log_partition(x, of_first);
        second.unit(l).add_log_partition(x, of_second);
        if (of_first != of_second)
            fail<ValueError>(function, ": the units of layer ", l,
                             " differ between the models, in precision, number of trials or kind");
    }
}

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
                                               Ais const& ais, Random& random) {
    detail::check_same_units<T>(field, other, "log_partition_ratio");
    check_bounded_energy<T>(other, "log_partition_ratio");
    detail::PreparedForCall<T> const base{other, ais.compute};
    return detail::reverse_estimate<T>(field, states, start, ais, random, *base, "log_partition_ratio");
}

} // namespace boltz
