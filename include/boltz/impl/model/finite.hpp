// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/model/finite.hpp>

#include <boltz/any_field.hpp>
#include <boltz/detail/extremes.hpp>
#include <boltz/model/parameter_set.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>

namespace boltz {

namespace detail {

template <std::floating_point T>
bool precisions_are_finite(AnyField<T> const& field, std::size_t layer) {
    for (std::size_t j = 0; j < field.sizes()[layer]; ++j)
        if (double const p = field.unit(layer).precision(j); std::isnan(p) || std::isinf(p) || p == 0) return false;
    return true;
}

} // namespace detail

template <std::floating_point T>
std::string where_not_finite(AnyParametric<T> const& model) {
    std::string where;
    auto const add = [&](std::string const& place) { where += (where.empty() ? "" : " and ") + place; };
    for (std::size_t c = 0; c < model.weight_connections().size(); ++c)
        if (Block<T const> const weights = model.weight_block(c);
            !detail::all_finite(weights.data, weights.rows * weights.columns))
            add(detail::name_of_weights(model.weight_connections()[c]));
    auto const* const field = dynamic_cast<AnyField<T> const*>(&model);
    for (std::size_t l = 0; l < model.parameter_layers(); ++l) {
        std::span<T const> const bias = model.bias_span(l);
        if (!detail::all_finite(bias.data(), bias.size())) add("the biases of layer " + std::to_string(l));
        if (field != nullptr && !detail::precisions_are_finite(*field, l))
            add("the precisions of layer " + std::to_string(l));
    }
    return where;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template bool precisions_are_finite<T>(AnyField<T> const& field, std::size_t layer);                             \
    }                                                                                                                \
    template std::string where_not_finite<T>(AnyParametric<T> const& model);
#include <boltz/detail/instantiate.hpp>
