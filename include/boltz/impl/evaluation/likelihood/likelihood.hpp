// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/likelihood/likelihood.hpp>

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/detail/case_values.hpp>
#include <boltz/evaluation/likelihood/log_likelihood.hpp>
#include <boltz/model/energy.hpp>
#include <boltz/states.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
LogLikelihood checked_likelihood(AnyField<T> const& field, TrainingData<T> const& cases, std::vector<double> values,
                                 LogZ const& log_z, LikelihoodKind kind, Compute const& compute, Draws const& draws,
                                 char const* function) {
    auto result = likelihood_of(std::move(values), log_z, kind, cases.binarisation());
    auto const states = case_states(field, cases, compute, draws, function);
    add_proof(result, states.codes, std::numeric_limits<T>::epsilon());
    warn_between_states(result, states.between);
    return result;
}

template <std::floating_point T>
LogLikelihood log_likelihood(AnyField<T> const& field, TrainingData<T> const& cases, LogZ const& log_z,
                             Compute const& compute, Draws const& draws) {
    LayerSet const hidden = ~cases.observed();
    if (!field.graph().independent(hidden))
        fail<ValueError>("log_likelihood: layers without data have weights in common, so their sum has no closed "
                         "form; take elbo or annealed_log_likelihood, or exact_log_sum for small models");
    auto values = case_values<T>(field, cases, compute, draws, "log_likelihood",
                                 [&](StatesView<T> states, std::size_t, std::span<double> out) {
                                     auto const sums = log_marginal(field, states, hidden);
                                     std::copy(sums.begin(), sums.end(), out.begin());
                                 });
    return checked_likelihood(field, cases, std::move(values), log_z, LikelihoodKind::exact, compute, draws,
                              "log_likelihood");
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template LogLikelihood checked_likelihood<T>(AnyField<T> const& field, TrainingData<T> const& cases,             \
                                                 std::vector<double> values, LogZ const& log_z, LikelihoodKind kind, \
                                                 Compute const& compute, Draws const& draws, char const* function);  \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template LogLikelihood log_likelihood<T>(AnyField<T> const& field, TrainingData<T> const& cases,                 \
                                             LogZ const& log_z, Compute const& compute, Draws const& draws);         \
    }
#include <boltz/detail/instantiate.hpp>
