// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/annealing/annealing_model.hpp>

#include <boltz/any_field.hpp>
#include <boltz/concepts.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/evaluation/annealing/ais.hpp>
#include <boltz/evaluation/detail/annealing.hpp>
#include <boltz/evaluation/detail/case_values.hpp>
#include <boltz/evaluation/detail/checked_cases.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/energy.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
std::vector<AnnealingModelEstimate> annealing_model_log_probability(AnyField<T> const& field, Block<T const> data,
                                                                    BaseBiases<T> const& base, Ais const& ais,
                                                                    Random& random) {
    ais.validate();
    check_two_layers(field, "annealing_model_log_probability");
    check_annealing(field, base, ais.compute, "annealing_model_log_probability");
    StateBlocks<T, 2> const visible{for_reading(data), {}};
    auto const observed = LayerSet::of(0);
    std::size_t const cases = checked_cases<T>(field, visible, observed, "annealing_model_log_probability");
    if (std::size_t const between = cases_between_states<T>(field, visible, observed); between > 0)
        fail<ValueError>("annealing_model_log_probability: ", between, " of ", cases,
                         " cases hold values between the states of their units; binarise grey values");
    PreparedForCall<T> const prepared{field, ais.compute};
    std::vector<double> const unnormalised = log_marginal<T>(*prepared, visible, LayerSet::of(1));

    Executor executor{ais.compute};
    Annealing<T> const annealing{
        .ladder = ais.ladder, .summed = LayerSet::of(1), .given = visible, .cases = cases, .chains = ais.chains};
    std::vector<double> log_weights = anneal_down(*prepared, base, annealing, random.split(), executor);
    std::vector<AnnealingModelEstimate> result(cases);
    for (std::size_t c = 0; c < cases; ++c) {
        std::span const own = std::span{log_weights}.subspan(c * ais.chains, ais.chains);
        for (double& w : own) w = unnormalised[c] - w;
        LogMean const mean = log_mean_exp(own);
        result[c] = {.annealing_model_log_probability = mean.value,
                     .standard_error = mean.relative_error,
                     .effective_chains = mean.effective};
    }
    return result;
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template std::vector<AnnealingModelEstimate> annealing_model_log_probability<T>(AnyField<T> const& field,        \
                                                                                    Block<T const> data,             \
                                                                                    BaseBiases<T> const& base,       \
                                                                                    Ais const& ais, Random& random); \
    }
#include <boltz/detail/instantiate.hpp>
