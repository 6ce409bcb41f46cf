// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Where annealing and tempering begin: the layers of a model without its weights.

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/error.hpp>
#include <boltz/model/initialise.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <string>

namespace boltz {

/// Biases b0 for the layers of a model without weights: p_0(s) = prod_l exp(b0_l' s_l - e_l(s_l) - A_l(b0_l)), which
/// can be drawn from and summed up in closed form.
///
/// Units keep their own terms, precisions included. `input` is that of a field without weights, so a base stands
/// wherever the input of a field is mixed with another.
template <std::floating_point T, std::size_t Depth>
struct BaseBiases {
    std::array<Vector<T>, Depth> biases{}; ///< one entry a unit
    std::string name = "given biases";     ///< what the base is, in words for reports

    [[nodiscard]] std::array<std::size_t, Depth> sizes() const noexcept {
        std::array<std::size_t, Depth> result{};
        for (std::size_t l = 0; l < Depth; ++l) result[l] = biases[l].size();
        return result;
    }

    /// out = keep * out + bias * b0 of layer I, for every row; there are no neighbours to hear. Allocates nothing.
    template <std::size_t I>
    void input(StateBlocks<T, Depth> const&, Block<T> out, Factors factors = {}) const {
        for (std::size_t i = 0; i < out.rows; ++i) {
            T* const row = out.row(i).data();
            if (factors.keep == 0)
                std::fill_n(row, out.columns, T{0});
            else if (factors.keep != 1)
                detail::scale(row, out.columns, static_cast<T>(factors.keep));
            if (factors.bias != 0) detail::axpy(row, biases[I].data(), out.columns, static_cast<T>(factors.bias));
        }
    }
};

/// Biases of 0: every state of a layer weighs exp(-e(s)), so binary and softmax units are uniform.
template <concepts::Field F>
[[nodiscard]] BaseBiases<typename F::value_type, F::depth> uniform_base(F const& field) {
    BaseBiases<typename F::value_type, F::depth> base;
    auto const sizes = field.sizes();
    for (std::size_t l = 0; l < F::depth; ++l) base.biases[l] = xt::zeros<typename F::value_type>({sizes[l]});
    base.name = "uniform";
    return base;
}

/// The biases of the model itself: the model whose weights are 0.
template <concepts::Field F>
[[nodiscard]] BaseBiases<typename F::value_type, F::depth> own_base(F const& field) {
    using T = typename F::value_type;
    auto base = uniform_base(field);
    detail::for_each_index<F::depth>([&](auto l) {
        // Through the field and not from the layer, since a view of a model may scale what it says.
        Block<T> const row{base.biases[l].data(), 1, base.biases[l].size(), base.biases[l].size()};
        field.template input<l>({}, row, {.below = 0, .above = 0});
    });
    base.name = "the model's own biases";
    return base;
}

/// The base-rate model of data for layer I: biases that give its units alone the means of the data, 0 elsewhere.
///
/// Means are smoothed as in `initialise_biases`. Reads the data once.
/// @throws ShapeError if the data has another number of columns than the layer has units; ValueError if it is empty.
template <std::size_t I = 0, concepts::Field F, concepts::DataSource S>
[[nodiscard]] BaseBiases<typename F::value_type, F::depth> base_rates(F const& field, S const& data, Random& random,
                                                                      double smoothing = 0.01) {
    using T = typename F::value_type;
    auto const& layer = field.template layer<I>();
    if (data.columns() != layer.size())
        detail::fail<ShapeError>("base_rates: data has ", data.columns(), " columns, but layer ", I, " has ",
                                 layer.size(), " units");
    auto base = uniform_base(field);
    Vector<double> const means = column_means(data, random.split());
    for (std::size_t j = 0; j < layer.size(); ++j)
        base.biases[I](j) = static_cast<T>(layer.unit().natural_parameter(means(j), smoothing, j));
    base.name = "base rates of data";
    return base;
}

/// The base-rate model of states of all layers: biases that give every unit alone its mean in them.
///
/// Of samples of the model it is the nearest of all bases, since its hidden units are on as often as those of the
/// model, which hidden units without biases are not by far; `base_at_data` makes it of chains that began at data.
/// Inferred means of data serve as well. Smoothed as in `initialise_biases`.
/// @throws ShapeError if a block does not fit its layer; ValueError if there are no rows.
template <concepts::Field F>
[[nodiscard]] BaseBiases<typename F::value_type, F::depth>
base_rates(F const& field, StateBlocks<typename F::value_type, F::depth> const& states, double smoothing = 0.01) {
    using T = typename F::value_type;
    if (states[0].rows == 0) detail::fail<ValueError>("base_rates: states has 0 rows, but needs at least 1");
    auto base = uniform_base(field);
    detail::for_each_index<F::depth>([&](auto l) {
        Block<T const> const block = states[l];
        auto const& layer = field.template layer<l>();
        if (block.columns != layer.size() || block.rows != states[0].rows)
            detail::fail<ShapeError>("base_rates: states has ", block.rows, " rows and ", block.columns,
                                     " columns in layer ", std::size_t{l}, ", but must have ", states[0].rows,
                                     " and ", layer.size());
        Vector<double> means = xt::zeros<double>({block.columns});
        for (std::size_t i = 0; i < block.rows; ++i)
            for (std::size_t j = 0; j < block.columns; ++j) means(j) += static_cast<double>(block(i, j));
        for (std::size_t j = 0; j < block.columns; ++j)
            base.biases[l](j) = static_cast<T>(
                layer.unit().natural_parameter(means(j) / static_cast<double>(block.rows), smoothing, j));
    });
    base.name = "base rates of states";
    return base;
}

} // namespace boltz
