// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/model/base_biases.hpp>

#include <boltz/any_field.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/error.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace boltz {

template <std::floating_point T>
std::vector<std::size_t> BaseBiases<T>::sizes() const {
    std::vector<std::size_t> result;
    for (auto const& bias : biases) result.push_back(bias.size());
    return result;
}

template <std::floating_point T>
void BaseBiases<T>::input(std::size_t layer, Block<T> out, Factors const& factors) const {
    detail::keep_rows(out, static_cast<T>(factors.keep));
    if (factors.bias == 0) return;
    for (std::size_t i = 0; i < out.rows; ++i)
        detail::axpy(out.row(i).data(), biases[layer].data(), out.columns, static_cast<T>(factors.bias));
}

template <std::floating_point T>
BaseBiases<T> uniform_base(AnyField<T> const& field) {
    BaseBiases<T> base{{}, "uniform"};
    for (std::size_t const size : field.sizes()) base.biases.push_back(zero_vector<T>(size));
    return base;
}

namespace detail {

template <std::floating_point T>
void read_biases(AnyField<T> const& field, BaseBiases<T>& base) {
    for (std::size_t l = 0; l < field.layers(); ++l) {
        Block<T> const row{base.biases[l].data(), 1, base.biases[l].size(), base.biases[l].size()};
        field.input(l, {}, row, {.below = 0, .above = 0});
    }
}

} // namespace detail

template <std::floating_point T>
BaseBiases<T> own_base(AnyField<T> const& field) {
    auto base = uniform_base(field);
    detail::read_biases(field, base);
    base.name = "the model's own biases";
    return base;
}

namespace detail {

template <std::floating_point T>
void set_base_rates(AnyField<T> const& field, std::size_t layer, Vector<double> const& means, double smoothing,
                    BaseBiases<T>& base) {
    for (std::size_t j = 0; j < means.size(); ++j)
        base.biases[layer](j) = static_cast<T>(field.unit(layer).natural_parameter(means(j), smoothing, j));
}

} // namespace detail

template <std::floating_point T>
BaseBiases<T> base_rates(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states,
                         double smoothing) {
    if (states.rows() == 0) detail::fail<ValueError>("base_rates: states has 0 rows, but needs at least 1");
    auto base = uniform_base(field);
    for (std::size_t l = 0; l < field.layers(); ++l) {
        std::size_t const size = field.sizes()[l];
        Block<T const> const block = states[l];
        if (block.columns != size || states.rows_of(l) != states.rows())
            detail::fail<ShapeError>("base_rates: states has ", states.rows_of(l), " rows and ", block.columns,
                                     " columns in layer ", l, ", but must have ", states.rows(), " and ", size);
        Vector<double> means = zero_vector<double>(size);
        for (std::size_t i = 0; i < block.rows; ++i)
            for (std::size_t j = 0; j < size; ++j) means(j) += static_cast<double>(block(i, j));
        for (double& mean : means) mean /= static_cast<double>(block.rows);
        detail::set_base_rates(field, l, means, smoothing, base);
    }
    base.name = "base rates of states";
    return base;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template struct BaseBiases<T>;                                                                                   \
    template BaseBiases<T> uniform_base<T>(AnyField<T> const& field);                                                \
    namespace detail {                                                                                               \
    template void read_biases<T>(AnyField<T> const& field, BaseBiases<T>& base);                                     \
    }                                                                                                                \
    template BaseBiases<T> own_base<T>(AnyField<T> const& field);                                                    \
    namespace detail {                                                                                               \
    template void set_base_rates<T>(AnyField<T> const& field, std::size_t layer, Vector<double> const& means,        \
                                    double smoothing, BaseBiases<T>& base);                                          \
    }                                                                                                                \
    template BaseBiases<T> base_rates<T>(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states, \
                                         double smoothing);
#include <boltz/detail/instantiate.hpp>
