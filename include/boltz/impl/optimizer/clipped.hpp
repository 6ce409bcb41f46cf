// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/optimizer/clipped.hpp>

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/reductions.hpp>

#include <cmath>
#include <concepts>
#include <span>

namespace boltz {

template <std::floating_point T>
void ClippedSession<T>::step(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock,
                             Executor& executor) {
    double squares = 0;
    model.for_each_parameter(
        [&](auto, auto, auto slope) { squares += detail::dot(slope.data(), slope.data(), slope.size()); }, gradient);
    if (double const length = std::sqrt(squares); length > norm_ && std::isfinite(length))
        model.for_each_parameter(
            [&]<class N>(auto, auto, std::span<N> slope) {
                detail::scale(slope.data(), slope.size(), static_cast<N>(norm_ / length));
            },
            gradient);
    this->inner().step(model, gradient, clock, executor);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class ClippedSession<T>;
#include <boltz/detail/instantiate.hpp>
