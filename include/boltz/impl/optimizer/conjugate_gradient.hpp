// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/optimizer/conjugate_gradient.hpp>

#include <boltz/clock.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/descent.hpp>
#include <boltz/optimizer/parameter_space.hpp>

#include <algorithm>
#include <concepts>
#include <utility>

namespace boltz {

template <std::floating_point T>
ConjugateGradient::Session<T> ConjugateGradient::bind(AnyParametric<T> const& model) const {
    DescentOptions options{line_searches, line_search, layer_rates};
    options.validate("ConjugateGradient", model);
    return Session<T>{std::move(options), model};
}

template <std::floating_point T>
double ConjugateGradient::Session<T>::minimise(AnyParametric<T>& model,
                                               detail::FunctionRef<double(ParameterSet<T>&)> evaluate,
                                               Clock const& clock, Executor& executor) {
    return this->descent_.step(
        model, evaluate, clock, executor, [](ParameterSpace<T>& space, LastMove<T> const& last) {
            double const before = space.dot(last.before, last.before);
            double const change = space.dot(last.now, last.now) - space.dot(last.now, last.before);
            space.combine(std::max(0.0, change / before), last.direction, -1, last.now);
            return 0.0;
        });
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template ConjugateGradient::Session<T> ConjugateGradient::bind<T>(AnyParametric<T> const& model) const;          \
    template class ConjugateGradient::Session<T>;
#include <boltz/detail/instantiate.hpp>
