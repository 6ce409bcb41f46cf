// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/features/features.hpp>

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/states.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
void infer_portions(AnyField<T> const& field, TrainingData<T> const& cases, BindInference<T> bind,
                    Compute const& compute, Draws const& draws, UsePortion<T> use, std::size_t step) {
    if (step == 0) fail<ValueError>("infer_portions: step is 0, but must be at least 1");
    cases.check(field, "infer_portions", draws);
    PreparedForCall<T> const prepared{field, compute};
    auto const session = bind(*prepared);
    Executor executor{compute};
    States<T> states{std::min(step, cases.rows()), field.sizes()};
    std::vector<std::size_t> indices(states.rows());
    for (std::size_t first = 0; first < cases.rows(); first += step) {
        std::size_t const count = std::min(step, cases.rows() - first);
        states.require(count, field.sizes());
        std::iota(indices.begin(), indices.end(), first);
        cases.load(std::span<std::size_t const>{indices.data(), count}, states, draws.from_row(first));
        session->infer(*prepared, states, cases.observed(), executor);
        use(first, states);
    }
}

template <std::floating_point T>
void check_layers(AnyField<T> const& field, std::span<std::size_t const> layers, std::string_view function) {
    if (layers.empty()) fail<ValueError>(function, ": there are no layers, but must be at least 1");
    for (std::size_t const l : layers)
        if (l >= field.layers())
            fail<ValueError>(function, ": layer is ", l, ", but the model has ", field.layers(), " layers");
}

template <std::floating_point T>
Matrix<T> features(AnyField<T> const& field, std::span<std::size_t const> layers, TrainingData<T> const& cases,
                   BindInference<T> bind, Compute const& compute) {
    check_layers(field, layers, "features");
    std::size_t columns = 0;
    for (std::size_t const l : layers) columns += field.sizes()[l];
    Matrix<T> result = zero_matrix<T>(cases.rows(), columns);
    infer_portions<T>(field, cases, bind, compute, Draws::from_seed(0), [&](std::size_t first, StatesView<T> states) {
        std::size_t column = 0;
        for (std::size_t const l : layers) {
            copy<T>(states[l], Block{result}.row_range(first, states.rows()).column_range(column, field.sizes()[l]));
            column += field.sizes()[l];
        }
    });
    return result;
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template void infer_portions<T>(AnyField<T> const& field, TrainingData<T> const& cases, BindInference<T> bind,   \
                                    Compute const& compute, Draws const& draws, UsePortion<T> use,                   \
                                    std::size_t step);                                                               \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void check_layers<T>(AnyField<T> const& field, std::span<std::size_t const> layers,                     \
                                  std::string_view function);                                                        \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template Matrix<T> features<T>(AnyField<T> const& field, std::span<std::size_t const> layers,                    \
                                   TrainingData<T> const& cases, BindInference<T> bind, Compute const& compute);     \
    }
#include <boltz/detail/instantiate.hpp>
