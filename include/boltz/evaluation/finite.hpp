// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A check of parameters.

#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/index.hpp>

#include <cstddef>

namespace boltz {

namespace detail {

template <std::size_t L, class M>
auto const& bias_of(M const& model) {
    if constexpr (requires { model.template layer<L>(); })
        return model.template layer<L>().bias();
    else
        return model.bias(L);
}

} // namespace detail

/// Whether every weight and bias of a model is a finite number. One pass over the parameters.
template <class M>
[[nodiscard]] bool parameters_are_finite(M const& model) {
    bool finite = true;
    for (std::size_t l = 0; l + 1 < M::depth; ++l)
        finite = finite && detail::all_finite(model.weights(l).data(), model.weights(l).size());
    detail::for_each_index<M::depth>([&](auto l) {
        auto const& bias = detail::bias_of<l>(model);
        finite = finite && detail::all_finite(bias.data(), bias.size());
    });
    return finite;
}

} // namespace boltz
