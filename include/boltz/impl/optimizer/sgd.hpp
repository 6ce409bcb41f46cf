// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/optimizer/sgd.hpp>

#include <boltz/archive.hpp>
#include <boltz/clock.hpp>
#include <boltz/error.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/detail/elementwise_session.hpp>

#include <concepts>

namespace boltz {

template <std::floating_point T>
Sgd::Session<T> Sgd::bind(AnyParametric<T> const& model) const {
    detail::check_rates(*this, "Sgd", model.parameter_layers());
    if (double const inertia = momentum(Clock{}); !(inertia >= 0 && inertia < 1))
        detail::fail<ValueError>("Sgd: momentum starts at ", inertia, ", but must lie in [0, 1)");
    return Session<T>{*this, model};
}

template <std::floating_point T>
void Sgd::Session<T>::archive(Archive& archive) {
    archive.nested("velocity", this->sets_[0]);
    archive("rate_factor", this->rate_factor_);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template Sgd::Session<T> Sgd::bind<T>(AnyParametric<T> const& model) const;                                      \
    template class Sgd::Session<T>;                                                                                  \
    template class detail::ElementwiseSession<Sgd::Session<T>, Sgd, T, 1>;
#include <boltz/detail/instantiate.hpp>
