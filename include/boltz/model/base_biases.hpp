// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Where annealing and tempering begin: the layers of a model without its weights.

#include <boltz/any_field.hpp>
#include <boltz/model/initialise.hpp>
#include <boltz/random.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

namespace boltz {

/// Biases b0 for the layers of a model without weights: p_0(s) = prod_l exp(b0_l' s_l - e_l(s_l) - A_l(b0_l)), which
/// can be drawn from and summed up in closed form. Units keep their self energies, precisions included.
template <std::floating_point T>
struct BaseBiases {
    std::vector<Vector<T>> biases;     ///< one vector a layer, one number a unit
    std::string name = "given biases"; ///< what the base is, as a text for reports

    [[nodiscard]] std::vector<std::size_t> sizes() const;
    /// out = keep * out + bias * b0 of a layer, for every row. Allocates nothing.
    void input(std::size_t layer, Block<T> out, Factors const& factors = {}) const;
};

/// Biases of 0: every state of a layer weighs exp(-e(s)), so binary and softmax units are uniform.
template <std::floating_point T>
[[nodiscard]] BaseBiases<T> uniform_base(AnyField<T> const& field);

namespace detail {

/// Overwrites biases with those of a field; through its inputs, since a view of a model may scale or temper them.
template <std::floating_point T>
void read_biases(AnyField<T> const& field, BaseBiases<T>& base);

} // namespace detail

/// The biases of the model itself: the model whose weights are 0.
template <std::floating_point T>
[[nodiscard]] BaseBiases<T> own_base(AnyField<T> const& field);

namespace detail {

/// The base-rate model of the means of the units of one layer; biases of 0 elsewhere.
template <std::floating_point T>
void set_base_rates(AnyField<T> const& field, std::size_t layer, Vector<double> const& means, double smoothing,
                    BaseBiases<T>& base);

} // namespace detail

/// The base-rate model of data for layer I: biases that give its units alone the means of the data, 0 elsewhere.
///
/// Means are smoothed as in `initialise_biases`. Reads the data once.
/// @throws ShapeError if the data has another number of columns than the layer has units; ValueError if it is empty.
template <std::size_t I = 0, std::floating_point T, concepts::DataSource S>
[[nodiscard]] BaseBiases<T> base_rates(AnyField<T> const& field, S const& data, Random& random,
                                       double smoothing = 0.01) {
    auto base = uniform_base(field);
    detail::set_base_rates(field, I, detail::means_for_layer(field, I, data, "base_rates", random), smoothing, base);
    base.name = "base rates of data";
    return base;
}

/// The base-rate model of states of all layers: biases that give every unit alone its mean in them.
///
/// Of samples of the model it is the nearest of all bases, since its hidden units are on as often as those of the
/// model, which hidden units without biases are not by far; `base_at_data` makes it of chains that began at data.
/// Inferred means of data serve as well. Smoothed as in `initialise_biases`.
/// @throws ShapeError if a block does not fit its layer; ValueError if there are no rows.
template <std::floating_point T>
[[nodiscard]] BaseBiases<T> base_rates(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states,
                                       double smoothing = 0.01);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/model/base_biases.hpp>
#endif
