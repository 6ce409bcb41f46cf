// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Whether parameters are finite numbers.

#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/index.hpp>

#include <cmath>
#include <cstddef>
#include <string>

namespace boltz {

namespace detail {

/// Calls `f(column, precision)` for every unit of a layer that is Gaussian, parts of joint units included.
template <class U, class F>
void for_each_gaussian(U const& unit, std::size_t first, F&& f) {
    if constexpr (requires { U::parts; })
        unit.each([&](auto const& part, std::size_t p) { for_each_gaussian(part, first + unit.offset(p), f); });
    else if constexpr (requires { unit.log_precision(); })
        for (std::size_t j = 0; j < unit.log_precision().size(); ++j) f(first + j, std::exp(unit.log_precision()(j)));
}

/// A model or network whose weights can be seen, which a user's own model need not offer.
template <class M>
concept ShowsWeights = requires(M const& model) {
    model.weights(std::size_t{0}).data();
};

/// A model of layers, which a network is not. A concept, as clang 14 finds no expression of a captured model valid.
template <class M>
concept HasLayers = requires(M const& model) {
    model.template layer<0>();
};

template <std::size_t L, class M>
auto const& bias_of(M const& model) {
    if constexpr (HasLayers<M>)
        return model.template layer<L>().bias();
    else
        return model.bias(L);
}

} // namespace detail

/// Where a model or network has parameters that are not finite numbers, in words: "the weights between layers 0 and
/// 1"; empty if nowhere. The precisions of Gaussian units are looked at too, the weights of a user's own model only
/// if it shows them by `weights(l)`. One pass over the parameters.
template <class M>
[[nodiscard]] std::string where_not_finite(M const& model) {
    std::string where;
    auto const add = [&](std::string const& place) { where += (where.empty() ? "" : " and ") + place; };
    if constexpr (detail::ShowsWeights<M>)
        for (std::size_t l = 0; l + 1 < M::depth; ++l)
            if (!detail::all_finite(model.weights(l).data(), model.weights(l).size()))
                add("the weights between layers " + std::to_string(l) + " and " + std::to_string(l + 1));
    detail::for_each_index<M::depth>([&](auto l) {
        auto const& bias = detail::bias_of<l>(model);
        if (!detail::all_finite(bias.data(), bias.size()))
            add("the biases of layer " + std::to_string(std::size_t{l}));
        if constexpr (detail::HasLayers<M>) {
            auto const& layer = model.template layer<l>();
            bool finite = true;
            detail::for_each_gaussian(layer.unit(), 0, [&](std::size_t, double precision) {
                finite = finite && precision > 0 && std::isfinite(precision);
            });
            if (!finite) add("the precisions of layer " + std::to_string(std::size_t{l}));
        }
    });
    return where;
}

/// Whether every parameter of a model or network is a finite number. One pass over the parameters.
template <class M>
[[nodiscard]] bool parameters_are_finite(M const& model) {
    return where_not_finite(model).empty();
}

} // namespace boltz
