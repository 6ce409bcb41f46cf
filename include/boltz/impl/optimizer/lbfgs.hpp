// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/optimizer/lbfgs.hpp>

#include <boltz/clock.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/descent.hpp>
#include <boltz/optimizer/parameter_space.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <utility>

namespace boltz {

template <std::floating_point T>
Lbfgs::Session<T> Lbfgs::bind(AnyParametric<T> const& model) const {
    if (history < 1) detail::fail<ValueError>("Lbfgs: history is 0, but must be at least 1");
    DescentOptions options{line_searches, line_search, layer_rates};
    options.validate("Lbfgs", model);
    return Session<T>{std::move(options), history, model};
}

template <std::floating_point T>
Lbfgs::Session<T>::Session(DescentOptions const& options, std::size_t history, AnyParametric<T> const& model)
    : DescentSession<T>{options, model} {
    // A move is of use to the searches after it only.
    std::size_t const useful = std::min(history, options.line_searches - 1);
    for (std::size_t i = 0; i < useful; ++i) moves_.push_back({model.make_gradient(), model.make_gradient()});
}

template <std::floating_point T>
double Lbfgs::Session<T>::minimise(AnyParametric<T>& model, detail::FunctionRef<double(ParameterSet<T>&)> evaluate,
                                   Clock const& clock, Executor& executor) {
    remembered_ = 0;
    return this->descent_.step(model, evaluate, clock, executor,
                               [this](ParameterSpace<T>& space, LastMove<T> const& last) {
                                   this->remember(space, last);
                                   return this->turn(space, last.now, last.direction);
                               });
}

template <std::floating_point T>
void Lbfgs::Session<T>::remember(ParameterSpace<T>& space, LastMove<T> const& last) {
    double const curvature =
        last.step * (space.dot(last.direction, last.now) - space.dot(last.direction, last.before));
    if (!(curvature > 0)) return;
    Move& move = moves_[remembered_ % moves_.size()];
    space.combine(0, move.step, last.step, last.direction);
    space.combine(0, move.change, 1, last.now);
    space.combine(1, move.change, -1, last.before);
    move.curvature = curvature;
    scale_ = curvature / space.dot(move.change, move.change);
    ++remembered_;
}

template <std::floating_point T>
double Lbfgs::Session<T>::turn(ParameterSpace<T>& space, ParameterSet<T>& slope, ParameterSet<T>& direction) {
    space.combine(0, direction, -1, slope);
    std::size_t const count = std::min(remembered_, moves_.size());
    if (count == 0) return 0;
    for (std::size_t i = 1; i <= count; ++i) {
        Move& move = moves_[(remembered_ - i) % moves_.size()];
        move.share = space.dot(move.step, direction) / move.curvature;
        space.combine(1, direction, -move.share, move.change);
    }
    double scale = scale_;
    for (std::size_t i = count; i >= 1; --i) {
        Move& move = moves_[(remembered_ - i) % moves_.size()];
        double const back = scale * space.dot(move.change, direction) / move.curvature;
        space.combine(scale, direction, move.share - back, move.step);
        scale = 1;
    }
    return 1;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template Lbfgs::Session<T> Lbfgs::bind<T>(AnyParametric<T> const& model) const;                                  \
    template class Lbfgs::Session<T>;
#include <boltz/detail/instantiate.hpp>
