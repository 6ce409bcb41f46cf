// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Inferred means of hidden layers as features of cases.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/draws.hpp>
#include <boltz/inference/inference_session.hpp>
#include <boltz/states.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace boltz {

namespace detail {

/// Binds an inference policy to a field.
template <std::floating_point T>
using BindInference = FunctionRef<std::unique_ptr<InferenceSession<T>>(AnyField<T> const&)>;

/// An inference policy as a function that binds it to fields. Refers to the policy.
template <std::floating_point T, class Inference>
[[nodiscard]] auto bound_to_field(Inference const& inference) {
    return [&inference](AnyField<T> const& field) -> std::unique_ptr<InferenceSession<T>> {
        return std::make_unique<decltype(inference.bind(field))>(inference.bind(field));
    };
}

/// What is done with a portion of cases: its first row, and the states of all layers.
template <std::floating_point T>
using UsePortion = FunctionRef<void(std::size_t, StatesView<T>)>;

/// Infers the unobserved layers of all cases, `step` rows at a time, see the public function of this name.
template <std::floating_point T>
void infer_portions(AnyField<T> const& field, TrainingData<T> const& cases, BindInference<T> bind,
                    Compute const& compute, Draws const& draws, UsePortion<T> use, std::size_t step = 1024);

/// Refuses layers that a field does not have.
template <std::floating_point T>
void check_layers(AnyField<T> const& field, std::span<std::size_t const> layers, std::string_view function);

template <std::floating_point T>
[[nodiscard]] Matrix<T> features(AnyField<T> const& field, std::span<std::size_t const> layers,
                                 TrainingData<T> const& cases, BindInference<T> bind, Compute const& compute);

} // namespace detail

/// Infers the unobserved layers of all cases, `step` rows at a time, and hands each portion to `use(first row,
/// states)`.
///
/// The memory needed does not grow with the number of cases. The order of the calls is that of the data.
/// @throws ShapeError or ValueError if the data does not fit the model; ValueError if `step` is 0.
template <concepts::Field F, class Data, class Inference, class Use>
    requires(detail::fits_layers<Data, F>&& concepts::InferencePolicy<Inference, F>)
void infer_portions(F const& field, Data const& data, Inference const& inference, Compute const& compute,
                    Draws const& draws, Use&& use, std::size_t step = 1024) {
    using T = typename F::value_type;
    detail::infer_portions<T>(field, detail::TrainingData<T>{data}, detail::bound_to_field<T>(inference), compute,
                              draws, use, step);
}

/// The inferred means of the given layers for every case, side by side: `features(machine, {1, 2}, images,
/// MeanField{}, compute)` has one row a case and as many columns as layers 1 and 2 have units.
///
/// @throws as `infer_portions`; ValueError if there is no such layer.
template <concepts::Field F, class Data, class Inference>
    requires(detail::fits_layers<Data, F>&& concepts::InferencePolicy<Inference, F>)
[[nodiscard]] Matrix<typename F::value_type> features(F const& field, std::vector<std::size_t> const& layers,
                                                      Data const& data, Inference const& inference,
                                                      Compute const& compute = {}) {
    using T = typename F::value_type;
    return detail::features<T>(field, layers, detail::TrainingData<T>{data}, detail::bound_to_field<T>(inference),
                               compute);
}
/// The same for layers that are known when the program is compiled: `features<1, 2>(dbm, images, MeanField{})`.
/// Layers that the model does not have are refused then.
template <std::size_t... L, concepts::Field F, class Data, class Inference>
    requires(sizeof...(L) >= 1 && (detail::MayHaveLayer<F, L> && ...) && detail::fits_layers<Data, F> &&
             concepts::InferencePolicy<Inference, F>)
[[nodiscard]] Matrix<typename F::value_type> features(F const& field, Data const& data, Inference const& inference,
                                                      Compute const& compute = {}) {
    using T = typename F::value_type;
    constexpr std::array<std::size_t, sizeof...(L)> layers{L...};
    return detail::features<T>(field, layers, detail::TrainingData<T>{data}, detail::bound_to_field<T>(inference),
                               compute);
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/features/features.hpp>
#endif
