// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/likelihood/pseudo_likelihood.hpp>

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/detail/case_values.hpp>
#include <boltz/evaluation/detail/single_changes.hpp>
#include <boltz/evaluation/likelihood/log_likelihood.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace boltz {

namespace detail {

template <std::floating_point T>
LogLikelihood pseudo_likelihood(AnyField<T> const& field, TrainingData<T> const& cases, Compute const& compute,
                                Draws const& draws) {
    SingleChanges<T> const changes{field, "pseudo_likelihood"};
    return likelihood_of(case_values<T>(field, cases, compute, draws, "pseudo_likelihood",
                                        [&](StatesView<T> states, std::size_t first, std::span<double> out) {
                                            changes.check(states[0], first, "pseudo_likelihood");
                                            auto workspace = changes.workspace(states);
                                            for (std::size_t i = 0; i < out.size(); ++i) {
                                                out[i] = 0;
                                                changes.each_kind(
                                                    states[0].row(i), [&](std::size_t column, double multiplicity) {
                                                        out[i] += multiplicity * workspace.log_conditional(i, column);
                                                    });
                                            }
                                        }),
                         0.0, LikelihoodKind::pseudo_likelihood, cases.binarisation());
}

template <std::floating_point T>
LogLikelihood stochastic_pseudo_likelihood(AnyField<T> const& field, TrainingData<T> const& cases,
                                           Compute const& compute, Draws const& draws) {
    constexpr std::uint64_t choice = 0x6f6e6520756e6974; // a stream that no layer's data draws from
    SingleChanges<T> const changes{field, "stochastic_pseudo_likelihood"};
    return likelihood_of(case_values<T>(field, cases, compute, draws, "stochastic_pseudo_likelihood",
                                        [&](StatesView<T> states, std::size_t first, std::span<double> out) {
                                            changes.check(states[0], first, "stochastic_pseudo_likelihood");
                                            auto workspace = changes.workspace(states);
                                            for (std::size_t i = 0; i < out.size(); ++i) {
                                                std::size_t const chosen = static_cast<std::size_t>(
                                                    draws.stream(choice).below(changes.variables(), first + i, 0));
                                                out[i] = static_cast<double>(changes.variables()) *
                                                         workspace.log_conditional(
                                                             i, changes.column(states[0].row(i), chosen));
                                            }
                                        }),
                         0.0, LikelihoodKind::stochastic_pseudo_likelihood, cases.binarisation());
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template LogLikelihood pseudo_likelihood<T>(AnyField<T> const& field, TrainingData<T> const& cases,              \
                                                Compute const& compute, Draws const& draws);                         \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template LogLikelihood stochastic_pseudo_likelihood<T>(AnyField<T> const& field, TrainingData<T> const& cases,   \
                                                           Compute const& compute, Draws const& draws);              \
    }
#include <boltz/detail/instantiate.hpp>
