// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/optimizer/descent.hpp>

#include <boltz/archive.hpp>
#include <boltz/clock.hpp>
#include <boltz/error.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/layer_rates.hpp>
#include <boltz/optimizer/line_search.hpp>
#include <boltz/optimizer/parameter_space.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <utility>

namespace boltz {

template <std::floating_point T>
void DescentOptions::validate(std::string_view owner, AnyParametric<T> const& model) const {
    if (line_searches < 1) detail::fail<ValueError>(owner, ": line_searches is 0, but must be at least 1");
    line_search.validate(owner);
    detail::check_layer_rates(layer_rates, owner, model.parameter_layers());
}

template <std::floating_point T>
Descent<T>::Descent(DescentOptions options, AnyParametric<T> const& model)
    : options_{std::move(options)},
      rates_(options_.layer_rates.size()), origin_{model.make_gradient()}, start_{model.make_gradient()},
      direction_{model.make_gradient()}, slope_{model.make_gradient()}, kept_{model.make_gradient()},
      trial_{model.make_gradient()} {}

template <std::floating_point T>
double Descent<T>::step(AnyParametric<T>& model, Evaluate evaluate, Clock const& clock, Executor& executor,
                        Turn turn) {
    for (std::size_t l = 0; l < rates_.size(); ++l) rates_[l] = options_.layer_rates[l](clock);
    ParameterSpace<T> space{model, rates_, executor};
    space.read(origin_);
    try {
        return descend(space, evaluate, turn);
    } catch (...) {
        space.write(origin_);
        throw;
    }
}

template <std::floating_point T>
void Descent<T>::archive(Archive& archive) {
    archive("evaluations", evaluations_);
    archive("first_step", first_step_);
}

template <std::floating_point T>
double Descent<T>::descend(ParameterSpace<T>& space, Evaluate evaluate, Turn turn) {
    double const resolution = ParameterSpace<T>::resolution();
    auto const loss = [&](Set& slope) {
        ++evaluations_;
        double const value = evaluate(slope);
        space.scale_by_rates(slope);
        return value;
    };
    LinePoint here{.value = loss(slope_)};
    LinePoint last{}; // the last search: how far it went, and the slope where it began
    double first_step = first_step_;
    bool moved = false;
    for (std::size_t n = 0; n < options_.line_searches && std::isfinite(here.value); ++n) {
        double first = moved ? turn(space, LastMove<T>{slope_, kept_, direction_, last.step}) : 0;
        here.slope = moved ? space.dot(slope_, direction_) : 0;
        bool const steepest = !(here.slope < 0);
        if (steepest) {
            space.combine(0, direction_, -1, slope_);
            here.slope = -space.dot(slope_, slope_);
        }
        if (!(here.slope < 0 && std::isfinite(here.slope))) break;
        if (steepest || first == 0) first = last.step > 0 ? following(here, last) : opening(here, first_step);

        space.read(start_);
        double at = 0;
        LinePoint const found = options_.line_search.minimise(
            here, first, resolution,
            [&](double step) {
                at = step;
                space.move(start_, step, direction_);
                double const value = loss(trial_);
                return LinePoint{step, value, space.dot(trial_, direction_)};
            },
            [&] { std::swap(kept_, trial_); });
        moved = found.step > 0;
        if (!moved) {
            space.write(start_);
            if (steepest && (last.step > 0 || first_step == 0)) break;
            if (last.step == 0) first_step = 0; // a step that was right once may be far too short by now
            continue;
        }
        if (at != found.step) space.move(start_, found.step, direction_);
        std::swap(slope_, kept_);
        if (last.step == 0) first_step = found.step;
        last = {found.step, here.value, here.slope};
        here.value = found.value;
    }
    first_step_ = first_step;
    return here.value;
}

template <std::floating_point T>
void DescentSession<T>::step(AnyParametric<T>&, ParameterSet<T>&, Clock const&, Executor&) {
    detail::fail<ValueError>(
        "DescentSession::step: a line search wants the loss as a function of the parameters, but "
        "a step has one gradient only; see minimise");
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template void DescentOptions::validate<T>(std::string_view owner, AnyParametric<T> const& model) const;          \
    template class Descent<T>;                                                                                       \
    template class DescentSession<T>;
#include <boltz/detail/instantiate.hpp>
