// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/optimizer/optimizer_session.hpp>

#include <boltz/clock.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>

namespace boltz {

template <std::floating_point T>
void OptimizerSession<T>::step_weights(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock,
                                       WeightRows const& rows) {
    static_cast<void>(model), static_cast<void>(gradient), static_cast<void>(clock), static_cast<void>(rows);
}

template <std::floating_point T>
void OptimizerSession<T>::step_but_weights(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock) {
    static_cast<void>(model), static_cast<void>(gradient), static_cast<void>(clock);
}

template <std::floating_point T>
bool OptimizerSession<T>::finish_step(AnyParametric<T>& model, Clock const& clock, Executor& executor) {
    static_cast<void>(model), static_cast<void>(clock), static_cast<void>(executor);
    return false;
}

template <std::floating_point T>
bool OptimizerSession<T>::frozen(std::size_t layer, Clock const& clock) const {
    static_cast<void>(layer), static_cast<void>(clock);
    return false;
}

template <std::floating_point T>
void OptimizerSession<T>::observe(Phase<T> const& data, Clock const& clock) {
    static_cast<void>(data), static_cast<void>(clock);
}

template <std::floating_point T>
double OptimizerSession<T>::minimise(AnyParametric<T>& model, detail::FunctionRef<double(ParameterSet<T>&)> evaluate,
                                     Clock const& clock, Executor& executor) {
    static_cast<void>(model), static_cast<void>(evaluate), static_cast<void>(clock), static_cast<void>(executor);
    return 0;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class OptimizerSession<T>;
#include <boltz/detail/instantiate.hpp>
