// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/likelihood/mean_elbo.hpp>

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/features/features.hpp>
#include <boltz/evaluation/likelihood/elbo.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
std::vector<double> unnormalised_elbos(AnyField<T> const& field, TrainingData<T> const& cases, BindInference<T> bind,
                                       Compute const& compute, Draws const& draws) {
    std::vector<double> values;
    values.reserve(cases.rows());
    infer_portions<T>(field, cases, bind, compute, draws, [&](std::size_t, StatesView<T> states) {
        auto const portion = unnormalised_elbo(field, states, cases.observed());
        values.insert(values.end(), portion.begin(), portion.end());
    });
    return values;
}

template <std::floating_point T>
double mean_unnormalised_elbo(AnyField<T> const& field, TrainingData<T> const& cases, BindInference<T> bind,
                              Compute const& compute, Draws const& draws) {
    double sum = 0;
    auto const values = unnormalised_elbos(field, cases, bind, compute, draws);
    for (double const value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template std::vector<double> unnormalised_elbos<T>(AnyField<T> const& field, TrainingData<T> const& cases,       \
                                                       BindInference<T> bind, Compute const& compute,                \
                                                       Draws const& draws);                                          \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template double mean_unnormalised_elbo<T>(AnyField<T> const& field, TrainingData<T> const& cases,                \
                                              BindInference<T> bind, Compute const& compute, Draws const& draws);    \
    }
#include <boltz/detail/instantiate.hpp>
