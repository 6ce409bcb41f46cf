// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Where a training starts from.

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/error.hpp>
#include <boltz/random.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace boltz {

/// Gives the weights W_l independent draws from N(0, deviations[l]^2); biases are left alone.
/// @throws ValueError if a deviation is negative, not finite, or so large that draws are not.
template <concepts::Model M>
void initialise_weights(M& model, std::array<double, M::depth - 1> const& deviations, Random& random) {
    using T = typename M::value_type;
    for (double const deviation : deviations)
        if (!(deviation >= 0 && deviation <= static_cast<double>(std::numeric_limits<T>::max()) / 16))
            detail::fail<ValueError>("initialise_weights: deviation is ", deviation,
                                     ", but must not be negative, nor so large that weights are not finite");
    Draws const draws = random.split();
    for (std::size_t l = 0; l + 1 < M::depth; ++l) {
        Block<T> const weights{model.weights(l)};
        for (std::size_t i = 0; i < weights.rows; ++i) {
            draws.stream(l).normal(i, 0, weights.row(i));
            detail::scale(weights.row(i).data(), weights.columns, static_cast<T>(deviations[l]));
        }
    }
}

/// The same deviation for all weights.
/// @throws ValueError as above.
template <concepts::Model M>
void initialise_weights(M& model, double deviation, Random& random) {
    std::array<double, M::depth - 1> deviations;
    deviations.fill(deviation);
    initialise_weights(model, deviations, random);
}

/// The mean of each column of a data source, in double.
/// @throws ValueError if the source is empty.
template <concepts::DataSource S>
[[nodiscard]] Vector<double> column_means(S const& data, Draws const& draws) {
    if (data.rows() == 0) detail::fail<ValueError>("column_means: data has 0 rows, but needs at least 1");
    Vector<double> sum = xt::zeros<double>({static_cast<std::size_t>(data.columns())});
    constexpr std::size_t step = 256;
    Matrix<double> rows = xt::zeros<double>({std::min<std::size_t>(step, data.rows()), sum.size()});
    std::vector<std::size_t> indices(rows.shape(0));
    for (std::size_t first = 0; first < data.rows(); first += step) {
        std::size_t const count = std::min<std::size_t>(step, data.rows() - first);
        std::iota(indices.begin(), indices.end(), first);
        data.load(std::span<std::size_t const>{indices.data(), count}, Block{rows}.row_range(0, count),
                  draws.from_row(first));
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < sum.size(); ++j) sum(j) += rows(i, j);
    }
    for (double& value : sum) value /= static_cast<double>(data.rows());
    return sum;
}

/// Sets the biases of layer I so that its units alone would have the data's means, the base-rate model:
/// log(m / (1 - m)) for Bernoulli, m p for Gaussian, log(m / n) for multinomial units; Bernoulli means are kept
/// within [smoothing, 1 - smoothing] and multinomial shares above `smoothing` first (Hinton 2012, section 8).
///
/// A unit joins in by offering `natural_parameter(mean, smoothing, column)`.
/// @throws ShapeError if the data has another number of columns than the layer has units.
template <std::size_t I = 0, concepts::Model M, concepts::DataSource S>
void initialise_biases(M& model, S const& data, Random& random, double smoothing = 0.01) {
    auto& layer = model.template layer<I>();
    if (data.columns() != layer.size())
        detail::fail<ShapeError>("initialise_biases: data has ", data.columns(), " columns, but layer ", I, " has ",
                                 layer.size(), " units");
    Vector<double> const means = column_means(data, random.split());
    for (std::size_t j = 0; j < layer.size(); ++j)
        layer.bias()(j) = static_cast<typename M::value_type>(layer.unit().natural_parameter(means(j), smoothing, j));
}

} // namespace boltz
