// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A machine that has learned data and labels together, as a classifier.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/source.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/detail/case_values.hpp>
#include <boltz/evaluation/features/features.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/multinomial.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

/// p(label | case), one row a case and one column a class.
struct LabelPosterior {
    Matrix<double> probabilities;

    /// The most likely class of each case, the lowest where several are.
    [[nodiscard]] std::vector<std::size_t> classes() const;

    /// The share of cases whose most likely class is not their label.
    /// @throws ShapeError if there are not as many labels as cases.
    [[nodiscard]] double error_rate(std::span<std::uint8_t const> labels) const;
};

namespace detail {

/// Refuses a unit that is no label: one softmax group of at most 256 classes.
template <std::floating_point T>
void check_label_unit(AnyUnit<T> const& unit, std::size_t classes);

/// The posterior of labels whose log-weights come label by label, from `score(labels)` of all cases.
template <std::floating_point T>
LabelPosterior posterior_of_labels(std::size_t cases, std::size_t classes,
                                   FunctionRef<std::vector<double>(AnySource<T> const&)> score);

/// The posterior of labels in the last part of the visible layer.
template <std::floating_point T>
LabelPosterior label_posterior(AnyField<T> const& field, TrainingData<T> const& cases, Compute const& compute,
                               Draws const& draws);

/// The posterior of labels that have a layer of their own.
template <std::floating_point T>
LabelPosterior label_posterior(AnyField<T> const& field, std::size_t layer, TrainingData<T> const& cases,
                               BindInference<T> bind, Compute const& compute, Draws const& draws);

template <class U>
concept EndsInLabels = requires {
    U::parts;
    requires std::same_as<std::remove_cvref_t<decltype(std::declval<U const&>().template part<U::parts - 1>())>,
                          Multinomial>;
};

/// A field whose visible layer ends in labels, or one whose layers are known only when the program runs.
template <class F>
concept MayEndInLabels = !requires {
    requires !EndsInLabels<typename F::template layer_type<0>::unit_type>;
};

/// A field with labels for its last layer, or one whose layers are known only when the program runs.
template <class F>
concept MayHaveLabelsOnTop = !requires {
    requires !std::same_as<typename F::template layer_type<F::depth - 1>::unit_type, Multinomial>;
};

} // namespace detail

/// p(label | x) of an RBM whose visible layer is joint and ends in a softmax part, the labels:
/// proportional to exp(-F(x, label)) (Larochelle & Bengio 2008). Exact, since log Z drops out.
///
/// `data` has the columns before the labels. One product a class; the workers share the cases; allocates.
/// @throws ShapeError or ValueError if the data does not fit; ValueError if the label part has several trials or is
/// no softmax group, or the model has not two layers.
template <concepts::MaybeTwoLayers F, class Data>
    requires(detail::MayEndInLabels<F>)
[[nodiscard]] LabelPosterior label_posterior(F const& field, Data const& data, Compute const& compute = {},
                                             Draws const& draws = Draws::from_seed(0)) {
    static_assert(detail::visible_only<Data>, "label_posterior takes data on the visible layer only");
    using T = typename F::value_type;
    return detail::label_posterior<T>(field, detail::TrainingData<T>{data}, compute, draws);
}

/// p(label | data) of a model with a layer of softmax labels: proportional to exp(ELBO(data, label)), the bound with
/// both observed. Exact where the posterior of the other layers factorises, as with one hidden layer.
///
/// `layer` has the labels, and the data lies on other layers. One inference a class; allocates.
/// @throws ShapeError or ValueError if the data does not fit; ValueError if there is no such layer, it has data, or
/// it is not one softmax group of one trial.
template <concepts::Field F, class Data, class Inference>
    requires(detail::fits_layers<Data, F>&& concepts::InferencePolicy<Inference, F>)
[[nodiscard]] LabelPosterior label_posterior(F const& field, std::size_t layer, Data const& data,
                                             Inference const& inference, Compute const& compute = {},
                                             Draws const& draws = Draws::from_seed(0)) {
    using T = typename F::value_type;
    return detail::label_posterior<T>(field, layer, detail::TrainingData<T>{data},
                                      detail::bound_to_field<T>(inference), compute, draws);
}

/// The same with the labels on the last layer, the top of a deep machine.
template <concepts::Field F, class Data, class Inference>
    requires(detail::fits_layers<Data, F>&& concepts::InferencePolicy<Inference, F>&& detail::MayHaveLabelsOnTop<F>)
[[nodiscard]] LabelPosterior label_posterior(F const& field, Data const& data, Inference const& inference,
                                             Compute const& compute = {}, Draws const& draws = Draws::from_seed(0)) {
    AnyField<typename F::value_type> const& any = field;
    return label_posterior(field, any.layers() - 1, data, inference, compute, draws);
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/likelihood/label_posterior.hpp>
#endif
