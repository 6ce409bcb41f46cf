// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/annealing/ais.hpp>

#include <boltz/any_field.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/annealing/log_partition.hpp>
#include <boltz/evaluation/detail/annealing.hpp>
#include <boltz/evaluation/detail/checked_cases.hpp>
#include <boltz/executor.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/base_biases.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/random.hpp>
#include <boltz/states.hpp>
#include <boltz/version.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace boltz {

BOLTZ_INLINE void Ais::validate() const {
    if (chains == 0) detail::fail<ValueError>("Ais: chains is 0, but must be at least 1");
    compute.validate();
}

namespace detail {

template <std::floating_point T>
std::vector<LogPartition> annealed_estimates(AnyField<T> const& field, BaseBiases<T> const& base,
                                             StatesView<T const> states, LayerSet observed, Ais const& ais,
                                             Random& random, char const* function) {
    ais.validate();
    check_annealing(field, base, ais.compute, function);
    std::size_t const cases = checked_cases(field, states, observed, function);
    PreparedForCall<T> const prepared{field, ais.compute};
    Executor executor{ais.compute};
    Annealing<T> const annealing{.ladder = ais.ladder,
                                 .observed = observed,
                                 .summed = annealing_sums(field.graph(), observed),
                                 .given = states,
                                 .cases = cases,
                                 .chains = ais.chains};
    auto const log_weights = anneal_up(*prepared, base, annealing, random.split(), executor);
    std::vector<LogPartition> result(cases);
    for (std::size_t c = 0; c < cases; ++c) {
        auto const first = log_weights.begin() + static_cast<std::ptrdiff_t>(c * ais.chains);
        result[c] = summarised({first, first + static_cast<std::ptrdiff_t>(ais.chains)}, ChainStart::base);
        describe(result[c], ais.ladder, *prepared, base);
    }
    return result;
}

} // namespace detail

template <std::floating_point T>
LogPartition log_partition(AnyField<T> const& field, std::type_identity_t<BaseBiases<T>> const& base, Ais const& ais,
                           Random& random) {
    return detail::annealed_estimates<T>(field, base, {}, {}, ais, random, "log_partition")[0];
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template std::vector<LogPartition> annealed_estimates<T>(AnyField<T> const& field, BaseBiases<T> const& base,    \
                                                             StatesView<T const> states, LayerSet observed,          \
                                                             Ais const& ais, Random& random, char const* function);  \
    }                                                                                                                \
    template LogPartition log_partition<T>(                                                                          \
        AnyField<T> const& field, std::type_identity_t<BaseBiases<T>> const& base, Ais const& ais, Random& random);
#include <boltz/detail/instantiate.hpp>
