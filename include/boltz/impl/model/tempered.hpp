// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/model/tempered.hpp>

#include <boltz/any_field.hpp>
#include <boltz/error.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>

namespace boltz {

template <std::floating_point T>
std::string_view PathBase<T>::name() const noexcept {
    return biases_ != nullptr ? std::string_view{biases_->name} : "another model";
}

template <std::floating_point T>
void PathBase<T>::input(std::size_t layer, StatesView<T const> states, Block<T> out, Factors const& factors) const {
    if (biases_ != nullptr)
        biases_->input(layer, out, factors);
    else
        field_->input(layer, states, out, factors);
}

template <std::floating_point T>
Tempered<T>::Tempered(AnyField<T> const& field, PathBase<T> base, double beta)
    : field_{&field}, base_{base}, beta_{beta} {
    if (!(beta >= 0 && beta <= 1)) detail::fail<ValueError>("Tempered: beta is ", beta, ", but must lie in [0, 1]");
    if (base.layers() != field.layers())
        detail::fail<ShapeError>("Tempered: the base has ", base.layers(), " layers, but the field has ",
                                 field.layers());
    for (std::size_t l = 0; l < field.layers(); ++l)
        if (base.size(l) != field.sizes()[l])
            detail::fail<ShapeError>("Tempered: the base has ", base.size(l), " units in layer ", l,
                                     ", but the field has ", field.sizes()[l]);
}

template <std::floating_point T>
void Tempered<T>::input(std::size_t layer, StatesView<T const> states, Block<T> out, Factors const& factors) const {
    field_->input(layer, states, out, scaled(factors, beta_, factors.keep));
    if (beta_ < 1) base_.input(layer, states, out, scaled(factors, 1 - beta_, 1));
}

template <std::floating_point T>
Factors Tempered<T>::scaled(Factors factors, double factor, double keep) noexcept {
    return {.below = factors.below * factor,
            .above = factors.above * factor,
            .bias = factors.bias * factor,
            .keep = keep,
            .among = factors.among};
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template class PathBase<T>;                                                                                      \
    template class Tempered<T>;
#include <boltz/detail/instantiate.hpp>
