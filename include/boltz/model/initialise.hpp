// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Where a training starts from.

#include <boltz/any_field.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/source.hpp>
#include <boltz/error.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/random.hpp>

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>

namespace boltz {

/// Gives the weights of connection c independent draws from N(0, deviations[c]^2); biases are left alone.
/// @throws ShapeError if there is not one deviation a connection; ValueError if one is negative, not finite, or so
/// large that draws are not.
template <std::floating_point T>
void initialise_weights(AnyParametric<T>& model, std::span<double const> deviations, Random& random);

/// The same for deviations in braces: `initialise_weights(dbm, {0.001, 0.01}, random)`.
/// @throws as above.
template <std::floating_point T>
void initialise_weights(AnyParametric<T>& model, std::initializer_list<double> deviations, Random& random);

/// The same deviation for all weights.
/// @throws ValueError as above.
template <std::floating_point T>
void initialise_weights(AnyParametric<T>& model, double deviation, Random& random);

namespace detail {

/// The mean of each column of a source, in double. Numbers are added up in the order of the cases.
template <std::floating_point N>
[[nodiscard]] Vector<double> column_means(AnySource<N> const& data, Draws const& draws);

/// The means of the columns of data for a layer.
/// @throws ShapeError if there is not one column a unit, or the units do not fit the layer; ValueError if there is no
/// such layer or no data.
template <std::floating_point T, concepts::DataSource S>
[[nodiscard]] Vector<double> means_for_layer(AnyField<T> const& field, std::size_t layer, S const& data,
                                             std::string_view function, Random& random) {
    if (layer >= field.layers())
        fail<ValueError>(function, ": layer is ", layer, ", but the model has ", field.layers(), " layers");
    if (data.columns() != field.sizes()[layer])
        fail<ShapeError>(function, ": data has ", data.columns(), " columns, but layer ", layer, " has ",
                         field.sizes()[layer], " units");
    field.unit(layer).check_size(field.sizes()[layer]);
    return column_means(SourceAdapter<S const&, double>{data}, random.split());
}

} // namespace detail

/// The mean of each column of a data source, in double.
/// @throws ValueError if the source is empty.
template <concepts::DataSource S>
[[nodiscard]] Vector<double> column_means(S const& data, Draws const& draws) {
    return detail::column_means(detail::SourceAdapter<S const&, double>{data}, draws);
}

/// Sets the biases of layer I so that its units alone would have the data's means, the base-rate model:
/// log(m / (1 - m)) for Bernoulli, m p for Gaussian, log(m / n) for multinomial units; Bernoulli means are kept
/// within [smoothing, 1 - smoothing] and multinomial shares above `smoothing` first (Hinton 2012, section 8).
///
/// Units need `natural_parameter(mean, smoothing, column)` for it.
/// @throws ShapeError if the data has another number of columns than the layer has units; ValueError if the units
/// have no `natural_parameter`.
template <std::size_t I = 0, std::floating_point T, concepts::DataSource S>
void initialise_biases(AnyModel<T>& model, S const& data, Random& random, double smoothing = 0.01) {
    Vector<double> const means = detail::means_for_layer<T>(model, I, data, "initialise_biases", random);
    std::span<T> const bias = model.bias_span(I);
    for (std::size_t j = 0; j < bias.size(); ++j)
        bias[j] = static_cast<T>(model.unit(I).natural_parameter(means(j), smoothing, j));
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/model/initialise.hpp>
#endif
