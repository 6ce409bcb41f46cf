// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A machine that has learned data and labels together, as a classifier.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/source.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/data/one_hot.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/detail/case_values.hpp>
#include <boltz/evaluation/likelihood/mean_elbo.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/energy.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/multinomial.hpp>

#include <algorithm>
#include <cmath>
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
    [[nodiscard]] std::vector<std::size_t> classes() const {
        std::vector<std::size_t> result;
        for (std::size_t i = 0; i < probabilities.shape(0); ++i) {
            auto const row = Block<double const>{probabilities}.row(i);
            result.push_back(static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin()));
        }
        return result;
    }

    /// The share of cases whose most likely class is not their label.
    /// @throws ShapeError if there are not as many labels as cases.
    [[nodiscard]] double error_rate(std::span<std::uint8_t const> labels) const {
        auto const predicted = classes();
        if (labels.size() != predicted.size())
            detail::fail<ShapeError>("LabelPosterior::error_rate: there are ", labels.size(), " labels, but ",
                                     predicted.size(), " cases");
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < labels.size(); ++i) wrong += predicted[i] != labels[i] ? 1 : 0;
        return static_cast<double>(wrong) / static_cast<double>(labels.size());
    }
};

namespace detail {

/// Refuses a unit that is no label: one softmax group of at most 256 classes.
template <std::floating_point T>
void check_label_unit(AnyUnit<T> const& unit, std::size_t classes) {
    std::vector<VariableGroup> groups;
    if (!unit.add_variables(0, classes, groups) || groups.size() != 1 || groups[0].trials == 0)
        fail<ValueError>("label_posterior: the labels are ", unit.name(), " units, but must be one softmax group");
    if (groups[0].trials != 1)
        fail<ValueError>("label_posterior: the label unit has ", groups[0].trials, " trials, but a label has 1");
    if (classes > 256) fail<ValueError>("label_posterior: there are ", classes, " classes, but labels go up to 256");
}

/// The posterior of labels whose log-weights come label by label, from `score(labels)` of all cases.
template <std::floating_point T>
LabelPosterior posterior_of_labels(std::size_t cases, std::size_t classes,
                                   FunctionRef<std::vector<double>(AnySource<T> const&)> score) {
    LabelPosterior result{zero_matrix<double>(cases, classes)};
    auto& p = result.probabilities;
    for (std::size_t k = 0; k < classes; ++k) {
        std::vector<std::uint8_t> const labels(cases, static_cast<std::uint8_t>(k));
        std::vector<double> const scores = score(SourceAdapter<OneHot, T>{OneHot{labels, classes}});
        for (std::size_t i = 0; i < cases; ++i) p(i, k) = scores[i];
    }
    for (std::size_t i = 0; i < cases; ++i) {
        auto const row = Block{p}.row(i);
        double const top = *std::max_element(row.begin(), row.end());
        double sum = 0;
        for (double& value : row) sum += value = std::exp(value - top);
        if (!(sum > 0))
            fail<ValueError>("label_posterior: the model gives case ", i,
                             " no finite score, as after a training that diverged");
        for (double& value : row) value /= sum;
    }
    return result;
}

/// The posterior of labels in the last part of the visible layer.
template <std::floating_point T>
LabelPosterior label_posterior(AnyField<T> const& field, TrainingData<T> const& cases, Compute const& compute,
                               Draws const& draws) {
    check_two_layers(field, "label_posterior");
    AnyUnit<T> const& unit = field.unit(0);
    if (unit.parts() < 2)
        fail<ValueError>(
            "label_posterior: the visible layer is not joint, but must have the labels as its last part");
    std::size_t const classes = unit.describe(field.sizes()[0]).parts.back().size;
    check_label_unit(*unit.part(unit.parts() - 1), classes);
    return posterior_of_labels<T>(cases.rows(), classes, [&](AnySource<T> const& labels) {
        SideBySideView<T> const visible{cases.source(0), labels};
        return case_values<T>(field, TrainingData<T>{visible, 0}, compute, draws, "label_posterior",
                              [&](StatesView<T> states, std::size_t, std::span<double> out) {
                                  auto const values = log_marginal(field, states, LayerSet::of(1));
                                  std::copy(values.begin(), values.end(), out.begin());
                              });
    });
}

/// The posterior of labels that have a layer of their own.
template <std::floating_point T>
LabelPosterior label_posterior(AnyField<T> const& field, std::size_t layer, TrainingData<T> const& cases,
                               BindInference<T> bind, Compute const& compute, Draws const& draws) {
    if (layer >= field.layers())
        fail<ValueError>("label_posterior: layer is ", layer, ", but the model has ", field.layers(), " layers");
    if (cases.observed()[layer])
        fail<ValueError>("label_posterior: there is data on layer ", layer, ", but that has the labels");
    std::size_t const classes = field.sizes()[layer];
    check_label_unit(field.unit(layer), classes);
    return posterior_of_labels<T>(cases.rows(), classes, [&](AnySource<T> const& labels) {
        return unnormalised_elbos<T>(field, TrainingData<T>{cases, labels, layer}, bind, compute, draws);
    });
}

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
