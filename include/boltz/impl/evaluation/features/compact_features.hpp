// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/features/compact_features.hpp>

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/data/compact_matrix.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/evaluation/features/features.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
std::vector<CompactMatrix> compact_features(AnyField<T> const& field, std::span<std::size_t const> layers,
                                            TrainingData<T> const& cases, BindInference<T> bind,
                                            Compute const& compute, Compactness compactness) {
    check_layers(field, layers, "compact_features");
    std::vector<CompactMatrix> result;
    for (std::size_t const l : layers) result.emplace_back(cases.rows(), field.sizes()[l], compactness);
    infer_portions<T>(field, cases, bind, compute, Draws::from_seed(0), [&](std::size_t first, StatesView<T> states) {
        for (std::size_t i = 0; i < layers.size(); ++i) result[i].store(first, states[layers[i]]);
    });
    return result;
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template std::vector<CompactMatrix> compact_features<T>(AnyField<T> const& field,                                \
                                                            std::span<std::size_t const> layers,                     \
                                                            TrainingData<T> const& cases, BindInference<T> bind,     \
                                                            Compute const& compute, Compactness compactness);        \
    }
#include <boltz/detail/instantiate.hpp>
