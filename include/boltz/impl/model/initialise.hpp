// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/model/initialise.hpp>

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/error.hpp>
#include <boltz/random.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace boltz {

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

template <std::floating_point T>
void initialise_weights(AnyParametric<T>& model, std::initializer_list<double> deviations, Random& random) {
    initialise_weights(model, std::span<double const>{deviations.begin(), deviations.size()}, random);
}

template <std::floating_point T>
void initialise_weights(AnyParametric<T>& model, double deviation, Random& random) {
    std::vector<double> const deviations(model.weight_connections().size(), deviation);
    initialise_weights(model, deviations, random);
}

namespace detail {

template <std::floating_point N>
Vector<double> column_means(AnySource<N> const& data, Draws const& draws) {
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

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template void initialise_weights<T>(AnyParametric<T> & model, std::span<double const> deviations,                \
                                        Random & random);                                                            \
    template void initialise_weights<T>(AnyParametric<T> & model, std::initializer_list<double> deviations,          \
                                        Random & random);                                                            \
    template void initialise_weights<T>(AnyParametric<T> & model, double deviation, Random& random);                 \
    namespace detail {                                                                                               \
    template Vector<double> column_means<T>(AnySource<T> const& data, Draws const& draws);                           \
    }
#include <boltz/detail/instantiate.hpp>
