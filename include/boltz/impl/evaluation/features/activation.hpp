// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/features/activation.hpp>

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/features/features.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
std::vector<LayerActivity> layer_activity(AnyField<T> const& field, TrainingData<T> const& cases,
                                          BindInference<T> bind, Compute const& compute, Draws const& draws) {
    std::vector<std::vector<double>> sums;
    for (std::size_t const size : field.sizes()) sums.emplace_back(size, 0.0);
    infer_portions<T>(field, cases, bind, compute, draws, [&](std::size_t, StatesView<T> states) {
        for (std::size_t l = 0; l < sums.size(); ++l)
            for (std::size_t i = 0; i < states.rows(); ++i)
                for (std::size_t j = 0; j < sums[l].size(); ++j) sums[l][j] += static_cast<double>(states[l](i, j));
    });
    std::vector<LayerActivity> result(sums.size());
    for (std::size_t l = 0; l < sums.size(); ++l) {
        auto const units = static_cast<double>(sums[l].size());
        for (double const sum : sums[l]) {
            double const mean = sum / static_cast<double>(cases.rows());
            result[l].mean += mean / units;
            result[l].dead += mean < 0.01 ? 1 / units : 0;
            result[l].saturated += mean > 0.99 ? 1 / units : 0;
        }
    }
    return result;
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template std::vector<LayerActivity> layer_activity<T>(AnyField<T> const& field, TrainingData<T> const& cases,    \
                                                          BindInference<T> bind, Compute const& compute,             \
                                                          Draws const& draws);                                       \
    }
#include <boltz/detail/instantiate.hpp>
