// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/layer/any_layer.hpp>

#include <boltz/error.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <utility>

namespace boltz {

template <std::floating_point T>
AnyLayer<T>::AnyLayer(Vector<T> bias) : bias_{std::move(bias)} {
    if (bias_.size() == 0) detail::fail<ValueError>("StochasticLayer: size is 0, but must be at least 1");
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class AnyLayer<T>;
#include <boltz/detail/instantiate.hpp>
