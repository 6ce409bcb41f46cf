// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/annealing/reverse_ais.hpp>

#include <boltz/any_field.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/annealing/ais.hpp>
#include <boltz/evaluation/detail/annealing.hpp>
#include <boltz/evaluation/detail/checked_cases.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/model/bounded_energy.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace boltz {

namespace detail {

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

template <std::floating_point T>
LogPartition log_partition_ratio(AnyModel<T> const& field, std::type_identity_t<AnyModel<T>> const& other,
                                 std::type_identity_t<StatesView<T const>> states, ChainStart start, Ais const& ais,
                                 Random& random) {
    detail::check_same_units<T>(field, other, "log_partition_ratio");
    check_bounded_energy<T>(other, "log_partition_ratio");
    detail::PreparedForCall<T> const base{other, ais.compute};
    return detail::reverse_estimate<T>(field, states, start, ais, random, *base, "log_partition_ratio");
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template LogPartition reverse_estimate<T>(AnyField<T> const& field, StatesView<T const> states,                  \
                                              ChainStart start, Ais const& ais, Random& random,                      \
                                              std::type_identity_t<PathBase<T>> base, char const* function);         \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void check_same_units<T>(AnyField<T> const& first, AnyField<T> const& second, char const* function);    \
    }                                                                                                                \
    template LogPartition log_partition_ratio<T>(                                                                    \
        AnyModel<T> const& field, std::type_identity_t<AnyModel<T>> const& other,                                    \
        std::type_identity_t<StatesView<T const>> states, ChainStart start, Ais const& ais, Random& random);
#include <boltz/detail/instantiate.hpp>
