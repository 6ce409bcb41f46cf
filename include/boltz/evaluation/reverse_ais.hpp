// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Annealed importance sampling from the model down: log Z from above, and the ratio of two models' Z.

#include <boltz/concepts.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/ais.hpp>
#include <boltz/evaluation/checked_cases.hpp>

#include <xtensor/xbuilder.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace boltz {
namespace detail {

/// The estimate of an annealing from states of the model down to a base, or to another model.
template <concepts::Field F, class Base>
LogPartition reverse_estimate(F const& field, StateBlocks<typename F::value_type, F::depth> const& states,
                              ChainStart start, Ais const& ais, Random& random, Base const& base,
                              char const* function) {
    ais.validate();
    if (start == ChainStart::base)
        fail<ValueError>(function, ": start is ", to_string(start), ", but chains begin at states of the model");
    check_annealing(field, base, ais.compute, function);
    std::size_t const rows = checked_cases(field, states, all_layers<F::depth>(), function);
    if (rows != ais.runs)
        fail<ShapeError>(function, ": states has ", rows, " rows, but ais.runs is ", ais.runs,
                         " and each chain begins at a state of its own");
    auto const& prepared = detail::prepared(field, ais.compute);
    Executor executor{ais.compute};
    Annealing<typename F::value_type, F::depth> const annealing{
        .ladder = ais.ladder, .summed = annealing_sums(field, {}), .given = states, .cases = rows};
    LogPartition result = summarised(anneal_down(prepared, base, annealing, random.split(), executor), start);
    describe(result, ais.ladder, prepared, base);
    return result;
}

/// Refuses two models whose units differ in their own terms, for which a path would have to mix units.
template <concepts::Field F, concepts::Field G>
void check_same_units(F const& first, G const& second, char const* function) {
    using T = typename F::value_type;
    for_each_index<F::depth>([&](auto l) {
        auto const& a = first.template layer<l>();
        auto const& b = second.template layer<l>();
        if (a.size() != b.size())
            fail<ShapeError>(function, ": layer ", std::size_t{l}, " has ", a.size(), " units in one model and ",
                             b.size(), " in the other");
        // A(x) at some x tells units apart, a user's own too.
        Matrix<T> x = xt::zeros<T>({std::size_t{4}, a.size()});
        for (std::size_t i = 0; i < 4; ++i) Draws::from_seed(l).normal(i, 0, Block{x}.row(i));
        std::vector<double> of_a(4, 0.0), of_b(4, 0.0);
        a.unit().add_log_partition(Block<T const>{x}, std::span{of_a});
        b.unit().add_log_partition(Block<T const>{x}, std::span{of_b});
        if (of_a != of_b)
            fail<ValueError>(function, ": the units of layer ", std::size_t{l},
                             " differ between the models, in precision, number of trials or kind");
    });
}

} // namespace detail

/// log Z by chains that run from states of the model down to a base, in nats: the chains of `log_partition`
/// backwards.
///
/// The log of the mean of exp(-w) estimates -log Z and lies below it in expectation, so the result lies above log Z
/// if every state is an exact sample (`exact_samples` of small models) and only then. From the ends of long chains it
/// is a heuristic, as good as the chains have mixed; its `warning()` says so. `states` has one row a run, of which
/// the layers that are not summed out are read. Cost as `log_partition`.
/// @throws ShapeError if `states` or the base do not fit or `states` has not `ais.runs` rows; ValueError as
/// `log_partition`, if a state is impossible, or if `start` is `ChainStart::base`.
template <concepts::Field F>
[[nodiscard]] LogPartition
reverse_log_partition(F const& field, StateBlocks<typename F::value_type, F::depth> const& states, ChainStart start,
                      Ais const& ais, Random& random, BaseBiases<typename F::value_type, F::depth> const& base) {
    return detail::reverse_estimate(field, states, start, ais, random, base, "reverse_log_partition");
}

/// The same to the uniform base.
template <concepts::Field F>
[[nodiscard]] LogPartition reverse_log_partition(F const& field,
                                                 StateBlocks<typename F::value_type, F::depth> const& states,
                                                 ChainStart start, Ais const& ais, Random& random) {
    return reverse_log_partition(field, states, start, ais, random, uniform_base(field));
}

/// log Z of `field` less log Z of `other`, a model of the same layers and units, by chains that run from states of
/// `field` to `other`, in nats.
///
/// Two models that resemble each other, such as two moments of a training, need far fewer temperatures than either
/// does from a base. Above the truth in expectation if the states are exact samples; with the models exchanged and
/// samples of the other, minus the result lies below it. Costs twice what `reverse_log_partition` does.
/// @throws as `reverse_log_partition`; ValueError if units differ, such as by their precisions.
template <concepts::Model M>
[[nodiscard]] LogPartition log_partition_ratio(M const& field, M const& other,
                                               StateBlocks<typename M::value_type, M::depth> const& states,
                                               ChainStart start, Ais const& ais, Random& random) {
    detail::check_same_units(field, other, "log_partition_ratio");
    check_bounded_energy(other, "log_partition_ratio");
    auto const& base = detail::prepared(other, ais.compute);
    return detail::reverse_estimate(field, states, start, ais, random, base, "log_partition_ratio");
}

} // namespace boltz
