// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/optimizer/adam.hpp>

#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/detail/elementwise_session.hpp>

#include <concepts>
#include <utility>

namespace boltz {

template <std::floating_point T>
Adam::Session<T> Adam::bind(AnyParametric<T> const& model) const {
    for (auto const& [value, name] : {std::pair{first_decay, "first_decay"}, std::pair{second_decay, "second_decay"}})
        if (!(value >= 0 && value < 1))
            detail::fail<ValueError>("Adam: ", name, " is ", value, ", but must lie in [0, 1)");
    if (!(epsilon > 0)) detail::fail<ValueError>("Adam: epsilon is ", epsilon, ", but must be positive");
    detail::check_rates(*this, "Adam", model.parameter_layers());
    return Session<T>{*this, model};
}

template <std::floating_point T>
void Adam::Session<T>::archive(Archive& archive) {
    archive.nested("mean", this->sets_[0]);
    archive.nested("square", this->sets_[1]);
    archive("rate_factor", this->rate_factor_);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template Adam::Session<T> Adam::bind<T>(AnyParametric<T> const& model) const;                                    \
    template class Adam::Session<T>;                                                                                 \
    template class detail::ElementwiseSession<Adam::Session<T>, Adam, T, 2>;
#include <boltz/detail/instantiate.hpp>
