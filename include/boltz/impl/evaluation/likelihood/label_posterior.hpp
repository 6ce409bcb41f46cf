// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/likelihood/label_posterior.hpp>

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
#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace boltz {

BOLTZ_INLINE std::vector<std::size_t> LabelPosterior::classes() const {
    std::vector<std::size_t> result;
    for (std::size_t i = 0; i < probabilities.shape(0); ++i) {
        auto const row = Block<double const>{probabilities}.row(i);
        result.push_back(static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin()));
    }
    return result;
}

BOLTZ_INLINE double LabelPosterior::error_rate(std::span<std::uint8_t const> labels) const {
    auto const predicted = classes();
    if (labels.size() != predicted.size())
        detail::fail<ShapeError>("LabelPosterior::error_rate: there are ", labels.size(), " labels, but ",
                                 predicted.size(), " cases");
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) wrong += predicted[i] != labels[i] ? 1 : 0;
    return static_cast<double>(wrong) / static_cast<double>(labels.size());
}

namespace detail {

template <std::floating_point T>
void check_label_unit(AnyUnit<T> const& unit, std::size_t classes) {
    std::vector<VariableGroup> groups;
    if (!unit.add_variables(0, classes, groups) || groups.size() != 1 || groups[0].trials == 0)
        fail<ValueError>("label_posterior: the labels are ", unit.name(), " units, but must be one softmax group");
    if (groups[0].trials != 1)
        fail<ValueError>("label_posterior: the label unit has ", groups[0].trials, " trials, but a label has 1");
    if (classes > 256) fail<ValueError>("label_posterior: there are ", classes, " classes, but labels go up to 256");
}

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

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template void check_label_unit<T>(AnyUnit<T> const& unit, std::size_t classes);                                  \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template LabelPosterior posterior_of_labels<T>(std::size_t cases, std::size_t classes,                           \
                                                   FunctionRef<std::vector<double>(AnySource<T> const&)> score);     \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template LabelPosterior label_posterior<T>(AnyField<T> const& field, TrainingData<T> const& cases,               \
                                               Compute const& compute, Draws const& draws);                          \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template LabelPosterior label_posterior<T>(AnyField<T> const& field, std::size_t layer,                          \
                                               TrainingData<T> const& cases, BindInference<T> bind,                  \
                                               Compute const& compute, Draws const& draws);                          \
    }
#include <boltz/detail/instantiate.hpp>
