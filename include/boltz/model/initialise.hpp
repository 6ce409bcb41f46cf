// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Where a training starts from.

#include <boltz/any_field.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/error.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/random.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

namespace boltz {

/// Gives the weights of connection c independent draws from N(0, deviations[c]^2); biases are left alone.
/// @throws ShapeError if there is not one deviation a connection; ValueError if one is negative, not finite, or so
/// large that draws are not.
template <std::floating_point T>
void initialise_weights(AnyParametric<T>& model, std::span<double const> deviations, Random& random) {
    std::size_t const connections = model.weight_connections().size();
    if (deviations.size() != connections)
        detail::fail<ShapeError>("initialise_weights: there are ", deviations.size(),
                                 " deviations, but the model has ", connections, " weight matrices");
    for (double const deviation : deviations)
        if (!(deviation >= 0 && deviation <= static_cast<double>(std::numeric_limits<T>::max()) / 16))
            detail::fail<ValueError>("initialise_weights: deviation is ", deviation,
                                     ", but must not be negative, nor so large that weights are not finite");
    Draws const draws = random.split();
    for (std::size_t c = 0; c < connections; ++c) {
        Block<T> const weights = model.weight_block(c);
        for (std::size_t i = 0; i < weights.rows; ++i) {
            draws.stream(c).normal(i, 0, weights.row(i));
            detail::scale(weights.row(i).data(), weights.columns, static_cast<T>(deviations[c]));
        }
    }
}

/// The same for deviations in braces: `initialise_weights(dbm, {0.001, 0.01}, random)`.
/// @throws as above.
template <std::floating_point T>
void initialise_weights(AnyParametric<T>& model, std::initializer_list<double> deviations, Random& random) {
    initialise_weights(model, std::span<double const>{deviations.begin(), deviations.size()}, random);
}

/// The same deviation for all weights.
/// @throws ValueError as above.
template <std::floating_point T>
void initialise_weights(AnyParametric<T>& model, double deviation, Random& random) {
    std::vector<double> const deviations(model.weight_connections().size(), deviation);
    initialise_weights(model, deviations, random);
}

namespace detail {

/// The mean of each column of a source, in double. Numbers are added up in the order of the cases.
template <std::floating_point N>
[[nodiscard]] Vector<double> column_means(AnySource<N> const& data, Draws const& draws) {
    if (data.rows() == 0) fail<ValueError>("column_means: data has 0 rows, but needs at least 1");
    Vector<double> sum = xt::zeros<double>({data.columns()});
    constexpr std::size_t step = 256;
    Matrix<N> rows = xt::zeros<N>({std::min<std::size_t>(step, data.rows()), sum.size()});
    std::vector<std::size_t> indices(rows.shape(0));
    for (std::size_t first = 0; first < data.rows(); first += step) {
        std::size_t const count = std::min<std::size_t>(step, data.rows() - first);
        std::iota(indices.begin(), indices.end(), first);
        data.load(std::span<std::size_t const>{indices.data(), count}, Block{rows}.row_range(0, count),
                  draws.from_row(first));
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < sum.size(); ++j) sum(j) += static_cast<double>(rows(i, j));
    }
    for (double& value : sum) value /= static_cast<double>(data.rows());
    return sum;
}

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
